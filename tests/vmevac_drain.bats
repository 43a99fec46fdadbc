# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac drain, with real QEMUs that emulate the processor.
#
# bats sets $stderr; the helpers take $disks.
# shellcheck disable=SC2154,SC2034
bats_require_minimum_version 1.5.0
load helper
load vmevac_helper
load vmevac_send_helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	vms=()
	disks=()
	sockets=()
	declare -gA process=()
}

teardown()
{
	stop_vms
}

# start NAME OPTION...: a machine called NAME.$$, whose process is ${process[NAME]}
start()
{
	need_root
	qemu_of installed
	web=$1.$$
	start_source "${@:2}"
	mv source.qmp "$1.qmp"
	process[$1]=$source
	sockets+=(--qmp "$web=$1.qmp")
}

# A machine whose memory cannot be seen from outside.
start_private()
{
	need_root
	qemu_of installed
	"${qemu[@]}" -accel tcg -m 32 -nodefaults -no-user-config -display none -name "guest=$1.$$" \
		-qmp "unix:$1.qmp,server=on,wait=off" >"$1.log" 2>&1 3>&- &
	vms+=($!)
	process[$1]=$!
	sockets+=(--qmp "$1.$$=$1.qmp")
	wait_until test -S "$1.qmp"
}

# plan NAME...: what is fed to drain
plan()
{
	local name order=0
	for name; do echo "plan vm=$name.$$ order=$((++order)) reason=same-host score=0"; done
	echo 'done src=vmevac scope=plan skipped=0'
}

# drain OPTION...: $to_begin as for send
drain()
{
	local to="vmevac recv --state $PWD/target --launch '$(waiting)'"
	run --separate-stderr vmevac drain "${sockets[@]}" --state "$PWD/home" --to "${to_begin:-}$to${to_end:-}" "$@" <plan
	echo "$output$stderr"
	mapfile -t -O "${#vms[@]}" vms < <(targets)
}

# What the records say: machine, result and reason of each evac, and the types of all others.
outcome()
{
	sed -E "s/^evac vm=([^ ]*)\.$$ to=[^ ]* result=([^ ]*)( errno=[^ ]*)?( reason=([^ ]*))?.*/\1 \2 \5/; s/ .*=.*//; s/ $//" <<<"$output"
}

# moved NAME...: none of them runs here, and as many run at the target
moved()
{
	local name pid running=0
	for name; do run ! kill -0 "${process[$name]}"; done
	for pid in $(targets); do
		passes "$pid"
		running=$((running + 1))
	done
	[ "$running" = $# ]
}

@test "machines leave in the order of the plan, and none keeps the others" {
	start first
	start_private second
	start fourth
	plan first second third fourth >plan
	drain
	[ "$status" = 1 ]
	[ "$(outcome)" = 'first done
second refused private
third failed find
fourth done
done' ]
	[ "$stderr" = "vmevac: send third.$$: find: no such virtual machine" ]
	moved first fourth
	kill -0 "${process[second]}"
}

@test "each is moved by a command that knows which it is" {
	start web
	echo "plan vm=web.$$ order=1 reason=same-host to=host\\x202" >plan
	# shellcheck disable=SC2016
	to_begin='echo "$VMEVAC_VM $VMEVAC_RAM $VMEVAC_ID $VMEVAC_TO" >told; ' drain --follow
	[ "$status" = 0 ]
	progress=$(grep '^progress ' <<<"$output")
	output=$(grep '^evac ' <<<"$output")
	[ "$(<told)" = "web.$$ 32768K $(value id) host 2" ]
	[[ $(head -n 1 <<<"$progress") == "progress vm=web.$$ state=copying left="* ]]
	[[ $(tail -n 1 <<<"$progress") == "progress vm=web.$$ state=away left=0 bytes=$(value bytes) rounds=$(value rounds) id=$(value id) t="* ]]
}

@test "one that could not be compared is told by the status, too" {
	start web
	plan web >plan
	VMEVAC_FAULT=recv:running drain
	[ "$status" = 1 ]
	[[ $output == "evac vm=$web to="*" result=done "*" compared=0 "* ]]
	moved web
}

@test "how far a move is shows on a terminal" {
	start web
	to="vmevac recv --state $PWD/target --launch '$(waiting)'"
	export to web PWD
	# shellcheck disable=SC2016
	run -0 script -qec 'vmevac send --qmp "$web=web.qmp" --state "$PWD/home" --to "$to" "$web" >evac' /dev/null
	mapfile -t -O "${#vms[@]}" vms < <(targets)
	[[ $output == $'\r\e[K'"$web: copying, "*" of 32.0 MiB, "*" left"*$'\r\e[K' ]]
	[[ $(<evac) == "evac vm=$web to="*" result=done "* ]]
}

# The first that has begun is told to end last.
@test "several leave at once, and are reported in their order" {
	start first
	start second
	start third
	plan first second third >plan
	# shellcheck disable=SC2016
	to_begin='case $VMEVAC_VM in first*) until [ -e third ]; do sleep .1; done ;; esac; ' \
		to_end='; touch "${VMEVAC_VM%%.*}"' drain --jobs 2
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	[ "$(outcome)" = 'first done
second done
third done
done' ]
	moved first second third
}

@test "what would be done is told, and not done" {
	start first
	start_private second
	plan first second >plan
	drain --dry-run
	[ "$status" = 1 ]
	[ "$(outcome)" = 'first refused dry-run
second refused private
done' ]
	[ ! -e home ]
	plan first >plan
	drain -n
	[ "$status" = 0 ]
	passes "${process[first]}"
}

@test "when it is stopped, it begins no more, and those under way stay" {
	start first
	start second
	plan first second >plan
	vmevac drain "${sockets[@]}" --state "$PWD/home" --to 'touch begun; sleep 60' <plan >records 2>err 3>&- &
	drain=$!
	wait_until test -e begun
	kill "$drain"
	wait "$drain" && false
	[ "$?" = 1 ]
	output=$(<records)
	echo "$output"
	[ "$(outcome)" = 'first failed killed' ]
	passes "${process[first]}"
	passes "${process[second]}"
}

# What ends a move without a word is told all the same.
@test "a move that cannot begin is told" {
	start first
	plan first >plan
	touch home
	drain
	[ "$status" = 1 ]
	[ "$(outcome)" = 'first failed send
done' ]
	[ "$stderr" = "vmevac: write a journal in $PWD/home: Not a directory" ]
}

@test "nothing to do, and nothing to be done" {
	run -0 vmevac drain --to false </dev/null
	[ -z "$output" ]
	records='neighbor vm=a beside=b reason=same-row
done src=vmevac scope=plan skipped=0'
	run -0 vmevac drain --to false <<<"$records"
	[ "$output" = "$records" ]
}

@test "nothing is moved behind what is malformed" {
	printf 'skip src=x reason=y\nplan vm=none.%s order=1 reason=x\n' $$ >good
	{ cat good; echo 'plan  vm=b order=2 reason=x'; echo 'plan vm=c order=3 reason=x'; } >plan
	drain
	[ "$status" = 3 ]
	[ "$(outcome)" = 'skip
none failed find' ]
	[[ $stderr == *"vmevac: read standard input: line 3: "* ]]
	{ cat good; printf 'plan vm=b order=2'; } >plan
	drain
	[ "$status" = 3 ]
	[[ $stderr == *"vmevac: read standard input: line 3: cut short, no end of line"* ]]
	echo 'plan order=1 reason=x' >plan
	drain
	[ "$status" = 3 ]
	[ "$stderr" = 'vmevac: read standard input: plan record: vm: not a name' ]
}

@test "wrong use" {
	expect 2 vmevac drain <<<"vmevac: no --to given; try 'vmevac drain --help'"
	expect 2 vmevac drain --to : web <<<"vmevac: operand web: not expected; try 'vmevac drain --help'"
	expect 2 vmevac drain --to : --jobs 0 \
		<<<"vmevac: option --jobs 0: too small; try 'vmevac drain --help'"
}

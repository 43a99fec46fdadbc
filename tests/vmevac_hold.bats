# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac state, quiesce and resume, with real QEMUs that emulate the processor.
#
# bats sets $stderr.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper
load vmevac_helper

setup()
{
	need_root
	cd "$BATS_TEST_TMPDIR" || return
	vms=()
	web=web.$$ db=db.$$ # others may be testing, too
	make_disks
}

teardown()
{
	stop_vms
}

vmevac_web()
{
	vmevac "$1" --qmp "$web=web.qmp" "${@:2}" "$web"
}

has_state()
{
	vmevac_web state --is "$1" >/dev/null
}

# HOLD_RUNS times: at rest and without its disks, and on again as it was.
check_round_trips()
{
	local trips=${HOLD_RUNS:-3}
	qemu_of "$1"
	start_vm web "${disk_options[@]}"
	can_take_disks no
	for ((i = 0; i < trips; i++)); do
		[[ $(vmevac_web quiesce 2>&1) == "quiesce vm=$web result=done pid=$vm state=quiesced disks=0 latched=2 t="*" elapsed_ns="* ]]
		at=$(counter)
		has_state quiesced
		[ "$(counter)" = "$at" ]
		[[ $(vmevac_web resume 2>&1) == "resume vm=$web result=done pid=$vm state=running disks=2 latched=0 t="* ]]
		wait_until counts
	done
	can_take_disks no
	[ ! -s web.log ]
}

@test "round trips: installed QEMU" {
	check_round_trips installed
}

@test "round trips: QEMU 7.2" {
	check_round_trips 7.2
}

check_latch()
{
	qemu_of "$1"
	start_vm web "${disk_options[@]}"
	vmevac_web quiesce
	run -1 say_to web.qmp cont
	[ "$output" = 'refused: Failed to get "write" lock' ]
	at=$(counter)
	has_state quiesced
	can_take_disks no # the latch keeps everybody on this host from them

	run -0 vmevac_web quiesce --no-latch
	[[ $output == "quiesce vm=$web result=already pid=$vm state=quiesced disks=0 latched=0 "* ]]
	can_take_disks yes
	run -0 vmevac_web quiesce
	[[ $output == "quiesce vm=$web result=already pid=$vm state=quiesced disks=0 latched=2 "* ]]
	can_take_disks no
	[ "$(counter)" = "$at" ]
	run -0 vmevac_web resume
	wait_until counts
}

@test "a stray cont does not take latched disks back: installed QEMU" {
	check_latch installed
}

@test "a stray cont does not take latched disks back: QEMU 7.2" {
	check_latch 7.2
}

check_in_use()
{
	qemu_of "$1"
	start_vm web "${disk_options[@]}"
	vmevac_web quiesce --no-latch
	qemu=(qemu-system-x86_64)
	source=$vm
	start_vm target "${disk_options[@]}"
	vm=$source
	run -1 vmevac_web resume
	[[ $output == "resume vm=$web result=refused pid=$vm reason=in-use state=quiesced "* ]]
	has_state quiesced
	kill -KILL "${vms[1]}"
	wait "${vms[1]}" || true
	run -0 vmevac_web resume
	wait_until counts
}

@test "disks that another machine has are not taken back: installed QEMU" {
	check_in_use installed
}

@test "disks that another machine has are not taken back: QEMU 7.2" {
	check_in_use 7.2
}

# gate WORD SIGNAL COMMAND...: with QEMU sent SIGNAL when it is about to be told WORD
gate()
{
	"$top/build/tools/qmp_gate" gate.qmp web.qmp "$1" "$2" "$vm" 3>&- &
	gate=$!
	wait_until test -S gate.qmp
	run --separate-stderr vmevac "$3" --qmp "$web=gate.qmp" --timeout 1s "${@:4}" "$web"
	kill "$gate"
	wait "$gate" || true
	rm gate.qmp
}

steps_of()
{
	case $1 in
	installed) echo '"stop" "blockdev-set-active" "getfd"' ;;
	7.2) echo '"stop" "xen-save-devices-state" "getfd"' ;;
	esac
}

# A QEMU that hung goes on, and its guest either ran on or can be resumed.
check_hung()
{
	qemu_of "$1"
	start_vm web "${disk_options[@]}"
	for word in $(steps_of "$1"); do
		gate "$word" 19 quiesce # SIGSTOP
		[ "$status" = 1 ]
		[[ $output == "quiesce vm=$web result=failed pid=$vm errno=ETIMEDOUT reason="*" state=unknown "* ]]
		[[ $stderr == *"; it may stand still"* ]]
		kill -CONT "$vm"
		run -0 vmevac_web resume
		[[ $output == "resume vm=$web result="*" state=running disks=2 latched=0 "* ]]
		wait_until counts
	done
	vmevac_web quiesce
	for word in '"closefd"' '"cont"'; do
		gate "$word" 19 resume
		[ "$status" = 1 ]
		kill -CONT "$vm"
		run -0 vmevac_web resume
		wait_until counts
		vmevac_web quiesce
	done
	vmevac_web resume
}

@test "a QEMU that hangs at any step costs a bounded time, and is brought back: installed QEMU" {
	check_hung installed
}

@test "a QEMU that hangs at any step costs a bounded time, and is brought back: QEMU 7.2" {
	check_hung 7.2
}

# A QEMU that died has no disks any more, and one that is started in its place gets them.
check_killed()
{
	qemu_of "$1"
	for word in $(steps_of "$1"); do
		start_vm web "${disk_options[@]}"
		gate "$word" 9 quiesce # SIGKILL
		[ "$status" = 1 ]
		[[ $output == "quiesce vm=$web result=failed pid=$vm errno=ECONNRESET reason="*" state=gone "* ]]
		[[ $stderr != *"may stand still"* ]]
		wait "$vm" || true
		expect 1 vmevac_web state --is running <<END
state vm=$web state=gone
END
		can_take_disks yes
	done
	start_vm web "${disk_options[@]}"
	vmevac_web quiesce
	gate '"cont"' 9 resume
	[ "$status" = 1 ]
	wait "$vm" || true
	can_take_disks yes
	start_vm web "${disk_options[@]}"
	has_state running
}

@test "a QEMU that is killed at any step leaves its disks: installed QEMU" {
	check_killed installed
}

@test "a QEMU that is killed at any step leaves its disks: QEMU 7.2" {
	check_killed 7.2
}

@test "state follows what others do, and tells it by its status" {
	qemu_of installed
	start_vm web "${disk_options[@]}"
	expect 0 vmevac_web state <<END
state vm=$web state=running pid=$vm runstate=running disks=2 latched=0
END
	run -1 vmevac_web state --is quiesced
	run -0 vmevac_web state --is running
	say_to web.qmp stop
	run -0 vmevac_web state --is paused
	run -0 vmevac_web quiesce
	[[ $output == "quiesce vm=$web result=done "* ]]
	run -0 vmevac_web state --is quiesced
	say_to web.qmp '{"execute":"closefd","arguments":{"fdname":"vmevac-image-0"}}' \
		'{"execute":"closefd","arguments":{"fdname":"vmevac-image-1"}}' cont
	run -0 vmevac_web state --is running
	say_to web.qmp stop
	run -0 vmevac_web state --is paused # the mark is still there, the disks are not free
	run -0 vmevac_web quiesce
	run -0 vmevac_web resume
	run -0 vmevac_web resume
	[[ $output == "resume vm=$web result=already "* ]]
}

@test "a paused QEMU 7.2 is not asked to release disks: it might abort" {
	qemu_of 7.2
	start_vm web "${disk_options[@]}"
	say_to web.qmp stop
	run -1 vmevac_web quiesce
	[[ $output == "quiesce vm=$web result=refused pid=$vm reason=not-running state=paused "* ]]
	run -0 vmevac_web resume
	run -0 vmevac_web quiesce
}

@test "QEMU 7.2 with disks whose locks cannot be seen is left alone" {
	qemu_of 7.2
	start_vm web -drive if=none,id=d0,file=disk.raw,format=raw,file.locking=off -device virtio-blk-pci,drive=d0
	run -1 vmevac_web quiesce
	[[ $output == "quiesce vm=$web result=refused pid=$vm reason=no-locks state=running "* ]]
	wait_until counts
}

check_not_counted()
{
	qemu_of "$1"
	start_vm web
	run -0 vmevac list --sample 1s --qmp "$web=web.qmp" "$web"
	[ "${lines[0]}" = "skip src=vmevac reason=dirty-rate errno=EOPNOTSUPP vm=$web pid=$vm" ]
	wait_until counts
}

@test "what a machine without KVM writes is not known: installed QEMU" {
	check_not_counted installed
}

@test "what a machine without KVM writes is not known: QEMU 7.2" {
	check_not_counted 7.2
}

@test "a dry run says what would be done, and does nothing" {
	qemu_of installed
	start_vm web "${disk_options[@]}"
	run -0 vmevac_web quiesce --dry-run
	[[ $output == "quiesce vm=$web result=refused pid=$vm reason=dry-run state=running t="* ]]
	run -0 vmevac_web resume --dry-run
	[[ $output == "resume vm=$web result=already "* ]]
	wait_until counts
	vmevac_web quiesce
	run -0 vmevac_web quiesce -n
	[[ $output == "quiesce vm=$web result=already "* ]]
	run -0 vmevac_web quiesce -n --no-latch
	[[ $output == "quiesce vm=$web result=refused pid=$vm reason=dry-run state=quiesced "* ]]
	run -0 vmevac_web resume --dry-run
	[[ $output == "resume vm=$web result=refused pid=$vm reason=dry-run state=quiesced "* ]]
	run -0 vmevac_web state --is quiesced
	[[ $output == *" latched=2" ]]
	vmevac_web resume
	truncate -s 1M copy.raw
	say_to web.qmp '{"execute":"blockdev-add","arguments":{"driver":"file","node-name":"copy","filename":"copy.raw"}}' \
		'{"execute":"blockdev-mirror","arguments":{"job-id":"j","device":"r1","target":"copy","sync":"none"}}'
	run -1 vmevac_web quiesce --dry-run
	[[ $output == *" result=refused pid=$vm reason=block-job "* ]]
}

@test "a machine without disks is quiesced and resumed" {
	for version in installed 7.2; do
		(qemu_of "$version") || continue
		qemu_of "$version"
		start_vm web
		run -0 vmevac_web quiesce
		has_state quiesced
		run -0 vmevac_web quiesce
		[[ $output == "quiesce vm=$web result=already "* ]]
		run -0 vmevac_web resume
		wait_until counts
		stop_vms
	done
}

@test "a machine that migrated away is evacuated, and not resumed" {
	qemu_of installed
	start_vm web "${disk_options[@]}"
	say_to web.qmp '{"execute":"migrate","arguments":{"uri":"exec:cat >/dev/null"}}'
	wait_until has_state evacuated
	run -1 vmevac_web resume
	[[ $output == "resume vm=$web result=refused pid=$vm reason=evacuated state=evacuated "* ]]
	run -1 vmevac_web quiesce
	[[ $output == "quiesce vm=$web result=refused pid=$vm reason=evacuated state=evacuated "* ]]
}

@test "a block job keeps a machine from being quiesced" {
	qemu_of installed
	truncate -s 1M copy.raw
	start_vm web "${disk_options[@]}" -blockdev driver=file,node-name=copy,filename=copy.raw
	say_to web.qmp '{"execute":"blockdev-mirror","arguments":{"job-id":"j","device":"r1","target":"copy","sync":"none"}}'
	run -1 vmevac_web quiesce
	[[ $output == "quiesce vm=$web result=refused pid=$vm reason=block-job state=running "* ]]
	wait_until counts
}

@test "the socket of another machine is not spoken to" {
	qemu_of installed
	start_vm web
	start_vm db
	expect 3 vmevac quiesce --qmp "$db=web.qmp" "$db" <<END
vmevac: ask $db: web.qmp is the socket of another machine
END
	run -0 vmevac state --qmp "$db=db.qmp" --is running "$db"
	run -0 vmevac state --is running "$db" # its command line tells where it listens
	mv db.qmp old.qmp
	ln -s web.qmp db.qmp
	expect 3 vmevac state "$db" <<END
vmevac: ask $db: another process listens there
END
}

@test "wrong use, and who is not there" {
	expect 2 vmevac quiesce <<'END'
vmevac: no virtual machine given; try 'vmevac quiesce --help'
END
	expect 2 vmevac resume a b <<'END'
vmevac: operand b: not expected; try 'vmevac resume --help'
END
	expect 2 vmevac state --is happy web <<'END'
vmevac: option --is happy: not one of running paused quiesced panicked evacuated gone; try 'vmevac state --help'
END
	expect 2 vmevac state --qmp web web <<'END'
vmevac: option --qmp web: not VM=SOCKET; try 'vmevac state --help'
END
	expect 3 vmevac quiesce nobody <<'END'
vmevac: find nobody: no such virtual machine
END
	expect 0 vmevac state --is gone nobody <<'END'
state vm=nobody state=gone
END
}

# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac send and recv, with real QEMUs that emulate the processor.
#
# bats sets $stderr; the helpers run and say what came of it, and take $disks.
# shellcheck disable=SC2154,SC2030,SC2031,SC2034
bats_require_minimum_version 1.5.0
load helper
load vmevac_helper
load vmevac_send_helper

check_move()
{
	qemu_of "$1"
	make_disks
	disks=("${disk_options[@]}")
	start_source
	send
	echo "$output$stderr"
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	[[ $output == "evac vm=$web to="*" result=done blackout_ns="*" rounds="*" mode=uffd id="*" poisoned=0 lost=0 unseen=0 compared="*" mismatched=0 "* ]]
	is_at_target
	can_take_disks no # the target has them
	run -0 vmevac state --state "$PWD/home" "$web"
	[[ $output == "state vm=$web state=gone journal=away id="* ]]
	run -0 vmevac state --state "$PWD/target" --qmp "target.$$=$(echo target/*.qmp)" "target.$$"
	[[ $output == "state vm=target.$$ state=running pid=$(targets) runstate=running disks=2 latched=0" ]]
}

@test "a machine moves while it runs, with its disks: installed QEMU" {
	check_move installed
}

@test "a machine moves while it runs, with its disks: QEMU 7.2" {
	check_move 7.2
}

# killed SIDE STEP...: whoever dies at whatever step, the machine runs at one place.
killed()
{
	local side=$1 step
	shift
	end_all
	start_source
	for step; do
		rm -rf home target
		VMEVAC_FAULT=$side:$step send
		echo "$side:$step: status $status, $output$stderr"
		one_runs
		echo "runs at the $place"
		places+=("$place")
		[ "$place" = target ] || wait_until have_ended # what was started for it
		[ "$place" = source ] || { end_all; start_source; }
	done
}

@test "the sender is killed at each step" {
	qemu_of installed
	make_disks
	disks=("${disk_options[@]}")
	places=()
	killed send open-memory reach offer firmware inject track copy stopped stop save last load commit
	[[ ${places[*]} != *target* ]]
	places=()
	killed send committing away prove
	[ "${places[*]}" = 'source target target' ]
}

@test "the receiver is killed at each step" {
	qemu_of installed
	make_disks
	disks=("${disk_options[@]}")
	places=()
	killed recv offer journal launched fork start check open-memory receiving receive load run committing
	[[ ${places[*]} != *target* ]]
	places=()
	killed recv running compare
	[ "${places[*]}" = 'target target' ]
}

# Frames, and calls made inside QEMU, are steps too.  MOVE_RUNS is how often, at places of chance.
@test "either is killed wherever it may be" {
	qemu_of installed
	places=()
	steps=(3 9 24 70)
	[ -z "${MOVE_RUNS:-}" ] || mapfile -t steps < <(shuf -r -n $((MOVE_RUNS / 2)) -i 1-120)
	for step in "${steps[@]}"; do
		killed send "$step"
		killed recv "$((step / 4 + 1))"
	done
}

@test "QEMU 7.2: either is killed while the machine stands still" {
	qemu_of 7.2
	make_disks
	disks=("${disk_options[@]}")
	places=()
	killed send save last load commit committing
	killed recv load run committing
	[[ ${places[*]} != *target* ]]
}

# fails REASON WORDS [STATE]: it was not moved, and runs on at the source.
fails()
{
	echo "$output$stderr"
	[ "$status" = 1 ]
	[[ $output == *" result=failed "*"reason=$1"* ]]
	# shellcheck disable=SC2053 # a pattern
	[[ $stderr == *"send $web: $1: "$2* ]]
	one_runs
	[ "$place" = source ]
}

@test "the other end is not there, or is cut off, or is silent" {
	qemu_of installed
	start_source
	to_begin='exit 7; ' send
	fails reach 'its command ended with status 7'
	to_begin='stdbuf -o0 head -c 3000000 | ' send
	fails copy 'the other end *'
	stall=2s to_begin='{ stdbuf -o0 head -c 3000000; sleep 5; } | ' send
	fails copy 'the other end *'
	stall=1s to_begin='sleep 3; ' send
	fails reach 'the other end is silent for 1000 ms'
	to_begin='echo no frame at all, this is; ' send
	fails reach 'the other end sent what is no frame'
	[ -z "$(targets)" ]
}

# What recv says has some 150 bytes; the last of them are about the machine that runs there.
@test "either direction is cut off at any byte" {
	qemu_of installed
	for bytes in 77 "$((RANDOM * 200))"; do
		end_all
		start_source
		to_begin="stdbuf -o0 head -c $bytes | " send
		echo "to the target, $bytes: $output$stderr"
		one_runs
		[ "$place" = source ]
	done
	for bytes in 130 $((RANDOM % 160)); do
		end_all
		start_source
		stall=2s to_end=" | stdbuf -o0 head -c $bytes" send
		echo "from the target, $bytes: $output$stderr"
		one_runs
	done
}

# Its parent is recv, and recv is all that there is of the carrier.
@test "the carrier stands still" {
	qemu_of installed
	start_source
	# shellcheck disable=SC2016
	stall=1s to_begin='exec ' launch='kill -STOP $PPID; '$(waiting) send
	fails offer 'the other end is silent for 1000 ms'
	wait_until is_empty_list targets
}

is_empty_list()
{
	[ -z "$("$@")" ]
}

# The word that it runs is lost: the source asks, by the same command.
@test "what became of it is asked when the answer is lost" {
	qemu_of installed
	start_source
	VMEVAC_FAULT=recv:running send
	echo "$output$stderr"
	[ "$status" = 1 ]
	[[ $output == *" result=done "*" compared=0 "* ]]
	[[ $stderr == *"it has moved, but its memory has not been compared"* ]]
	one_runs
	[ "$place" = target ]
	[ "$(journal home)" = away ]
}

@test "a machine whose fate cannot be found out stands still" {
	qemu_of installed
	start_source
	stall=2s VMEVAC_FAULT=recv:running to_begin='[ ! -e once ] || exit 1; touch once; ' send
	echo "$output$stderr"
	[ "$status" = 1 ]
	[[ $output == *" result=failed "*" reason=in-doubt "* ]]
	[[ $stderr == *"it stands still"* ]]
	one_runs
	[ "$place" = target ]
	[ "$(journal home)" = committing ]
	kill -0 "$source"
	run -0 vmevac state --state "$PWD/home" --qmp "$web=source.qmp" "$web"
	[[ $output == "state vm=$web state=paused pid=$source runstate=paused disks=0 latched=0 journal=in-doubt id="* ]]
	run -1 vmevac resume --state "$PWD/home" --qmp "$web=source.qmp" "$web"
	[[ $output == "resume vm=$web result=refused pid=$source reason=in-doubt state=paused "* ]]
}

# rejected WORDS: what waits at the target is not what the machine needs.
rejected()
{
	send
	fails offer "the other end gave up: $1"
	[ -z "$(targets)" ]
}

@test "a target that would not do is not used" {
	qemu_of installed
	start_source
	good=$(waiting)
	launch=${good/ -S / } rejected "the target's QEMU lacks -S"
	launch=${good/-incoming defer/} rejected "the target's QEMU lacks -incoming defer"
	launch=${good//32/64} rejected "the target's memory is not that of the source"
	launch=${good/pc,/q35,} rejected 'the target is a machine of type pc-q35-*'
	launch='exit 3' rejected 'what was to start it has ended; see *.log'
}

# One that runs is nobody's to end, whoever has its socket named to him.
@test "a machine that runs behind the socket of --qmp is left alone" {
	qemu_of installed
	start_source
	# shellcheck disable=SC2046
	"${qemu[@]}" $(machine) -name "guest=other.$$" -qmp unix:other.qmp,server=on,wait=off >other.log 2>&1 3>&- &
	other=$!
	vms+=("$other")
	wait_until passes "$other"
	recv="vmevac recv --state $PWD/target --qmp $PWD/other.qmp" send
	fails offer "the other end gave up: the target's QEMU lacks -incoming defer"
	passes "$other"
	recv="vmevac recv --state $PWD/target --qmp $PWD/$(printf '%0100d' 0)" send
	fails offer 'the other end gave up: the name of --qmp is too long'
}

refused()
{
	echo "$output$stderr"
	[ "$status" = 1 ]
	[[ $output == *" result=refused reason=$1 hint=$2"* ]]
	[ ! -e home ]
	passes "$source" || [ "$1" != memory ]
}

@test "what cannot be moved is refused, with the option to add" {
	qemu_of installed
	start_source -device VGA
	send
	refused memory '0000:00:02.0/vga.vram:\x20-vga\x20none '
	say_to source.qmp stop
	send
	refused not-running 'vmevac\x20resume '
	end_all
	rm source.qmp
	"${qemu[@]}" -accel tcg -m 32 -nodefaults -no-user-config -display none -name "guest=$web" \
		-qmp unix:source.qmp,server=on,wait=off >source.log 2>&1 3>&- &
	source=$!
	vms+=("$source")
	wait_until test -S source.qmp
	send
	refused private '-object\x20memory-backend-memfd,id=ram,size=SIZE,share=on\x20-machine\x20memory-backend=ram '
}

@test "a page that is lost is lost at the target, and at the next" {
	qemu_of installed
	mark 4K
	hop 1
	hop 1
}

@test "what has been sent and is the same is not sent again" {
	sends_little
}

# in_file OPTION...: with memory in files
in_file()
{
	qemu_of installed
	mkdir source.ram target.ram
	backend=file,id=ram,size=32M,share=on,mem-path=$PWD/source.ram/ram.file
	start_source
	launch=$(backend=${backend/source/target} waiting) send "$@"
	echo "$output$stderr"
}

@test "memory in a file" {
	in_file
	[ "$status" = 0 ]
	one_runs
	[ "$place" = target ]
}

# nodes NUMBER...: a machine with a part of its memory at each node, all of them equal, in that order
nodes()
{
	local node
	for node; do printf '%s ' "-object memory-backend-memfd,id=r$node,size=16M,share=on"; done
	echo "-machine pc -numa node,memdev=r0 -numa node,memdev=r1"
}

# Whichever comes first: nothing but QEMU knows them apart.
@test "memory in equal parts" {
	qemu_of installed
	memory=$(nodes 1 0)
	start_source
	launch=$(memory=$(nodes 0 1) waiting) send
	echo "$output$stderr"
	[ "$status" = 0 ]
	one_runs
	[ "$place" = target ]
}

@test "memory in more files than may be open by default" {
	qemu_of installed
	memory=$(nodes 0 1)
	start_source
	vmevac()
	{
		ulimit -Sn 12 && command vmevac "$@"
	}
	send
	echo "$output$stderr"
	[ "$status" = 0 ]
	one_runs
	[ "$place" = target ]
}

# The target has the name of the source: there are two of it for a while.
@test "the target is started as the source was" {
	qemu_of installed
	mkdir ram
	truncate -s 1M disk.raw
	backend=file,id=ram,size=32M,share=on,mem-path=$PWD/ram/ram.file
	disks=(-drive "if=none,id=d,file=$PWD/disk.raw,format=raw" -device virtio-blk-pci,drive=d)
	start_source -vnc none -monitor none
	recv="vmevac recv --state $PWD/target --same" send
	echo "$output$stderr"
	[ "$status" = 0 ]
	id=$(value id)
	kept=$(machine | sed "s/-display none //; s/ram.file/&.$id/; s/  */ /g; s/ $//")
	[ "$stderr" = "vmevac: start: cd $PWD && exec $(readlink -f "$(type -p qemu-system-x86_64)") $kept -name guest=$web -display none -S -incoming defer -qmp unix:$PWD/target/$id.qmp,server=on,wait=off" ]
	one_runs
	[ "$place" = target ]
	end_all
	rm ram/*
	# Meanwhile another QEMU has come in the place of that which runs.
	cp "$(type -p qemu-system-x86_64)" "$PWD"
	qemu=("$PWD/qemu-system-x86_64")
	start_source -vnc none -monitor none
	rm "${qemu[0]}"
	cp "$(type -p qemu-system-x86_64)" "$PWD"
	recv="vmevac recv --state $PWD/target --same" send
	[ "$status" = 0 ]
	[[ $stderr == *" exec $PWD/qemu-system-x86_64 "* ]]
	one_runs
	[ "$place" = target ]
	qemu_of installed
	end_all
	rm ram/*
	start_source -snapshot
	recv="vmevac recv --state $PWD/target --same" send
	fails offer 'the other end gave up: option -snapshot cannot be had here'
}

@test "written pages by soft-dirty bits" {
	in_file --tracking soft-dirty
	[[ $stderr != *"this kernel does not tell what is written"* ]] || skip "this kernel has no soft-dirty bits"
	[ "$status" = 0 ]
	[[ $output == *" result=done "*" rounds=1 mode=soft-dirty "* ]]
	one_runs
	[ "$place" = target ]
}

# Each of the journals that somebody has left, and what is told of it; later ones hold.
@test "what journals tell of a machine that is not there" {
	[[ $(vmevac state --state "$PWD/none" "$web") == "state vm=$web state=gone" ]]
	mkdir home
	second=0
	while read -r side state told; do
		second=$((second + 1))
		id=$(printf '%032x' "$second")
		printf 'move vm=%s id=%s side=%s state=%s t=2026-01-01T00:00:%02d.000000000Z\n' \
			"$web" "$id" "$side" "$state" "$second" >"home/$id.$side"
		[ -z "$told" ] || told=" journal=$told id=$id"
		run -0 vmevac state --state "$PWD/home" "$web"
		echo "$side $state: $output"
		[ "$output" = "state vm=$web state=gone$told" ]
	done <<-END
		send copying interrupted
		send stopped interrupted
		send committing in-doubt
		send away away
		send back
		recv launched interrupted
		recv receiving interrupted
		recv committing in-doubt
		recv running
		recv dropped
		recv of-elsewhere in-doubt
	END
	exec {lock}<"home/$(printf '%032x' 1).send"
	rm home/*[!1].* && flock "$lock"
	for told in leaving interrupted; do
		run -0 vmevac state --state "$PWD/home" "$web"
		[ "$output" = "state vm=$web state=gone journal=$told id=$(printf '%032x' 1)" ]
		flock -u "$lock"
	done
}

@test "a journal that cannot be read may be that of a move" {
	qemu_of installed
	start_source
	say_to source.qmp stop
	journal=home/$(printf '%032x' 1).send
	mkdir -p "$journal"
	run -3 vmevac state --state "$PWD/home" "$web"
	[ "$output" = "vmevac: read $PWD/home: Is a directory" ]
	run ! vmevac resume --state "$PWD/home" --qmp "$web=source.qmp" "$web"
	[[ $output == *"Is a directory"* ]]
	rmdir "$journal"
	echo 'no record' >"$journal"
	run ! vmevac resume --state "$PWD/home" --qmp "$web=source.qmp" "$web"
	[[ $output == *"Bad message"* ]]
	run ! passes "$source"
	: >"$journal" # one that has not begun
	run -0 vmevac resume --state "$PWD/home" --qmp "$web=source.qmp" "$web"
	passes "$source"
}

@test "a machine that is being moved is not moved, or resumed, by somebody else" {
	qemu_of installed
	start_source -qmp unix:second.qmp,server=on,wait=off
	send_held last
	run -1 vmevac resume --state "$PWD/home" --qmp "$web=second.qmp" "$web"
	[[ $output == "resume vm=$web result=refused pid=$source reason=moving "* ]]
	say_to second.qmp cont # somebody who does not ask
	run -1 vmevac send --qmp "$web=second.qmp" --state "$PWD/home" --to : "$web"
	[[ $output == "evac vm=$web to=: result=refused reason=moving "* ]]
	say_to second.qmp stop
	kill -CONT "$mover"
	status=0
	wait "$mover" || status=$?
	[ "$status" != 0 ]
	cat moved
	[[ $(<moved) == *"send $web: commit: somebody else has let the guest run"*" result=failed "*" reason=commit state=back "* ]]
	one_runs
	[ "$place" = source ]
}

# What ends a service or a session is sent to all of its processes.
@test "when all of a move is ended at once the machine runs on" {
	qemu_of installed
	start_source
	send_held last
	run ! passes "$source"
	mapfile -t all < <(pgrep -f "^vmevac (send|recv) .*--state $PWD/")
	[ "${#all[@]}" = 4 ] # each with its warden
	for signal in HUP INT TERM; do kill "-$signal" "${all[@]}"; done
	kill -CONT "$mover"
	status=0
	wait "$mover" || status=$?
	[ "$status" != 0 ]
	wait_until passes "$source"
	wait_until has_come_back
	wait_until have_ended
	one_runs
	[ "$place" = source ]
}

has_come_back()
{
	[ "$(journal home)" = back ]
}

@test "rights that are not needed any more are given up before memory moves" {
	qemu_of installed
	start_source
	send_held copy
	has_few_rights
	kill -CONT "$mover"
	wait "$mover"
	[[ $(<moved) == *" result=done "*" mismatched=0 "* ]]
	one_runs
	[ "$place" = target ]
}

# Those rights are enough, also to end what is not to run.
@test "a machine of another user moves" {
	qemu_of installed
	qemu=(setpriv --reuid 65534 --regid 65534 --clear-groups "${qemu[@]}")
	chmod a+x "$BATS_RUN_TMPDIR"
	chmod a+rwx .
	setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "cd '$PWD' && cat '$top/build/lab/versions.rom' >rom" ||
		skip "others may not read what is here"
	mkdir -m 777 target
	start_source
	to_begin='stdbuf -o0 head -c 3000000 | ' send
	fails copy 'the other end *'
	[ -z "$(targets)" ]
	for post_copy in never always; do
		end_all
		mkdir -m 777 target
		start_source
		send
		echo "$post_copy: $output$stderr"
		[ "$status" = 0 ]
		is_at_target
		[[ $(readlink "/proc/$(targets)/fd/"*) != *userfaultfd* ]]
	done
}

# What --to says is run with all rights, also when it is run once more.
@test "what became of it is asked with all rights" {
	qemu_of installed
	start_source
	VMEVAC_FAULT=recv:running to_begin='grep -e ^Cap -e ^NoNew /proc/self/status >>rights; ' send
	echo "$output$stderr"
	[ "$status" = 1 ]
	[[ $output == *" result=done "*" compared=0 "* ]]
	grep -e ^Cap -e ^NoNew /proc/self/status >own
	cmp rights <(cat own own)
}

# frames RECORD...: as a source would send them (wire.h)
frames()
{
	perl -e 'for (@ARGV) { print pack("L<4 Q< a*", 1, length() + 1, 0, 0, 0, "$_\n") }' "$@"
}

# What it sends is printed, but not to the letter.
@test "a source cannot put words into the mouth of its target" {
	hello='hello version=2 pagesize=4096'
	forged='web\x0avmevac:\x20forged\x1b[2J'
	run -1 --separate-stderr vmevac recv --launch false --state "$PWD/target" \
		< <(frames "$hello" "offer vm=$forged id=$(printf '%032x' 1) machine=pc blocks=1")
	[ "$stderr" = 'vmevac: receive a machine: offer: the source offers a machine that cannot be' ]
	run -1 --separate-stderr vmevac recv --launch false --state "$PWD/target" \
		< <(frames "$hello" "offer vm=web id=$(printf '%032x' 1) machine=pc blocks=1" "abort reason=offer text=$forged\\xffend")
	[ "$stderr" = 'vmevac: receive web: offer: the other end gave up: web vmevac: forged [2J end' ]
}

@test "wrong use" {
	expect 2 vmevac send web <<<"vmevac: no --to given; try 'vmevac send --help'"
	expect 2 vmevac recv <<<"vmevac: give one of --launch, --qmp and --same; try 'vmevac recv --help'"
	expect 2 vmevac send --tracking dirty --to : web \
		<<<"vmevac: option --tracking dirty: not one of auto uffd soft-dirty; try 'vmevac send --help'"
	run -3 vmevac recv --qmp none --state "$PWD/target" <<<"hello"
	[[ $output == *"vmevac: listen to the source: the other end "* ]]
}

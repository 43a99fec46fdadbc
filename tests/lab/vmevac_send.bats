# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile: a virtual machine under KVM with a poisoned page moves, and moves on.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

setup()
{
	tmp=$BATS_TEST_TMPDIR
	cd "$tmp" || return
	guests=()
}

teardown()
{
	kill -KILL "${guests[@]}" 2>/dev/null || true
	wait
}

# The machine, with its name: tests/lab/checker.S is all there is of it.
machine()
{
	echo "chrt --idle 0 qemu-system-x86_64 -accel kvm -cpu qemu64 -m 16 -machine pc,memory-backend=ram" \
		"-name guest=$1 -object memory-backend-memfd,id=ram,size=16M,share=on -nodefaults" \
		"-no-user-config -display none -no-reboot -bios $top/build/lab/checker.rom"
}

# Where process $holder has its memory, as a file.
ram_file()
{
	echo "/proc/$holder/map_files/$(guest_range)"
}

# seen N - the Nth number that the guest has written at 0x600; see checker.S
seen()
{
	[ -z "$(guest_range)" ] || od -An -tu4 -j $((1536 + 4 * $1)) -N 4 "$(ram_file)" | tr -d ' '
}

# wait_for COMMAND... - until it is true, or the guest has ended
wait_for()
{
	local i
	for ((i = 0; i < 1200; i++)); do
		kill -0 "$holder" || { cat qemu; return 1; }
		if "$@"; then return; fi
		sleep 0.5
	done
	return 1
}

has_counted_from()
{
	local now
	now=$(seen 0)
	[ "${now:-0}" -gt $(($1 + 1)) ]
}

has_checked()
{
	[ "$(seen 2)" = "$1" ]
}

spoil()
{
	local frame
	frame=$(frame_of "$holder" $((0x$(guest_range | cut -d - -f 1) + $1)))
	[ "$frame" != 0 ]
	echo "$frame" 2>/dev/null >/sys/kernel/debug/hwpoison/corrupt-pfn || true
	wait_for_poison $((frame * 4096))
}

# move FROM SOCKET TO WHEN: afterwards it is $holder; WHEN memory may follow it
move()
{
	run --separate-stderr vmevac send --timeout 60s --stall 120s --state "$tmp/home" --qmp "$1=$2" \
		--post-copy "$4" --to "vmevac recv --timeout 60s --stall 120s --state $tmp/target.$3 \
		--launch 'exec $(machine "$3") -S -incoming defer -qmp unix:\$VMEVAC_QMP,server=on,wait=off'" "$1"
	echo "$output$stderr"
	[ "$status" = 0 ]
	[[ $output == *" result=done "*" poisoned=1 lost=4096 "*" mismatched=0 "* ]]
	[ "$4" = never ] || [[ $output == *" fetched="* ]]
	holder=$(sed -n 's/.* state=running pid=\([0-9]*\).*/\1/p' "target.$3"/*.recv)
	guests+=("$holder")
	wait_for has_counted_from "$(seen 0)"
}

# The guest no longer knows which page it has lost, and meets it once more: the Nth machine check.
check_poison()
{
	printf '\0\0\0\0' | dd of="$(ram_file)" bs=4 seek=$(((1536 + 12) / 4)) conv=notrunc status=none
	wait_for has_checked "$1"
	wait_for has_counted_from "$(seen 0)"
	echo "wrong $(seen 1) checks $(seen 2) lost $(seen 3)"
	[ "$(seen 1) $(seen 2) $(seen 3)" = "0 $1 $((0x4b00))" ]
}

@test "a machine with a poisoned page moves, takes its machine check there, and moves on" {
	# shellcheck disable=SC2046
	$(machine web) -qmp unix:web.qmp,server=on,wait=off >qemu 2>&1 3>&- &
	holder=$!
	guests+=("$holder")
	wait_for has_counted_from 0
	spoil 0x4b000
	wait_for has_checked 1
	[ "$(seen 3)" = $((0x4b00)) ]

	run -1 "$top/build/tools/qmp_ask" web.qmp \
		'{"execute":"migrate","arguments":{"uri":"exec:cat >/dev/null"}}'
	[[ $output == "refused: "*"poisoned memory"* ]]

	move web web.qmp second never
	check_poison 2
	move second "$(echo target.second/*.qmp)" third always
	check_poison 3
}

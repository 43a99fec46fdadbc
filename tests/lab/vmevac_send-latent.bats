# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the latent profile: an error that nobody knows of is met while a virtual machine moves.
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

# seen N - the Nth number that the guest has written at 0x600; see checker.S
seen()
{
	[ -z "$(guest_range)" ] || od -An -tu4 -j $((1536 + 4 * $1)) -N 4 \
		"/proc/$holder/map_files/$(guest_range)" | tr -d ' '
}

# move_with POINT GPA WHEN: it moves, with an error planted beneath the page at GPA when "vmevac
# send" is at POINT (tests/tools/meddle.c); WHEN memory may follow.  It costs that page.
move_with()
{
	# shellcheck disable=SC2046
	$(machine web) -qmp unix:web.qmp,server=on,wait=off >qemu 2>&1 3>&- &
	holder=$!
	guests+=("$holder")
	wait_for_count 0 || { cat qemu && return 1; }
	frame=$(frame_of "$holder" $((0x$(guest_range | cut -d - -f 1) + $2)))
	[ "$frame" != 0 ]
	address=$(printf '0x%x' $((frame * 4096)))

	run --separate-stderr "$top/build/tools/meddle" "$1" "$top/tests/lab/plant $address >planted" \
		vmevac send --timeout 60s --stall 120s --state home --qmp web=web.qmp --post-copy "$3" \
		--to "vmevac recv --timeout 60s --stall 120s --state $tmp/target \
		--launch 'exec $(machine second) -S -incoming defer -qmp unix:\$VMEVAC_QMP,server=on,wait=off'" web
	echo "$output$stderr"
	[ "$status" = 0 ]
	[ "$(<planted)" = "planted $address" ]
	[[ $output == *" result=done "*" poisoned=1 lost=4096 "*" mismatched=0 "* ]]
	wait_for_poison "$address"
	holder=$(sed -n 's/.* state=running pid=\([0-9]*\).*/\1/p' target/*.recv)
	guests+=("$holder")
	wait_for_count "$(counter)"
	wait_for_count "$(counter)"
	echo "wrong $(seen 1) checks $(seen 2) lost $(seen 3)"
}

# The points are counted by what is written to the journal.

@test "an error that comes before memory is copied is met by who copies" {
	move_with write:3 0x96000 never
	[ "$(seen 1) $(seen 2)" = "0 0" ] # the guest does not read that page
}

@test "an error that comes when the machine runs elsewhere already follows it there" {
	move_with write:6,ppoll:1 0x4b000 always
	[ "$(seen 1) $(seen 2) $(seen 3)" = "0 1 $((0x4b00))" ]
}

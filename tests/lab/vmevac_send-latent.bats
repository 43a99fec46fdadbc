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

# The machine of start_guest (lab_helper.bash), with its name.
machine()
{
	echo "chrt --idle 0 qemu-system-x86_64 -accel kvm -cpu qemu64 -m 16 -machine pc,memory-backend=ram" \
		"-name guest=$1 -object memory-backend-memfd,id=ram,size=16M,share=on -nodefaults" \
		"-no-user-config -display none -bios $top/build/lab/guest.rom"
}

@test "an error that is met while memory is copied costs one page, and neither host nor guest" {
	# shellcheck disable=SC2046
	$(machine web) -qmp unix:web.qmp,server=on,wait=off >qemu 2>&1 3>&- &
	holder=$!
	guests+=("$holder")
	wait_for_count 0 || { cat qemu && return 1; }
	frame=$(frame_of "$holder" $((0x$(guest_range | cut -d - -f 1) + 0x8000)))
	[ "$frame" != 0 ]
	"$top/tests/lab/plant" "$(printf '0x%x' $((frame * 4096)))"
	[ "$(meminfo HardwareCorrupted)" = "0 kB" ]

	run --separate-stderr vmevac send --timeout 60s --stall 120s --state home --qmp web=web.qmp \
		--to "vmevac recv --timeout 60s --stall 120s --state $tmp/target \
		--launch 'exec $(machine second) -S -incoming defer -qmp unix:\$VMEVAC_QMP,server=on,wait=off'" web
	echo "$output$stderr"
	[ "$status" = 0 ]
	[[ $output == *" result=done "*" poisoned=1 lost=4096 "* ]]
	[ "$(meminfo HardwareCorrupted)" = "4 kB" ]
	holder=$(sed -n 's/.* state=running pid=\([0-9]*\).*/\1/p' target/*.recv)
	guests+=("$holder")
	wait_for_count "$(counter)"
}

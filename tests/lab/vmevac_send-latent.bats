# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the latent profile: an error that nobody knows of is met while a virtual machine moves.
#
# "vmevac send" is held at steps (src/vmevac/move/fault.h), so that what happens then happens there.
# shellcheck disable=SC2154,SC2034
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load vmevac_send_helper

# begin_move GPA WHEN STEP...: the machine moves, and is held at each of these steps; the page at GPA
# will be lost, and WHEN memory may follow.
begin_move()
{
	local when=$2 steps
	lost=$1
	shift 2
	start_web
	address=$(address_of "$lost")
	steps=$*
	VMEVAC_HOLD=send:${steps// /,} vmevac send --timeout 60s --stall 120s --state home --qmp web=web.qmp \
		--post-copy "$when" --to "$(receiver second)" web >moved 2>errors 3>&- &
	mover=$!
	guests+=("$mover")
	is_held "$mover" || { cat moved errors && return 1; }
}

# On to the next step.
go_on()
{
	kill -CONT "$mover"
	is_held "$mover" || { cat moved errors && return 1; }
}

plant()
{
	run -0 "$top/tests/lab/plant" "$address"
	[ "$output" = "planted $address" ]
}

# It has moved, and has lost that page and nothing else; PAGES of 4 KiB if it is a large one.
has_moved()
{
	local pages=${1:-1}
	kill -CONT "$mover"
	status=0
	wait "$mover" || status=$?
	cat moved errors
	[ "$status" = 0 ]
	[[ $(<moved) == *" result=done "*" poisoned=$pages lost=$((pages * 4096)) "*" mismatched=0 "* ]]
	wait_for_poison "$address"
	follow_to second
	[[ $(vmevac list --qmp "pid:$holder=$(echo target.second/*.qmp)" "pid:$holder") == *" poisoned=$pages "* ]]
	echo "wrong $(seen 1) checks $(seen 2) lost $(seen 3)"
	[ "$(seen 1) $(seen 2)" = "0 0" ]
}

@test "an error that comes before memory is copied is met by who copies" {
	begin_move 0x96000 never copy # the guest does not read that page
	plant
	has_moved
}

# As if it had lost that page before, the guest does not touch it from where it stands still on.
@test "an error that comes when the machine stands still is met by who sends the rest" {
	begin_move 0x5b000 never stop last
	goes_round
	go_on
	have_seen 3 0x5b00
	plant
	has_moved
}

@test "an error that comes when the machine runs elsewhere already follows it there" {
	begin_move 0x4b000 always stop last serve
	goes_round
	go_on
	have_seen 3 0x4b00
	go_on
	plant
	has_moved
}

# The guest never looks at that huge page, but something in QEMU has written to it.
@test "an error in a huge page that is still to come makes all of it lost" {
	backend=,hugetlb=on,hugetlbsize=2M,prealloc=on
	begin_move 0x84b000 always stop last serve
	echo written | dd of="/proc/$holder/mem" bs=4096 seek=$(((0x$(guest_range | cut -d - -f 1) + 0x9ff000) / 4096)) \
		conv=notrunc status=none
	go_on
	go_on
	plant
	has_moved 512
}

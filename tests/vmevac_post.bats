# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac send and recover: memory that follows a machine which runs at the target already.
#
# bats sets $stderr; the helpers run and say what came of it, and take $disks.
# shellcheck disable=SC2154,SC2030,SC2031,SC2034
bats_require_minimum_version 1.5.0
load helper
load vmevac_helper
load vmevac_send_helper
load vmevac_post_helper

@test "memory follows a machine that runs already: installed QEMU" {
	follows installed
}

@test "memory follows a machine that runs already: QEMU 7.2" {
	follows 7.2
}

# What the guest writes to all the time does not fit, however often it is sent.
@test "what cannot be sent in time follows, or takes its time" {
	qemu_of installed
	start_source
	post_copy=auto send --max-blackout 1us --max-rounds 2
	echo "$output$stderr"
	[ "$status" = 0 ]
	[[ $output == *" result=done "*" fetched="* ]]
	one_runs
	[ "$place" = target ]
	end_all
	start_source
	send --max-blackout 1us --max-rounds 2
	echo "$output$stderr"
	[ "$status" = 0 ]
	[[ $output == *" result=done "*" unseen=0 "* && $output != *" fetched="* ]]
	one_runs
	[ "$place" = target ]
}

@test "a target that could not wait for memory is not given less than all" {
	qemu_of installed
	mkdir source.ram target.ram
	[ "$(stat -f -c %T .)" != tmpfs ] || skip "files here are memory"
	backend=file,id=ram,size=32M,share=on,mem-path=$PWD/source.ram/ram.file
	start_source
	launch=$(backend=${backend/source/target} waiting) post_copy=always send
	echo "$output$stderr"
	[ "$status" = 1 ]
	[[ $stderr == *"send $web: offer: the target cannot run without all of its memory"* ]]
	one_runs
	[ "$place" = source ]
}

@test "what was cut while memory followed goes on" {
	qemu_of installed
	make_disks
	disks=("${disk_options[@]}")
	# MOVE_RUNS, which says how often the other suite goes round, is for all of them.
	steps=(send:answer recv:fault)
	[ -z "${MEMPATROL_BIN:-}" ] || steps=(recv:fault)
	[ -z "${MOVE_RUNS:-}" ] || steps+=(send:serving recv:fetching recv:answer)
	for step in "${steps[@]}"; do
		cut "${step%:*}" "${step#*:}"
		stands_still
		recovers
	done
}

@test "QEMU 7.2: what was cut while memory followed goes on" {
	qemu_of 7.2
	cut recv answer
	stands_still
	recovers
}

# The way is cut, and whoever goes on with it is killed, too.
# The command is as it was when drain began it, unless that was too long to be kept.
@test "what is run once more knows what it is to know, or is not run" {
	qemu_of installed
	start_source
	# shellcheck disable=SC2016
	VMEVAC_TO='host 2' to_begin='echo "$VMEVAC_TO" >>told; ' timeout=2s post_copy=always VMEVAC_FAULT=recv:fault send
	stands_still
	recovers
	[ "$(uniq told)" = 'host 2' ]
	end_all
	start_source
	to_begin="# $(printf '%04000d' 0)
" timeout=2s post_copy=always VMEVAC_FAULT=recv:fault send
	stands_still
	recover
	[ "$status" = 3 ]
	[ "$stderr" = "vmevac: go on with $web: its --to was too long to be kept: give it" ]
	recovers --to "vmevac recv --state $PWD/target --qmp none"
}

@test "a move that goes on is cut once more" {
	# What sanitisers look for shows when it is cut once.
	[ -z "${MEMPATROL_BIN:-}" ] || skip "not with sanitisers"
	qemu_of installed
	start_source
	timeout=2s post_copy=always to_begin='stdbuf -o0 head -c 35000000 | ' send
	echo "status $status, $output$stderr"
	stands_still
	VMEVAC_FAULT=send:answer recover
	stands_still
	VMEVAC_FAULT=recv:run-again recover
	stands_still
	recovers --to "vmevac recv --state $PWD/target --qmp none"
}

@test "who goes on gives up the rights that are not needed, too" {
	qemu_of installed
	cut recv fault
	stands_still
	VMEVAC_HOLD=send:serve vmevac recover --qmp "$web=source.qmp" --state "$PWD/home" \
		--to "exec vmevac recv --state $PWD/target --qmp none" "$web" >moved 2>&1 3>&- &
	mover=$!
	vms+=("$mover")
	is_held "$mover"
	has_few_rights
	kill -CONT "$mover"
	wait "$mover"
	[[ $(<moved) == *" result=done "*" mismatched=0 "* ]]
	is_at_target
}

@test "a machine that was never told to run comes back, and one that has it all is not asked for" {
	qemu_of installed
	cut recv partial
	[[ $output == *" result=failed "*" state=back "* ]]
	one_runs
	[ "$place" = source ]
	run -1 vmevac recover --qmp "$web=source.qmp" --state "$PWD/home" "$web"
	[[ $output == "evac vm=$web to= result=refused reason=not-moving "* ]]
	cut recv running
	[[ $output == *"reason=interrupted "* ]]
	recover
	[ "$status" = 1 ]
	[[ $output == *" result=done "*" compared=0 "* ]]
	[[ $stderr == *"it has moved, but its memory has not been compared"* ]]
	is_at_target
}

# A QEMU without privileges cannot have a userfaultfd of its own that sees the kernel's faults.
@test "memory follows into a QEMU without the privilege" {
	qemu_of installed
	[ -c /dev/userfaultfd ] || skip "no /dev/userfaultfd here"
	start_source
	launch=$(waiting)
	launch=${launch/exec/exec setpriv --bounding-set -sys_ptrace} post_copy=always send
	echo "$output$stderr"
	[ "$status" = 0 ]
	one_runs
	[ "$place" = target ]
}

# SPDX-License-Identifier: GPL-2.0-or-later
# For suites of vmevac send and recover, in which memory follows a machine that runs at the target
# already: what helper, vmevac_helper and vmevac_send_helper have, and more.
#
# bats sets $stderr; the helpers run and say what came of it, and take $disks.
# shellcheck disable=SC2154,SC2034,SC2030,SC2031

# follows QEMU: a machine of that version moves, and its memory follows
follows()
{
	qemu_of "$1"
	make_disks
	disks=("${disk_options[@]}")
	start_source
	post_copy=always send
	echo "$output$stderr"
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	[[ $output == "evac vm=$web to="*" result=done blackout_ns="*" fetched="*" faults="*" fault_p50_ns="*" fault_p99_ns="*" mismatched=0 "* ]]
	is_at_target
	can_take_disks no
	# Nothing stays in it that could make it wait.
	[[ $(readlink "/proc/$(targets)/fd/"*) != *userfaultfd* ]]
}

is_interrupted()
{
	[ "$(journal target)" = interrupted ] && ! passes "$(targets)"
}

# It stands still at both places, rather than being fed zeros, and the source cannot be made to run it.
stands_still()
{
	[ "$status" != 0 ]
	[[ $output == *" result=failed "*"reason=interrupted "*'hint=vmevac\x20recover\x20'"$web state=serving "* ]]
	wait_until is_interrupted
	! passes "$source"
	run -1 vmevac resume --state "$PWD/home" --qmp "$web=source.qmp" "$web"
	[[ $output == *" result=refused pid=$source reason=in-doubt "* ]]
}

# cut SIDE STEP: whoever dies when the machine runs at the target already
cut()
{
	end_all
	start_source
	timeout=2s post_copy=always VMEVAC_FAULT=$1:$2 send
	echo "$1:$2: status $status, $output$stderr"
}

recover()
{
	run --separate-stderr vmevac recover --qmp "$web=source.qmp" --state "$PWD/home" "$@" "$web"
	echo "status $status, $output$stderr"
}

recovers()
{
	recover "$@"
	[ "$status" = 0 ]
	[[ $output == "evac vm=$web to="*" result=done "*" mismatched=0 "* ]]
	is_at_target
}

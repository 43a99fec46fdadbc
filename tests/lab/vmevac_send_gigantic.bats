# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile with five pages of 1 GiB (-m 9216 -a 'hugepagesz=1G hugepages=5'): virtual machines
# that have their memory in them move.
# shellcheck disable=SC2154,SC2034
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load vmevac_send_helper

setup_file()
{
	[ -n "${LAB_PROFILE:-}" ] || skip "not inside a lab"
	[ "$(cat /sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages)" = 5 ]
}

backend=,hugetlb=on,hugetlbsize=1G,prealloc=on

# The guest never looks at the page that it loses.
@test "memory in pages of 1 GiB moves twice, and one that has lost 4 KiB is lost whole" {
	size=2048
	start_web
	spoil 0x40000000
	lost=262144 move web web.qmp second never
	lost=262144 move second "$(echo target.second/*.qmp)" third never
	[ "$(seen 1)" = 0 ]
}

@test "of a page of 1 GiB that was split its 4 KiB are lost at the target, where it is split too" {
	size=1024
	start_web
	kill -STOP "$holder"
	spoil 0x4b000
	run -0 hugesplit --max-age any "$(printf '%d:0x%x' "$holder" $((0x$(guest_range | cut -d - -f 1) + 0x4b000)))"
	kill -CONT "$holder"
	[[ $output == *" result=done lost=4096 "* ]]
	wait_for_checks 1
	move web web.qmp second never
	check_poison 2
}

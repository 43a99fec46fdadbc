# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile with huge pages (-H 24 or more): a virtual machine that has its memory in them moves.
# shellcheck disable=SC2154,SC2034
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load vmevac_send_helper

# How many huge pages are anybody's who asks for them.
unreserved()
{
	awk '/^HugePages_Free:/ { free = $2 } /^HugePages_Rsvd:/ { print free - $2 }' /proc/meminfo
}

# A machine of eight, most of which are holes: they could be somebody else's when the guest touches them.
@test "huge pages that are holes are kept for the machine" {
	backend=,hugetlb=on,hugetlbsize=2M,prealloc=on
	before=$(unreserved)
	start_web
	lost=0 move web web.qmp second never
	[ "$(unreserved)" = $((before - 8)) ]
}

@test "huge pages follow a machine that runs already" {
	backend=,hugetlb=on,hugetlbsize=2M,prealloc=on
	start_web
	lost=0 move web web.qmp second always
	goes_round
	[ "$(seen 1)" = 0 ]
}

# The guest never looks at the page that it loses.
@test "memory in huge pages of hugetlbfs moves twice, and one that has lost 4 KiB is lost whole" {
	backend=,hugetlb=on,hugetlbsize=2M,prealloc=on
	start_web
	spoil 0x800000
	lost=512 move web web.qmp second never
	lost=512 move second "$(echo target.second/*.qmp)" third never
	[ "$(seen 1)" = 0 ]
}

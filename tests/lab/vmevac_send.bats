# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile: virtual machines under KVM with poisoned pages move, and move on.
# shellcheck disable=SC2154,SC2034
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load vmevac_send_helper

@test "a machine with a poisoned page moves, takes its machine check there, and moves on" {
	start_web
	spoil 0x4b000
	wait_for_checks 1
	[ "$(seen 3)" = $((0x4b00)) ]

	run -1 "$top/build/tools/qmp_ask" web.qmp \
		'{"execute":"migrate","arguments":{"uri":"exec:cat >/dev/null"}}'
	[[ $output == "refused: "*"poisoned memory"* ]]

	move web web.qmp second never
	check_poison 2
	move second "$(echo target.second/*.qmp)" third always
	check_poison 3
}

# hugesplit replaces the huge page of which the guest loses 4 KiB: replace GPA.  QEMU stands still
# from the error to its repair: a guest that touches the page in between is told of an error wherever
# it does.
replace()
{
	local va
	va=$((0x$(guest_range | cut -d - -f 1) + $1))
	kill -STOP "$holder"
	while ! grep -q '^State:.T' "/proc/$holder/status"; do sleep 0.1; done
	spoil "$1"
	run -0 hugesplit --max-age any "$(printf '%d:0x%x' "$holder" "$va")"
	kill -CONT "$holder"
	[[ $output == *" result=done lost=4096 salvaged=2093056 "* ]]
}

@test "one in which hugesplit has replaced a huge page moves to huge pages, and from there to small ones" {
	backend=,hugetlb=on,hugetlbsize=2M,prealloc=on
	start_web
	replace 0x4b000
	wait_for_checks 1
	[ "$(seen 3)" = $((0x4b00)) ]

	move web web.qmp second never
	[ "$(grep -c memfd:hugesplit "/proc/$holder/maps")" = 1 ]
	check_poison 2
	backend=
	move second "$(echo target.second/*.qmp)" third always
	run ! grep memfd:hugesplit "/proc/$holder/maps"
	check_poison 3
}

@test "one whose written pages are found by soft-dirty bits moves, with a page that was lost" {
	start_web
	spoil 0x4b000
	wait_for_checks 1
	tracking=soft-dirty move web web.qmp second never
	check_poison 2
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile: virtual machines under KVM with poisoned pages move, and move on.
# shellcheck disable=SC2154,SC2034
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load vmevac_send_helper

wait_for_checks()
{
	local i
	for ((i = 0; i < 1200; i++)); do
		kill -0 "$holder" || { cat qemu; return 1; }
		[ "$(seen 2)" != "$1" ] || return 0
		sleep 0.5
	done
	return 1
}

# The guest no longer knows which page it has lost, and meets it once more: the Nth machine check.
check_poison()
{
	have_seen 3 0
	wait_for_checks "$1"
	goes_round
	echo "wrong $(seen 1) checks $(seen 2) lost $(seen 3)"
	[ "$(seen 1) $(seen 2) $(seen 3)" = "0 $1 $((0x4b00))" ]
}

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

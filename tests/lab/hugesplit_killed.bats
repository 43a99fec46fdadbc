# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile: hugesplit is killed at each of its steps.  For the soak: it takes long.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load busy_helper
load hugesplit_helper

@test "killed at any step it leaves the old page or the new one, in all processes the same" {
	start_both /dev/hugepages/huge 96M
	kill_at_steps {1..400}
	[ "$result" = whole ]
	[ "$last" -gt 100 ]
}

@test "without its supervisor the worker comes to its end, wherever it was" {
	start_both /dev/hugepages/huge 32M
	kill_at_steps supervisor:{1..200..20}
}

@test "killed with its supervisor at any step it leaves a process that runs on" {
	local step page=700
	busy one create /dev/hugepages/huge 64M
	first=$pid
	spoil "$first" "$page"
	for ((step = 1, result = none; step < 200; step++)); do
		both_die_at "$step" "$page"
		undisturbed one "$first"
		[ "$result" != whole ] || break
		[ "$result" = old ] || { page=$((page + 512)) && spoil "$first" "$page"; }
	done
	[ "$result" = whole ]
	[ "$step" -gt 80 ]
}

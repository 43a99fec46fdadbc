# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile: hugesplit is killed while it works.  For the soak: it takes long.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load busy_helper
load hugesplit_helper

# In the suite of hugesplit itself every single step is tried.
@test "killed at any step it leaves the old page or the new one, in all processes the same" {
	local step page=700 replaced=0
	start_both /dev/hugepages/huge 16M
	spoil "$first" "$page"
	for ((step = 1; ; step += 17)); do
		kill_at "$step" "$page"
		if [ "$result" != old ]; then
			replaced=$((replaced + 1))
			page=$((page + 512))
			spoil "$first" "$page"
		fi
		check_process one "$first" "$replaced"
		check_process two "$second" "$replaced"
		[ "$result" != whole ] || break
	done
	[ "$step" -gt 100 ]
}

@test "without its supervisor the worker comes to its end" {
	start_both /dev/hugepages/huge 4M
	spoil "$first" 700
	kill_at supervisor:80 700
	[ "$result" = new ]
	check_process one "$first" 1
	check_process two "$second" 1
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts with two latent errors in one huge page, of which memscan has met the first: what becomes of
# them when the rest of the page is read, and when it is not.  For the soak: it takes long.
bats_require_minimum_version 1.5.0
load ../helper

# repair_host OPTION... - a host, with hugesplit OPTION....  What it says goes to its console,
# line by line: words on their way through a pipe would die with it.
repair_host()
{
	# shellcheck disable=SC2016
	run "$top/tests/lab/lab" -p latent -m 512 -H 8 -t 1800 -o "$BATS_TEST_TMPDIR/console" -- bash -euc '
		BATS_TEST_TMPDIR=$(mktemp -d)
		. tests/helper.bash
		. tests/lab/lab_helper.bash
		setup
		hold hugetlb 4M
		tests/lab/plant "$(held addr 700)" "$(held addr 900)"
		memscan --pid "$holder" >"$tmp/found" || [ $? = 1 ]
		echo "<0>the first was met" >/dev/kmsg
		hugesplit "$@" <"$tmp/found" >/dev/null
		echo "<0>still alive" >/dev/kmsg' repair "$@"
	[ "$status" != 77 ] || skip "no lab here: run 'make deps'"
	grep -q 'the first was met' "$BATS_TEST_TMPDIR/console"
}

@test "what memscan had not read is given up, and the host lives" {
	repair_host
	[ "$status" = 0 ]
	grep -q 'still alive' "$BATS_TEST_TMPDIR/console"
}

@test "who takes any risk can lose the host" {
	repair_host --max-age any
	[ "$status" = 99 ]
	grep -q 'Kernel panic - not syncing: Fatal local machine check' "$BATS_TEST_TMPDIR/console"
	run ! grep -q 'still alive' "$BATS_TEST_TMPDIR/console"
}

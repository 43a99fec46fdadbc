# SPDX-License-Identifier: GPL-2.0-or-later
# For tests that boot labs, each once, in setup_file, and look at what came out: load boots_helper.
# What a machine prints is in $OUT/NAME.out, .err, .console and .status.
# shellcheck shell=bash disable=SC2154

# boot NAME LAB-OPTION... [--] COMMAND...
boot()
{
	local name=$1 status=0
	shift
	"$BATS_TEST_DIRNAME/lab" -o "$OUT/$name.console" "$@" >"$OUT/$name.out" 2>"$OUT/$name.err" || status=$?
	[ "$status" != 77 ] || skip "no lab here: run 'make deps'"
	echo "$status" >"$OUT/$name.status"
}

# section NAME HEADING - what the machine printed under "== HEADING"
section()
{
	sed -n "/^== $2\$/,/^== /{/^== /!p}" "$OUT/$1.out"
}

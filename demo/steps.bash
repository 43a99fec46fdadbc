# SPDX-License-Identifier: GPL-2.0-or-later
# What a walk consists of: steps, each of which checks that it happened.
# shellcheck shell=bash

# walk TITLE STEP...: a step is "FUNCTION NAME: TEXT"
walk()
{
	local step
	printf '\n== %s\n' "$1"
	for step in "${@:2}"; do
		name=${step#* }
		name=${name%%:*}
		printf '\n-- %s\n' "${step#* }"
		"${step%% *}"
	done
}

fail()
{
	printf 'This did not happen: %s: %s\n' "$name" "$1"
	exit 1
}

# try STATUS COMMAND: show a command and what it prints; of a pipe, the last that fails tells
try()
{
	local status=0
	printf '$ %s\n' "$2"
	eval "$2" >out 2>&1 || status=$?
	cat out
	[ "$status" = "$1" ] || fail "exit status $1, not $status, of $2"
}

# The step's output must have a line like this.
expect()
{
	grep -Eq "$1" out || fail "a line like '$1'"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What all bats files of this folder share: load helper
# shellcheck shell=bash

top=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
PATH=$top/${MEMPATROL_BIN:-bin}:$PATH

# The captured tree tests/roots/$1.tar.xz, as a directory of this test's own.
unpack_root()
{
	mkdir "$BATS_TEST_TMPDIR/$1"
	tar -C "$BATS_TEST_TMPDIR/$1" -xJf "$top/tests/roots/$1.tar.xz"
	echo "$BATS_TEST_TMPDIR/$1"
}

need_root()
{
	[ "$(id -u)" = 0 ] || skip "needs root"
}

# Run a command and compare its output and status with what is expected:
#	expect STATUS COMMAND... <<'END'
expect()
{
	local wanted_status=$1 wanted
	shift
	wanted=$(cat; echo x)
	run --keep-empty-lines "$@"
	output+=x
	if [ "$output" != "$wanted" ] || [ "$status" != "$wanted_status" ]; then
		diff <(printf '%s' "${wanted%x}") <(printf '%s' "${output%x}")
		echo "status $status, not $wanted_status"
		return 1
	fi
}

# Wait until a line of a file matches: wait_for FILE PATTERN
wait_for()
{
	for ((i = 0; i < 600; i++)); do
		if grep -qs -- "$2" "$1"; then return; fi
		sleep 0.05
	done
	echo "no '$2' in $1:"
	cat "$1" "$(dirname "$1")/err"
	return 1
}

# A process has stopped itself: is_held PID; 1 when it has ended instead
is_held()
{
	local stat i
	for ((i = 0; i < 3000; i++)); do
		read -r stat 2>/dev/null <"/proc/$1/stat" || return
		[[ $stat != *') T '* ]] || return 0
		[[ $stat != *') Z '* ]] || return 1
		sleep 0.2
	done
	return 1
}

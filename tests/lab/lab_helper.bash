# SPDX-License-Identifier: GPL-2.0-or-later
# What the bats files that run inside a lab share: load lab_helper
# shellcheck shell=bash disable=SC2154

setup_file()
{
	# Elsewhere these tests would plant errors in a machine that somebody needs.
	[ -n "${LAB_PROFILE:-}" ] || skip "not inside a lab"
}

setup()
{
	tmp=$BATS_TEST_TMPDIR
}

teardown()
{
	[ -n "${holder:-}" ] || return 0
	kill -KILL "$holder"
	wait "$holder" 2>/dev/null || true
}

# Start a process that holds memory: hold KIND SIZE [NODE].  Its pages are in held().
hold()
{
	"$top/build/lab/holder" "$@" >"$tmp/held" 3>&- &
	holder=$!
	until grep -q '^#ready' "$tmp/held"; do
		kill -0 "$holder" || return
		sleep 0.1
	done
}

# held KEY N - the value of KEY (addr, va, off) of the Nth page that the holder holds
held()
{
	sed -n "$2s/.* $1=\([^ ]*\).*/\1/p" "$tmp/held"
}

# frame_of PID VA - the number of the physical page there
frame_of()
{
	local word
	word=$(dd if="/proc/$1/pagemap" bs=8 skip=$(($2 / 4096)) count=1 status=none | od -An -tu8)
	echo $((word & ((1 << 55) - 1)))
}

meminfo()
{
	sed -n "s/^$1: *//p" /proc/meminfo
}

# The kernel deals with some errors a moment after their machine check.
wait_for_poison()
{
	local frame
	frame=$(printf '0x%x' $(($1 / 4096)))
	for ((i = 0; i < 300; i++)); do
		dmesg | grep -q "Memory failure: $frame: recovery action" && return
		sleep 0.1
	done
	echo "the kernel did not act on $1 in 30 s"
	return 1
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What the bats files of hugesplit in the mce profile share: load hugesplit_helper
# shellcheck shell=bash disable=SC2154

teardown()
{
	end_busy
	rm -f /dev/hugepages/*
}

# spoil PID PAGE... - the kernel is told that these pages of a huge page of the process are bad
spoil()
{
	local process=$1 page frame frames=()
	shift
	for page; do
		frame=$(frame_of "$process" $(($(huge_va "$process") + page * 4096)))
		[ "$frame" != 0 ]
		frames+=("$frame")
	done
	for frame in "${frames[@]}"; do
		# EBUSY: a thread was just looking at it; it is marked and unmapped all the same.
		echo "$frame" 2>/dev/null >/sys/kernel/debug/hwpoison/corrupt-pfn || true
	done
	wait_for_poison $((frames[0] * 4096))
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What the bats files of hugesplit in the mce profile share: load hugesplit_helper
# shellcheck shell=bash disable=SC2154

teardown()
{
	end_busy
	rm -f /dev/hugepages/*
}

# spoil_frames FRAME... - the kernel is told that these pages of one huge page are bad
spoil_frames()
{
	local frame
	# Each touch of a bad page is a line, and the serial console takes milliseconds for one.
	dmesg -n 1
	for frame; do
		[ "$frame" != 0 ]
		# The kernel acts before this returns.  EBUSY: a thread was just looking at it; it is
		# marked and unmapped all the same.
		echo "$frame" 2>/dev/null >/sys/kernel/debug/hwpoison/corrupt-pfn || true
	done
}

# spoil PID PAGE... - these pages of a huge page of the process
spoil()
{
	local process=$1 va page frames=()
	va=$(huge_va "$process")
	shift
	for page; do
		frames+=("$(frame_of "$process" $((va + page * 4096)))")
	done
	spoil_frames "${frames[@]}"
}

# kill_at_steps FAULT... - at one after the other, until one is never come to: $result is "whole"
# then, and $last was the last.  The pages of first and second are replaced one by one.  Whatever
# harms the processes can be seen afterwards, too.
kill_at_steps()
{
	local page=700
	replaced=0
	spoil "$first" "$page"
	for step; do
		kill_at "$step" "$page"
		if [ "$result" != old ]; then
			replaced=$((replaced + 1))
			page=$((page + 512))
			spoil "$first" "$page"
		fi
		[ "$result" != whole ] || break
		last=$step
	done
	check_process one "$first" "$replaced"
	check_process two "$second" "$replaced"
}

# split_in_a_row N - a busy process loses 4 KiB of each of its N huge pages, one after the other, by
# one hugesplit that is told of each by a record
split_in_a_row()
{
	local n=$1 va i at errors splitter
	busy one create /dev/hugepages/huge "$((n * 2))M"
	va=$(huge_va "$pid")
	mkfifo "$tmp/errors"
	hugesplit --max-age any <"$tmp/errors" >"$tmp/splits" 3>&- &
	splitter=$!
	exec {errors}>"$tmp/errors"
	for ((i = 0; i < n; i++)); do
		at=$((va + i * 2097152 + i % 512 * 4096))
		spoil_frames "$(frame_of "$pid" "$at")"
		printf 'owner addr=0x0000000000001000 size=4096 kind=hugetlb pid=%d va=0x%016x\n' "$pid" "$at" >&"$errors"
		soon has_lines "$tmp/splits" "$i"
		[[ ${answers[-1]} == *" result=done lost=4096 salvaged=2093056 "*" lost_va=$(printf '0x%016x' "$at") "* ]]
	done
	exec {errors}>&-
	wait "$splitter"
	check_process one "$pid" "$n"
	[[ $answer == *" wrong=0 lost=$n "*" lsb=12 other=0 woken=0 "* ]]
	[ "$(value mine "$answer")" = "$(value memory "$answer")" ]
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile, with a page of 1 GiB: it is replaced by pages of 2 MiB, but for one.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load busy_helper
load hugesplit_helper

teardown()
{
	end_busy
	! mountpoint -q "$tmp/mnt" || umount "$tmp/mnt"
}

# What process $1 has of a kind in the memory that took the page's place, in KiB.
new_has()
{
	sed -n '/memfd:hugesplit/,/^VmFlags:/'"s/^$2: *\([0-9]*\) kB/\1/p" "/proc/$1/smaps"
}

# The process uses a page of 1 GiB whose 4 KiB number 100700 are bad.
use_bad_page()
{
	mkdir "$tmp/mnt"
	mount -t hugetlbfs -o pagesize=1G none "$tmp/mnt"
	busy one create "$tmp/mnt/huge" 1G
	va=$(huge_va "$pid")
	spoil "$pid" 100700
}

@test "a page of 1 GiB is replaced by pages of 2 MiB, or copied, and loses 4 KiB" {
	use_bad_page
	huge=/sys/kernel/mm/transparent_hugepage/shmem_enabled
	echo deny >"$huge"
	run -1 hugesplit --keep-huge --max-age any "$(place "$pid" 5)"
	[[ $output == *" result=refused reason=fragmented "* ]]
	check_process one "$pid" 0
	echo never >"$huge"
	run -0 hugesplit --keep-huge --max-age any "$(place "$pid" 5)"
	[[ $output == "split size=1073741824 pid=$pid va=$(printf '0x%016x' "$va") result=done lost=4096 salvaged=1073737728 "* ]]
	[ "$(new_has "$pid" ShmemPmdMapped)" = $((511 * 2048)) ]
	[ "$(new_has "$pid" Locked)" -ge $((1048576 - 4)) ]
	ask one
	[[ $answer == *" wrong=0 lost=1 lost_page=100700 lsb=12 other=0 woken=0 "* ]]
	[ "$(value mine "$answer")" = "$(value memory "$answer")" ]

	end_busy
	run -1 hugesplit --max-age any --salvage "$tmp/mnt/huge" --to "$tmp/copy"
	diff - <(echo "$output") <<END
lost off=$((100700 * 4096)) size=4096 file=$tmp/mnt/huge
done src=hugesplit scope=file scanned=1073737728 skipped=0 lost=4096 file=$tmp/mnt/huge
END
	for page in 0 100699 100701 262143; do
		[ "$(od -An -tx8 -j $((page * 4096 + 8)) -N 8 "$tmp/copy")" = " a5$(printf '%014x' "$page")" ]
	done
	[ "$(od -An -tx8 -j $((100700 * 4096)) -N 4096 "$tmp/copy")" = " 0000000000000000 0000000000000000
*" ]
}

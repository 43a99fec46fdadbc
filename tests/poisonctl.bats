# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl on captured trees.  tests/roots/poison comes from a lab with two
# nodes, one bad page in a memfd and one inside a 2 MiB hugetlb page.
bats_require_minimum_version 1.5.0
load helper

@test "list prints a record for each page, a huge page as one" {
	root=$(unpack_root poison)
	expect 0 poisonctl list --sysroot "$root" <<'END'
page addr=0x0000000007600000 size=2097152 state=poisoned node=0 kind=hugetlb src=poisonctl
page addr=0x0000000010ef8000 size=4096 state=poisoned node=1 kind=file src=poisonctl
done src=poisonctl scope=all scanned=536870912 skipped=0
END
}

@test "list --node keeps to that node" {
	root=$(unpack_root poison)
	expect 0 poisonctl list --node 1 --sysroot "$root" <<'END'
page addr=0x0000000010ef8000 size=4096 state=poisoned node=1 kind=file src=poisonctl
done src=poisonctl scope=node node=1 scanned=268435456 skipped=0
END
}

@test "list of a node that has no memory stops" {
	root=$(unpack_root poison)
	expect 3 poisonctl list --node 7 --sysroot "$root" <<'END'
poisonctl: find memory of node 7: none
END
}

@test "list names offline blocks and does not look behind them" {
	root=$(unpack_root poison)
	echo offline >"$root/sys/devices/system/memory/memory2/state"
	expect 0 poisonctl list --sysroot "$root" <<'END'
page addr=0x0000000007600000 size=2097152 state=poisoned node=0 kind=hugetlb src=poisonctl
skip src=poisonctl reason=offline-block addr=0x0000000010000000 size=134217728 bytes=134217728
done src=poisonctl scope=all scanned=402653184 skipped=134217728
END
}

@test "list without memory blocks leaves the node out" {
	root=$(unpack_root poison)
	rm -r "$root/sys"
	expect 0 poisonctl list --sysroot "$root" <<'END'
page addr=0x0000000007600000 size=2097152 state=poisoned kind=hugetlb src=poisonctl
page addr=0x0000000010ef8000 size=4096 state=poisoned kind=file src=poisonctl
done src=poisonctl scope=all scanned=536870912 skipped=0
END
}

@test "list --node without memory blocks is not supported" {
	root=$(unpack_root poison)
	rm -r "$root/sys"
	expect 4 poisonctl list --node 0 --sysroot "$root" <<'END'
poisonctl: find memory of node 0: no memory blocks in /sys/devices/system/memory
END
}

@test "list without kpageflags is not supported" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	expect 4 poisonctl list --sysroot "$BATS_TEST_TMPDIR/empty" <<'END'
poisonctl: open /proc/kpageflags: No such file or directory
END
}

@test "a memory block of garbage stops the list" {
	root=$(unpack_root poison)
	echo 8000000z >"$root/sys/devices/system/memory/block_size_bytes"
	expect 3 poisonctl list --sysroot "$root" <<'END'
poisonctl: read /sys/devices/system/memory: Bad message
END
}

@test "a report that cannot be written is a failure" {
	root=$(unpack_root poison)
	run sh -c 'poisonctl list --sysroot "$1" >/dev/full' - "$root"
	[ "$output" = "poisonctl: write standard output: No space left on device" ]
	[ "$status" = 3 ]
}

@test "wrong use is told in one line" {
	expect 2 poisonctl <<'END'
poisonctl: no verb given; try 'poisonctl --help'
END
	expect 2 poisonctl lst <<'END'
poisonctl: verb lst: unknown; try 'poisonctl --help'
END
	expect 2 poisonctl list now <<'END'
poisonctl: operand now: not expected; try 'poisonctl list --help'
END
	expect 2 poisonctl list --node -1 <<'END'
poisonctl: option --node -1: not a number; try 'poisonctl list --help'
END
	expect 2 poisonctl list --sysroot /nowhere <<'END'
poisonctl: open system root /nowhere: No such file or directory
END
}

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

@test "list --hints: what records tell to be bad of a huge page" {
	root=$(unpack_root poison)
	run -0 poisonctl list --hints --sysroot "$root" <<'END'
ue addr=0x00000000077ff000 size=4096 t=2026-11-22T00:00:00.000000000Z src=memscan
err addr=0x0000000007601040 size=64 sev=srar class=memory
page addr=0x0000000007601000 size=4096 state=poisoned
page addr=0x0000000007600000 size=2097152 state=poisoned
ue addr=0x0000000007800000 size=4096 t=2026-11-22T00:00:00.000000000Z src=memscan
offline addr=0x0000000007602000 size=4096 mode=hard result=done
done src=memscan skipped=0
END
	diff - <(printf '%s\n' "${lines[@]}") <<'END'
page addr=0x0000000007600000 size=2097152 state=poisoned node=0 kind=hugetlb src=poisonctl bad=0x0000000007601000,0x00000000077ff000
page addr=0x0000000010ef8000 size=4096 state=poisoned node=1 kind=file src=poisonctl
done src=poisonctl scope=all scanned=536870912 skipped=0
END
	run -1 --separate-stderr poisonctl list --hints --sysroot "$root" <<<'broken line'
	[ "$stderr" = "poisonctl: read standard input: line 1: word without =" ]
	[[ ${lines[-1]} == "done "* ]]
	run -3 poisonctl list --hints --sysroot "$root" < <(printf 'ue addr=0x0')
	[ "$output" = "poisonctl: read standard input: line 1: cut short, no end of line" ]
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

# A file of holes stands for its flags, of which one says poisoned: 2 GiB, eight times what may be
# mapped.
@test "list of a machine with 1 TiB takes no more memory than others" {
	[[ ${MEMPATROL_BIN:-} != *asan* ]] || skip "the sanitiser maps terabytes"
	root=$(mktemp -d /dev/shm/poisonctl.XXXXXX)
	mkdir "$root/proc"
	truncate -s 2G "$root/proc/kpageflags"
	printf '\x00\x00\x08' | dd of="$root/proc/kpageflags" bs=8 seek=268435454 conv=notrunc status=none
	run bash -c "ulimit -v 262144; poisonctl list --sysroot $root"
	rm -r "$root"
	[ "$status" = 0 ]
	[[ ${lines[0]} == 'page addr=0x000000ffffffe000 size=4096 state=poisoned kind='* ]]
	[ "${lines[1]}" = 'done src=poisonctl scope=all scanned=1099511627776 skipped=0' ]
}

@test "list --from-core: what is no core of this kind" {
	core=$top/tests/fuzz/corpus/core
	expect 4 poisonctl list --from-core "$core/compressed" <<END
poisonctl: read $core/compressed: a compressed kdump; it takes an ELF core, as makedumpfile -E writes
END
	expect 4 poisonctl list --from-core "$top/README.md" <<END
poisonctl: read $top/README.md: not an ELF core of x86-64
END
	expect 4 poisonctl list --from-core "$core/lacking" <<END
poisonctl: read $core/lacking: its VMCOREINFO lacks a usable NUMBER(phys_base)
END
	head -c 4700 "$core/four" >"$BATS_TEST_TMPDIR/cut"
	expect 3 poisonctl list --from-core "$BATS_TEST_TMPDIR/cut" <<END
poisonctl: read $BATS_TEST_TMPDIR/cut: ends before what its headers promise
END
	expect 3 poisonctl list --from-core /nowhere <<'END'
poisonctl: open /nowhere: No such file or directory
END
	expect 2 poisonctl list --node 0 --from-core "$core/four" <<'END'
poisonctl: --node and --from-core exclude each other: a core does not tell of nodes; try 'poisonctl list --help'
END
}

# In this core one page is page table, section and all struct pages at once.
@test "list --from-core prints a record for each page" {
	run -0 poisonctl list --from-core "$top/tests/fuzz/corpus/core/four"
	[ "${lines[0]}" = "page addr=0x0000000000000000 size=4096 state=poisoned src=poisonctl" ]
	[ "${lines[-1]}" = "done src=poisonctl scope=core scanned=67108864 skipped=0 known=16384" ]
	[ "${#lines[@]}" = 16385 ]
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
	expect 2 poisonctl list --probe --sysroot / --from-core x <<'END'
poisonctl: --hints and --probe are of this kernel's pages, not of --from-core; try 'poisonctl list --help'
END
	expect 2 poisonctl list --probe --sysroot /tmp <<'END'
poisonctl: --probe reads memory, of which there is none with --sysroot; try 'poisonctl list --help'
END
	expect 2 poisonctl list --sysroot /nowhere <<'END'
poisonctl: open system root /nowhere: No such file or directory
END
}

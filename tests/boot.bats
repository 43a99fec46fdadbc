# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl boot on a tree: kernel arguments, and what is not reserved.
bats_require_minimum_version 1.5.0
load helper

setup()
{
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/proc" "$root/var/lib" "$root/sys/kernel/boot_params"
	echo "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro" >"$root/proc/cmdline"
	cat >"$root/proc/iomem" <<'END'
00000000-00000fff : Reserved
00001000-0009fbff : System RAM
00100000-7ffdffff : System RAM
  01000000-01ffffff : Kernel code
  02000000-02a0cfff : Kernel rodata
  30000000-3fffffff : Crash kernel
7ffe0000-7fffffff : ACPI Tables
100000000-13fffffff : System RAM
END
}

# save ADDR[:SIZE]... - remember ranges
save()
{
	local range
	for range; do
		printf 'page addr=0x%016x size=%d state=poisoned kind=hugetlb src=poisonctl\n' \
			"${range%:*}" "$(case $range in *:*) echo "${range#*:}" ;; *) echo 4096 ;; esac)"
	done | poisonctl save --sysroot "$root"
}

boot()
{
	poisonctl boot --sysroot "$root" "$@"
}

@test "ranges that touch or overlap are one argument" {
	save 0x12346000 0x12345000 0x12348000 0x40000000:2097152 0x40001000 0x40200000 0x100000000
	expect 0 boot <<'END'
memmap=8K$0x12345000 memmap=4K$0x12348000 memmap=2052K$0x40000000 memmap=4K$0x100000000
END
	expect 0 boot --systemd-boot <<'END'
options memmap=8K$0x12345000 memmap=4K$0x12348000 memmap=2052K$0x40000000 memmap=4K$0x100000000
END
	expect 0 boot --grub <<'END'
GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX memmap=8K\\\$0x12345000 memmap=4K\\\$0x12348000 memmap=2052K\\\$0x40000000 memmap=4K\\\$0x100000000"
END
}

# What grub-mkconfig does: /etc/default/grub and its folder are sourced, and 10_linux prints the
# variable in a here-document; what it makes of ours is one backslash in grub.cfg.
@test "GRUB's configuration gets one backslash for each dollar" {
	save 0x12345000 0x12348000
	boot --grub >"$root/mempatrol.cfg"
	run sh -ec 'GRUB_CMDLINE_LINUX=quiet; . "$1"; args=$GRUB_CMDLINE_LINUX; cat <<END | sed "s/^/	/"
linux /vmlinuz ro ${args}
END
' - "$root/mempatrol.cfg"
	[ "$output" = '	linux /vmlinuz ro quiet memmap=4K\$0x12345000 memmap=4K\$0x12348000' ]
}

@test "nothing to reserve is nothing to print" {
	save 0x12345000
	poisonctl forget --sysroot "$root" 0x12345000
	for form in raw grub systemd-boot; do
		expect 0 boot --$form <<'END'
END
	done
}

@test "what the kernel must have is refused, and said" {
	printf '\0%.0s' {1..4096} >"$root/sys/kernel/boot_params/data"
	# The initial RAM disk: 1 MiB at 0x20000000
	printf '\0\0\0\x20\0\0\x10\0' | dd of="$root/sys/kernel/boot_params/data" bs=1 seek=536 conv=notrunc status=none
	save 0x1000 0x1abc000 0x2a0c000 0x2a0d000 0x200fffff:1 0x20100000 0x30000000 0x7ffe1000 0x80000000 0xc00000:8388608
	expect 1 boot <<'END'
poisonctl: reserve 0x0000000000001000 size 4096: below 1 MiB, which the kernel needs to start
poisonctl: reserve 0x0000000000c00000 size 8388608: the kernel itself is there
poisonctl: reserve 0x0000000001abc000 size 4096: the kernel itself is there
poisonctl: reserve 0x0000000002a0c000 size 4096: the kernel itself is there
poisonctl: reserve 0x00000000200ff000 size 4096: the boot loader puts the initial RAM disk there
poisonctl: reserve 0x0000000030000000 size 4096: the crash kernel is there
poisonctl: reserve 0x000000007ffe1000 size 4096: firmware's tables are there
poisonctl: reserve 0x0000000080000000 size 4096: not memory that the kernel uses
memmap=4K$0x2a0d000 memmap=4K$0x20100000
END
}

@test "what this kernel was told to leave is left again" {
	sed -i 's/^00100000-7ffdffff/00100000-12344fff/; /Kernel/d; /Crash/d' "$root/proc/iomem"
	echo 'ro memmap=4K$0x12345000,4K$0x12346000 quiet' >"$root/proc/cmdline"
	save 0x12345000 0x12347000
	expect 1 boot <<'END'
poisonctl: reserve 0x0000000012347000 size 4096: not memory that the kernel uses
memmap=4K$0x12345000
END
}

@test "the kernel's command line has 2047 bytes" {
	# With a blank, memmap=4K$0x12345000 is 21 bytes: two of them and these are 2047.
	printf 'a%.0s' {1..2005} >"$root/proc/cmdline"
	save 0x12345000 0x12347000
	expect 0 boot <<'END'
memmap=4K$0x12345000 memmap=4K$0x12347000
END
	printf 'a' >>"$root/proc/cmdline"
	expect 1 boot <<'END'
poisonctl: reserve 0x0000000012347000 size 4096: no room on the kernel's command line
memmap=4K$0x12345000
END
	# Those that are there already do not count: they are to be replaced.
	printf ' memmap=4K$0x99990000' >>"$root/proc/cmdline"
	run -1 boot
	[ "${lines[-1]}" = 'memmap=4K$0x12345000' ]
}

@test "wrong use, and what cannot be read" {
	expect 2 boot --grub --raw <<'END'
poisonctl: --grub, --systemd-boot and --raw exclude each other; try 'poisonctl boot --help'
END
	save 0x12345000
	rm "$root/proc/cmdline"
	expect 3 boot <<'END'
poisonctl: read /proc/cmdline: No such file or directory
END
	: >"$root/proc/cmdline"
	: >"$root/sys/kernel/boot_params/data"
	expect 3 boot <<'END'
poisonctl: read /sys/kernel/boot_params/data: cut short
END
}

# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl restore on a captured tree: what is asked of the kernel, and what is not.
# tests/roots/poison has free memory at 1 MiB and a half, slab, and two poisoned pages.
bats_require_minimum_version 1.5.0
load helper

setup()
{
	root=$(unpack_root poison)
	control=$root/sys/devices/system/memory/hard_offline_page
	mkdir -p "$root/var/lib"
	: >"$control"
	cat >"$root/proc/iomem" <<'END'
00000000-00000fff : Reserved
00001000-0009fbff : System RAM
0009fc00-0009ffff : Reserved
000f0000-000fffff : Reserved
00100000-1ffdffff : System RAM
  01000000-01ffffff : Kernel code
1ffe0000-1fffffff : Reserved
END
}

# save ADDR [WORD]... - remember a page
save()
{
	printf 'ue addr=0x%016x size=4096 t=2026-11-21T23:06:56.483912000Z src=memscan' "$1" >"$root/in"
	shift
	printf ' %s' "$@" | sed 's/^ $//' >>"$root/in"
	echo >>"$root/in"
	poisonctl save --sysroot "$root" <"$root/in"
}

# expect_restore STATUS OPTION... <RECORDS
expect_restore()
{
	local wanted=$1
	shift
	run poisonctl restore --sysroot "$root" "$@"
	diff - <(sed 's/ t=[^ ]*Z$//' <<<"$output")
	[ "$status" = "$wanted" ]
}

@test "a free page is taken" {
	save 0x120000
	expect_restore 0 <<'END'
offline addr=0x0000000000120000 size=4096 mode=hard result=done kind=free
done src=poisonctl scope=restore skipped=0
END
	[ "$(cat "$control")" = 0x120000 ]
}

@test "what is out of use already is left alone: poisoned, or kept from the kernel" {
	save 0x10ef8000
	save 0x1ffe1000
	expect_restore 0 <<'END'
offline addr=0x0000000010ef8000 size=4096 mode=hard result=already kind=file state=poisoned
offline addr=0x000000001ffe1000 size=4096 mode=hard result=already state=reserved
done src=poisonctl scope=restore skipped=0
END
	[ ! -s "$control" ]
}

@test "what cannot be taken is refused before the kernel flags it" {
	save 0x1033000
	save 0x40000000
	save 0x9f000
	expect_restore 1 <<'END'
offline addr=0x000000000009f000 size=4096 mode=hard result=already state=reserved
offline addr=0x0000000001033000 size=4096 mode=hard result=refused reason=kernel-page kind=slab
offline addr=0x0000000040000000 size=4096 mode=hard result=refused reason=not-memory
done src=poisonctl scope=restore skipped=8192
END
	[ ! -s "$control" ]
}

@test "a dry run takes nothing and says what it would" {
	save 0x120000
	expect_restore 0 --dry-run <<'END'
offline addr=0x0000000000120000 size=4096 mode=hard result=refused reason=dry-run kind=free
done src=poisonctl scope=restore skipped=4096
END
	[ ! -s "$control" ]
}

# Give the root memory modules: modules SERIAL... in slots A0, A1, ... (SMBIOS 3, type 17).
modules()
{
	local tables=$root/sys/firmware/dmi/tables n=0 serial
	mkdir -p "$tables"
	# \x50 makes the sum of all bytes 0.
	{ printf '_SM3_\x50\x18\x03\x03\0\1'; head -c 13 /dev/zero; } >"$tables/smbios_entry_point"
	for serial; do
		printf "\\x11\\x1b\\x0$n\\0\0\0\0\0\0\0\0\0\1\0\0\0\1\2\0\0\0\0\0\0\3\0\0A$n\0NODE 0\\x00$serial\0\0"
		n=$((n + 1))
	done >"$tables/DMI"
}

@test "pages of a module that was replaced or moved are left in use, and can be forgotten" {
	modules 1111 2222
	save 0x120000 dimm=A0
	save 0x121000 dimm=A1
	modules 1111 3333
	expect_restore 1 <<'END'
offline addr=0x0000000000120000 size=4096 mode=hard result=done kind=free
offline addr=0x0000000000121000 size=4096 mode=hard result=refused reason=dimm-replaced
done src=poisonctl scope=restore skipped=4096
END
	[ "$(cat "$control")" = 0x120000 ]
	modules 2222 1111
	expect_restore 1 <<'END'
offline addr=0x0000000000120000 size=4096 mode=hard result=refused reason=dimm-moved
offline addr=0x0000000000121000 size=4096 mode=hard result=refused reason=dimm-moved
done src=poisonctl scope=restore skipped=8192
END
	modules 1111 3333
	poisonctl restore --dry-run --sysroot "$root" | poisonctl forget --sysroot "$root" || true
	expect_restore 0 <<'END'
offline addr=0x0000000000120000 size=4096 mode=hard result=done kind=free
done src=poisonctl scope=restore skipped=0
END
}

@test "a module without a serial number of its own counts as there" {
	modules 1111 2222
	save 0x120000 dimm=A0
	modules Unknown 2222
	expect_restore 0 <<'END'
offline addr=0x0000000000120000 size=4096 mode=hard result=done kind=free
done src=poisonctl scope=restore skipped=0
END
}

@test "a huge page that is remembered is taken page by page" {
	poisonctl save --sysroot "$root" <<<"page addr=0x0000000000120000 size=12288 state=poisoned"
	expect_restore 0 <<'END'
offline addr=0x0000000000120000 size=4096 mode=hard result=done kind=free
offline addr=0x0000000000121000 size=4096 mode=hard result=done kind=free
offline addr=0x0000000000122000 size=4096 mode=hard result=done kind=free
done src=poisonctl scope=restore skipped=0
END
}

@test "without a ledger, or without addresses in iomem, nothing is concluded" {
	expect 3 poisonctl restore --sysroot "$root" <<'END'
poisonctl: open /var/lib/mempatrol: No such file or directory
END
	save 0x120000
	echo '00000000-00000000 : System RAM' >"$root/proc/iomem"
	expect 3 poisonctl restore --sysroot "$root" <<'END'
poisonctl: read /proc/iomem: Operation not permitted
END
	echo 'nonsense' >"$root/proc/iomem"
	expect 3 poisonctl restore --sysroot "$root" <<'END'
poisonctl: read /proc/iomem: not START-END : NAME
END
	rm "$root/proc/iomem"
	expect 4 poisonctl restore --sysroot "$root" <<'END'
poisonctl: open /proc/iomem: No such file or directory
END
}

# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl inject on a captured tree (see poisonctl.bats) with controls added that keep
# what was written to them last.  The lab shows it on a real kernel, but for firmware's
# way: EINJ, which no emulated machine has.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper

debug=sys/kernel/debug

setup()
{
	root=$(unpack_root poison)
	for file in hwpoison/corrupt-pfn mce-inject/{flags,cpu,status,addr,misc,bank} \
		apei/einj/{error_type,flags,param1,param2,notrigger,error_inject}; do
		mkdir -p "$root/$debug/${file%/*}"
		: >"$root/$debug/$file"
	done
	printf '0x%08x\t%s\n' 8 'Memory Correctable' 16 'Memory Uncorrectable non-fatal' \
		>"$root/$debug/apei/einj/available_error_type"
	printf 'processor\t: 0\nvendor_id\t: GenuineIntel\n' >"$root/proc/cpuinfo"
}

# What is printed, without the time.
inject()
{
	local status=0
	poisonctl inject --sysroot "$root" "$@" >"$root/out" || status=$?
	sed 's/ t=20[^ ]*Z$//' "$root/out"
	return "$status"
}

holds() # FILE TEXT
{
	[ "$(cat "$root/$debug/$1")" = "$2" ]
}

untouched()
{
	[ -z "$(cat "$root/$debug/"{hwpoison,mce-inject}/* "$root/$debug/apei/einj/"{param1,error_inject})" ]
}

@test "hwpoison: the kernel is given the frame's number" {
	expect 0 inject --yes --pfn 0xfe53 --really hwpoison <<'END'
inject addr=0x000000000fe53000 size=4096 mode=hwpoison result=done kind=anon
END
	holds hwpoison/corrupt-pfn 0xfe53
}

@test "einj: firmware is told of the page, and not to have the kernel meet the error" {
	expect 0 inject --yes --pfn 0xfe53 --really einj <<'END'
inject addr=0x000000000fe53000 size=4096 mode=einj result=done kind=anon
END
	holds apei/einj/error_type 0x10
	holds apei/einj/flags 0x2
	holds apei/einj/param1 0xfe53000
	holds apei/einj/param2 0xfffffffffffff000
	holds apei/einj/notrigger 0x1
	holds apei/einj/error_inject 0x1
}

@test "einj: what firmware does not offer is not tried" {
	sed -i /Uncorrectable/d "$root/$debug/apei/einj/available_error_type"
	expect 1 inject --yes --pfn 0xfe53 --really einj <<'END'
inject addr=0x000000000fe53000 size=4096 mode=einj result=failed errno=EOPNOTSUPP kind=anon
END
	untouched
}

@test "mce: a corrected error is logged, on an Intel machine" {
	expect 0 inject --yes --pfn 0xfe53 --really mce <<'END'
inject addr=0x000000000fe53000 size=4096 mode=mce result=done kind=anon
END
	holds mce-inject/flags sw
	holds mce-inject/cpu 0x0
	holds mce-inject/status 0x9c00004000010090
	holds mce-inject/addr 0xfe53000
	holds mce-inject/misc 0x8c
	holds mce-inject/bank 0x7
	sed -i s/GenuineIntel/AuthenticAMD/ "$root/proc/cpuinfo"
	expect 1 inject --yes --pfn 0xfe53 --really mce <<'END'
inject addr=0x000000000fe53000 size=4096 mode=mce result=failed errno=EOPNOTSUPP kind=anon
END
}

@test "the kernel's own pages, bad ones and what is no memory are left alone" {
	expect 1 inject --yes --pfn 0x10248 --really hwpoison <<'END'
inject addr=0x0000000010248000 size=4096 mode=hwpoison result=refused reason=kernel-page kind=slab
END
	expect 0 inject --yes --pfn 0x10ef8 --really hwpoison <<'END'
inject addr=0x0000000010ef8000 size=4096 mode=hwpoison result=already kind=file state=poisoned
END
	expect 1 inject --yes --pfn 0x20000 --really hwpoison <<'END'
inject addr=0x0000000020000000 size=4096 mode=hwpoison result=refused reason=not-memory
END
	untouched
}

@test "--dry-run needs no consent and changes nothing" {
	expect 0 inject --dry-run --pfn 0xfe53 einj <<'END'
inject addr=0x000000000fe53000 size=4096 mode=einj result=refused reason=dry-run kind=anon
END
	untouched
}

@test "nothing without consent, nothing of others without it twice" {
	expect 2 inject hwpoison <<'END'
poisonctl: a page goes bad, and not all ways lead back: say --yes; try 'poisonctl inject --help'
END
	expect 2 inject --yes --pfn 0xfe53 hwpoison <<'END'
poisonctl: --pfn: whoever has that page may die of it: say --really; try 'poisonctl inject --help'
END
	expect 2 inject --pfn 0xfe53 --really hwpoison <<'END'
poisonctl: a page goes bad, and not all ways lead back: say --yes; try 'poisonctl inject --help'
END
	expect 2 inject --yes --really hwpoison <<'END'
poisonctl: --really without --pfn; try 'poisonctl inject --help'
END
	expect 2 inject --yes --really --pfn 0xfe53 madvise <<'END'
poisonctl: --pfn: madvise reaches no page but its own; try 'poisonctl inject --help'
END
	expect 2 inject --yes --really --pfn 0xffffffffffffffff hwpoison <<'END'
poisonctl: option --pfn 0xffffffffffffffff: too large; try 'poisonctl inject --help'
END
	expect 2 inject --yes --really --pfn fe53 hwpoison <<'END'
poisonctl: option --pfn fe53: does not start with 0x; try 'poisonctl inject --help'
END
	expect 2 inject --yes <<'END'
poisonctl: give one way: madvise, hwpoison, einj or mce; try 'poisonctl inject --help'
END
	expect 2 inject --yes magic <<'END'
poisonctl: way magic: unknown; try 'poisonctl inject --help'
END
	untouched
}

@test "modules are named, and never loaded" {
	rm -r "${root:?}/$debug"
	expect 4 inject --yes hwpoison <<'END'
poisonctl: open /sys/kernel/debug/hwpoison/corrupt-pfn: not there; try 'modprobe hwpoison-inject'
END
	expect 4 inject --yes einj <<'END'
poisonctl: open /sys/kernel/debug/apei/einj/error_inject: not there; try 'modprobe einj'
END
	expect 4 inject --yes mce <<'END'
poisonctl: open /sys/kernel/debug/mce-inject/bank: not there; try 'modprobe mce-inject'
END
}

@test "a page of its own is none of a captured tree's" {
	expect 3 inject --yes madvise <<'END'
poisonctl: open /proc/self/pagemap: No such file or directory
END
	untouched
}

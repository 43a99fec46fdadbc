# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl offline on a captured tree (see poisonctl.bats) with the kernel's
# controls added: they keep what was written to them last.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper
load malformed

anon=0x000000000fe53000 free=0x0000000012c04000 slab=0x0000000010248000
huge=0x0000000010900000 bad=0x0000000010ef8000 bad_huge=0x0000000007600000

setup()
{
	root=$(unpack_root poison)
	memory=$root/sys/devices/system/memory
	touch "$memory/soft_offline_page" "$memory/hard_offline_page"
}

# What is printed, without the time.
offline()
{
	local status=0
	poisonctl offline --sysroot "$root" "$@" >"$root/out" || status=$?
	sed 's/ t=20[^ ]*Z$//' "$root/out"
	return "$status"
}

# Nothing was written to the controls.
untouched()
{
	[ ! -s "$memory/soft_offline_page" ] && [ ! -s "$memory/hard_offline_page" ]
}

@test "an address is the page around it; the kernel is given its first byte" {
	expect 0 offline --soft 0xfe53fff <<'END'
offline addr=0x000000000fe53000 size=4096 mode=soft result=done kind=anon
END
	[ "$(cat "$memory/soft_offline_page")" = 0xfe53000 ]
	[ ! -s "$memory/hard_offline_page" ]
	expect 0 offline --hard $free <<'END'
offline addr=0x0000000012c04000 size=4096 mode=hard result=done kind=free
END
	[ "$(cat "$memory/hard_offline_page")" = 0x12c04000 ]
}

@test "results have the time" {
	run -0 poisonctl offline --sysroot "$root" --soft $anon
	[[ $output =~ \ t=20[0-9][0-9]-[0-9-]{5}T[0-9:]{8}\.[0-9]{9}Z$ ]]
}

@test "a page that is out of use is left alone, a huge one as a whole" {
	expect 0 offline --soft $bad 0x10ef8123 <<'END'
offline addr=0x0000000010ef8000 size=4096 mode=soft result=already kind=file state=poisoned
offline addr=0x0000000010ef8000 size=4096 mode=soft result=already kind=file state=poisoned
END
	expect 0 offline --hard 0x76ff000 <<'END'
offline addr=0x0000000007600000 size=2097152 mode=hard result=already kind=hugetlb state=poisoned
END
	untouched
}

@test "hard: what the kernel would flag and not take away is refused, unless forced" {
	expect 1 offline --hard $slab 0x2623000 0x5fac000 0x10362000 $anon <<'END'
offline addr=0x0000000010248000 size=4096 mode=hard result=refused reason=kernel-page kind=slab
offline addr=0x0000000002623000 size=4096 mode=hard result=refused reason=kernel-page kind=pgtable
offline addr=0x0000000005fac000 size=4096 mode=hard result=refused reason=kernel-page kind=reserved
offline addr=0x0000000010362000 size=4096 mode=hard result=refused reason=kernel-page kind=kernel
offline addr=0x000000000fe53000 size=4096 mode=hard result=done kind=anon
END
	[ "$(cat "$memory/hard_offline_page")" = 0xfe53000 ]
	expect 0 offline --hard --force $slab <<'END'
offline addr=0x0000000010248000 size=4096 mode=hard result=done kind=slab
END
	[ "$(cat "$memory/hard_offline_page")" = 0x10248000 ]
}

@test "soft: the kernel may find a way to empty its own page" {
	expect 0 offline --soft $slab <<'END'
offline addr=0x0000000010248000 size=4096 mode=soft result=done kind=slab
END
}

@test "what is no memory is refused" {
	expect 1 offline --soft 0x20000000 0xffffffffffffffff <<'END'
offline addr=0x0000000020000000 size=4096 mode=soft result=refused reason=not-memory
offline addr=0xfffffffffffff000 size=4096 mode=soft result=refused reason=not-memory
END
	untouched
}

@test "--dry-run says what would go, and changes nothing" {
	expect 0 offline --hard --dry-run $anon 0x10912345 $bad <<'END'
offline addr=0x000000000fe53000 size=4096 mode=hard result=refused reason=dry-run kind=anon
offline addr=0x0000000010800000 size=2097152 mode=hard result=refused reason=dry-run kind=hugetlb
offline addr=0x0000000010ef8000 size=4096 mode=hard result=already kind=file state=poisoned
END
	expect 1 offline --soft -n 0x10912345 0x20000000 <<'END'
offline addr=0x0000000010912000 size=4096 mode=soft result=refused reason=dry-run kind=hugetlb
offline addr=0x0000000020000000 size=4096 mode=soft result=refused reason=not-memory
END
	untouched
}

records()
{
	cat <<END
page addr=$anon size=4096 state=mismatched src=memscan
page addr=$free size=4096 state=poisoned src=memscan
page addr=$bad_huge size=2097152 state=poisoned kind=hugetlb
page addr=$free size=4096 state=unheard-of
ue addr=$free size=64 t=2026-11-21T23:06:56.483912000Z src=memscan
err addr=$free size=64 sev=deferred class=memory action=offline-page
err addr=$anon size=4096 sev=corrected class=memory action=offline-soft
err addr=$anon size=4096 sev=corrected class=memory action=watch
err sev=corrected class=memory action=offline-soft addr_kind=normalised addr_reg=$anon
page state=poisoned
# note
done src=memscan skipped=0
END
}

# acted ARGUMENT... - what becomes of the records
acted()
{
	records | offline "$@"
}

passed_on="page addr=$free size=4096 state=unheard-of"

@test "--soft: records that ask for it; those that need --hard are refused, others pass" {
	expect 1 acted --soft <<END
offline addr=$anon size=4096 mode=soft result=done kind=anon
offline addr=$free size=4096 mode=soft result=refused reason=needs-hard kind=free
offline addr=$bad_huge size=2097152 mode=soft result=already kind=hugetlb state=poisoned
$passed_on
offline addr=$free size=4096 mode=soft result=refused reason=needs-hard kind=free
offline addr=$free size=4096 mode=soft result=refused reason=needs-hard kind=free
offline addr=$anon size=4096 mode=soft result=done kind=anon
$(records | tail -n 5)
END
	[ ! -s "$memory/hard_offline_page" ]
}

@test "--hard: the same, the other way round" {
	expect 1 acted --hard <<END
offline addr=$anon size=4096 mode=hard result=done kind=anon
offline addr=$free size=4096 mode=hard result=done kind=free
offline addr=$bad_huge size=2097152 mode=hard result=already kind=hugetlb state=poisoned
$passed_on
offline addr=$free size=4096 mode=hard result=done kind=free
offline addr=$free size=4096 mode=hard result=done kind=free
offline addr=$anon size=4096 mode=hard result=refused reason=needs-soft kind=anon
$(records | tail -n 5)
END
	[ ! -s "$memory/soft_offline_page" ]
}

@test "--soft --hard: each record gets what it asks for, the milder if it does not mind" {
	expect 0 acted --soft --hard <<END
offline addr=$anon size=4096 mode=soft result=done kind=anon
offline addr=$free size=4096 mode=hard result=done kind=free
offline addr=$bad_huge size=2097152 mode=hard result=already kind=hugetlb state=poisoned
$passed_on
offline addr=$free size=4096 mode=hard result=done kind=free
offline addr=$free size=4096 mode=hard result=done kind=free
offline addr=$anon size=4096 mode=soft result=done kind=anon
$(records | tail -n 5)
END
}

@test "--force: the way that is allowed, whatever the record asks for" {
	run -0 acted --soft --force
	[ "$(grep -c 'mode=soft result=done' <<<"$output")" = 5 ]
	[ ! -s "$memory/hard_offline_page" ]
}

@test "a range of more than one page of the kernel's names no page" {
	records()
	{
		cat <<END
ue addr=$anon size=2097152 t=2026-11-21T23:06:56.483912000Z src=memscan
page addr=$huge size=4194304 state=poisoned
page addr=0x000000000fe53fc0 size=65 state=poisoned
page addr=$anon size=0 state=poisoned
page addr=0xffffffffffffffff size=18446744073709551615 state=poisoned
END
	}
	expect 1 acted --hard <<END
offline addr=$anon size=2097152 mode=hard result=refused reason=range
offline addr=$huge size=4194304 mode=hard result=refused reason=range
offline addr=0x000000000fe53fc0 size=65 mode=hard result=refused reason=range
offline addr=$anon size=0 mode=hard result=refused reason=range
offline addr=0xffffffffffffffff size=18446744073709551615 mode=hard result=refused reason=not-memory
END
	untouched
}

@test "half an address stops the program" {
	records()
	{
		echo "page addr=0x00000000fe53 size=4096 state=poisoned"
		echo "page addr=$anon size=4096 state=poisoned"
	}
	expect 3 acted --hard <<'END'
poisonctl: read addr of record 'page addr=0x00000000fe53 size=4096 state=poisoned': not in the form of that key
END
	records()
	{
		echo "page addr=$anon size=4k state=poisoned file=/$(times a 60)"
	}
	expect 3 acted --hard <<'END'
poisonctl: read size of record 'page addr=0x000000000fe53000 size=4k state=poisoned file=/aa': not in the form of that key
END
	untouched
}

@test "what is no record stops the program" {
	poisonctl()
	{
		command poisonctl offline --hard --force --dry-run --sysroot "$root" "$@" | sed 's/ t=20[^ ]*Z$//'
		return "${PIPESTATUS[0]}"
	}
	each_malformed_case check_actor poisonctl
	each_wellformed_case check_accepts poisonctl
}

@test "no records and no address: nothing to do, wherever that is" {
	rm -r "$root/sys" "$root/proc/kpageflags"
	expect 0 offline --soft </dev/null
}

@test "what is missing is named" {
	rm "$memory/soft_offline_page" "$root/proc/kpageflags"
	expect 4 offline --soft $anon <<'END'
poisonctl: open /sys/devices/system/memory/soft_offline_page: No such file or directory
END
	expect 4 offline --hard --dry-run $anon <<'END'
poisonctl: open /proc/kpageflags: No such file or directory
END
}

@test "wrong use is told before anything is done" {
	expect 2 offline $anon <<'END'
poisonctl: neither --soft nor --hard given; try 'poisonctl offline --help'
END
	expect 2 offline --soft --hard $anon <<'END'
poisonctl: --soft and --hard with addresses: which one?; try 'poisonctl offline --help'
END
	expect 2 offline --soft $anon fe53 <<'END'
poisonctl: address fe53: does not start with 0x; try 'poisonctl offline --help'
END
	expect 2 offline --soft --wait 5 $anon <<'END'
poisonctl: option --wait 5: unit is not one of ns us ms s m h d; try 'poisonctl offline --help'
END
	untouched
}

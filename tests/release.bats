# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl release and block on a captured tree (see poisonctl.bats) with the
# control added that releases pages; it keeps what was written to it last.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper
load malformed

anon=0x000000000fe53000 bad=0x0000000010ef8000 bad_huge=0x0000000007600000

setup()
{
	root=$(unpack_root poison)
	memory=$root/sys/devices/system/memory
	control=$root/sys/kernel/debug/hwpoison/unpoison-pfn
	mkdir -p "${control%/*}"
	touch "$control"
}

# What is printed, without the time.
run_verb()
{
	local status=0
	poisonctl "$@" --sysroot "$root" >"$root/out" || status=$?
	sed 's/ t=20[^ ]*Z$//' "$root/out"
	return "$status"
}

# The tree's flags stay as they are, so what was released is poisoned still.
@test "release: the kernel is given the frame's number, the first one's of a huge page" {
	expect 0 run_verb release 0x10ef8fff <<END
release addr=$bad size=4096 mode=unpoison result=done kind=file state=poisoned
END
	[ "$(cat "$control")" = 0x10ef8 ]
	expect 0 run_verb release 0x76ff000 <<END
release addr=$bad_huge size=2097152 mode=unpoison result=done kind=hugetlb state=poisoned
END
	[ "$(cat "$control")" = 0x7600 ]
}

@test "release: what is not poisoned, or no memory, is left alone" {
	expect 1 run_verb release $anon 0x20000000 <<END
release addr=$anon size=4096 mode=unpoison result=already kind=anon
release addr=0x0000000020000000 size=4096 mode=unpoison result=refused reason=not-memory
END
	[ ! -s "$control" ]
}

@test "release: --dry-run changes nothing" {
	expect 0 run_verb release -n $bad <<END
release addr=$bad size=4096 mode=unpoison result=refused reason=dry-run kind=file state=poisoned
END
	[ ! -s "$control" ]
}

@test "release: records of poisoned pages and of what was taken; all others pass" {
	records()
	{
		cat <<END
page addr=$bad size=4096 state=poisoned
page addr=$bad size=4096 state=mismatched
offline addr=$bad_huge size=2097152 mode=hard result=done
offline addr=$bad size=4096 mode=hard result=already
page addr=$bad size=8192 state=poisoned
ue addr=$bad size=64 t=2026-11-21T23:06:56.483912000Z src=memscan
done src=poisonctl skipped=0
END
	}
	release_records()
	{
		records | run_verb release
	}
	expect 1 release_records <<END
release addr=$bad size=4096 mode=unpoison result=done kind=file state=poisoned
page addr=$bad size=4096 state=mismatched
release addr=$bad_huge size=2097152 mode=unpoison result=done kind=hugetlb state=poisoned
offline addr=$bad size=4096 mode=hard result=already
release addr=$bad size=8192 mode=unpoison result=refused reason=range
$(records | tail -n 2)
END
}

@test "release: what is no record stops the program" {
	poisonctl()
	{
		command poisonctl release --dry-run --sysroot "$root" "$@" | sed 's/ t=20[^ ]*Z$//'
		return "${PIPESTATUS[0]}"
	}
	each_malformed_case check_actor poisonctl
	each_wellformed_case check_accepts poisonctl
}

@test "release: without records nothing is done, wherever that is" {
	rm -r "$root/sys" "$root/proc"
	expect 0 run_verb release </dev/null
}

@test "release: the module that is missing is named" {
	rm "$control"
	expect 4 run_verb release --dry-run $bad <<'END'
poisonctl: open /sys/kernel/debug/hwpoison/unpoison-pfn: not there; try 'modprobe hwpoison-inject'
END
}

@test "block offline: the block around the address, and how much poison goes with it" {
	expect 0 run_verb block offline 0x10ef8123 <<'END'
offline addr=0x0000000010000000 size=134217728 mode=block result=done state=offline poisoned=1
END
	[ "$(cat "$memory/memory2/state")" = offline ]
	expect 0 run_verb block offline 0x10ef8123 <<'END'
offline addr=0x0000000010000000 size=134217728 mode=block result=already state=offline
END
}

@test "block online" {
	echo offline >"$memory/memory2/state"
	expect 0 run_verb block online 0x10ef8123 0x0 <<'END'
release addr=0x0000000010000000 size=134217728 mode=block result=done state=online
release addr=0x0000000000000000 size=134217728 mode=block result=already state=online poisoned=512
END
	[ "$(cat "$memory/memory2/state")" = online ]
}

@test "block: --dry-run changes nothing; what is no block is refused" {
	expect 1 run_verb block offline -n 0x18000000 0x20000000 <<'END'
offline addr=0x0000000018000000 size=134217728 mode=block result=refused reason=dry-run state=online
offline addr=0x0000000020000000 size=134217728 mode=block result=refused reason=not-memory
END
	[ "$(cat "$memory/memory3/state")" = online ]
}

@test "block: no address, no verb, no blocks" {
	expect 2 run_verb block offline <<'END'
poisonctl: no address given; try 'poisonctl block offline --help'
END
	expect 2 run_verb block <<'END'
poisonctl: verb --sysroot: unknown; try 'poisonctl block --help'
END
	echo 0 >"$memory/block_size_bytes"
	expect 3 run_verb block offline 0x0 <<'END'
poisonctl: read /sys/devices/system/memory/block_size_bytes: less than a page
END
	rm -r "$memory"
	expect 4 run_verb block offline 0x0 <<'END'
poisonctl: read /sys/devices/system/memory/block_size_bytes: No such file or directory
END
}

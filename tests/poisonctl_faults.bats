# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl, when a call fails that never does: any, at any point of its run (tests/tools/failing.c).
# FAULT_STEP=1 tries all of them, FAULT_RUNS=N some N of each test.
# shellcheck disable=SC2034,SC2154
bats_require_minimum_version 1.5.0
load helper
load faults_helper

anon=0x000000000fe53000 free=0x0000000012c04000 bad=0x0000000010ef8000

setup()
{
	tmp=$BATS_TEST_TMPDIR
	: >"$tmp/in"
	tree
}

# A captured tree: its controls keep what was written to them last.
tree()
{
	root=$(unpack_root poison)
	memory=$root/sys/devices/system/memory
	soft=$memory/soft_offline_page hard=$memory/hard_offline_page
	unpoison=$root/sys/kernel/debug/hwpoison/unpoison-pfn
	mkdir -p "${unpoison%/*}" "$root/var/lib"
	clear_controls
}

clear_controls()
{
	: >"$soft"
	: >"$hard"
	: >"$unpoison"
}

# told CONTROL TEXT TYPE ADDR: the kernel was told if a record says so, and no other thing
told()
{
	local text='' result
	read -r text <"$1" || true
	result=$(sed -n "s/^$3 addr=$4 .* result=\([a-z]*\).*/\1/p" "$tmp/out")
	case $text,$result in
	,done) false ;;
	,*) ;;
	"$2,done") ;;
	"$2,failed") ;; # it may have been told nevertheless
	"$2,") was_mute ;;
	*,failed) [ "$(<"$tmp/log")" = 'write short' ] ;;
	*) false ;;
	esac
}

@test "offline" {
	cat >"$tmp/in" <<-END
		err addr=$anon size=4096 sev=corrected class=memory action=offline-soft
		ue addr=$free size=4096 t=2026-11-21T23:06:56.483912000Z src=memscan
		page addr=$bad size=4096 state=poisoned
		done src=memscan skipped=0
	END
	reset() { clear_controls; }
	is_right() { told "$soft" 0xfe53000 offline $anon && told "$hard" 0x12c04000 offline $free; }
	command=(poisonctl offline --soft --hard --wait 50ms --sysroot "$root")
	each_fault "${FAULT_RUNS:-40}"
}

@test "release: a huge page, and no other" {
	reset() { clear_controls; }
	is_right() { told "$unpoison" 0x7600 release 0x0000000007600000; }
	command=(poisonctl release --sysroot "$root" 0x76ff000)
	each_fault "${FAULT_RUNS:-40}"
}

@test "block" {
	reset() { echo online >"$memory/memory2/state"; }
	is_right()
	{
		local state result
		read -r state <"$memory/memory2/state" || true
		result=$(sed -n 's/.* result=\([a-z]*\) .*/\1/p' "$tmp/out")
		case $state,$result in
		offline,done | offline,failed | online,failed | online, | ,failed) ;; # this file is emptied before
		offline,) was_mute ;;
		*) [ "$(<"$tmp/log")" = 'write short' ] && [ "$result" = failed ] ;;
		esac
	}
	command=(poisonctl block offline --sysroot "$root" 0x10ef8123)
	each_fault "${FAULT_RUNS:-40}"
}

# --- The ledger ---

known()
{
	poisonctl saved --sysroot "$root" | sed -n 's/^page addr=\([^ ]*\) .*/\1/p'
}

# What records say to be done with an address.
told_done()
{
	sed -n 's/^ledger addr=\([^ ]*\) .* result=\(done\|already\).*/\1/p' "$tmp/out"
}

records()
{
	cat <<-END
		page addr=$anon size=4096 state=poisoned
		ue addr=$free size=4096 t=2026-11-21T23:06:56.483912000Z src=memscan dimm=A1
	END
}

# Nothing is beside the ledger once somebody has opened it.
has_ledger_alone()
{
	[ "$(ls "$root/var/lib/mempatrol")" = ledger.db ]
}

# All that was said to be saved is, and nothing else but what was asked for.
has_saved()
{
	local all
	[ -e "$root/var/lib/mempatrol/ledger.db" ] || { [ -z "$(told_done)" ]; return; }
	all=$(known) || return
	has_ledger_alone && [ -z "$(comm -13 <(echo "$all") <(told_done))" ] &&
		[ -z "$(comm -23 <(echo "$all") <(printf '%s\n' $anon $bad $free))" ]
}

@test "save: the first ledger" {
	records >"$tmp/in"
	reset() { rm -rf "$root/var/lib/mempatrol"; }
	is_right() { has_saved; }
	command=(poisonctl save --sysroot "$root")
	each_fault "${FAULT_RUNS:-40}"
}

# A ledger with one page in it, to start from.
old_ledger()
{
	poisonctl save --sysroot "$root" <<<"page addr=$bad size=4096 state=poisoned"
	cp -r "$root/var/lib/mempatrol" "$tmp/old"
}

reset_ledger()
{
	rm -r "$root/var/lib/mempatrol"
	cp -r "$tmp/old" "$root/var/lib/mempatrol"
}

@test "save: a ledger that is there" {
	old_ledger
	records >"$tmp/in"
	reset() { reset_ledger; }
	is_right() { has_saved && [[ $(known) == *$bad* ]]; }
	command=(poisonctl save --sysroot "$root")
	each_fault "${FAULT_RUNS:-40}"
}

@test "forget" {
	old_ledger
	reset() { reset_ledger; }
	is_right()
	{
		local all
		all=$(known) && has_ledger_alone || return
		case $all,$(told_done) in
		"$bad," | ",$bad") ;;
		,) was_mute || grep -q ' ledger: ' "$tmp/err" ;;
		*) false ;;
		esac
	}
	command=(poisonctl forget --sysroot "$root" $bad)
	each_fault "${FAULT_RUNS:-40}"
}

@test "saved" {
	old_ledger
	reset() { :; }
	is_right() { [ "$(known)" = $bad ] && has_ledger_alone; }
	command=(poisonctl saved --sysroot "$root")
	each_fault "${FAULT_RUNS:-40}"
}

@test "restore" {
	old_ledger
	poisonctl save --sysroot "$root" <<<"page addr=$free size=4096 state=poisoned"
	echo '00100000-1ffdffff : System RAM' >"$root/proc/iomem"
	reset() { clear_controls; }
	is_right() { told "$hard" 0x12c04000 offline $free && [ "$(known)" = "$bad"$'\n'"$free" ]; }
	command=(poisonctl restore --wait 50ms --sysroot "$root")
	each_fault "${FAULT_RUNS:-40}"
}

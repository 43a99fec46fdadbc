# SPDX-License-Identifier: GPL-2.0-or-later
# hugesplit, when a call fails that never does: any, at any point of its run (tests/tools/failing.c).
# FAULT_STEP=1 tries all of them, FAULT_RUNS=N some N of each test.
# shellcheck disable=SC2034,SC2154
bats_require_minimum_version 1.5.0
load helper
load faults_helper
load lab/busy_helper

setup()
{
	tmp=$BATS_TEST_TMPDIR
	options=()
	: >"$tmp/in"
	export BAD_PAGE=$((700 * 4096))
	preload=$top/build/tools/bad_page.so
}

teardown()
{
	end_busy
	give_huge_pages_back
}

# Busy processes, $all is one or both, whose second huge page is in use by nobody, and bad.
start()
{
	end_busy
	rm -f "$tmp/mnt/huge"
	busy one create "$tmp/mnt/huge" 4M spare
	first=$pid
	[ "$all" = one ] || busy two attach "$tmp/mnt/huge" 4M spare
	second=$pid
}

# A call that one of its threads is blocked in may fail, as on any stop: then that has ended.
keeps_belongings()
{
	belongings "$2" | sort -u | diff <(sort -u "$tmp/$1.had") -
}

# The mapping is the old one or the new one, in all processes the same; it is the new one if it is said to be.
# Nobody has noticed anything, or lost more than was told.
is_right()
{
	local lost name
	case $(grep -c ' result=done ' "$tmp/out"),$(both_mapped 700) in
	0,old-old) lost=0 ;;
	0,new-new) was_mute && lost=any ;;
	*,new-new) lost=$(sed -n 's/.* lost=\([0-9]*\) .*/\1/p;q' "$tmp/out") ;;
	*) false ;;
	esac || return
	for name in one two; do
		[ "$name" = one ] || [ "$all" = both ] || continue
		soon runs "$first" && soon runs "$second"
		keeps_belongings "$name" "$(pid_of "$name")" || return
		ask "$name" "$([ "$lost" = 0 ] || echo use)"
		[[ $answer == *" wrong=0 "*" other=0 "* ]] || { echo "$answer"; return 1; }
		[ "$lost" = any ] || [ "$(value lost "$answer")" = $((lost / 4096)) ] || { echo "$answer"; return 1; }
	done
}

pid_of()
{
	if [ "$1" = one ]; then echo "$first"; else echo "$second"; fi
}

reset()
{
	[ "$(both_mapped 700)" = old-old ] || start
	command=(hugesplit --max-age any "${options[@]}" "$(place "$first" 700)")
}

@test "one process" {
	need_huge_pages 4
	all=one
	start
	each_fault "${FAULT_RUNS:-40}"
}

@test "two processes" {
	need_huge_pages 4
	all=both options=(--all-sharers)
	start
	each_fault "${FAULT_RUNS:-40}"
}

# Where it is refilled, the page is in use again.
@test "refill" {
	need_huge_pages 4
	all=one
	start
	reset()
	{
		[ "$status" != 0 ] || start
		ask one "forget 700"
		command=(hugesplit --max-age any --refill "$(place "$first" 700)")
	}
	is_right()
	{
		soon runs "$first"
		keeps_belongings one "$first" || return
		ask one "$(! grep -q ' result=done ' "$tmp/out" || echo use)"
		[[ $answer == *" wrong=0 lost=1 lost_page=700 other=0 "* ]] || { echo "$answer"; return 1; }
	}
	status=1
	each_fault "${FAULT_RUNS:-40}"
}

@test "salvage" {
	need_huge_pages 4
	all=one
	start
	end_busy
	cp "$tmp/mnt/huge" "$tmp/wanted"
	reset() { rm -f "$tmp/copy"; }
	# What is told to be lost is not compared.
	is_right()
	{
		local off size
		grep -q '^done ' "$tmp/out" || { was_mute || [ ! -e "$tmp/copy" ]; return; }
		while read -r off size; do
			dd if="$tmp/wanted" of="$tmp/copy" bs=4096 seek=$((off / 4096)) skip=$((off / 4096)) \
				count=$((size / 4096)) conv=notrunc status=none
		done < <(sed -n 's/^lost off=\([0-9]*\) size=\([0-9]*\) .*/\1 \2/p' "$tmp/out")
		cmp "$tmp/wanted" "$tmp/copy"
	}
	command=(hugesplit --max-age any --salvage "$tmp/mnt/huge" --to "$tmp/copy")
	each_fault "${FAULT_RUNS:-40}"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What tests of hugesplit share, inside a lab and outside: load lab/busy_helper
# shellcheck shell=bash disable=SC2154,SC2034,SC2016

# Start a process that uses huge pages: busy NAME create|attach|private FILE BYTES [WORD]...
# Its process is in $pid.
busy()
{
	rm -f "$tmp/$1.in"
	mkfifo "$tmp/$1.in"
	"$top/build/lab/busy" "${@:2}" <"$tmp/$1.in" >"$tmp/$1.out" 3>&- &
	pid=$!
	busy_pids+=("$pid")
	exec {fd}>"$tmp/$1.in"
	printf -v "fd_$1" %s "$fd"
	until grep -q '^#ready' "$tmp/$1.out"; do
		kill -0 "$pid" || return
		sleep 0.1
	done
	belongings "$pid" >"$tmp/$1.had"
}

# soon COMMAND... - it comes true within a minute or so
soon()
{
	local i
	for ((i = 0; i < 3000; i++)); do
		if "$@"; then return; fi
		sleep 0.02
	done
	echo "not so: $*"
	return 1
}

# What a process must have before and after: descriptors, limits, and signals it blocks.
belongings()
{
	ls "/proc/$1/fd"
	cat "/proc/$1/limits"
	# A thread that is just handling a SIGBUS has it blocked.
	grep -h -e SigBlk -e SigIgn -e SigCgt "/proc/$1/task"/*/status | sed '/^SigBlk/s/40$/00/'
}

end_busy()
{
	local pid
	for pid in "${busy_pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || continue
		wait "$pid" 2>/dev/null || true
	done
	busy_pids=()
}

# ask NAME [hold|use] - what it has seen; in $answer
ask()
{
	local fd=fd_$1 before out=$tmp/$1.out
	before=$(wc -l <"$out")
	echo "${2:-go}" >&"${!fd}"
	soon eval '[ "$(wc -l <"$out")" != "$before" ]'
	answer=$(tail -n 1 "$out")
	echo "$answer" >"$tmp/$1.last"
}

# value KEY RECORD
value()
{
	sed -n "s/.* $1=\([^ ]*\).*/\1/p" <<<"$2"
}

# Where process $1 maps huge pages, in decimal.
huge_va()
{
	local range
	range=$(sed -n 's/^\([0-9a-f]*\)-.* \/.*\/huge.*/\1/p' "/proc/$1/maps" | head -n 1)
	echo $((0x$range))
}

# PID:ADDR of page $2 of the huge pages of process $1
place()
{
	printf '%d:0x%x' "$1" $(($(huge_va "$1") + $2 * 4096))
}

# old or new: what process $1 maps where page $2 was
mapped()
{
	local at
	at=$(printf '%x' $((($(huge_va "$1") + $2 * 4096) & ~0x1fffff)))
	if grep -q "^$at-.*/memfd:hugesplit" "/proc/$1/maps"; then
		echo new
	else
		echo old
	fi
}

state()
{
	sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status"
}

# check_process NAME PID REPLACED - it runs, has all its descriptors and no memory but REPLACED
# pages that were not its own, and has noticed nothing
check_process()
{
	local pid=$2
	soon eval '[ "$(state "$pid")" != T ]'
	belongings "$pid" | diff "$tmp/$1.had" -
	[ "$(grep -c memfd:hugesplit "/proc/$pid/maps")" = "$3" ]
	ask "$1"
	[[ $answer == *" wrong=0 "*" other=0 woken=0 "* ]]
}

# Two processes, first and second, that map the same huge pages: start_both FILE BYTES [WORD]...
start_both()
{
	busy one create "$@"
	first=$pid
	busy two attach "$@"
	second=$pid
}

both_mapped()
{
	echo "$(mapped "$first" "$1")-$(mapped "$second" "$1")"
}

# kill_at FAULT PAGE COMMAND... - the page is replaced in both, while something is killed.  After it,
# both have the old page or both the new one.  $result says which, or "whole" where nothing was killed.
kill_at()
{
	local fault=$1 page=$2
	shift 2
	# On a machine that is busy a process can take longer to stop than it is given.
	for _ in {1..20}; do
		run env HUGESPLIT_FAULT="$fault" "$@" hugesplit --max-age any --all-sharers "$(place "$first" "$page")"
		[[ $output == *" errno=EBUSY "* ]] || break
	done
	echo "# $fault: $status $(both_mapped "$page") $output"
	if [ "$status" = 137 ]; then # the worker goes on alone
		soon eval '[ "$(both_mapped "$page")" = new-new ]'
	fi
	case $status,$(both_mapped "$page") in
	1,old-old) grep -q ' result=failed errno=ECANCELED ' <<<"$output" && result=old ;;
	137,new-new) result=new ;;
	0,new-new)
		result=new
		grep -q 'was killed' <<<"$output" || result=whole
		;;
	*) return 1 ;;
	esac
}

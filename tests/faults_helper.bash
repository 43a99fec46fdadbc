# SPDX-License-Identifier: GPL-2.0-or-later
# Each call of a program to the C library fails once (tests/tools/failing.c): load faults_helper
# shellcheck shell=bash disable=SC2154

bin=${MEMPATROL_BIN:-build/bin}
shim=$top/${bin%/bin}/tools/failing.so
export ASAN_OPTIONS=verify_asan_link_order=0

# failing POINT COMMAND...: POINT is N:WAY, or 0
failing()
{
	env FAILING="$1" FAILING_LOG="$tmp/log" LD_PRELOAD="$shim${preload:+ $preload}" "${@:2}"
}

# The points to try of the calls in $tmp/log: FAULT_STEP=N is each Nth call, in all of its ways.  Without it
# some $1 are taken, evenly for each function, and each way of each at least once; or of these some $2.
points()
{
	local all most
	mapfile -t all < <(all_points "$1")
	most=${2:-${#all[@]}}
	[ -n "${FAULT_STEP:-}" ] || [ "${#all[@]}" -le "$most" ] ||
		mapfile -t all < <(printf '%s\n' "${all[@]}" | awk -v every=$((${#all[@]} / most)) 'NR % every == every - 1')
	echo "${all[@]}"
}

all_points()
{
	awk -v step="${FAULT_STEP:-0}" -v wanted="$1" '
		step && NR % step == 0 { for (way = 0; way < $2; way++) print NR ":" way }
		{ at[$1, count[$1]++] = NR; ways[$1] = $2 }
		END {
			for (name in count) {
				n = int(wanted * count[name] / NR)
				if (n < ways[name]) n = ways[name]
				for (i = 0; i < n && !step; i++)
					print at[name, int(i * count[name] / n)] ":" i % ways[name]
			}
		}' "$tmp/log" | sort -n
}

# What was said, but for what is another in each run.
timeless()
{
	sed -E 's/ (t|id|pid|va|lost_va|bytes|rounds|compared|[a-z]*_ns)=[^ ]*//g' "$tmp/out"
}

# attempt POINT COMMAND...: with $tmp/in as its input; $status, $tmp/out and $tmp/err.  Whoever it leaves behind has
# the lock.
attempt()
{
	exec {lock}>"$tmp/lock"
	flock -n "$lock" || { echo "somebody is left of the run before"; return 1; }
	status=0
	failing "$@" <"$tmp/in" >"$tmp/out" 2>"$tmp/err" || status=$?
	exec {lock}>&-
}

nobody_is_left()
{
	flock -n "$tmp/lock" true
}

# libjansson 2.14 drops a byte that it has no memory for (lex_save() in load.c), and aborts when it misses it.
library_gave_up()
{
	[ "$status" = 134 ] && grep -q ' lex_scan.* Assertion ' "$tmp/err" && [[ $(<"$tmp/log") == *alloc\ ENOMEM ]]
}

# The status is a documented one, and there is a reason: on standard error, or in a record.  Records are whole,
# and 0 or "done" stands for all of them.
ends_well()
{
	[ -z "$(tail -c 1 "$tmp/out")" ] && recjson <"$tmp/out" >/dev/null || return
	library_gave_up || ! grep -Evq "^${command[0]}: [^:]+: .+" "$tmp/err" || return
	nobody_is_left || return
	[ "$status $(timeless)" != "$whole" ] || return 0
	case $status in
	1 | 4) [ -s "$tmp/err" ] || grep -Eq '^lost | result=(failed|refused) ' "$tmp/out" ;;
	3) [ -s "$tmp/err" ] && { was_mute || ! grep -Eq '^done src=(ledger|poisonctl|hugesplit) ' "$tmp/out"; } ;;
	*) library_gave_up ;;
	esac
}

# each_fault RUNS [MOST]: "command" some RUNS times, "reset" before it, and "is_right" after it; all three are the
# test's.
each_fault()
{
	local point right failed=0 tried=0
	# Bats looks at each command of each function, which is far too many here.
	set +T
	reset
	attempt 0 "${command[@]}"
	echo "$(wc -l <"$tmp/log") calls, status $status"
	cat "$tmp/err"
	((status <= 1)) && is_right || return
	whole="$status $(timeless)"
	for point in $(points "$@"); do
		reset
		attempt "$point" "${command[@]}"
		tried=$((tried + 1))
		right=0
		ends_well || right=1
		is_right || right=1
		[ "$right" != 0 ] || continue
		failed=$((failed + 1))
		echo "^ ${command[*]} at $point, $(<"$tmp/log"): status $status"
		cat "$tmp/out" "$tmp/err"
	done
	echo "$failed of $tried failed"
	[ "$failed" = 0 ] && [ "$tried" -gt 5 ]
}

# Standard output is what failed: what was done could not be told.
was_mute()
{
	[[ $(<"$tmp/log") == @(fwrite|fflush|fclose)\ * ]]
}

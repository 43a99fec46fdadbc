# SPDX-License-Identifier: GPL-2.0-or-later
# memscan while things go wrong around it: each at an exact point of its run (tests/tools/meddle.c).
bats_require_minimum_version 1.5.0
load helper
load memscan_helper

meddle()
{
	"$top/build/tools/meddle" "$@"
}

need_meddle()
{
	need_root
	meddle 1 true true || skip "ptrace(2) is not permitted here"
}

# memscan's whole run up to POINT, told SIGNAL there: its records in $memory/out, its
# messages in $memory/err: interrupt POINT SIGNAL
interrupt()
{
	status=0
	meddle "$1" "$2" memscan --no-idle --file "$memory/f" --pid "$holder" --free 1M --verify \
		>"$memory/out" 2>"$memory/err" || status=$?
}

# How many stops there are behind POINT: stops POINT
stops()
{
	interrupt "$1" TERM
	sed -n 's/^meddle: ended at //p' "$memory/err"
}

last_line()
{
	tail -n 1 "$memory/out" | sed 's/ elapsed_ns=[0-9]*//'
}

# What is left of a sweep that TERM, INT or USR1 came to, one condition after the other, for
# where this is called a failure in the middle would not end it.
is_in_order()
{
	[ -z "$(tail -c 1 "$memory/out")" ] || return # a whole line, or none
	recjson <"$memory/out" >/dev/null || return
	case $status,$1 in
	143,TERM | 130,INT | 138,USR1) # before it had taken them over
		[ ! -s "$memory/out" ] && [ ! -s "$memory/err" ]
		;;
	3,TERM | 3,INT)
		! grep -q '^done ' "$memory/out" &&
			[ "$(cat "$memory/err")" = "memscan: sweep: stopped by a signal before its end" ]
		;;
	0,*) # it came too late, or was a question
		[ "$(last_line)" = "$whole" ] &&
			! grep -Evq '^(memscan: [0-9.]+ .* left, 0 hits|meddle: ended at [0-9]+)$' "$memory/err"
		;;
	*) false ;;
	esac
}

@test "a signal at every point of a sweep: the right status, whole records, no done record too many" {
	need_meddle
	half=$((${SIGNAL_RUNS:-24} / 2))
	head -c 4M /dev/zero >"$memory/f"
	hold memfd 1M
	start=$(stops 1000000)
	sweep=$(stops ppoll:1+1000000)
	whole=$(last_line)
	[[ $whole == "done src=memscan "*" scanned=8388608 holes=0 "*" complete=0" ]]
	files=$(ls "$memory")
	signals=(TERM USR1 INT)
	for ((run_number = 0; run_number < 2 * half; run_number++)); do
		if ((run_number < half)); then
			point=$(((start - sweep) * run_number / half + 1))
		else
			point=ppoll:1+$((sweep * (run_number - half) / half + 1))
		fi
		signal=${signals[run_number % 3]}
		interrupt "$point" "$signal"
		is_in_order "$signal" || {
			echo "$signal at $point: status $status"
			cat "$memory/out" "$memory/err"
			false
		}
		[ "$(ls "$memory")" = "$files" ]
		ends+=" $status"
	done
	[[ $ends == *143* && $ends == *" 3"* && $ends == *" 0"* ]] # all three ways to end were met
}

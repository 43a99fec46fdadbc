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
	meddle "$1" "$2" memscan --no-idle --file "$memory/f" --pid "$holder" --free 1M --verify --state "$memory/state" \
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
	sweep=$(stops ppoll:1,1000000)
	whole=$(last_line)
	[[ $whole == "done src=memscan "*" scanned=8388608 holes=0 "*" complete=0" ]]
	files=$(ls "$memory")
	signals=(TERM USR1 INT)
	for ((run_number = 0; run_number < 2 * half; run_number++)); do
		if ((run_number < half)); then
			point=$(((start - sweep) * run_number / half + 1))
		else
			point=ppoll:1,$((sweep * (run_number - half) / half + 1))
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

# Let memscan read what is there, and do ACTION, a shell command, at POINT: at POINT ACTION ARG...
at()
{
	meddle "$1" "$2" memscan --no-idle "${@:3}"
}

# What ends the holder, and waits until its memory is no more its own.
killing_it()
{
	echo "kill -KILL $holder; while grep -qs . /proc/$holder/maps; do sleep 0.01; done"
}

@test "a process that ends while it is read: its memory is read to the end, and told to be gone" {
	need_meddle
	hold memfd 8M
	run -1 at ppoll:3 "$(killing_it)" --pid "$holder"
	[[ ${lines[-2]} == "skip src=memscan reason=gone pid=$holder" ]]
	[[ ${lines[-1]} == "done src=memscan scope=process scanned=8388608 holes=0 "*" complete=0 pid=$holder" ]]
	holder=
}

@test "a machine that ends while it is read" {
	need_meddle
	name=memscan$$
	start_machine -m 8 -machine pc,memory-backend=ram -object memory-backend-memfd,id=ram,size=8M,share=on,prealloc=on
	until grep -q '^RssShmem:[[:blank:]]*8192 kB' "/proc/$holder/status"; do kill -0 "$holder" || return; sleep 0.1; done
	run -1 at ppoll:3 "$(killing_it)" --vm "$name"
	[[ ${lines[-2]} == "skip src=memscan reason=gone vm=$name pid=$holder" ]]
	[[ ${lines[-1]} == "done src=memscan scope=vm scanned=8388608 holes=0 "*" complete=0 vm=$name" ]]
	holder=
}

@test "a process that has ended and that nobody has looked at yet is gone, not clean" {
	need_root
	hold memfd 1M
	# sh becomes tail, which has no children as far as it knows.
	sh -c 'sleep 0 & exec tail -f /dev/null' 3>&- &
	parent=$!
	until zombie=$(ps -o pid= --ppid "$parent") && [[ $(ps -o stat= -p $zombie) == Z* ]]; do sleep 0.1; done
	run memscan --pid $zombie
	kill "$parent"
	[ "${lines[0]}" = "skip src=memscan reason=gone pid=${zombie// /}" ]
	[[ ${lines[1]} == "done src=memscan scope=process scanned=0 "*" complete=0 pid=${zombie// /}" ]]
	[ "$status" = 1 ]
}

# Whichever of the two it is: it is named by its own name, or nothing is said to be read.
@test "a mapping that is replaced at any moment is never taken for the one that was there" {
	need_meddle
	hold memfd 1M
	for point in openat2:{1..12}; do
		run at "$point" "kill -USR1 $holder; until grep -q /memfd:other /proc/$holder/maps; do sleep 0.01; done" \
			--list --pid "$holder"
		[[ $output =~ (skip src=memscan reason=(changed|open) [^$'\n']*|area [^$'\n']*file=/memfd:(held|other)[^$'\n']*) ]]
		met+=" ${BASH_REMATCH[2]}${BASH_REMATCH[3]}"
		kill "$holder"
		hold memfd 1M
	done
	[[ $met == *other* && $met == *changed* && $met == *held* ]]
}

@test "a file on storage that is cut short while it is read is not bad memory" {
	need_meddle
	head -c 8M /dev/zero >"$BATS_TEST_TMPDIR/f"
	run -0 at ppoll:6 "truncate -s 4097 '$BATS_TEST_TMPDIR/f'" --file "$BATS_TEST_TMPDIR/f"
	[[ $output == "done src=memscan scope=file scanned=4194304 holes=4194304 skipped=0 unreachable=0 hits=0 "*" complete=1 "* ]]
	[ "${#lines[@]}" = 1 ]
}

@test "a file in memory that is cut short between the look and the load is not bad memory" {
	need_meddle
	head -c 8M /dev/zero >"$memory/f"
	run -0 at ppoll:5,pread64:1,1 "truncate -s 0 '$memory/f'" --file "$memory/f"
	[[ $output == "done src=memscan scope=file scanned=4194304 holes=4194304 skipped=0 unreachable=0 hits=0 "*" complete=1 "* ]]
	[ "${#lines[@]}" = 1 ]
}

@test "where system calls are refused it says which, and stops" {
	need_root
	head -c 8192 /dev/zero >"$memory/f"
	expect 3 "$top/build/tools/deny" userfaultfd memscan --file "$memory/f" <<'END'
memscan: guard holes with userfaultfd: Operation not permitted
END
	expect 3 "$top/build/tools/deny" sched_setscheduler memscan --file "$memory/f" <<'END'
memscan: become idle; --no-idle does without: Operation not permitted
END
}

# memscan as a user who has no rights but the capabilities $1: as_nobody CAPABILITIES ARG...
as_nobody()
{
	command -v setpriv >/dev/null || skip "setpriv is not here"
	chmod -R a+rwX "$memory"
	cp "$(command -v memscan)" "$memory/memscan"
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps="-all$1" --ambient-caps="-all$1" \
		"$memory/memscan" "${@:2}"
}

@test "frames, but not what the kernel says of them" {
	need_root
	head -c 8192 /dev/zero >"$memory/f"
	expect 3 as_nobody ,+sys_admin --file "$memory/f" <<'END'
memscan: open /proc/kpageflags: Permission denied
END
}

@test "holes are guarded also where users may not have all of userfaultfd" {
	need_root
	[ "$(cat /proc/sys/vm/unprivileged_userfaultfd)" = 0 ] || skip "here users may have all of it"
	truncate -s 1M "$memory/f"
	run -0 as_nobody "" --no-phys --file "$memory/f"
	[[ $output == "done src=memscan scope=file scanned=0 holes=1048576 "* ]]
	[ "$(stat -c %b "$memory/f")" = 0 ]
}

@test "a process of somebody else, without the right to look into it" {
	need_root
	hold memfd 1M
	expect 3 as_nobody "" --no-phys --pid "$holder" <<END
memscan: open /proc/$holder/maps: Permission denied
END
}

@test "a process of one's own, without the right to open what it maps" {
	need_root
	command -v setpriv >/dev/null || skip "setpriv is not here"
	name=memscan$$
	chmod a+rwX "$memory"
	as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	start_machine -m 8 -machine pc,memory-backend=ram -object memory-backend-memfd,id=ram,size=8M,share=on
	run -1 as_nobody "" --no-phys --vm "$name"
	[[ ${lines[0]} == "skip src=memscan reason=open bytes=8388608 errno=EPERM vm=$name pid=$holder va="* ]]
	[[ ${lines[1]} == "done src=memscan scope=vm scanned=0 "*" complete=0 "* ]]
}

# A page of the memory that memscan has taken loses its first byte; $memory/word is what the page
# table says of it.
change_a_page()
{
	cat >"$memory/change" <<END
for fd in /proc/\$pid/fd/*; do
	case \$(readlink \$fd) in /memfd:memscan*) break ;; esac
done
printf '\\377' | dd of=\$fd bs=1 seek=8192 conv=notrunc status=none
va=0x\$(sed -n 's/^\([0-9a-f]*\)-[^ ]* rw-s .*memfd:memscan.*/\1/p' /proc/\$pid/maps | head -n 1)
dd if=/proc/\$pid/pagemap bs=8 skip=\$((va / 4096 + 2)) count=1 status=none | od -An -tu8 >"$memory/word"
END
	echo "sh -e '$memory/change'"
}

@test "a page that does not keep what was written to it" {
	need_meddle
	# Its first four questions belong to the sweep before the first pattern is written.
	run -1 at ppoll:6 "$(change_a_page)" --free 4M --node 0 --verify
	address=$(printf '0x%016x' $((($(<"$memory/word") & ((1 << 55) - 1)) * 4096)))
	[[ ${lines[0]} =~ ^"page addr=$address size=4096 state=mismatched "(node=0 )?"src=memscan"$ ]]
	[[ ${lines[1]} == "done src=memscan scope=free scanned=12582912 holes=0 skipped=0 "*" hits=0 known=0 "*" mismatched=1 complete=1" ]]
	[ "${#lines[@]}" = 2 ]
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What tests of hugesplit share, inside a lab and outside: load lab/busy_helper
# shellcheck shell=bash disable=SC2154,SC2034,SC2016

# Start a process that uses huge pages: busy NAME create|attach|private FILE BYTES [WORD]...
# Its process is in $pid.
busy()
{
	# Bats looks at each command of each function; what follows is far too many for that.
	set +T
	rm -f "$tmp/$1.in"
	mkfifo "$tmp/$1.in"
	: >"$tmp/$1.out" # what one of this name said before
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

# Programs are slow to start in the lab, and all this is done hundreds of times: so the shell does
# what it can by itself.
nap()
{
	read -rt 0.02 <>"$tmp/nap" || true
}

# soon COMMAND... - it comes true within a minute or so
soon()
{
	local i
	[ -p "$tmp/nap" ] || mkfifo "$tmp/nap"
	for ((i = 0; i < 3000; i++)); do
		if "$@"; then return; fi
		nap
	done
	echo "not so: $*"
	return 1
}

# What a process must have before and after: descriptors, limits, and signals it blocks.
belongings()
{
	local limits signals
	mapfile -t limits <"/proc/$1/limits"
	signals=$(grep -h -e SigBlk -e SigIgn -e SigCgt "/proc/$1/task"/*/status)
	# A thread that is just handling a SIGBUS has it blocked.
	printf '%s\n' "/proc/$1/fd/"* "${limits[@]}" "${signals//40$'\n'/00$'\n'}"
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

# has_lines FILE N - it has more than N lines
has_lines()
{
	mapfile -t answers <"$1"
	[ "${#answers[@]}" -gt "$2" ]
}

# ask NAME [hold|use|forget PAGE] - what it has seen; in $answer
ask()
{
	local fd=fd_$1 before out=$tmp/$1.out
	mapfile -t before <"$out"
	echo "${2:-go}" >&"${!fd}"
	soon has_lines "$out" "${#before[@]}"
	answer=${answers[-1]}
	echo "$answer" >"$tmp/$1.last"
}

# value KEY RECORD
value()
{
	[[ $2 =~ \ $1=([^\ ]*) ]] && echo "${BASH_REMATCH[1]}"
}

# find_map PID TEXT - the first mapping of the process whose line has TEXT, a regular expression:
# where it starts, in $start
find_map()
{
	local lines lf=$'\n'
	mapfile -d '' lines <"/proc/$1/maps"
	start=
	[[ $lf${lines[0]} =~ $lf([0-9a-f]+)-[^$lf]*$2 ]] && start=$((0x${BASH_REMATCH[1]}))
}

# Where process $1 maps huge pages, in decimal.
huge_va()
{
	find_map "$1" ' /[^ ]*/huge' && echo "$start"
}

# PID:ADDR of page $2 of the huge pages of process $1
place()
{
	find_map "$1" ' /[^ ]*/huge' && printf '%d:0x%x' "$1" $((start + $2 * 4096))
}

# old or new: what process $1 maps where page $2 was
mapped()
{
	local lines head lf=$'\n'
	find_map "$1" ' /[^ ]*/huge'
	printf -v head '%x-' $(((start + $2 * 4096) & ~0x1fffff))
	mapfile -d '' lines <"/proc/$1/maps"
	if [[ ${lines[0]} =~ $lf$head[^$lf]*/memfd:hugesplit ]]; then
		echo new
	else
		echo old
	fi
}

# has_state PID LETTER
has_state()
{
	local lines lf=$'\n'
	mapfile -d '' lines <"/proc/$1/status"
	[[ ${lines[0]} =~ ${lf}State:[[:space:]]$2 ]]
}

runs()
{
	! has_state "$1" T
}

# check_process NAME PID REPLACED - it runs, has all its descriptors and no memory but REPLACED
# pages that were not its own, and has noticed nothing
check_process()
{
	soon runs "$2"
	belongings "$2" | diff "$tmp/$1.had" -
	[ "$(grep -c memfd:hugesplit "/proc/$2/maps")" = "$3" ]
	ask "$1"
	[[ $answer == *" wrong=0 "*" other=0 woken=0 "* ]] || { echo "$answer"; return 1; }
}

# undisturbed NAME PID - it runs, blocks the signals that it did, and has noticed nothing
undisturbed()
{
	soon runs "$2"
	diff <(grep ^Sig "$tmp/$1.had") <(belongings "$2" | grep ^Sig)
	ask "$1"
	[[ $answer == *" wrong=0 "*" other=0 woken=0 "* ]] || { echo "$answer"; return 1; }
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

# both_are WHAT PAGE - in both processes WHAT is mapped there, "old" or "new"
both_are()
{
	[ "$(both_mapped "$2")" = "$1-$1" ]
}

# split_at FAULT PAGE COMMAND... - the page is replaced in both processes, while something is killed:
# $status and $output, as of run; with the options in split_options
split_at()
{
	local fault=$1 where
	where=$(place "$first" "$2")
	# On a machine that is busy a process can take longer to stop than it is given.
	for _ in {1..20}; do
		status=0
		HUGESPLIT_FAULT=$fault "${@:3}" hugesplit --max-age any --all-sharers "${split_options[@]}" "$where" \
			>"$tmp/split" 2>&1 || status=$?
		output=$(<"$tmp/split")
		[[ $output == *" errno=EBUSY "* ]] || break
	done
	echo "# $fault: $status $(both_mapped "$2") $output"
}

# kill_at FAULT PAGE COMMAND... - after it both have the old page or both the new one.  $result says
# which, or "whole" where nothing was killed.
kill_at()
{
	local page=$2
	split_at "$@"
	if [ "$status" = 137 ]; then # the worker goes on alone
		soon both_are new "$page"
	fi
	case $status,$(both_mapped "$page") in
	1,old-old) [[ $output == *" result=failed errno=ECANCELED "* ]] && result=old ;;
	13[07],new-new) result=new ;;
	0,new-new)
		result=new
		[[ $output == *"was killed"* ]] || result=whole
		;;
	*) return 1 ;;
	esac
}

# both_die_at STEP PAGE COMMAND... - the page is replaced in process first alone, and who does it is
# killed with its supervisor: $result is what is mapped there then, or "whole" if none was killed
both_die_at()
{
	second=$first
	split_at "both:$1" "${@:2}"
	soon runs "$first"
	result=$(mapped "$first" "$2")
	case $status,$result in
	137,*) ;;
	0,new) result=whole ;;
	*) return 1 ;;
	esac
}

# A file system for N huge pages of 2 MiB at $tmp/mnt, if there are so many to spare.
need_huge_pages()
{
	need_root
	[ "$(cat /sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages 2>/dev/null || echo 0)" -ge "$1" ] ||
		skip "needs $1 free huge pages of 2 MiB"
	cat /proc/1/maps >/dev/null 2>&1 || skip "needs the right to look into all processes"
	mkdir "$tmp/mnt"
	mount -t hugetlbfs -o pagesize=2M none "$tmp/mnt" || skip "needs the right to mount"
}

give_huge_pages_back()
{
	! mountpoint -q "$tmp/mnt" || umount "$tmp/mnt"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Machines that move: load vmevac_helper, load vmevac_send_helper
# shellcheck shell=bash disable=SC2154,SC2034

setup()
{
	need_root
	cd "$BATS_TEST_TMPDIR" || return
	vms=()
	disks=()
	web=web.$$ # others may be testing, too
}

teardown()
{
	stop_vms
}

# The options of a machine that knows what each of its pages has to hold (tests/lab/versions.S), or
# whose firmware is $rom; $memory is where that is, or else $backend.
machine()
{
	local one="-machine ${type:-pc},memory-backend=ram"
	one+=" -object memory-backend-${backend:-memfd,id=ram,size=32M,share=on}"
	echo "-accel tcg -m 32 -nodefaults -no-user-config -display none ${memory:-$one}" \
		"-bios $top/build/lab/${rom:-versions}.rom ${disks[*]}"
}

# start_source OPTION...: its process is $source, its QMP socket source.qmp.
start_source()
{
	rm -f source.qmp
	# shellcheck disable=SC2046
	"${qemu[@]}" $(machine) -name "guest=$web" -qmp unix:source.qmp,server=on,wait=off "$@" \
		>source.log 2>&1 3>&- &
	source=$!
	vms+=("$source")
	wait_until passes "$source" || { cat source.log; return 1; }
}

# What --launch is given: an equal machine that waits.
waiting()
{
	echo "exec ${qemu[*]} $(machine) -name guest=target.$$ -S -incoming defer" \
		"-qmp unix:\$VMEVAC_QMP,server=on,wait=off"
}

# send OPTION...: move it, with LAUNCH in the place of waiting(), or RECV in that of recv itself, TO_BEGIN
# and TO_END around it, and all of its memory before it runs, unless POST_COPY says so.
send()
{
	local to="vmevac recv --state $PWD/target --stall ${stall:-20s} --timeout ${timeout:-10s} --launch '${launch:-$(waiting)}'"
	to=${recv:-$to}
	run --separate-stderr vmevac send --qmp "$web=source.qmp" --state "$PWD/home" --stall "${stall:-20s}" \
		--post-copy "${post_copy:-never}" --to "${to_begin:-}$to${to_end:-}" "$@" "$web"
	mapfile -t -O "${#vms[@]}" vms < <(targets)
}

# send_held STEP: begin to move it, and hold that at STEP (src/vmevac/move/fault.h): process $mover, which
# writes what it says to moved.
send_held()
{
	VMEVAC_HOLD=send:$1 vmevac send --qmp "$web=source.qmp" --state "$PWD/home" --post-copy never \
		--to "exec vmevac recv --state $PWD/target --launch '$(waiting)'" "$web" >moved 2>&1 3>&- &
	mover=$!
	vms+=("$mover")
	is_held "$mover"
	mapfile -t -O "${#vms[@]}" vms < <(targets)
}

# The processes that the journals of the target side name and that are still there.
targets()
{
	local pid
	while read -r pid; do
		[[ $(ps -o stat= -p "$pid") != [!Z]* ]] || echo "$pid"
	done < <(sed -n 's/.* pid=\([0-9]*\).*/\1/p' target/*.recv 2>/dev/null | sort -u)
}

# state_of PID: passes, wrong pages, the last of them; other parts of its memory have no passes
state_of()
{
	local line state
	while read -r line; do
		[[ $line =~ " /memfd:"(memory-backend-memfd|hugesplit)|/ram\.file ]] || continue
		state=$(od -An -tu4 -j 1536 -N 12 "/proc/$1/map_files/${line%% *}")
		[[ $state =~ ^\ *0\  ]] || break
	done 2>/dev/null <"/proc/$1/maps"
	echo "$state"
}

# It runs: two seconds are enough to see that, also on a machine that is busy.
passes()
{
	local before i
	before=$(state_of "$1")
	[ -n "$before" ] || return
	for ((i = 0; i < 20; i++)); do
		sleep 0.1
		[ "$(state_of "$1")" = "$before" ] || return 0
	done
	return 1
}

# The source has made so many passes.
has_passed()
{
	local passes
	read -r passes _ <<<"$(state_of "$source")"
	[ "${passes:-0}" -ge "$1" ]
}

# Who has passed on since $before: $running, until the first of them has done so thirty times
see_who_runs()
{
	local pid i state start=0
	local -A before
	now=0
	for pid in "${pids[@]}"; do
		before[$pid]=$(state_of "$pid") || true # it has ended
	done
	for ((i = 0; i < 3000 && now < start + 30; i++)); do
		sleep 0.1
		running=()
		for pid in "${pids[@]}"; do
			state=$(state_of "$pid") || true
			[ -z "$state" ] || [ "$state" = "${before[$pid]}" ] || running+=("$pid")
		done
		[ "${#running[@]}" -gt 0 ] || continue
		read -r start _ <<<"${before[${running[0]}]}"
		read -r now wrong at <<<"$(state_of "${running[0]}")"
	done
	((now >= start + 30))
}

# The machine runs at exactly one place, all its pages have been checked there, and none was wrong.
# Another one would run on, too, each time that is looked; memory that is still on its way to a target
# which is just ending changes only once.
one_runs()
{
	local pids running now wrong at try
	mapfile -t pids < <(echo "$source" && targets)
	for try in 1 2 3; do
		see_who_runs || return
		[ "${#running[@]}" != 1 ] || break
	done
	[ "${#running[@]}" = 1 ] || { echo "runs: ${running[*]}"; return 1; }
	[ "$wrong" = 0 ] || { echo "$wrong pages wrong, the last at $at"; return 1; }
	place=target
	[ "${running[0]}" != "$source" ] || place=source
}

# What the last record of a journal says: journal home|target
journal()
{
	tail -q -n 1 "$1"/* 2>/dev/null | sed -n 's/^move .* state=\([^ ]*\).*/\1/p'
}

# Those of the target are no children of ours, and hold their disks until they are gone.
end_all()
{
	stop_vms
	wait_until have_ended
	rm -rf home target
}

have_ended()
{
	[ -z "$(targets)" ]
}

# It has moved, and both sides know.
is_at_target()
{
	one_runs
	[ "$place" = target ]
	run ! kill -0 "$source"
	[ "$(journal home)" = away ]
	[ "$(journal target)" = running ]
}

# Where a machine has its memory: ram_of PID
ram_of()
{
	sed -n 's/^\([0-9a-f]*\)-.* \/memfd:\(memory-backend-memfd\|hugesplit\) .*/0x\1/p' "/proc/$1/maps" | head -n 1
}

# mark SIZE: the source, started here, loses a page of SIZE.  The guest never looks at it: one that is
# emulated would not outlive that.
mark()
{
	start_source
	run "$top/build/tools/marker" "$source" "$(printf '0x%x' $(($(ram_of "$source") + 0x1e00000)))" "$1"
	[ "$status" != 4 ] || skip "this kernel has no UFFDIO_POISON"
	[ "$status" = 0 ]
}

# lose OFFSET...: the source loses 4 KiB there, and hugesplit replaces the huge pages that they are in.
lose()
{
	local off va
	kill -STOP "$source"
	for off; do
		va=$(($(ram_of "$source") + off))
		"$top/build/tools/unmap" "$source" "$(printf '0x%x' $((va & ~0x1fffff)))" 2M
		run --separate-stderr env ASAN_OPTIONS=verify_asan_link_order=0 BAD_PAGE=$((off)) \
			LD_PRELOAD="$top/build/tools/bad_page.so" hugesplit --max-age any "$(printf '%d:0x%x' "$source" "$va")"
		echo "$output$stderr"
		[[ $output == *" result=done lost=4096 "* ]]
	done
	kill -CONT "$source"
}

# hop PAGES: it moves, with so many pages of 4 KiB lost.  From there on, the target is the source.
hop()
{
	send
	echo "$output$stderr"
	[ "$status" = 0 ]
	[[ $output == *" result=done "*" poisoned=$1 lost=$(($1 * 4096)) "*" mismatched=0 "* ]]
	one_runs
	[ "$place" = target ]
	source=$(targets)
	web=pid:$source
	mv target "target.$source"
	ln -sf "target.$source"/*.qmp source.qmp
	[[ $(vmevac list --qmp "$web=source.qmp") == *" pid=$source "*" poisoned=$1 "* ]]
}

# sends_little: it has some 5900 pages with content, and writes to fewer than 200 of them again and again.
# Each is sent once in a round at most, and once when the guest stands still, however long that takes.
sends_little()
{
	qemu_of installed
	rom=still
	start_source
	wait_until has_passed 24 # all of them have their content
	send --max-blackout 1ms --max-rounds 5
	echo "$output$stderr"
	[ "$status" = 0 ]
	[[ $output == *" result=done "*" mismatched=0 "* ]]
	[ "$(value bytes)" -lt $(((5900 + 250 * ($(value rounds) + 1)) * 4200)) ]
	one_runs
	[ "$place" = target ]
}

# rights_of PID: what it may do, and whether what it runs may do more (proc_pid_status(5))
rights_of()
{
	sed -n 's/^Cap\(Inh\|Prm\|Eff\|Amb\):\t//p; s/^NoNewPrivs:\t//p' "/proc/$1/status" | tr '\n' ' '
}

# Process $mover and the recv that it has started may do what they need, and no more: bits 1,
# CAP_DAC_OVERRIDE, 5, CAP_KILL, and 19, CAP_SYS_PTRACE (capability.h).
has_few_rights()
{
	local taker
	taker=$(ps -o pid= -o args= --ppid "$mover" | sed -n 's/^ *\([0-9]*\) vmevac recv .*/\1/p')
	[ "$(rights_of "$mover")" = "0000000000000000 0000000000080002 0000000000080002 0000000000000000 1 " ]
	[ "$(rights_of "$taker")" = "0000000000000000 0000000000080022 0000000000080022 0000000000000000 1 " ]
}

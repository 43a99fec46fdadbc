# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile: huge pages of processes that run are replaced, and they keep all but 4 KiB.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load busy_helper
load hugesplit_helper

# The VmFlags, a blank at the end, of what process $1 maps in the place of a huge page.
flags_of_new()
{
	sed -n '/memfd:hugesplit/,/^VmFlags:/s/^VmFlags://p' "/proc/$1/smaps"
}

# Nothing has been done: refused REASON COMMAND...
refused()
{
	local reason=$1
	shift
	maps=$(grep -v '\[heap\]' "/proc/$pid/maps")
	run -1 "$@"
	[[ ${lines[-1]} == "split "*" pid=$pid "*" result=refused reason=$reason "* ]]
	diff <(echo "$maps") <(grep -v '\[heap\]' "/proc/$pid/maps")
	runs "$pid"
}

# Before there are others, for where a huge page that is bad was can only be told of one.
@test "a page that the kernel lists as bad, and whose owner is looked up, is replaced" {
	busy one create /dev/hugepages/huge 8M
	spoil "$pid" 700
	poisonctl list | poisonctl who >"$tmp/owners"
	run -0 hugesplit --max-age any <"$tmp/owners"
	[[ $output == *"split "*" pid=$pid "*" result=done lost=4096 salvaged=2093056 "* ]]
	ask one
	[[ $answer == *" wrong=0 lost=1 lost_page=700 "* ]]
}

@test "a process of six threads loses 4 KiB of a huge page, and nothing else" {
	busy one create /dev/hugepages/huge 8M
	spoil "$pid" 700
	va=$(huge_va "$pid")
	run -0 hugesplit --max-age any "$(place "$pid" 700)"
	[[ $output =~ ^split\ size=2097152\ pid=$pid\ va=$(printf '0x%016x' $((va + 0x200000)))\ result=done\ lost=4096\ salvaged=2093056\ stopped_ns=[0-9]+\ mode=uffd\ lost_va=$(printf '0x%016x' $((va + 700 * 4096)))\ lost_size=4096\ file=/dev/hugepages/huge$ ]]
	ask one
	[[ $answer == "busy pid=$pid "*" wrong=0 lost=1 lost_page=700 lsb=12 other=0 woken=0 "* ]]
	[ "$(value mine "$answer")" = "$(value memory "$answer")" ]
	[[ $(flags_of_new "$pid") == *" lo "* ]] # never swapped, as before
	[[ $(flags_of_new "$pid") == *" nh "* ]] # nor made a huge page, without marks
	run -0 hugesplit --max-age any "$(place "$pid" 700)"
	[[ $output == *" result=already "* ]]
	# Another page of the same process, and two errors in it.
	spoil "$pid" 1030 1100
	run -0 hugesplit --max-age any "$(place "$pid" 1030)"
	[[ $output == *" result=done lost=8192 salvaged=2088960 "* ]]
	[[ $output == *" lost_size=4096,4096 "* ]]
	ask one
	[[ $answer == *" wrong=0 lost=3 "*" other=0 woken=0 "* ]]
	[ "$(value mine "$answer")" = "$(value memory "$answer")" ]
}

@test "huge pages in a row are replaced under load, and nothing is lost but 4 KiB of each" {
	split_in_a_row 12
}

@test "without word of when the rest was last read, nothing is read and nothing done" {
	busy one create /dev/hugepages/huge 4M
	spoil "$pid" 700
	refused unverified hugesplit "$(place "$pid" 700)"
	refused unverified hugesplit --dry-run "$(place "$pid" 700)"
	run -0 hugesplit --dry-run --max-age any "$(place "$pid" 700)"
	[[ $output == *" result=refused reason=dry-run "* ]]
	[ "$(mapped "$pid" 700)" = old ]
}

# A ue record of page $1 of process $pid with further words, of now or of $3.
ue()
{
	printf 'ue addr=0x0000000012345000 size=4096 t=%s src=memscan lsb=21 %spid=%s va=0x%016x off=%s\n' \
		"$(date -u -d "${3:-now}" +%FT%T.%NZ)" "$2" "$pid" $(($(huge_va "$pid") + $1 * 4096)) $(($1 * 4096))
}

@test "what was read just before is saved, and of the rest what is not too old" {
	busy one create /dev/hugepages/huge 8M
	spoil "$pid" 700
	run -0 hugesplit < <(ue 700 "verified_off=2097152 verified_size=765952 ")
	[[ $output == "split addr=0x0000000012200000 size=2097152 pid=$pid "*" result=done lost=1331200 salvaged=765952 "* ]]
	ask one
	[[ $answer == *" wrong=0 lost=325 "*" lsb=12 other=0 woken=0 "* ]]
	spoil "$pid" 1030
	run -0 hugesplit --max-age 100h < <(ue 1030 "verified_off=4194304 verified_size=24576 verified_age_ns=3000000000 ")
	[[ $output == *" result=done lost=4096 salvaged=2093056 "* ]]
	spoil "$pid" 1540
	run -0 hugesplit --max-age 3h < <(ue 1540 "verified_off=6291456 verified_size=16384 verified_age_ns=10800000000000 ")
	[[ $output == *" result=done lost=2080768 salvaged=16384 "* ]]
}

@test "what an old record says of when memory was read is as old as that" {
	local words="verified_off=2097152 verified_size=765952 verified_age_ns=3000000000 "
	busy one create /dev/hugepages/huge 4M
	spoil "$pid" 700
	ue 700 "$words" yesterday >"$tmp/yesterday"
	ue 700 "$words" tomorrow >"$tmp/tomorrow"
	ue 700 "$words" | sed 's/ t=[^ ]*//' >"$tmp/never"
	for record in yesterday tomorrow never; do
		refused unverified hugesplit <"$tmp/$record"
		refused unverified hugesplit --dry-run <"$tmp/$record"
	done
	refused unverified hugesplit --max-age 1000h <"$tmp/tomorrow"
	run -0 hugesplit --max-age 25h <"$tmp/yesterday"
	[[ $output == *" result=done lost=4096 salvaged=2093056 "* ]]
}

@test "other records pass, and what cannot be understood stops it" {
	printf 'page addr=0x0000000000001000 size=4096 state=poisoned kind=anon pid=1 va=0x0000000000001000\ndone src=x\n' >"$tmp/in"
	run -0 hugesplit <"$tmp/in"
	diff "$tmp/in" <(echo "$output")
	run -3 hugesplit <<<"ue addr=0x0000000000001000 size=4096 lsb=21 pid=12 va=0x12"
	[[ $output == "hugesplit: read standard input: a ue record "* ]]
}

@test "two processes share the page: both or none" {
	busy one create /dev/hugepages/huge 8M
	first=$pid
	busy two attach /dev/hugepages/huge 8M
	spoil "$first" 700
	refused shared hugesplit --max-age any "$(place "$pid" 700)"
	grep -q "process $first maps it, too" <<<"$output"
	run -0 hugesplit --max-age any --with "$first" "$(place "$pid" 700)"
	[ "$(grep -c ' result=done ' <<<"$output")" = 2 ]
	spoil "$first" 1030
	run -0 hugesplit --max-age any --all-sharers "$(place "$pid" 1030)"
	[ "$(grep -c ' result=done ' <<<"$output")" = 2 ]
	ask one hold
	[[ $answer == *" wrong=0 lost=2 "*" other=0 woken=0 "* ]]
	mine=$(value mine "$answer")
	ask two hold
	[[ $answer == *" wrong=0 lost=2 "*" other=0 woken=0 "* ]]
	[ "$(value memory "$answer")" = $((mine + $(value mine "$answer"))) ]
}

@test "what can fail in one is tried before another has the new page" {
	busy one create /dev/hugepages/huge 4M
	first=$pid
	busy two attach /dev/hugepages/huge 4M areas
	second=$pid
	spoil "$first" 700
	most=$(</proc/sys/vm/max_map_count)
	echo $(($(wc -l <"/proc/$second/maps") + 4)) >/proc/sys/vm/max_map_count
	run -1 hugesplit --max-age any --all-sharers "$(place "$first" 700)"
	echo "$most" >/proc/sys/vm/max_map_count
	[ "$(grep -c ' result=failed errno=ENOMEM ' <<<"$output")" = 2 ]
	[ "${lines[0]}" = "hugesplit: replace page of process $second: find room for one more mapping: Cannot allocate memory" ]
	both_are old 700
	check_process one "$first" 0
	check_process two "$second" 0
	run -0 hugesplit --max-age any --all-sharers "$(place "$first" 700)"
}

@test "where one cannot be given the new page it is told who has it, and who has not" {
	busy one create /dev/hugepages/huge 4M
	first=$pid
	busy two attach /dev/hugepages/huge 4M sealed
	spoil "$first" 700
	run -1 hugesplit --max-age any --all-sharers "$(place "$first" 700)"
	[ "${lines[0]}" = "hugesplit: replace page of process $pid: put memory in its place: Operation not permitted" ]
	[[ ${lines[1]} == "split "*" pid=$first "*" result=done lost=4096 salvaged=2093056 "*" lost_size=4096 "* ]]
	[[ ${lines[2]} == "split "*" pid=$pid "*" result=failed errno=EPERM file="* ]]
	[ "${#lines[@]}" = 3 ]
	check_process one "$first" 1
	check_process two "$pid" 0
}

@test "a process that is stopped is repaired, and stays stopped" {
	busy one create /dev/hugepages/huge 4M
	spoil "$pid" 700
	kill -STOP "$pid"
	soon has_state "$pid" T
	run -0 hugesplit --max-age any "$(place "$pid" 700)"
	has_state "$pid" T
	kill -CONT "$pid"
	ask one
	[[ $answer == *" wrong=0 lost=1 lost_page=700 "*"other=0 woken=0 "* ]]
}

@test "a process that forbids itself the calls is repaired; who cannot pass its filters leaves it" {
	busy one create /dev/hugepages/huge 4M seccomp
	spoil "$pid" 700
	refused seccomp "$top/build/tools/filtered" hugesplit --max-age any "$(place "$pid" 700)"
	run -0 hugesplit --max-age any "$(place "$pid" 700)"
	ask one
	[[ $answer == *" wrong=0 lost=1 lost_page=700 "*"other=0 woken=0 "* ]]
}

@test "a process without any right, also to lock memory, is repaired" {
	busy one create /dev/hugepages/huge 4M nobody
	spoil "$pid" 700
	run -0 hugesplit --max-age any "$(place "$pid" 700)"
	check_process one "$pid" 1
	[[ $(flags_of_new "$pid") == *" lo "* ]]
}

@test "a process that locks whatever it maps is repaired" {
	busy one create /dev/hugepages/huge 4M locked
	spoil "$pid" 700
	run -0 hugesplit --max-age any "$(place "$pid" 700)"
	[[ $output == *" result=done lost=4096 salvaged=2093056 "* ]]
	[[ $(flags_of_new "$pid") == *" lo "* ]]
	check_process one "$pid" 1
	ask one
	[[ $answer == *" wrong=0 lost=1 lost_page=700 lsb=12 other=0 woken=0 "* ]]
}

@test "advice, lock, memory policy, node and control group are kept" {
	busy one create /dev/hugepages/huge 4M node1 advice
	group=/sys/fs/cgroup/split
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir "$group"
	echo "$pid" >"$group/cgroup.procs"
	spoil "$pid" 700
	run -0 hugesplit --max-age any "$(place "$pid" 700)"
	flags=$(flags_of_new "$pid")
	for flag in dc dd lo; do [[ $flags == *" $flag "* ]]; done
	grep 'memfd:hugesplit' "/proc/$pid/numa_maps"
	grep -q '^[0-9a-f]* bind:1 file=/memfd:hugesplit.* N1=511 ' "/proc/$pid/numa_maps"
	[ "$(sed -n 's/^shmem //p' "$group/memory.stat")" = 2093056 ]
	[ "$(sed -n 's/^Locked: *//p' <(sed -n '/memfd:hugesplit/,/^VmFlags:/p' "/proc/$pid/smaps"))" = "2044 kB" ]
}

@test "a control group without room is left alone" {
	busy one create /dev/hugepages/huge 4M
	group=/sys/fs/cgroup/full
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir "$group"
	echo "$pid" >"$group/cgroup.procs"
	spoil "$pid" 700
	echo $(($(<"$group/memory.current") + (1 << 20))) >"$group/memory.max"
	refused cgroup hugesplit --max-age any "$(place "$pid" 700)"
	echo $(($(<"$group/memory.current") + (4 << 20))) >"$group/memory.max"
	run -0 hugesplit --max-age any "$(place "$pid" 700)"
	[[ $output == *" result=done "* ]]
	ask one
	[[ $answer == *" wrong=0 lost=1 lost_page=700 "*"other=0 woken=0 "* ]]
}

# One of each kind of step; all of them take as long as a soak.  A call inside a process has five:
# before it, when its registers are set, when signals are blocked, when it is entered, and when it
# has been made.
@test "killed at any kind of step it leaves the old page or the new one, in all processes the same" {
	local scratch=(1 2 3 4 5) pair=(8) receive=(13) close=(18) map=(103) userfaultfd=(38) lock=(48) protect=(53)
	local unmap=(68) restore=(71 206) go_on=(75) fill=(152) mark=(155) stop_all=(156) policy=(167)
	local advise=(170 187) remap=(190 192 194 197)
	start_both /dev/hugepages/huge 40M
	kill_at_steps "${scratch[@]}" "${pair[@]}" "${receive[@]}" "${close[@]}" "${map[@]}" \
		"${userfaultfd[@]}" "${lock[@]}" "${protect[@]}" "${unmap[@]}" "${restore[@]}" "${go_on[@]}" \
		"${fill[@]}" "${mark[@]}" "${stop_all[@]}" "${policy[@]}" "${advise[@]}" "${remap[@]}" 219 220
	# When this fails, the numbers above mean something else.
	[ "$last $result" = "219 whole" ]
}

# The steps of one process only, as above.
@test "killed with its supervisor at any kind of step it leaves a process that runs on" {
	local step page=700
	busy one create /dev/hugepages/huge 40M
	first=$pid
	spoil "$first" "$page"
	for step in 4 13 38 68 71 73 76 93 95 97 104 109; do
		both_die_at "$step" "$page"
		undisturbed one "$first"
		[ "$result" = old ] || { page=$((page + 512)) && spoil "$first" "$page"; }
	done
	[ "$result" = whole ]
}

@test "who interrupts it gets the whole page first" {
	start_both /dev/hugepages/huge 8M
	spoil "$first" 700
	split_at interrupt:160 700
	[ "$status" = 130 ]
	[ "$(grep -c ' result=done ' <<<"$output")" = 2 ]
	check_process one "$first" 1
	check_process two "$second" 1
}

# Its worker is killed between the one and the other, and that is told when both have the new page.
@test "where nobody reads what it says both get the whole page all the same" {
	local reader
	start_both /dev/hugepages/huge 4M
	spoil "$first" 700
	exec {closed}> >(exec true)
	reader=$!
	wait "$reader"
	HUGESPLIT_FAULT=195 hugesplit --max-age any --all-sharers "$(place "$first" 700)" >"$tmp/split" 2>&"$closed" || status=$?
	[ "$status" = $((128 + $(kill -l PIPE))) ]
	exec {closed}>&-
	[ "$(grep -c ' result=done ' "$tmp/split")" = 2 ]
	check_process one "$first" 1
	check_process two "$second" 1
}

# The bytes of page $2 of process $1, other than zeros.
not_zeros()
{
	dd if="/proc/$1/mem" bs=4096 skip=$(($(huge_va "$1") / 4096 + $2)) count=1 status=none | tr -d '\0' | wc -c
}

# Page $1 is bad, and both processes have given it up.
spoil_and_forget()
{
	spoil "$first" "$1"
	ask one "forget $1"
	ask two "forget $1"
}

@test "a huge page is refilled for all who map it, and has zeros where it was bad" {
	start_both /dev/hugepages/huge 4M
	spoil_and_forget 700
	free=$(meminfo HugePages_Free)
	run -0 hugesplit --refill --all-sharers --max-age any "$(place "$first" 700)"
	[ "$(grep -c " size=2097152 .* result=done lost=4096 salvaged=2093056 .* mode=refill " <<<"$output")" = 2 ]
	[ "$(meminfo HugePages_Free)" = $((free - 1)) ]
	both_are old 700
	check_process one "$first" 0
	check_process two "$second" 0
	ask one hold
	mine=$(value mine "$answer")
	ask two hold
	[[ $answer == *" wrong=0 lost=1 lost_page=700 other=0 "* ]]
	[ "$(value memory "$answer")" = $((mine + $(value mine "$answer"))) ]
	[ "$(not_zeros "$first" 700) $(not_zeros "$second" 700)" = "0 0" ]
	[ "$(not_zeros "$first" 701)" != 0 ]
}

@test "where a page cannot be had as its process would have it, that is said" {
	busy one create /dev/hugepages/huge 4M
	first=$pid
	spoil "$pid" 700
	ask one "forget 700"
	group=/sys/fs/cgroup/none
	echo +hugetlb >/sys/fs/cgroup/cgroup.subtree_control
	mkdir "$group"
	echo 0 >"$group/hugetlb.2MB.max"
	echo "$pid" >"$group/cgroup.procs"
	run -0 hugesplit --refill --max-age any "$(place "$pid" 700)"
	[[ ${lines[0]} == "hugesplit: take a huge page as process $pid would: took one as this program would: "* ]]
	[[ ${lines[1]} == "split "*" result=done lost=4096 salvaged=2093056 "*" mode=refill "* ]]
	check_process one "$pid" 0
}

@test "without a huge page to spare nothing is refilled" {
	busy one create /dev/hugepages/huge 4M
	pid_of_one=$pid
	spoil "$pid" 700
	free=$(meminfo HugePages_Free)
	busy hog create /dev/hugepages/all "$((free * 2))M"
	pid=$pid_of_one
	refused pool hugesplit --refill --max-age any "$(place "$pid" 700)"
	run -2 hugesplit --refill --mark uffd "$(place "$pid" 700)"
}

# Whatever is wrong in the processes then, or not zeros where it is to be, stays so until the end.
@test "killed while it refills a page it leaves the bad one or the whole one" {
	local step page=700 split_options=(--refill)
	start_both /dev/hugepages/huge 40M
	spoil_and_forget "$page"
	# Of the stops, the discard, the call for a page, the copy, and where they go on; the last is none.
	for step in 1 3 5 6 7 9 11 12 14 19 40; do
		split_at "$step" "$page"
		[ "$status" = 0 ] || { [[ $output == *" result=failed errno=ECANCELED "* ]] && continue; }
		[ "$(not_zeros "$first" "$page")" = 0 ]
		[ "$(not_zeros "$first" $((page + 1)))" != 0 ]
		[[ $output == *"was killed"* ]] || break
		page=$((page + 512))
		spoil_and_forget "$page"
	done
	[[ $output != *"was killed"* ]]
	check_process one "$first" 0
	check_process two "$second" 0
	ask one hold
	mine=$(value mine "$answer")
	ask two hold
	[ "$(value memory "$answer")" = $((mine + $(value mine "$answer"))) ]
}

@test "marked as bad memory where the kernel has no mark for page tables" {
	busy one create /dev/hugepages/huge 4M
	spoil "$pid" 700
	before=$(meminfo HardwareCorrupted)
	run -0 hugesplit --mark hwpoison --max-age any "$(place "$pid" 700)"
	[[ $output == *" result=done "*" mode=hwpoison "* ]]
	[ "$(meminfo HardwareCorrupted)" = "$((${before% kB} + 4)) kB" ]
	ask one
	[[ $answer == *" wrong=0 lost=1 lost_page=700 lsb=12 other=0 woken=0 "* ]]
}

@test "what is private, or no huge page, or not bad, is left alone" {
	busy one private /dev/hugepages/huge 4M
	refused private hugesplit --max-age any "$(place "$pid" 700)"
	busy two create /dev/hugepages/huge2 4M
	refused no-poison hugesplit --max-age any "$(place "$pid" 700)"
	code=$(grep -m 1 r-xp "/proc/$pid/maps" | cut -d - -f 1)
	refused no-hugetlb hugesplit --max-age any "$pid:0x$code"
	run -1 hugesplit --max-age any "$pid:0x1000"
	[[ $output == *" result=refused reason=unmapped" ]]
}

@test "a process that devices or others may write to is left alone" {
	mkdir -p /dev/vfio /dev/infiniband
	for hazard in vfio/7=vfio iommu=iommufd infiniband/uverbs0=infiniband vhost-vdpa-0=vdpa sev=sev; do
		: >"/dev/${hazard%=*}"
		exec {device}<"/dev/${hazard%=*}"
		busy "${hazard#*=}" create "/dev/hugepages/huge-${hazard#*=}" 2M
		exec {device}<&-
		spoil "$pid" 1
		refused "${hazard#*=}" hugesplit --max-age any "$(place "$pid" 1)"
		end_busy
	done
}

@test "a process with memory that is pinned, or with a tracer, or a vhost-user device, is left alone" {
	busy one create /dev/hugepages/huge 2M pinned
	spoil "$pid" 1
	refused io-uring hugesplit --max-age any "$(place "$pid" 1)"
	busy two create /dev/hugepages/huge2 2M traced
	spoil "$pid" 1
	refused traced hugesplit --max-age any "$(place "$pid" 1)"
	busy three create /dev/hugepages/huge3 2M vhost-user-blk-pci
	spoil "$pid" 1
	refused vhost-user hugesplit --max-age any "$(place "$pid" 1)"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile: memscan while processes, memory and nodes change beneath it.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

# An uncorrected error that the hardware's scrubber has found at physical address $1.
report_error()
{
	"$top/tests/lab/monitor" "mce -b 0 9 0xbd000000000000c0 0x5 $1 0x8c"
	wait_for_poison "$1"
}

# A script: ends the holder, and has another one get its number.
reuse_script()
{
	cat <<END
kill -KILL $holder
while [ -e /proc/$holder ]; do sleep 0.1; done
for i in 1 2 3 4 5 6 7 8 9; do
	echo $((holder - 1)) >/proc/sys/kernel/ns_last_pid
	"$top/build/lab/holder" memfd 4M >"$tmp/other" 2>&1 &
	[ \$! = $holder ] && break
	kill -KILL \$!
done
until grep -q ready "$tmp/other"; do kill -0 $holder || exit; sleep 0.1; done
END
}

@test "a number that another process has got: nothing is said of that one" {
	hold memfd 4M
	report_error "$(held addr 700)"
	reuse_script >"$tmp/reuse"
	run -1 at ppoll:4 ". $tmp/reuse" --pid "$holder"
	grep -q "^held .* pid=$holder " "$tmp/other"
	[ "${lines[0]}" = "skip src=memscan reason=poisoned bytes=4096 off=2863104 file=/memfd:held\\x20(deleted)" ]
	[ "${lines[-2]}" = "skip src=memscan reason=gone pid=$holder" ]
	[[ ${lines[-1]} == "done src=memscan scope=process scanned=4190208 "*" known=1 "*" complete=0 pid=$holder" ]]
	run ! grep " va=" <<<"$output"
}

@test "a mapping that is replaced: what is read to its end is not told to be its" {
	hold memfd 4M
	report_error "$(held addr 700)"
	run -1 at ppoll:4 "kill -USR1 $holder; until grep -q /memfd:other /proc/$holder/maps; do sleep 0.1; done" \
		--pid "$holder"
	[ "${lines[0]}" = "skip src=memscan reason=poisoned bytes=4096 off=2863104 file=/memfd:held\\x20(deleted)" ]
	[[ ${lines[-1]} == *" unreachable=4096 hits=0 known=1 "* ]]
}

@test "huge pages that are cut off while they are read are not bad memory" {
	hold hugetlb 4M
	file=$(printf '%s\n' "/proc/$holder/map_files"/* | while read -r f; do [[ $(readlink "$f") != /memfd:held* ]] || echo "$f"; done)
	run -0 at ppoll:4,pread64:1,1 "truncate -s 0 $file" --file "$file"
	[[ ${lines[-1]} == "done src=memscan scope=file scanned=2097152 holes=2097152 skipped=0 unreachable=0 hits=0 "* ]]
}

@test "an empty pool of huge pages: holes are holes" {
	truncate -s 4M /dev/hugepages/f
	reserved=$(meminfo HugePages_Rsvd)
	was=$(cat /proc/sys/vm/nr_hugepages)
	echo 0 >/proc/sys/vm/nr_hugepages
	run memscan --file /dev/hugepages/f
	echo "$was" >/proc/sys/vm/nr_hugepages
	rm /dev/hugepages/f
	[ "$status" = 0 ]
	[ "$(meminfo HugePages_Rsvd)" = "$reserved" ]
	[[ ${lines[-1]} == "done src=memscan scope=file scanned=0 holes=4194304 skipped=0 unreachable=0 hits=0 "* ]]
}

@test "what one memscan has read the next one remembers" {
	hold hugetlb 4M
	memscan --state "$tmp/state" --pid "$holder" >"$tmp/out"
	[ "$(sed 's/mono_ns=[0-9]*$/mono_ns=N/' "$tmp/state")" = "#rec 1
history src=memscan boot=$(cat /proc/sys/kernel/random/boot_id)
$({
		echo "clean addr=$(held addr 1) mono_ns=N"
		echo "clean addr=$(held addr 513) mono_ns=N"
	} | sort)
done src=memscan" ]
	first=$(sed -n "s/^clean addr=$(held addr 1) mono_ns=//p" "$tmp/state")
	memscan --state "$tmp/state" --max-hits 1 --pid "$holder" >"$tmp/out"
	[ "$(sed -n "s/^clean addr=$(held addr 1) mono_ns=//p" "$tmp/state")" -gt "$first" ]
	truncate -s 0 /dev/shm/empty
	cp "$tmp/state" "$tmp/before"
	memscan --state "$tmp/state" --file /dev/shm/empty >"$tmp/out"
	cmp "$tmp/before" "$tmp/state"
}

# The processors that memscan may use behind its first piece of the memory of node $1.
processors_at()
{
	hold memfd 8M "$1"
	at ppoll:5 "grep Cpus_allowed_list: /proc/\$pid/status >$tmp/allowed" --pid "$holder" >"$tmp/out" || return
	kill "$holder"
	holder=
	sed 's/.*[[:blank:]]//' "$tmp/allowed"
}

@test "the reader is on the node of what it reads" {
	[ "$(processors_at 0)" = "$(cat /sys/devices/system/node/node0/cpulist)" ]
	[ "$(processors_at 1)" = "$(cat /sys/devices/system/node/node1/cpulist)" ]
	[ "$(cat /sys/devices/system/node/node0/cpulist)" != "$(cat /sys/devices/system/node/node1/cpulist)" ]
}

# The share of time in which somebody waited for memory, as memscan sees it, without its point.
pressure()
{
	sed -n 's/^some avg10=\([0-9]*\)\..*/\1/p' /proc/pressure/memory
}

# A process that may have less memory than it wants: the kernel has it wait for each page of the rest.
start_hog()
{
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir /sys/fs/cgroup/hog
	echo 4M >/sys/fs/cgroup/hog/memory.high
	(
		echo "$BASHPID" >/sys/fs/cgroup/hog/cgroup.procs
		exec "$top/build/lab/holder" anonymous 200M
	) >"$tmp/held" 3>&- &
	holder=$!
	for ((i = 0; i < 600; i++)); do
		[ "$(pressure)" -lt 30 ] || return 0
		kill -0 "$holder" || return
		sleep 0.1
	done
	return 1
}

@test "while memory is short it waits, says so, and counts how long" {
	[ -r /proc/pressure/memory ] || skip "this kernel does not tell of pressure"
	head -c 8M /dev/zero >/dev/shm/f
	start_hog
	memscan --no-idle --file /dev/shm/f >"$tmp/out" 2>"$tmp/err" 3>&- &
	sweeper=$!
	until grep -q . "$tmp/err"; do kill -0 "$sweeper"; sleep 0.1; done
	[ "$(cat "$tmp/err")" = "memscan: wait: memory is short (/proc/pressure/memory)" ]
	[ ! -s "$tmp/out" ]
	kill -KILL "$holder"
	wait "$sweeper"
	holder=
	rm /dev/shm/f
	grep -Eq '^done src=memscan .* scanned=8388608 .* backoff_ns=[1-9][0-9]* complete=1 ' "$tmp/out"
}

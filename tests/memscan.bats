# SPDX-License-Identifier: GPL-2.0-or-later
# memscan on this machine's own memory, where nothing is bad.  What it does about
# errors is in tests/lab/.
bats_require_minimum_version 1.5.0
load helper
load memscan_helper

@test "a file in memory is read, its holes are counted and left alone" {
	need_root
	truncate -s 80M "$memory/f"
	head -c 3M /dev/urandom | dd of="$memory/f" bs=1M seek=10 conv=notrunc status=none
	printf x | dd of="$memory/f" bs=4096 seek=18000 conv=notrunc status=none
	before=$(stat -c %b "$memory/f")
	expect 0 scan --file "$memory/f" <<END
done src=memscan scope=file scanned=3149824 holes=80736256 skipped=0 unreachable=0 hits=0 known=0 complete=1 file=$memory/f
END
	[ "$(stat -c %b "$memory/f")" = "$before" ]
}

@test "every second page a hole" {
	need_root
	truncate -s 1M "$memory/f"
	for ((i = 0; i < 256; i += 2)); do
		printf x | dd of="$memory/f" bs=4096 seek=$i conv=notrunc status=none
	done
	expect 0 scan --file "$memory/f" <<END
done src=memscan scope=file scanned=524288 holes=524288 skipped=0 unreachable=0 hits=0 known=0 complete=1 file=$memory/f
END
}

# All that it may map is less than the larger file has.
@test "it takes no more memory for a file that is larger" {
	need_root
	[[ ${MEMPATROL_BIN:-} != *asan* ]] || skip "the sanitiser maps terabytes"
	for size in 48 192; do
		head -c "${size}M" /dev/urandom >"$memory/f"
		run -0 bash -c "ulimit -v 98304; memscan --file $memory/f"
		[[ $output == "done src=memscan scope=file scanned=$((size << 20)) holes=0 "* ]]
	done
}

@test "of a file on storage what is cached is read" {
	need_root
	head -c 1M /dev/zero >"$BATS_TEST_TMPDIR/f"
	scan --file "$BATS_TEST_TMPDIR/f" >"$memory/out"
	grep -Eqx 'done src=memscan scope=file scanned=[0-9]+ holes=[0-9]+ skipped=0 .*' "$memory/out"
	[ "$(sed 's/.*scanned=\([0-9]*\) holes=\([0-9]*\).*/\1 + \2/' "$memory/out" | xargs expr)" = 1048576 ]
}

@test "a hole is passed over in one step, however wide" {
	need_root
	"$top/build/tools/meddle" 1 true true || skip "ptrace(2) is not permitted here"
	head -c 4096 /dev/zero >"$memory/f"
	truncate -s 8M "$memory/f"
	run -0 "$top/build/tools/meddle" ppoll:1,1000000 true memscan --no-idle --file "$memory/f"
	[[ ${lines[0]} == "done src=memscan scope=file scanned=4096 holes=8384512 "* ]]
	[[ ${lines[1]} =~ ^"meddle: ended at "([0-9]+)$ ]]
	[ "${BASH_REMATCH[1]}" -lt 1000 ] # and not 2047 times what one page takes
}

@test "every kernel of this processor reads the same bytes" {
	need_root
	head -c 3M /dev/urandom >"$memory/f"
	mapfile -t kernels < <(memscan --kernel none --pid 1 2>&1 | sed 's/.*here are: //; s/;.*//; s/, /\n/g')
	[ "${kernels[-1]}" = portable ]
	for kernel in "${kernels[@]}"; do
		expect 0 scan --kernel "$kernel" --file "$memory/f" <<END
done src=memscan scope=file scanned=3145728 holes=0 skipped=0 unreachable=0 hits=0 known=0 complete=1 file=$memory/f
END
	done
}

@test "a kernel that is unknown, or not of this processor, is refused" {
	run -2 memscan --kernel rep --pid 1
	[[ $output == "memscan: option --kernel rep: unknown; here are: "*"portable; try 'memscan --help'" ]]
	[ "$(uname -m)" != aarch64 ] || skip "every processor of this architecture has all its kernels"
	! grep -qw avx512f /proc/cpuinfo || skip "this processor has all kernels"
	run -4 memscan --kernel avx512 --pid 1
	[[ $output == "memscan: use kernel avx512: not on this processor; here are: "*portable ]]
}

@test "an empty file is nothing to read" {
	need_root
	: >"$memory/f"
	expect 0 scan --file "$memory/f" <<END
done src=memscan scope=file scanned=0 holes=0 skipped=0 unreachable=0 hits=0 known=0 complete=1 file=$memory/f
END
}

@test "the shared mappings of a process are read, the rest is named" {
	need_root
	hold memfd 1M
	scan --pid "$holder" >"$memory/out"
	grep -Eqx "skip src=memscan reason=private bytes=[0-9]+ pid=$holder" "$memory/out"
	grep -Eqx "done src=memscan scope=process scanned=1048576 holes=0 skipped=[0-9]+ unreachable=0 hits=0 known=0 complete=0 pid=$holder" "$memory/out"
	[ "$(wc -l <"$memory/out")" = 2 ]
}

@test "a process of which nothing can be read is not called clean" {
	need_root
	LC_ALL=C sleep 1000 &
	holder=$!
	run -1 scan --pid "$holder"
	[[ ${lines[-1]} == "done src=memscan scope=process scanned=0 "* ]]
}

@test "without the right to see physical addresses it stops, with --no-phys it goes on" {
	need_root
	command -v setpriv >/dev/null || skip "setpriv is not here"
	head -c 8192 /dev/zero >"$memory/f"
	chmod -R a+rwX "$memory"
	unprivileged=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all)
	cp "$(command -v memscan)" "$memory/"
	PATH=$memory:$PATH expect 3 "${unprivileged[@]}" memscan --file "$memory/f" <<'END'
memscan: look up physical addresses: not permitted without CAP_SYS_ADMIN; --no-phys does without them
END
	PATH=$memory:$PATH run -0 "${unprivileged[@]}" memscan --no-phys --file "$memory/f"
	[[ $output == "done src=memscan scope=file scanned=8192 "* ]]
}

@test "a process that is not there, a file that is none" {
	need_root
	expect 3 memscan --pid 2147483647 <<'END'
memscan: open /proc/2147483647/maps: No such file or directory
END
	expect 3 memscan --file "$memory/none" <<END
memscan: open $memory/none: No such file or directory
END
	expect 4 memscan --file /dev/zero <<'END'
memscan: read /dev/zero: not a regular file
END
}

@test "several files and processes are one sweep" {
	need_root
	head -c 8192 /dev/zero >"$memory/f"
	head -c 4096 /dev/zero >"$memory/g"
	expect 0 scan --file "$memory/f" --file "$memory/g" <<END
done src=memscan scope=file:$memory/f,file:$memory/g scanned=12288 holes=0 skipped=0 unreachable=0 hits=0 known=0 complete=1
END
}

@test "a machine by its name: its RAM is listed with guest addresses, and read" {
	need_root
	name=memscan$$
	start_machine -m 64 -machine pc,memory-backend=ram -object memory-backend-memfd,id=ram,size=64M,share=on
	before=$(sed -n 's/^RssShmem: *//p' "/proc/$holder/status")
	run -0 memscan --list --vm "$name"
	[[ ${lines[0]} =~ ^"area src=memscan bytes=67108864 kind=shmem pagesize=4096 vm=$name pid=$holder va=0x"[0-9a-f]{16}" gpa=0x0000000000000000 off=0 file=/memfd:memory-backend-memfd\x20(deleted)"$ ]]
	[[ ${lines[1]} =~ ^"done src=memscan scope=vm scanned=0 holes=0 skipped=67108864 unreachable=0 hits=0 known=0 elapsed_ns="[0-9]+" complete=0 vm=$name"$ ]]
	[ "${#lines[@]}" = 2 ]
	run -0 memscan --vm "$name" --vm "$name"
	[[ $output =~ ^"done src=memscan scope=vm:$name,vm:$name scanned="([0-9]+)" holes="([0-9]+)" skipped=0 ".*" complete=1"$ ]]
	[ $((BASH_REMATCH[1] + BASH_REMATCH[2])) = 67108864 ]
	[ "$(sed -n 's/^RssShmem: *//p' "/proc/$holder/status")" = "$before" ]
}

# Where QEMU itself says that guest address $1 is in its own memory.
ask_qemu()
{
	echo "gpa2hva $1" >"$memory/ask.in"
	timeout 20 grep -m 1 -o 'is 0x[0-9a-f]*' "$memory/ask.out" | cut -c 6-
}

@test "two parts of RAM alike: guest addresses where it is certain which is which, and only there" {
	need_root
	name=memscan$$
	start_machine -m 32 -object memory-backend-memfd,id=a,size=16M,share=on -numa node,memdev=a \
		-object memory-backend-memfd,id=b,size=16M,share=on -numa node,memdev=b
	run -0 memscan --list --vm "$name"
	[ "$(grep -c '^area src=memscan bytes=16777216 ' <<<"$output")" = 2 ]
	[[ $output != *gpa=* ]]
	kill "$holder"
	wait "$holder" || true
	mkfifo "$memory/ask.in" "$memory/ask.out"
	start_machine -m 32 -object "memory-backend-file,id=a,size=16M,share=on,mem-path=$memory/a" -numa node,memdev=a \
		-object "memory-backend-file,id=b,size=16M,share=on,mem-path=$memory/b" -numa node,memdev=b \
		-chardev "pipe,id=ask,path=$memory/ask" -mon ask
	run -0 memscan --list --vm "$name"
	for gpa in 0000000000000000 0000000001000000; do
		va=$(sed -n "s/^area .* va=0x\([0-9a-f]*\) gpa=0x$gpa off=0 .*/\1/p" <<<"$output")
		[ $((16#$va)) = $((16#$(ask_qemu "0x$gpa"))) ]
	done
}

@test "a machine whose RAM is private: how much, and what would change that" {
	need_root
	name=memscan$$
	start_machine -m 32 -uuid 0b5a4b3c-1111-2222-3333-444444444444
	run -1 memscan --vm 0B5A4B3C-1111-2222-3333-444444444444
	[ "${lines[0]}" = "skip src=memscan reason=private bytes=33554432 hint=-object\x20memory-backend-memfd,share=on vm=$name pid=$holder" ]
	[[ ${lines[1]} == "done src=memscan scope=vm scanned=0 holes=0 skipped=33554432 "*" complete=0 vm=0B5A4B3C-"* ]]
	[ "${#lines[@]}" = 2 ]
}

# The pool belongs to the machine, so no test fills it; the lab has some.
need_huge_pages()
{
	local free=/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages
	[ -r "$free" ] && [ "$(<"$free")" -ge 2 ] || skip "no free huge pages here"
}

@test "huge pages: what a hit costs is told before, and they can be left alone" {
	need_root
	need_huge_pages
	hold hugetlb 4M
	area="va=0x[0-9a-f]{16} off=0 file=/memfd:held"
	run -0 memscan --pid "$holder"
	[[ ${lines[0]} =~ ^"risk src=memscan bytes=4194304 kind=hugetlb pagesize=2097152 "("early_kill="[01]" ")?"pid=$holder "$area ]]
	[[ ${lines[-1]} == *" scanned=4194304 holes=0 "* ]]
	run -1 memscan --avoid-hugetlb 2M --pid "$holder"
	[[ ${lines[0]} =~ ^"skip src=memscan reason=avoided bytes=4194304 pid=$holder "$area ]]
	[[ ${lines[-1]} == *" scanned=0 holes=0 "* ]]
	run -0 memscan --avoid-hugetlb 4M --pid "$holder"
	[[ ${lines[-1]} == *" scanned=4194304 holes=0 "* ]]
	run -0 memscan --avoid-hugetlb 2M --list --pid "$holder"
	[[ ${lines[0]} == "skip src=memscan reason=avoided "* ]]
}

@test "a machine that does not run" {
	need_root
	expect 3 memscan --vm no-such-machine <<'END'
memscan: find virtual machine no-such-machine: none of that name or UUID runs here
END
}

# memscan in the background: its records in $memory/out, its messages in $memory/err.
sweep()
{
	memscan "$@" >"$memory/out" 2>"$memory/err" 3>&- &
	sweeper=$!
}

# What it printed last, once that matches PATTERN: wait_for FILE PATTERN
wait_for()
{
	until grep -Eq "$2" "$memory/$1"; do
		kill -0 "$sweeper" || return
		sleep 0.1
	done
}

# Its handlers of SIGINT, SIGUSR1 and SIGTERM are there, and not those of the shell before it.
wait_for_handlers()
{
	local caught=0
	until [ "$(cat "/proc/$sweeper/comm")" = memscan ]; do
		kill -0 "$sweeper" || return
		sleep 0.1
	done
	until (((16#$caught & 16#4202) == 16#4202)); do
		kill -0 "$sweeper" || return
		sleep 0.1
		caught=$(sed -n 's/^SigCgt:[[:blank:]]*//p' "/proc/$sweeper/status")
	done
}

# End it with SIGNAL, and expect it to end with STATUS: end_sweep SIGNAL STATUS
end_sweep()
{
	local status=0
	kill "-$1" "$sweeper"
	wait "$sweeper" || status=$?
	[ "$status" = "$2" ]
}

@test "a rate is not exceeded" {
	need_root
	head -c 6M /dev/zero >"$memory/f"
	run -0 memscan --rate 20M --file "$memory/f"
	[[ $output =~ " elapsed_ns="([0-9]+)" " ]]
	[ "${BASH_REMATCH[1]}" -ge 200000000 ] # the last of three pieces is not begun before
}

@test "again and again, and no sweep more when it is told to end" {
	need_root
	head -c 8192 /dev/zero >"$memory/f"
	sweep --every 50ms --file "$memory/f"
	until [ "$(grep -c '^done ' "$memory/out")" -ge 3 ]; do sleep 0.1; done
	rm "$memory/f" # and goes on without it
	wait_for out '^skip src=memscan reason=open errno=ENOENT '
	end_sweep TERM 1
	[ "$(tail -n 1 "$memory/out" | cut -d ' ' -f 1)" = done ]
	[ ! -s "$memory/err" ]
}

@test "a sweep that waits for the next one ends as it is told to" {
	need_root
	head -c 8192 /dev/zero >"$memory/f"
	sweep --every 1h --file "$memory/f"
	wait_for out '^done '
	end_sweep INT 0
	[ "$(grep -c '^done ' "$memory/out")" = 1 ]
}

@test "a sweep that is stopped has no done record; progress is told on request" {
	need_root
	head -c 6M /dev/zero >"$memory/f"
	sweep --every 1h --file "$memory/f"
	wait_for_handlers
	kill -USR1 "$sweeper"
	wait_for err '^memscan: [0-9.]+ [KM]?i?B of 6.0 MiB, .* left, 0 hits$'
	end_sweep TERM 0
	[ ! -s "$memory/out" ]
	sweep --rate 1K --file "$memory/f"
	wait_for_handlers
	end_sweep TERM 3
	[ ! -s "$memory/out" ]
	[ "$(cat "$memory/err")" = "memscan: sweep: stopped by a signal before its end" ]
}

@test "what is wrong in a sweep that is stopped is told by the status, too" {
	need_root
	head -c 6M /dev/zero >"$memory/f"
	# sh becomes tail, which has no children as far as it knows.
	sh -c 'sleep 0 & exec tail -f /dev/null' 3>&- &
	holder=$!
	until zombie=$(ps -o pid= --ppid "$holder") && [[ $(ps -o stat= -p $zombie) == Z* ]]; do sleep 0.1; done
	sweep --every 1h --pid $zombie --file "$memory/f"
	wait_for out "^skip src=memscan reason=gone pid=${zombie// /}$"
	end_sweep TERM 1
	[ "$(wc -l <"$memory/out")" = 1 ]
}

@test "a sweep that missed its period says by how much" {
	need_root
	head -c 6M /dev/zero >"$memory/f"
	sweep --every 100ms --rate 20M --file "$memory/f"
	wait_for out '^done .* late_ns=[0-9]+ complete=1 '
	end_sweep TERM 1
}

@test "a machine that ends between two sweeps" {
	need_root
	name=memscan$$
	start_machine -m 16 -machine pc,memory-backend=ram -object memory-backend-memfd,id=ram,size=16M,share=on
	sweep --every 50ms --vm "$name"
	wait_for out '^done .* complete=1 '
	kill -KILL "$holder"
	wait_for out "^skip src=memscan reason=gone vm=$name$"
	wait_for out '^done .* scanned=0 .* complete=0 '
	holder=
	end_sweep TERM 1
}

@test "it runs when nobody else would, unless told otherwise" {
	need_root
	head -c 6M /dev/zero >"$memory/f"
	sweep --every 1h --file "$memory/f"
	wait_for_handlers
	[ "$(ps -o cls= -p "$sweeper" | tr -d ' ')" = IDL ]
	end_sweep TERM 0
	sweep --no-idle --every 1h --file "$memory/f"
	wait_for_handlers
	[ "$(ps -o cls= -p "$sweeper" | tr -d ' ')" = TS ]
	end_sweep TERM 0
}

@test "holes that come and go while they are read stay holes" {
	need_root
	truncate -s 16M "$memory/f"
	sweep --no-idle --every 1ms --file "$memory/f"
	wait_for_handlers
	run -0 "$top/build/tools/puncher" "$memory/f" 4096 300000
	[[ $output =~ ^pages=([0-9]+)$ ]]
	wait_for out '^done '
	[ "$(stat -c %b "$memory/f")" = $((BASH_REMATCH[1] * 8)) ]
	kill "$sweeper"
	wait "$sweeper" || [ $? = 1 ]
	[ ! -s "$memory/err" ]
	run ! grep -v -e '^done src=memscan scope=file .* skipped=0 unreachable=0 hits=0 known=0 ' "$memory/out"
}

@test "a file that is cut short while it is read is not bad memory" {
	need_root
	truncate -s 64M "$memory/f"
	head -c 64M /dev/zero >"$memory/f"
	sweep --no-idle --every 1ms --file "$memory/f"
	wait_for_handlers
	for ((i = 0; i < 20; i++)); do
		truncate -s 4K "$memory/f"
		head -c 64M /dev/zero >"$memory/f"
	done
	wait_for out '^done '
	kill "$sweeper"
	wait "$sweeper" || [ $? = 1 ]
	run ! grep -e '^ue ' -e '^fault ' "$memory/out"
	[ ! -s "$memory/err" ]
}

@test "free memory is taken, read, verified, and given back" {
	need_root
	[ -r /sys/devices/system/node/node0/meminfo ] || skip "no NUMA nodes here"
	expect 0 scan --free 16M --verify <<'END'
done src=memscan scope=free scanned=50331648 holes=0 skipped=0 unreachable=0 zero_filled=16777216 hits=0 known=0 complete=1
END
	expect 0 scan --free 4M --node 0 <<'END'
done src=memscan scope=free scanned=4194304 holes=0 skipped=0 unreachable=0 zero_filled=4194304 hits=0 known=0 complete=1
END
}

@test "more free memory than there is: the rest is named" {
	need_root
	run memscan --free 1K --node 0
	[ "$status" = 2 ]
	run -1 memscan --free 4M --node 63
	[ "${lines[0]}" = "skip src=memscan reason=scarce bytes=4194304" ]
	[[ ${lines[1]} == "done src=memscan scope=free scanned=0 holes=0 skipped=4194304 "*" zero_filled=0 "*" complete=0" ]]
}

@test "a report that cannot be written is a failure" {
	need_root
	head -c 8192 /dev/zero >"$memory/f"
	run sh -c 'memscan --file "$1" >/dev/full' - "$memory/f"
	[ "$output" = "memscan: write standard output: No space left on device" ]
	[ "$status" = 3 ]
}

@test "--core lists what a kernel knew, and needs no rights" {
	run -1 memscan --core "$top/tests/fuzz/corpus/core/four"
	[ "${lines[0]}" = "page addr=0x0000000000000000 size=4096 state=poisoned src=memscan" ]
	[ "${lines[-1]}" = "done src=memscan scope=core scanned=67108864 skipped=0 known=16384" ]
	head -c 4700 "$top/tests/fuzz/corpus/core/four" >"$memory/cut"
	expect 3 memscan --core "$memory/cut" <<END
memscan: read $memory/cut: ends before what its headers promise
END
}

@test "signals at any moment leave whole records, and no done record too many" {
	need_root
	head -c 4M /dev/zero >"$memory/f"
	for round in {1..20}; do # bats has an i of its own
		sweep --no-idle --every 2ms --file "$memory/f"
		wait_for_handlers
		kill -USR1 "$sweeper"
		kill -TERM "$sweeper"
		status=0
		wait "$sweeper" || status=$?
		[ "$status" -le 1 ] || {
			echo "round $round: status $status"
			cat "$memory/err"
			false
		}
		[ -z "$(tail -c 1 "$memory/out")" ] # a whole line, or none
		run ! grep -v '^done src=memscan ' "$memory/out"
		run ! grep -v '^memscan: [0-9.]* [KMG]*i*B of ' "$memory/err"
	done
}

@test "what is to be remembered must be whole, and of this boot" {
	need_root
	head -c 8192 /dev/zero >"$memory/f"
	boot=$(cat /proc/sys/kernel/random/boot_id)
	expect 0 scan --state "$memory/state" --file "$memory/f" <<END
done src=memscan scope=file scanned=8192 holes=0 skipped=0 unreachable=0 hits=0 known=0 complete=1 file=$memory/f
END
	[ "$(stat -c %a "$memory/state")" = 600 ]
	[ "$(cat "$memory/state")" = "#rec 1
history src=memscan boot=$boot
done src=memscan" ]
	sed -i 's/boot=.*/boot=other/' "$memory/state"
	run -0 memscan --state "$memory/state" --file "$memory/f"
	[ "${lines[0]}" = "memscan: read $memory/state: of another boot; begun anew" ]
	[ "$(grep -c "boot=$boot" "$memory/state")" = 1 ]
	sed -i '$d' "$memory/state"
	expect 3 memscan --state "$memory/state" --file "$memory/f" <<END
memscan: read $memory/state: ends before its done record
END
	echo "clean addr=1" >>"$memory/state"
	expect 3 memscan --state "$memory/state" --file "$memory/f" <<END
memscan: read $memory/state: line 3: no addr or no mono_ns
END
	chmod 666 "$memory/state"
	expect 3 memscan --state "$memory/state" --file "$memory/f" <<END
memscan: read $memory/state: others may write to it
END
	expect 3 memscan --state "$memory/none/state" --file "$memory/f" <<END
memscan: write $memory/none/state: No such file or directory
END
}

@test "wrong use is told in one line" {
	expect 2 memscan <<'END'
memscan: nothing to read: give --vm, --pid, --file, --free or --core; try 'memscan --help'
END
	expect 2 memscan --list <<'END'
memscan: nothing to read: give --vm, --pid, --file, --free or --core; try 'memscan --help'
END
	expect 2 memscan --core x --pid 1 <<'END'
memscan: --core excludes all that reads live memory; try 'memscan --help'
END
	expect 2 memscan --once --every 1h --pid 1 <<'END'
memscan: --once and --every exclude each other; try 'memscan --help'
END
	expect 2 memscan --every 10 --pid 1 <<'END'
memscan: option --every 10: unit is not one of ns us ms s m h d; try 'memscan --help'
END
	expect 2 memscan --verify --pid 1 <<'END'
memscan: --verify and --node go with --free; try 'memscan --help'
END
	expect 2 memscan --free 1M --verify --no-phys <<'END'
memscan: --verify and --no-phys exclude each other; try 'memscan --help'
END
	expect 2 memscan --state x --no-phys --pid 1 <<'END'
memscan: --state goes with none of --no-phys, --list and --core; try 'memscan --help'
END
	expect 2 memscan --vm '' <<'END'
memscan: option --vm : empty; try 'memscan --help'
END
	expect 2 memscan --pid 0 <<'END'
memscan: option --pid 0: too small; try 'memscan --help'
END
	expect 2 memscan --pid 12x <<'END'
memscan: option --pid 12x: not a number; try 'memscan --help'
END
	expect 2 memscan --pid <<'END'
memscan: option --pid: needs an argument; try 'memscan --help'
END
	expect 2 memscan --pids 1 <<'END'
memscan: option --pids: unknown or ambiguous; try 'memscan --help'
END
}

@test "--help and --version" {
	run -0 memscan --help
	[ "${lines[0]}" = "usage: memscan [OPTION]... --vm NAME|all | --pid PID | --file FILE | --free SIZE|all | --core FILE" ]
	run -0 memscan --version
	[[ $output =~ ^memscan\ \(mempatrol\)\ [0-9.]+$ ]]
}

# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac dump, with real QEMUs that emulate the processor.
#
# bats sets $stderr.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper
load vmevac_helper

setup()
{
	need_root
	cd "$BATS_TEST_TMPDIR" || return
	vms=()
	web=web.$$
}

teardown()
{
	stop_vms
	[ -z "${shm:-}" ] || rm -rf "$shm"
}

dump_web()
{
	vmevac dump --qmp "$web=web.qmp" "$@"
}

# The loadable segments of a core: ADDRESS SIZE OFFSET.
segments()
{
	readelf -lW "$1" | awk '$1 == "LOAD" { print $4, $5, $2 }' | sort
}

# same_memory A B: two cores hold the same bytes at the same addresses
same_memory()
{
	local address size place segment
	[ -n "$(segments "$1")" ]
	[ "$(segments "$1" | cut -d ' ' -f 1,2)" = "$(segments "$2" | cut -d ' ' -f 1,2)" ]
	while read -r segment; do
		read -r address size place segment <<<"$segment"
		cmp -n $((size)) -i $((place)):$((segment)) "$1" "$2" || return
	done < <(paste -d ' ' <(segments "$1") <(segments "$2" | cut -d ' ' -f 3))
}

nothing_left()
{
	! compgen -G 'core*' >/dev/null
}

# Devices with memory of their own, so that there is more than the backend.
devices=(-vga std -net none)

check_same()
{
	qemu_of "$1"
	start_vm web "${devices[@]}" "${@:2}"
	say_to web.qmp stop
	say_to web.qmp "{\"execute\":\"dump-guest-memory\",\"arguments\":{\"paging\":false,\"protocol\":\"file:$PWD/theirs\"}}"
	run -0 dump_web "$web" core
	[[ $output == "dump vm=$web result=done pid=$vm state=paused mode=still file=core size="*" bytes="*" lost=0 cpus=1 vmcoreinfo=0 t="*" elapsed_ns="* ]]
	same_memory theirs core
	[ "$(segments core | wc -l)" -gt 2 ]
	# What is zero takes no room.
	[ $(($(stat -c %b core) * 512)) -lt $(($(value bytes) + (1 << 18))) ]
	[ "$(stat -c %a core)" = 600 ]
	run -0 vmevac state --qmp "$web=web.qmp" --is paused "$web"
	[ ! -s web.log ]
}

@test "the same memory as QEMU's own dump: installed QEMU" {
	check_same installed
}

@test "the same memory as QEMU's own dump: QEMU 7.2" {
	check_same 7.2
}

@test "the same memory as QEMU's own dump: private memory, which only QEMU itself can read" {
	backend=memory-backend-ram,id=ram,size=16M check_same installed
}

@test "the same memory as QEMU's own dump: a file on storage" {
	truncate -s 16M ram
	backend=memory-backend-file,id=ram,size=16M,share=on,mem-path=ram check_same installed
	stop_vms
	rm core theirs web.qmp
	backend=memory-backend-file,id=ram,size=16M,share=off,mem-path=ram check_same installed
}

# The notes of a core: NAME TYPE and what it says, in hexadecimal.
notes()
{
	perl -e '
		local $/; open F, "<", shift; $_ = <F>;
		($offset, $size) = unpack "x8 Q x16 Q", substr $_, unpack "x32 Q", $_;
		for ($n = substr $_, $offset, $size; length $n;) {
			($name, $len, $type) = unpack "V3", $n;
			$skip = 12 + ($name + 3 & ~3);
			printf "%s %x %s\n", unpack("x12 Z$name", $n), $type, unpack "x$skip H" . 2 * $len, $n;
			$n = substr $n, $skip + ($len + 3 & ~3);
		}' "$1"
}

# The guest is a Linux that ends soon, for it finds no root file system.
@test "a Linux: registers as QEMU's own dump has them, what its kernel tells, and readers for all" {
	kernel=$("$top/tests/lab/prepare" 2>"$BATS_TEST_TMPDIR/why" | head -n 1) || skip "$(<"$BATS_TEST_TMPDIR/why")"
	qemu_of installed
	qemu-system-x86_64 -accel tcg -cpu max -smp 2 -m 256 -name "guest=$web" -nodefaults -no-user-config \
		-display none -machine pc,memory-backend=ram -object memory-backend-memfd,id=ram,size=256M,share=on \
		-kernel "$kernel/vmlinuz" -append console=ttyS0 -serial file:serial \
		-qmp unix:web.qmp,server=on,wait=off >web.log 2>&1 3>&- &
	vm=$!
	vms+=("$vm")
	wait_for serial 'end Kernel panic'
	say_to web.qmp stop
	say_to web.qmp "{\"execute\":\"dump-guest-memory\",\"arguments\":{\"paging\":false,\"protocol\":\"file:$PWD/theirs\"}}"
	run -0 dump_web "$web" core
	[[ $output == *" lost=0 cpus=2 vmcoreinfo=1 "* ]]
	same_memory theirs core
	[ "$(notes core | cut -d ' ' -f 1,2)" = "CORE 1
CORE 1
QEMU 0
QEMU 0
VMCOREINFO 0
MEMPATROL 4c4f5354" ]
	diff <(notes theirs | grep ^CORE) <(notes core | grep ^CORE)
	# The general registers of the other note; segments are shown without some bits.
	diff <(notes theirs | grep ^QEMU | cut -c 24-311) <(notes core | grep ^QEMU | cut -c 24-311)
	run -0 memscan --core core
	[ "$output" = "done src=memscan scope=core scanned=268435456 skipped=0 known=0" ]
	run -0 readelf -aW core
	[[ $output != *[Ww]arning* ]]
	command -v gdb >/dev/null || skip "needs gdb for the rest"
	gdb -q -batch -ex "core core" -ex 'info threads' 2>&1 | grep -q '^  2 .*LWP 2 .*0xffffffff'
}

@test "a machine that runs stands still meanwhile and runs on; with --live it runs all the time" {
	for version in installed 7.2; do
		(qemu_of "$version") || continue
		qemu_of "$version"
		start_vm web
		run -0 dump_web "$web" core
		[[ $output == "dump vm=$web result=done pid=$vm state=running mode=still "*" stopped_ns="* ]]
		wait_until counts
		run -0 dump_web --live --force "$web" core
		[[ $output == "dump vm=$web result=done pid=$vm state=running mode=live "* ]]
		[[ $output != *" stopped_ns="* ]]
		wait_until counts
		stop_vms
		rm core
	done
}

@test "a machine that is quiesced is dumped, and stays so" {
	qemu_of installed
	make_disks
	start_vm web "${disk_options[@]}"
	vmevac quiesce --qmp "$web=web.qmp" "$web"
	run -0 dump_web "$web" core
	[[ $output == "dump vm=$web result=done pid=$vm state=quiesced mode=still "* ]]
	vmevac state --qmp "$web=web.qmp" --is quiesced "$web"
}

@test "compressed, it is the same file, and any part of it can be found" {
	qemu_of installed
	start_vm web "${devices[@]}"
	say_to web.qmp stop
	dump_web "$web" core
	run -0 dump_web --compress zstd "$web" core.zst
	zstd -qdc core.zst | cmp - core
	[ "$(stat -c %s core.zst)" -lt "$(stat -c %s core)" ]
	# The table: its frames are as long as the file, and stand for all of it.
	perl -e '
		local $/; open F, "<", shift; $_ = <F>;
		($n, $d, $magic) = unpack "VCV", substr $_, -9;
		@table = unpack "V*", substr $_, -9 - 8 * $n, 8 * $n;
		while (@table) { $in += shift @table; $out += shift @table }
		printf "%x %d %d %d\n", $magic, $d, length($_) - $in - 8 - 8 * $n - 9, $out' core.zst >table
	[ "$(<table)" = "8f92eab1 0 0 $(stat -c %s core)" ]
}

@test "what is there already is not replaced, and nothing but a file ever is" {
	qemu_of installed
	start_vm web
	echo precious >file
	ln -s file link
	ln -s nowhere dangling
	mkdir dir
	mkfifo pipe
	for name in file link dangling dir pipe /dev/null; do
		expect 3 dump_web "$web" "$name" <<END
vmevac: create $name: File exists
END
	done
	for name in link dangling dir pipe /dev/null; do
		expect 3 dump_web --force "$web" "$name" <<END
vmevac: create $name: Operation not supported
END
	done
	expect 3 dump_web "$web" nowhere/core <<END
vmevac: create nowhere/core: No such file or directory
END
	[ "$(<file)" = precious ]
	[ ! -e nowhere ]
	run -0 dump_web --force "$web" file
	readelf -h file | grep -q CORE
	[ "$(compgen -G 'file*')" = file ]
}

@test "no room: nothing is left, and the machine runs on" {
	qemu_of installed
	start_vm web "${devices[@]}"
	run -1 --separate-stderr bash -c "ulimit -f 100; exec vmevac dump --qmp $web=web.qmp $web core"
	[[ $output == "dump vm=$web result=failed pid=$vm errno=EFBIG reason=copy state=running "* ]]
	[ "$stderr" = "vmevac: dump $web: copy: write: File too large" ]
	nothing_left
	wait_until counts
	mkdir small
	# shellcheck disable=SC2016
	run -1 --separate-stderr unshare -m sh -c 'mount -t tmpfs -o size=8k none small && vmevac dump --qmp "$0=web.qmp" "$0" small/core; status=$?; ls small; exit $status' "$web"
	[[ $output == "dump vm=$web result=failed pid=$vm errno=ENOSPC reason=copy state=running "* ]]
	[ "${#lines[@]}" = 1 ]
	wait_until counts
}

# gate WORD SIGNAL: with QEMU sent SIGNAL when it is about to be told WORD
gate()
{
	"$top/build/tools/qmp_gate" gate.qmp web.qmp "$1" "$2" "$vm" 3>&- &
	gate=$!
	wait_until test -S gate.qmp
	run --separate-stderr vmevac dump --qmp "$web=gate.qmp" --timeout 1s "$web" core
	kill "$gate"
	wait "$gate" || true
	rm gate.qmp
}

words='"stop" mtree gpa2hva query-cpus-fast registers "cont"'

@test "a QEMU that hangs at any step costs a bounded time, and runs on" {
	qemu_of installed
	start_vm web
	for word in $words; do
		gate "$word" 19 # SIGSTOP
		[ "$status" = 1 ]
		[[ $output == "dump vm=$web result=failed pid=$vm errno=ETIMEDOUT reason="* ]]
		[[ $stderr == *"; it may stand still"* ]]
		nothing_left
		kill -CONT "$vm"
		vmevac resume --qmp "$web=web.qmp" "$web"
		wait_until counts
	done
}

@test "a QEMU that is killed at any step leaves no dump" {
	qemu_of installed
	for word in $words; do
		start_vm web
		gate "$word" 9 # SIGKILL
		[ "$status" = 1 ]
		[[ $output == "dump vm=$web result=failed pid=$vm errno=ECONNRESET reason="*" state=gone "* ]]
		[[ $stderr != *"may stand still"* ]]
		nothing_left
		wait "$vm" || true
	done
}

@test "interrupted at any point, it leaves no dump, and the machine runs on" {
	qemu_of installed
	start_vm web "${devices[@]}"
	for point in pwrite64:1 pwrite64:2; do
		for signal in TERM INT HUP; do
			run --separate-stderr "$top/build/tools/meddle" "$point" "$signal" vmevac dump --qmp "$web=web.qmp" "$web" core
			[ "$status" = 1 ] || { echo "$point $signal: $status $output $stderr"; return 1; }
			[[ $output == "dump vm=$web result=failed pid=$vm errno=EINTR reason="*" state=running "* ]]
			nothing_left
			wait_until counts
		done
	done
}

@test "a QEMU that dies while its memory is read leaves no dump" {
	qemu_of installed
	start_vm web
	run --separate-stderr "$top/build/tools/meddle" pwrite64:1 "kill -KILL $vm; while grep -q '^State:.[^Z]' /proc/$vm/status; do sleep 0.1; done" \
		vmevac dump --qmp "$web=web.qmp" "$web" core
	[ "$status" = 1 ]
	[[ $output == "dump vm=$web result=failed pid=$vm errno=ESRCH reason=copy state=gone "* ]]
	nothing_left
}

is_not_stopped()
{
	! grep -q '^State:.[Tt]' "/proc/$vm/status"
}

@test "killed while QEMU writes out its memory, it leaves a QEMU that goes on, and a guest that can" {
	qemu_of installed
	backend=memory-backend-ram,id=ram,size=16M start_vm web
	run "$top/build/tools/meddle" pwrite64:1 KILL vmevac dump --qmp "$web=web.qmp" "$web" core
	[ ! -e core ]
	wait_until is_not_stopped
	run -0 vmevac resume --qmp "$web=web.qmp" "$web"
	[[ $output == "resume vm=$web result=done pid=$vm state=running "* ]]
	run -0 dump_web "$web" core
	is_not_stopped
}

# Mark pages of the machine's memory in its QEMU as lost: plant ADDRESS...
plant()
{
	perl -MIO::Socket::UNIX -e '
		$s = IO::Socket::UNIX->new(shift) || die;
		for (@ARGV) { print $s "$_\n"; $s->flush; $_ = <$s>; /^planted/ || die $_ }' "$shm/plant" "$@"
}

# The guest is past its first steps, which look at more of its memory than it does later.
has_counted()
{
	[ "$(od -An -tu4 -j 1536 -N 4 "$shm/ram0" | tr -d ' ')" != 0 ]
}

@test "memory that was marked as lost is listed, and is no part of the core; QEMU's own gives up, or ends the machine" {
	[ -e "$top/build/lab/planter.so" ] || skip "needs build/lab/planter.so: make lab"
	qemu_of installed
	shm=$(mktemp -d /dev/shm/mempatrol.XXXXXX)
	truncate -s 16M "$shm/ram0"
	qemu=(env PLANTER_DIR="$shm" LD_PRELOAD="$top/build/lab/planter.so" "${qemu[@]}")
	backend=memory-backend-file,id=ram,size=16M,share=on,mem-path=$shm/ram0 start_vm web
	wait_until has_counted
	plant 0x8000 0x200000 0x201000 0xfff000
	say_to web.qmp stop
	expect_lost='skip src=vmevac reason=poisoned bytes=4096 vm=W pid=P va=V gpa=0x0000000000008000
skip src=vmevac reason=poisoned bytes=8192 vm=W pid=P va=V gpa=0x0000000000200000
skip src=vmevac reason=poisoned bytes=4096 vm=W pid=P va=V gpa=0x0000000000fff000'
	run -1 dump_web "$web" core
	[ "$(head -n 3 <<<"$output" | sed "s/vm=$web pid=$vm va=[^ ]*/vm=W pid=P va=V/")" = "$expect_lost" ]
	[[ ${lines[3]} == "dump vm=$web result=done "*" lost=16384 "* ]]
	# The segments go around what is lost, which the note lists.
	[ "$(segments core | cut -d ' ' -f 1,2)" = "0x0000000000000000 0x008000
0x0000000000009000 0x0b7000
0x00000000000c0000 0x020000
0x00000000000e0000 0x010000
0x00000000000f0000 0x010000
0x0000000000100000 0x100000
0x0000000000202000 0xdfd000
0x00000000ffff0000 0x010000" ]
	offset=$(readelf -lW core | awk '$1 == "NOTE" { print $2 }')
	size=$(readelf -lW core | awk '$1 == "NOTE" { print $5 }')
	[ "$(tail -c +$((offset + 1)) core | head -c $((size)) | tail -c 48 | od -An -v -tx8 -w16 | tr -s ' ')" = " 0000000000008000 0000000000001000
 0000000000200000 0000000000002000
 0000000000fff000 0000000000001000" ]
	run -1 dump_web --compress zstd "$web" core.zst
	zstd -qdc core.zst | cmp - core

	run -1 say_to web.qmp "{\"execute\":\"dump-guest-memory\",\"arguments\":{\"paging\":false,\"protocol\":\"file:$PWD/theirs\"}}"
	[ "$output" = "refused: dump: failed to save memory: Bad address" ]
	say_to web.qmp "{\"execute\":\"dump-guest-memory\",\"arguments\":{\"paging\":false,\"format\":\"kdump-zlib\",\"protocol\":\"file:$PWD/theirs\"}}" || true
	status=0
	wait "$vm" || status=$?
	[ "$status" = $((128 + 7)) ] # SIGBUS
}

@test "wrong use" {
	expect 2 vmevac dump <<'END'
vmevac: no virtual machine given; try 'vmevac dump --help'
END
	expect 2 vmevac dump web <<'END'
vmevac: no file given; try 'vmevac dump --help'
END
	expect 2 vmevac dump web core more <<'END'
vmevac: operand more: not expected; try 'vmevac dump --help'
END
	expect 2 vmevac dump --compress gzip web core <<'END'
vmevac: option --compress gzip: not zstd; try 'vmevac dump --help'
END
	expect 3 vmevac dump nobody core <<'END'
vmevac: find nobody: no such virtual machine
END
}

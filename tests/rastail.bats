#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Sources are made of files and FIFOs below a root of each test's own.
# bats sets $stderr; "out" and "err" are only read.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper

setup()
{
	tmp=$BATS_TEST_TMPDIR
	root=$tmp/root
	mkdir -p "$root/dev"
	cd "$tmp" || return
}

teardown()
{
	[ -z "${tail:-}" ] || kill -KILL "$tail" 2>/dev/null || true
}

# Start rastail on the test's root; its records are in "out", its words in "err".
start()
{
	rm -f out err
	rastail --sysroot "$root" "$@" >out 2>err 3>&- 7>&- &
	tail=$!
}

# wait_for FILE PATTERN
wait_for()
{
	for ((i = 0; i < 300; i++)); do
		if grep -qs -- "$2" "$1"; then return; fi
		sleep 0.05
	done
	echo "no '$2' in $1:"
	cat out err
	return 1
}

# stop STATUS [SIGNAL]
stop()
{
	local status=0
	kill -"${2:-TERM}" "$tail"
	wait "$tail" || status=$?
	tail=
	[ "$status" = "$1" ] || { echo "status $status" && cat err && false; }
}

# The records with their times taken away.
timeless()
{
	sed -E 's/ t=[0-9T:.-]{29}Z//' "$@"
}

# --- The log ---

@test "kmsg: a message is a record, in the words of the log, with its time" {
	printf '6,0,0,-;one\n4,1,1500000,-,caller=T1;two  words\n SUBSYSTEM=pci\n DEVICE=+pci:1\n' >"$root/dev/kmsg"
	before=$(date +%s)
	rastail --sysroot "$root" --since-boot >out
	timeless out | diff - <(
		cat <<'END'
raw src=kmsg text=6,0,0,-;one
raw src=kmsg text=4,1,1500000,-,caller=T1;two\x20\x20words\x0a\x20SUBSYSTEM=pci\x0a\x20DEVICE=+pci:1
done src=rastail skipped=0
END
	)
	# The first message is as old as the machine has been awake.
	mapfile -t times < <(sed -n 's/^raw t=\([^ ]*\)Z .*/\1/p' out)
	[ $(($(date -d "${times[1]}Z" +%s%N) - $(date -d "${times[0]}Z" +%s%N))) -gt 1499000000 ]
	[ $(($(date -d "${times[1]}Z" +%s%N) - $(date -d "${times[0]}Z" +%s%N))) -lt 1600000000 ]
	[ "$(date -d "${times[0]}Z" +%s)" -lt "$before" ]
}

@test "kmsg: a message from the future or with no stamp has the present time" {
	printf '6,0,18446744073709551615,-;one\nno numbers\n6,1,99999999999999999999,-;over\n' >"$root/dev/kmsg"
	before=$(date -u +%FT%T)
	rastail --sysroot "$root" --since-boot >out
	[ "$(grep -c '^raw ' out)" = 3 ]
	while read -r _ t _; do
		[[ ! $t < t=$before && ! $t > t=$(date -u -d '+1 second' +%FT%T) ]]
	done < <(grep '^raw ' out)
}

@test "kmsg: messages that the ring has lost are counted" {
	printf '6,3,0,-;a\n6,4,0,-;b\n6,10,0,-;c\n' >"$root/dev/kmsg"
	run -1 rastail --sysroot "$root" --since-boot
	[ "$(timeless <<<"$output")" = 'raw src=kmsg text= lost=3
raw src=kmsg text=6,3,0,-;a
raw src=kmsg text=6,4,0,-;b
raw src=kmsg text= lost=5
raw src=kmsg text=6,10,0,-;c
done src=rastail skipped=8' ]
}

@test "kmsg: without --since-boot nothing from before, and no gap before the first" {
	mkfifo "$root/dev/kmsg"
	exec 7<>"$root/dev/kmsg"
	start
	echo '6,100,0,-;first' >&7
	wait_for out first
	stop 0
	[ "$(timeless out)" = 'raw src=kmsg text=6,100,0,-;first
done src=rastail skipped=0' ]
	rm "$root/dev/kmsg"
	echo '6,0,0,-;old' >"$root/dev/kmsg"
	expect 0 rastail --sysroot "$root" <<<'done src=rastail skipped=0'
}

@test "what a record cannot hold is cut, and says so" {
	{
		printf '6,0,0,-;%s\n' "$(printf '%5000s' '' | tr ' ' x)"
		printf '6,1,0,-;%s\n' "$(printf '%3000s' '')"
		printf '6,2,0,-;%s\n' "$(printf '%300000s' '')"
		printf '6,3,0,-;\x1b[31m\xff\x00\n'
		printf '6,4,0,-;no end of line'
	} >"$root/dev/kmsg"
	rastail --sysroot "$root" --since-boot >out
	[ "$(grep -c ' cut=1$' out)" = 4 ]
	[ "$(wc -L <out)" -gt 4000 ]
	[ "$(wc -L <out)" -lt 4096 ]
	grep -q 'text=6,3,0,-;\\x1b\[31m\\xff\\x00$' out
	grep -q 'text=6,4,0,-;no\\x20end\\x20of\\x20line cut=1$' out
	[ "$(rectab <out | wc -l)" -gt 5 ]
}

@test "a source that went away comes back, and nothing is handed over twice" {
	mkfifo "$root/dev/kmsg"
	exec 7<>"$root/dev/kmsg"
	start --since-boot
	printf '6,0,0,-;one\n6,1,0,-;two\n' >&7
	wait_for out two
	exec 7>&-
	wait_for err 'rastail: read /dev/kmsg: it has ended'
	exec 7<>"$root/dev/kmsg"
	printf '6,0,0,-;one\n6,1,0,-;two\n6,2,0,-;three\n' >&7
	wait_for out three
	stop 1
	timeless out | diff - <(
		cat <<'END'
raw src=kmsg text=6,0,0,-;one
raw src=kmsg text=6,1,0,-;two
skip src=rastail reason=gone scope=kmsg
raw src=kmsg text=6,2,0,-;three
done src=rastail skipped=1
END
	)
	grep -qx 'rastail: open kmsg: it is back' err
}

@test "the real log" {
	need_root
	[ -c /dev/kmsg ] || skip "no /dev/kmsg here"
	rastail --source kmsg >out 2>err 3>&- &
	tail=$!
	# Until it has opened the log, what is written there is from before.
	until [ -e "/proc/$tail/fd/5" ]; do sleep 0.05; done
	echo "rastail test $$" >/dev/kmsg
	wait_for out "rastail.x20test.x20$$"
	stop 0
}

# --- Sources that cannot be opened ---

@test "a source that is not there is named, and nothing is printed" {
	expect 4 rastail --sysroot "$root" <<'END'
rastail: open /dev/kmsg: No such file or directory
END
	ln -s kmsg "$root/dev/kmsg"
	expect 3 rastail --sysroot "$root" <<'END'
rastail: open /dev/kmsg: Too many levels of symbolic links
END
}

@test "--keep-going: goes on, says so in a record, and takes the source when it comes" {
	start --keep-going --since-boot
	wait_for out '^skip '
	grep -qx 'rastail: open /dev/kmsg: No such file or directory' err
	echo '6,0,0,-;one' >"$root/dev/new"
	mv "$root/dev/new" "$root/dev/kmsg"
	wait_for out '^done '
	wait "$tail" || [ $? = 1 ]
	[ "$(timeless out)" = 'skip src=rastail reason=open scope=kmsg errno=ENOENT
raw src=kmsg text=6,0,0,-;one
done src=rastail skipped=1' ]
}

# --- The end ---

@test "SIGTERM and SIGINT end it with done; other signals kill it without" {
	mkfifo "$root/dev/kmsg"
	exec 7<>"$root/dev/kmsg"
	for signal in TERM INT; do
		start
		echo '6,0,0,-;x' >&7
		wait_for out '^raw '
		stop 0 "$signal"
		grep -qx 'done src=rastail skipped=0' out
	done
	for signal in HUP USR1; do
		start
		echo '6,0,0,-;x' >&7
		wait_for out '^raw '
		stop $((128 + $(kill -l "$signal"))) "$signal"
		run ! grep -q '^done' out
	done
}

@test "it dies of SIGPIPE when its reader is gone, also while nothing happens" {
	mkfifo "$root/dev/kmsg" pipe
	exec 7<>"$root/dev/kmsg"
	rastail --sysroot "$root" >pipe 2>err 3>&- &
	tail=$!
	exec 8<pipe
	echo '6,0,0,-;x' >&7
	read -r -t 10 line <&8
	[[ $line == *text=6,0,0,-\;x ]]
	exec 8<&-
	status=0
	wait "$tail" || status=$?
	[ "$status" = 141 ]
	[ ! -s err ]
}

@test "with SIGPIPE ignored a reader that is gone is an error" {
	echo '6,0,0,-;x' >"$root/dev/kmsg"
	mkfifo pipe
	run -3 bash -c "trap '' PIPE; exec 8<>pipe 9>pipe 8<&-; rastail --sysroot '$root' --since-boot >&9"
	[ "$output" = 'rastail: write standard output: Broken pipe' ]
}

@test "standard output that cannot be written is status 3" {
	echo '6,0,0,-;x' >"$root/dev/kmsg"
	run -3 bash -c "rastail --sysroot '$root' --since-boot >/dev/full"
	[ "$output" = 'rastail: write standard output: No space left on device' ]
	run -3 bash -c "rastail --sysroot '$root' --since-boot >&-"
	[ "$output" = 'rastail: write standard output: Bad file descriptor' ]
}

@test "a signal ends it even when its reader takes nothing" {
	for i in {0..999}; do printf '6,%d,0,-;%0200d\n' "$i" 0; done >"$root/dev/kmsg"
	mkfifo pipe
	exec 8<>pipe
	rastail --sysroot "$root" --since-boot >pipe 2>err 3>&- &
	tail=$!
	# It sleeps in poll(2) once the pipe is full.
	until grep -q '^State:.S' "/proc/$tail/status"; do sleep 0.05; done
	stop 3
	[ "$(cat err)" = 'rastail: write standard output: asked to end while nobody read it' ]
	run ! grep -q '^done' < <(timeout 1 cat <&8)
}

@test "while nothing happens it does not run" {
	mkfifo "$root/dev/kmsg"
	exec 7<>"$root/dev/kmsg"
	start
	echo '6,0,0,-;x' >&7
	wait_for out '^raw '
	until grep -q '^State:.S' "/proc/$tail/status"; do sleep 0.05; done
	# Times it was scheduled, and its CPU time.
	before=$(grep ctxt_switches "/proc/$tail/status"; cut -d ' ' -f 14,15 "/proc/$tail/stat")
	sleep 2
	[ "$before" = "$(grep ctxt_switches "/proc/$tail/status"; cut -d ' ' -f 14,15 "/proc/$tail/stat")" ]
	stop 0
}

# --- The command line ---

@test "wrong use" {
	: >"$root/dev/kmsg"
	local -A wrong=(
		['--source']='option --source: needs an argument'
		['--source dmesg']='option --source dmesg: unknown source'
		['--source kmsgs']='option --source kmsgs: unknown source'
		['--source=']='option --source : unknown source'
		['--source kmsg:/dev/kmsg']='option --source kmsg:/dev/kmsg: takes no argument'
		['--source kmsg --source kmsg']='option --source kmsg: given twice'
		['kmsg']='operand kmsg: not expected'
		['--keep']=''
	)
	for arguments in "${!wrong[@]}"; do
		[ -n "${wrong[$arguments]}" ] || continue
		# shellcheck disable=SC2086
		run -2 rastail --sysroot "$root" $arguments
		[ "$output" = "rastail: ${wrong[$arguments]}; try 'rastail --help'" ]
	done
}

@test "help, page and completions agree" {
	"$top/tools/check-docs" rastail
}

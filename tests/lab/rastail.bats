# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile: rastail at the kernel's own trace and log, while the
# emulated processor reports errors at addresses that these tests choose.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

instances=/sys/kernel/tracing/instances

teardown()
{
	[ -z "${tail:-}" ] || kill -KILL "$tail" 2>/dev/null || true
	[ -z "${holder:-}" ] || kill "$holder"
}

start()
{
	rm -f "$tmp/out" "$tmp/err"
	rastail "$@" >"$tmp/out" 2>"$tmp/err" 3>&- &
	tail=$!
	# With its instance it has enabled its events once it waits.
	until grep -qs epoll "/proc/$tail/wchan" "/proc/$tail/stack"; do sleep 0.1; done
}

stop()
{
	local status=0
	kill -TERM "$tail"
	wait "$tail" || status=$?
	tail=
	[ "$status" = "$1" ] || { echo "status $status" && cat "$tmp/err" && false; }
}

# The time of the first record with $1, in nanoseconds.
time_of()
{
	date -d "$(sed -n "/$1/{s/^raw t=\([^ ]*\) .*/\1/p;q}" "$tmp/out")" +%s%N
}

@test "an uncorrected error: machine check and page in the trace, both in the log, at the same time" {
	hold memfd 64K
	address=$(held addr 5)
	frame=$(printf '0x%x' $((address / 4096)))
	before=$(date +%s%N)
	start
	"$top/tests/lab/monitor" "mce -b 0 9 0xbd000000000000c0 0x5 $address 0x8c"
	wait_for "$tmp/out" "^raw t=[^ ]* src=trace text=.*mce_record:.*MC9:.x20bd000000000000c0.*ADDR:.x20${address#0x}"
	wait_for "$tmp/out" "^raw t=[^ ]* src=trace text=.*memory_failure_event:.x20pfn.x20$frame:.*Recovered$"
	wait_for "$tmp/out" "^raw t=[^ ]* src=kmsg text=.*Memory.x20failure:.x20$frame:.*Recovered$"
	stop 0
	grep -qx 'done src=rastail skipped=0' "$tmp/out"
	[ ! -s "$tmp/err" ]
	trace=$(time_of 'memory_failure_event') kmsg=$(time_of 'src=kmsg.*recovery')
	echo "# the clocks of trace and log: $(((kmsg - trace) / 1000)) us apart" >&3
	[ $((kmsg - trace)) -lt 1000000000 ] && [ $((trace - kmsg)) -lt 1000000000 ]
	[ "$trace" -gt "$before" ]
	[ "$trace" -lt "$(date +%s%N)" ]
}

@test "SIGBUS, and no other signal, is in the trace" {
	start --source trace
	bash -c 'kill -USR1 $$' || true
	bash -c 'kill -BUS $$' || true
	wait_for "$tmp/out" 'signal_generate:.x20sig=7'
	stop 0
	run ! grep -q 'signal_generate:.x20sig=[^7]' "$tmp/out"
}

@test "a corrected error is handed over when the kernel has polled it" {
	start --source trace
	echo 1 >/sys/devices/system/machinecheck/machinecheck0/check_interval
	"$top/tests/lab/monitor" 'mce 0 9 0x8c00000000000090 0x0 0x12346000 0x8c'
	wait_for "$tmp/out" 'mce_record:.*MC9:.x208c00000000000090.*ADDR:.x200000000012346000'
	stop 0
}

@test "the instance is gone after every signal; SIGKILL's is removed by the next to start" {
	for signal in TERM INT HUP USR1; do
		start
		[ "$(ls "$instances")" = "rastail-$tail-0" ]
		kill -"$signal" "$tail"
		wait "$tail" || true
		[ "$(ls "$instances")" = '' ]
	done
	start
	kill -KILL "$tail"
	wait "$tail" || true
	[ "$(ls "$instances")" = "rastail-$tail-0" ]
	start
	[ "$(ls "$instances")" = "rastail-$tail-0" ]
	# Two that live do not touch each other's.
	rastail -s trace >"$tmp/out2" 3>&- &
	second=$!
	until [ "$(find "$instances" -mindepth 1 -maxdepth 1 | wc -l)" = 2 ]; do sleep 0.1; done
	kill "$second"
	wait "$second"
	[ "$(ls "$instances")" = "rastail-$tail-0" ]
	stop 0
	[ "$(ls "$instances")" = '' ]
}

@test "the instance is gone when the reader is" {
	timeout 60 rastail 3>&- | true
	[ "${PIPESTATUS[0]}" = 141 ]
	[ "$(ls "$instances")" = '' ]
}

# Of N signals each makes an event; nothing may be missing that is not counted.
@test "a storm in the trace: every event is handed over or counted" {
	start --source trace
	perl -e '$SIG{BUS} = "IGNORE"; kill "BUS", $$ for 1 .. 20000'
	wait_for "$tmp/out" 'signal_generate'
	sleep 2
	stop_status=0
	kill "$tail"
	wait "$tail" || stop_status=$?
	tail=
	events=$(grep -c signal_generate "$tmp/out")
	lost=$(sed -n 's/^done src=rastail skipped=//p' "$tmp/out")
	echo "# 20000 signals: $events handed over, $lost counted as lost" >&3
	[ $((events + lost)) = 20000 ]
	[ "$stop_status" = $((lost > 0)) ]
}

@test "a reader that takes nothing for a while: what the trace drops is counted" {
	mkfifo "$tmp/pipe"
	rastail --source trace >"$tmp/pipe" 2>"$tmp/err" 3>&- &
	tail=$!
	exec 7<"$tmp/pipe"
	until grep -qs epoll "/proc/$tail/wchan" "/proc/$tail/stack"; do sleep 0.1; done
	perl -e '$SIG{BUS} = "IGNORE"; kill "BUS", $$ for 1 .. 20000'
	cat <&7 >"$tmp/out" &
	wait_for "$tmp/out" 'LOST'
	sleep 2
	kill "$tail"
	wait "$tail" || [ $? = 1 ]
	tail=
	wait_for "$tmp/out" '^done '
	events=$(grep -c signal_generate "$tmp/out")
	lost=$(sed -n 's/^done src=rastail skipped=//p' "$tmp/out")
	echo "# 20000 signals: $events handed over, $lost counted as lost" >&3
	[ "$lost" -gt 0 ]
	[ $((events + lost)) = 20000 ]
}

@test "a storm in the log: every message is handed over or counted" {
	start --source kmsg
	# The kernel takes no more than a few from a process in a while, unless told to.
	echo on >/proc/sys/kernel/printk_devkmsg
	bash -c 'for i in {1..5000}; do echo "storm $i"; done' >/dev/kmsg
	wait_for "$tmp/out" 'storm.x205000'
	stop 0 || [ "$(sed -n 's/^done src=rastail skipped=//p' "$tmp/out")" -gt 0 ]
	lost=$(sed -n 's/^done src=rastail skipped=//p' "$tmp/out")
	echo "# 5000 messages: $(grep -c 'storm.x20' "$tmp/out") handed over, $lost counted as lost" >&3
	[ $(($(grep -c 'storm.x20' "$tmp/out") + lost)) -ge 5000 ]
	[ "$lost" -gt 0 ] || diff <(seq 5000) <(sed -n 's/.*storm.x20//p' "$tmp/out")
}

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
	[ -z "${peer:-}" ] || kill -KILL "$peer" 2>/dev/null || true
}

# Start rastail on the test's root; its records are in "out", its words in "err".
start()
{
	rm -f out err
	LD_PRELOAD=${preload:-} rastail --sysroot "$root" "$@" >out 2>err 3>&- 7>&- &
	tail=$!
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
	rastail --sysroot "$root" --since-boot --source kmsg >out
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
	rastail --sysroot "$root" --since-boot --source kmsg >out
	[ "$(grep -c '^raw ' out)" = 3 ]
	while read -r _ t _; do
		[[ ! $t < t=$before && ! $t > t=$(date -u -d '+1 second' +%FT%T) ]]
	done < <(grep '^raw ' out)
}

@test "kmsg: messages that the ring has lost are counted" {
	printf '6,3,0,-;a\n6,4,0,-;b\n6,10,0,-;c\n' >"$root/dev/kmsg"
	run -1 rastail --sysroot "$root" --since-boot --source kmsg
	[ "$(timeless <<<"$output")" = 'raw src=kmsg text= missed=3
raw src=kmsg text=6,3,0,-;a
raw src=kmsg text=6,4,0,-;b
raw src=kmsg text= missed=5
raw src=kmsg text=6,10,0,-;c
done src=rastail skipped=8' ]
}

@test "kmsg: without --since-boot nothing from before, and no gap before the first" {
	mkfifo "$root/dev/kmsg"
	exec 7<>"$root/dev/kmsg"
	start --source kmsg
	echo '6,100,0,-;first' >&7
	wait_for out first
	stop 0
	[ "$(timeless out)" = 'raw src=kmsg text=6,100,0,-;first
done src=rastail skipped=0' ]
	rm "$root/dev/kmsg"
	echo '6,0,0,-;old' >"$root/dev/kmsg"
	expect 0 rastail --sysroot "$root" --source kmsg <<<'done src=rastail skipped=0'
}

@test "what a record cannot hold is cut, and says so" {
	{
		printf '6,0,0,-;%s\n' "$(printf '%5000s' '' | tr ' ' x)"
		printf '6,1,0,-;%s\n' "$(printf '%3000s' '')"
		printf '6,2,0,-;%s\n' "$(printf '%300000s' '')"
		printf '6,3,0,-;\x1b[31m\xff\x00\n'
		printf '6,4,0,-;no end of line'
	} >"$root/dev/kmsg"
	rastail --sysroot "$root" --since-boot --source kmsg >out
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
	start --since-boot --source kmsg
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
	says_test()
	{
		echo "rastail test $$" >/dev/kmsg
		grep -q "rastail.x20test.x20$$" out
	}
	for ((i = 0; i < 600; i++)); do
		says_test && break
		sleep 0.05
	done
	[ $i -lt 600 ]
	stop 0
}

# --- The trace ---

# A tracefs whose next instance will be the directory "instance".
fake_tracefs()
{
	[[ ${MEMPATROL_BIN:-} != *asan* ]] || skip "not with sanitisers"
	mkdir -p "$root/sys/kernel/tracing/instances" instance/events/{mce/mce_record,signal/signal_generate}
	touch instance/{trace_clock,buffer_percent,buffer_size_kb,trace_options,tracing_on} \
		instance/events/{mce/mce_record,signal/signal_generate}/{enable,filter}
	export FAKE_INSTANCE=$tmp/instance
	preload=$top/build/tools/fake_instance.so
	[ -e "$preload" ] || make -s -C "$top" build/tools/fake_instance.so >&2
}

@test "trace: the instance is set up, read and removed" {
	fake_tracefs
	mkfifo instance/trace_pipe
	exec 7<>instance/trace_pipe
	start --source trace
	up=$(cut -d . -f 1 /proc/uptime)
	printf '%16s-%-7d [000] d..1.  %d.000001: signal_generate: sig=7\n' sb 147 $((up - 100)) >&7
	echo 'CPU:1 [LOST 23 EVENTS]' >&7
	echo 'CPU:1 [LOST EVENTS]' >&7
	wait_for out 'LOST.x20EVENTS'
	[ "$(ls "$root/sys/kernel/tracing/instances")" = "rastail-$tail-0" ]
	stop 1
	[ "$(ls "$root/sys/kernel/tracing/instances")" = '' ]
	[ "$(cat instance/trace_clock instance/buffer_percent instance/tracing_on)" = mono01 ]
	[ "$(head instance/events/*/*/*)" = '==> instance/events/mce/mce_record/enable <==
1
==> instance/events/mce/mce_record/filter <==

==> instance/events/signal/signal_generate/enable <==
1
==> instance/events/signal/signal_generate/filter <==
sig==7' ]
	timeless out | sed 's/ [0-9]*\.000001/ T/; s/x20[0-9]*.000001/x20T/' | diff - <(
		cat <<'END'
raw src=trace text=\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20sb-147\x20\x20\x20\x20\x20[000]\x20d..1.\x20\x20T:\x20signal_generate:\x20sig=7
raw src=trace text=CPU:1\x20[LOST\x2023\x20EVENTS] missed=23
raw src=trace text=CPU:1\x20[LOST\x20EVENTS]
done src=rastail skipped=23
END
	)
	age=$(($(date +%s) - $(date -d "$(sed -n '1s/.* t=\([^ ]*\)Z .*/\1Z/p' out)" +%s)))
	[ "$age" -ge 99 ]
	[ "$age" -le 130 ]
}

# NAME-OF-PROCESS|WHAT FOLLOWS|its time is the event's (old) or that of the arrival (now)
stamps=(
	'sb|-1 [000] d..1. 5.000000: e|old'
	'a b [0] 1.000000|-1      [000] ..... 5.000000: e|old'
	'sb|-1     (    1) [000] ..... 5.000000: e|now'
	'sb|-1 [000] 5.000000: e|old'
	'sb|-1 [000] d..1 5.000000: e|old'
	'sb|-1 [000] ..... 18446744073709551615.000000: e|now'
	'sb|-1 [000] ..... 5.0: e|now'
	'sb|-1 [000] .....|now'
	'||now'
)

@test "trace: time is the event's stamp where there is one" {
	fake_tracefs
	for row in "${stamps[@]}"; do
		IFS='|' read -r name rest _ <<<"$row"
		printf '%16s%s\n' "$name" "$rest"
	done >instance/trace_pipe
	# shorter than the column of names
	echo '<...>-10 [000] ..... 5.473833: mce_record: x' >>instance/trace_pipe
	LD_PRELOAD=$preload rastail --sysroot "$root" --source trace >out
	recent=$(date -u -d '-5 seconds' +%FT%T)
	mapfile -t got < <(grep '^raw ' out)
	for i in "${!stamps[@]}"; do
		IFS='|' read -r _ _ wanted <<<"${stamps[i]}"
		echo "${stamps[i]}: ${got[i]}"
		if [ "$wanted" = now ]; then [[ ${got[i]} > "raw t=$recent" ]]; else [[ ${got[i]} < "raw t=$recent" ]]; fi
	done
	[[ ${got[-1]} < "raw t=$recent" ]]
}

@test "trace: what a rastail that was killed left behind is removed, that of a living one is not" {
	fake_tracefs
	instances=$root/sys/kernel/tracing/instances
	mkdir "$instances/rastail-1-0" "$instances/rastail-2-0" "$instances/other"
	: >instance/trace_pipe
	exec 9<"$instances/rastail-2-0"
	flock 9
	# The fake has room for one; unlinkat(2) of the dead one comes first.
	mv instance kept
	FAKE_INSTANCE=$tmp/dead LD_PRELOAD=$preload run rastail --sysroot "$root" --source trace
	[ -d dead ]
	[ "$(ls "$instances")" = 'other
rastail-2-0' ]
}

@test "trace: without tracefs, or without any of the events, status 4" {
	expect 4 rastail --sysroot "$root" --source trace <<'END'
rastail: make trace instance in /sys/kernel/tracing/instances: No such file or directory
END
	fake_tracefs
	rm -r instance/events
	LD_PRELOAD=$preload expect 4 rastail --sysroot "$root" --source trace <<'END'
rastail: enable trace events: No such file or directory
END
	[ -d instance ]
}

# --- Virtual machines ---

greeting='send={"QMP": {"version": {}, "capabilities": ["oob"]}}'
accepted='send={"return": {}}'
named='send={"return": {"name": "web 1"}}'
welcome=(accept "$greeting" await=query-name "$accepted" "$named")
failure='{"timestamp": {"seconds": 1795295344, "microseconds": 12}, "event": "MEMORY_FAILURE"}'
goodbye='{"event": "SHUTDOWN"}'

# peer STEP... - play a QEMU on ./qmp
peer()
{
	[ -x "$top/build/tools/peer" ] || make -s -C "$top" build/tools/peer >&2
	rm -f qmp
	"$top/build/tools/peer" qmp "$@" 3>&- >peer.out &
	peer=$!
	until [ -S qmp ]; do sleep 0.05; done
}

@test "qmp: events as they come, with the machine's name and their own time" {
	peer "${welcome[@]}" "send=$failure" 'part={"event": "ST' 'part=OP"}' part=$'\n' gone
	start --source qmp:qmp
	wait_for out STOP
	stop 0
	sed '2s/ t=[^ ]*//' out | diff - <(
		cat <<'END'
raw t=2026-11-21T21:09:04.000012000Z src=qmp text={"timestamp":\x20{"seconds":\x201795295344,\x20"microseconds":\x2012},\x20"event":\x20"MEMORY_FAILURE"} vm=web\x201
raw src=qmp text={"event":\x20"STOP"} vm=web\x201
done src=rastail skipped=0
END
	)
}

@test "qmp: a real QEMU stops, goes on, is reset, and ends" {
	command -v qemu-system-x86_64 >/dev/null || skip "qemu-system-x86_64 is not here"
	mkfifo monitor
	qemu-system-x86_64 -machine none -name 'guest=web 1' -nodefaults -no-user-config -display none \
		-qmp unix:qmp,server=on,wait=off -monitor stdio <monitor >/dev/null 2>&1 3>&- &
	peer=$!
	exec 8>monitor
	until [ -S qmp ]; do
		kill -0 "$peer"
		sleep 0.05
	done
	start --source qmp:qmp
	# Until rastail has asked its two questions, events are not for it.
	until grep -q epoll "/proc/$tail/wchan" "/proc/$tail/stack"; do sleep 0.05; done
	for ((i = 0; i < 300; i++)); do # what it answers is not seen from here
		echo stop >&8
		echo cont >&8
		if grep -q 'STOP.* vm=' out && grep -q 'RESUME.* vm=' out; then break; fi
		sleep 0.05
	done
	echo system_reset >&8
	wait_for out RESET
	echo quit >&8
	wait_for out 'skip .*reason=gone'
	stop 1
	grep -q '^raw t=[^ ]* src=qmp text={"timestamp":.*"event":.x20"STOP"} vm=web.x201$' out
	grep -q '^raw .*"event":.x20"RESUME"} vm=web.x201$' out
	grep -q '^raw .*"event":.x20"RESET",.* vm=web.x201$' out
	grep -q '^raw .*"event":.x20"SHUTDOWN",.* vm=web.x201$' out
}

@test "qmp: a machine without a name, or with one too long, has no vm" {
	local long
	long=$(printf '%0300d' 0)
	for answer in '{"return": {}}' '{"return": {"name": ""}}' '{"error": {}}' \
		'{"return": {"name": 1}}' "{\"return\": {\"name\": \"$long\"}}"; do
		peer accept "$greeting" await=query-name "$accepted" "send=$answer" "send=$goodbye" gone
		start --source qmp:qmp
		wait_for out SHUTDOWN
		stop 0
		[ "$(timeless out | head -n 1)" = 'raw src=qmp text={"event":\x20"SHUTDOWN"}' ]
	done
}

# WHAT THE PEER DOES FIRST|REASON|MESSAGE; then it behaves.
hostile=(
	'close|gone|closed by its peer'
	'part={"QMP"|close|gone|closed by its peer'
	'send=SSH-2.0-OpenSSH|garbled|not what QMP would say here'
	'send=[]|garbled|not what QMP would say here'
	'send={}|garbled|not what QMP would say here'
	'send={"QMP": {}}|send={"QMP": {}}|garbled|not what QMP would say here'
	'send={"return": {}}|garbled|not what QMP would say here'
	'send={"QMP": {}}|send={"error": {}}|garbled|not what QMP would say here'
	'send={"QMP": "\xff"}|garbled|not what QMP would say here'
	'flood=60000|close|gone|closed by its peer'
	'flood=100000000|garbled|a line of more than 65536 bytes'
	'|silent|no greeting in 5 s'
	'send={"QMP": {}}|silent|no answer to qmp_capabilities in 5 s'
)

@test "qmp: a hostile peer is named, left, and tried again" {
	for row in "${hostile[@]}"; do
		IFS='|' read -r -a steps <<<"$row"
		message=${steps[-1]} reason=${steps[-2]}
		unset 'steps[-1]' 'steps[-1]'
		echo "case: $row"
		peer accept "${steps[@]}" gone "${welcome[@]}" "send=$failure" gone
		start --source qmp:qmp
		wait_for out 'MEMORY_FAILURE.* vm='
		[ "$(awk '/^VmHWM/ { print $2 < 20000 }' "/proc/$tail/status")" = 1 ]
		stop 1
		wait "$peer"
		[ "$(grep '^skip ' out | timeless)" = "skip src=rastail reason=$reason scope=qmp:qmp" ]
		[ "$(cat err)" = "rastail: read qmp:qmp: $message
rastail: open qmp:qmp: it is back" ]
	done
}

@test "qmp: of a line without end the head is handed over" {
	peer "${welcome[@]}" flood=10000000 gone
	start --source qmp:qmp
	wait_for out '^skip '
	kill "$tail"
	wait "$tail" || true
	grep -q '^raw .* src=qmp text=xxx.*x vm=web.x201 cut=1$' out
}

@test "qmp: one that is gone is tried less and less often" {
	peer "${welcome[@]}" close
	start --source qmp:qmp
	wait_for out '^skip '
	wait "$peer"
	sleep 1
	# After 0.1, 0.3 and 0.7 s, and nothing is said about each.
	[ "$(wc -l <err)" = 1 ]
	[ "$(awk '/^voluntary/ { print $2 < 20 }' "/proc/$tail/status")" = 1 ]
	stop 1
}

@test "qmp: a socket that is not there, or not one" {
	expect 3 rastail --source qmp:none <<'END'
rastail: connect qmp:none: No such file or directory
END
	: >file
	expect 3 rastail --source qmp:file <<'END'
rastail: connect qmp:file: Connection refused
END
}

# --- Counters ---

@test "edac: counters that change are told of, with what they were and the module's label" {
	mc=$root/sys/devices/system/edac/mc
	mkdir -p "$mc"/mc0/{dimm0,dimm1} "$mc/mc1/rank3"
	for file in mc0/{ce_count,ue_count,dimm0/dimm_ce_count,dimm1/dimm_ce_count} mc1/rank3/dimm_ue_count; do
		echo 0 >"$mc/$file"
	done
	echo 7 >"$mc/mc0/dimm1/dimm_ce_count"
	echo 'CPU0 DIMM A1' >"$mc/mc0/dimm1/dimm_label"
	start --source edac --since-boot --interval 20ms
	wait_for out dimm_ce_count:7
	echo 8 >"$mc/mc0/dimm1/new"
	mv "$mc/mc0/dimm1/new" "$mc/mc0/dimm1/dimm_ce_count"
	wait_for out dimm_ce_count:8
	echo 1 >"$mc/mc1/rank3/new"
	mv "$mc/mc1/rank3/new" "$mc/mc1/rank3/dimm_ue_count"
	wait_for out dimm_ue_count:1
	stop 0
	timeless out | diff - <(
		cat <<'END'
raw src=edac text=/sys/devices/system/edac/mc/mc0/dimm1/dimm_ce_count:7 dimm=CPU0\x20DIMM\x20A1
raw src=edac text=/sys/devices/system/edac/mc/mc0/dimm1/dimm_ce_count:8 was=7 dimm=CPU0\x20DIMM\x20A1
raw src=edac text=/sys/devices/system/edac/mc/mc1/rank3/dimm_ue_count:1 was=0
done src=rastail skipped=0
END
	)
}

@test "edac: a driver that is unloaded and comes back" {
	mc=$root/sys/devices/system/edac/mc
	mkdir -p "$mc/mc0"
	echo 100 >"$mc/mc0/ce_count"
	start --source edac --interval 20ms
	# What is counted when it looks for the first time is from before.
	for ((n = 101; n < 999; n++)); do
		echo "$n" 1<>"$mc/mc0/ce_count" # it is never empty
		sleep 0.05
		[ ! -s out ] || break
	done
	wait_for out "ce_count:$n was="
	mv "$mc" "$mc.away"
	wait_for out '^skip '
	echo 1000 >"$mc.away/mc0/ce_count"
	mv "$mc.away" "$mc"
	wait_for out 'ce_count:1000 was='
	stop 1
	[ "$(timeless out | tail -n 3)" = "skip src=rastail reason=gone scope=edac errno=ENOENT
raw src=edac text=/sys/devices/system/edac/mc/mc0/ce_count:1000 was=$n
done src=rastail skipped=1" ]
}

@test "hwmon: the temperatures of memory modules, and of nothing else" {
	mkdir -p "$root/sys/class/hwmon" "$root/sys/devices/i2c-7/"{7-0018,7-0051}/hwmon/x
	ln -s ../../devices/i2c-7/7-0018/hwmon/x "$root/sys/class/hwmon/hwmon0"
	ln -s ../../devices/i2c-7/7-0051/hwmon/x "$root/sys/class/hwmon/hwmon1"
	echo jc42 >"$root/sys/class/hwmon/hwmon0/name"
	echo coretemp >"$root/sys/class/hwmon/hwmon1/name"
	for i in 0 1; do
		echo 45250 >"$root/sys/class/hwmon/hwmon$i/temp1_input"
		echo 0 >"$root/sys/class/hwmon/hwmon$i/temp1_crit_alarm"
	done
	start --source hwmon --since-boot --interval 20ms
	wait_for out temp1_input:45250
	echo 1 >"$root/sys/class/hwmon/hwmon0/new"
	mv "$root/sys/devices/i2c-7/7-0018/hwmon/x/"{new,temp1_crit_alarm}
	wait_for out alarm:1
	stop 0
	[ "$(timeless out)" = 'raw src=hwmon text=/sys/class/hwmon/hwmon0/temp1_input:45250
raw src=hwmon text=/sys/class/hwmon/hwmon0/temp1_crit_alarm:1 was=0
done src=rastail skipped=0' ]
}

@test "edac, hwmon: without a driver, status 4" {
	expect 4 rastail --sysroot "$root" --source edac --source hwmon <<'END'
rastail: read counters of edac: No such file or directory
rastail: read counters of hwmon: No such file or directory
END
}

# --- Sources that cannot be opened ---

@test "a source that is not there is named, and nothing is printed" {
	expect 4 rastail --sysroot "$root" --source kmsg <<'END'
rastail: open /dev/kmsg: No such file or directory
END
	ln -s kmsg "$root/dev/kmsg"
	expect 3 rastail --sysroot "$root" --source kmsg <<'END'
rastail: open /dev/kmsg: Too many levels of symbolic links
END
}

@test "counters and virtual machines need no rights at all; a right that is missing is named" {
	need_root
	command -v setpriv >/dev/null || skip "setpriv is not here"
	mkdir -p "$root/sys/devices/system/edac/mc/mc0"
	echo 0 >"$root/sys/devices/system/edac/mc/mc0/ce_count"
	cp "$(command -v rastail)" . # where the other user can reach it
	chmod 755 "$BATS_RUN_TMPDIR" "$tmp"
	chmod -R a+rX "$root"
	peer "${welcome[@]}" "send=$failure" gone
	chmod a+rw qmp
	stranger=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all)
	"${stranger[@]}" ./rastail --sysroot "$root" -s edac -s qmp:qmp >out 2>err 3>&- &
	tail=$!
	wait_for out MEMORY_FAILURE
	grep -q '^CapEff:.0000000000000000$' "/proc/$tail/status"
	stop 0

	: >"$root/dev/kmsg"
	chmod 600 "$root/dev/kmsg"
	expect 3 "${stranger[@]}" ./rastail --sysroot "$root" -s kmsg <<'END'
rastail: open /dev/kmsg: Permission denied
END
}

@test "--keep-going: goes on, says so in a record, and takes the source when it comes" {
	start --keep-going --since-boot --source kmsg
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
		start --source kmsg
		echo '6,0,0,-;x' >&7
		wait_for out '^raw '
		stop 0 "$signal"
		grep -qx 'done src=rastail skipped=0' out
	done
	for signal in HUP USR1; do
		start --source kmsg
		echo '6,0,0,-;x' >&7
		wait_for out '^raw '
		stop $((128 + $(kill -l "$signal"))) "$signal"
		run ! grep -q '^done' out
	done
}

@test "it dies of SIGPIPE when its reader is gone, also while nothing happens" {
	mkfifo "$root/dev/kmsg" pipe
	exec 7<>"$root/dev/kmsg"
	rastail --sysroot "$root" --source kmsg >pipe 2>err 3>&- &
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
	run -3 bash -c "trap '' PIPE; exec 8<>pipe 9>pipe 8<&-; rastail --sysroot '$root' --since-boot --source kmsg >&9"
	[ "$output" = 'rastail: write standard output: Broken pipe' ]
}

@test "standard output that cannot be written is status 3" {
	echo '6,0,0,-;x' >"$root/dev/kmsg"
	run -3 bash -c "rastail --sysroot '$root' --since-boot --source kmsg >/dev/full"
	[ "$output" = 'rastail: write standard output: No space left on device' ]
	run -3 bash -c "rastail --sysroot '$root' --since-boot --source kmsg >&-"
	[ "$output" = 'rastail: write standard output: Bad file descriptor' ]
}

@test "a signal ends it even when its reader takes nothing" {
	for i in {0..999}; do printf '6,%d,0,-;%0200d\n' "$i" 0; done >"$root/dev/kmsg"
	mkfifo pipe
	exec 8<>pipe
	rastail --sysroot "$root" --since-boot --source kmsg >pipe 2>err 3>&- &
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
	start --source kmsg
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
		['--source qmp']='option --source qmp: needs a socket, qmp:SOCKET'
		['--source qmp:']='option --source qmp:: needs a socket, qmp:SOCKET'
		['--source qmp:a --source qmp:a']='option --source qmp:a: given twice'
		["--source qmp:$(printf '%0108d' 0)"]="option --source qmp:$(printf '%0108d' 0): path too long for a socket"
		['--interval 10']='option --interval 10: unit is not one of ns us ms s m h d'
		['--interval 1ms']='option --interval 1ms: too small'
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

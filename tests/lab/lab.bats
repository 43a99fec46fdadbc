#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the lab promises; profiles.bats has the rest.  A boot costs seconds, so there are few, by
# setup_file, and the tests look at what came out.
#
# The quoted scripts are for the shell inside:
# shellcheck disable=SC2016

load boots_helper

boot_mce() {
	boot mce -p mce -H 8 -- bash -c '
		printf "%s|" "$@"; echo
		echo complaint >&2
		echo "== profile"; echo "$LAB_PROFILE"
		echo "== directory"; pwd
		echo "== stdout again"; echo again >/dev/stdout
		echo "== nodes"; ls -d /sys/devices/system/node/node[0-9]* | wc -l
		echo "== cpus"; nproc
		echo "== huge pages"; grep HugePages_Total /proc/meminfo
		echo "== environment"; env | grep SECRET
		echo "== write"; echo new >lab.bats && cat lab.bats
		'"$LAB"'/../../build/lab/holder memfd 4K >/tmp/held &
		until grep -q "^#ready" /tmp/held; do sleep 0.1; done
		address=$(sed -n "1s/.* addr=\([^ ]*\).*/\1/p" /tmp/held)
		'"$LAB"'/monitor "mce -b 0 9 0xbd000000000000c0 0x5 $address 0x8c"
		for ((i = 0; i < 300; i++)); do
			! dmesg | grep -q "Memory failure: .*: recovery action" || break
			sleep 0.1
		done
		echo "== monitor"; '"$LAB"'/monitor info status
		echo "== kernel log"; dmesg | grep -F "Memory failure"
		echo "== corrupted"; grep HardwareCorrupted /proc/meminfo
		echo "== end"
		sleep 1000 &
		exit 7' bash word 'a b' "c'd" ''
}

setup_file() {
	export LAB=$BATS_TEST_DIRNAME OUT=$BATS_FILE_TMPDIR
	cd "$LAB" || return
	SECRET=yes boot_mce
	boot panic -p mce -- sh -c 'echo before; echo c >/proc/sysrq-trigger; sleep 100'
	boot timeout -p mce -t 1 -- sleep 1000
	boot unbootable -p mce --tries 1 -a rdinit=/nowhere -- true
}

@test "arguments come through as they are" {
	[ "$(head -n 1 "$OUT/mce.out")" = "word|a b|c'd||" ]
}

@test "stderr is kept apart" {
	[ "$(cat "$OUT/mce.err")" = complaint ]
}

@test "the exit status is the command's" {
	[ "$(cat "$OUT/mce.status")" = 7 ]
}

@test "LAB_PROFILE names the profile" {
	[ "$(section mce profile)" = mce ]
}

@test "the command runs in the caller's directory" {
	[ "$(section mce directory)" = "$LAB" ]
}

@test "/dev/stdout can be opened again" {
	[ "$(section mce 'stdout again')" = again ]
}

@test "the environment is clean" {
	[ -z "$(section mce environment)" ]
}

@test "what the command writes stays in the lab" {
	[ "$(section mce write)" = new ]
	[ "$(wc -l <"$LAB/lab.bats")" -gt 1 ]
}

@test "there are two NUMA nodes" {
	[ "$(section mce nodes)" = 2 ]
	[ "$(section mce cpus)" = 2 ]
}

@test "the pool of huge pages is as asked" {
	[[ "$(section mce 'huge pages')" == *" 8" ]]
}

@test "QEMU's monitor answers" {
	[ "$(section mce monitor)" = "VM status: running" ]
}

@test "an injected machine check poisons its page" {
	[[ "$(section mce 'kernel log')" == *"Memory failure: 0x"*": recovery action for dirty LRU page: Recovered"* ]]
	[[ "$(section mce corrupted)" == *" 4 kB" ]]
}

@test "a panic is status 99, with the output so far and the reason" {
	[ "$(cat "$OUT/panic.status")" = 99 ]
	[ "$(cat "$OUT/panic.out")" = before ]
	grep -F "Kernel panic - not syncing: sysrq triggered crash" "$OUT/panic.console"
}

@test "a time-out is status 97" {
	[ "$(cat "$OUT/timeout.status")" = 97 ]
}

@test "a boot that fails is status 98" {
	[ "$(cat "$OUT/unbootable.status")" = 98 ]
}

@test "wrong use is status 2" {
	run "$LAB/lab" -p none -- true
	[ "$status" = 2 ]
	run "$LAB/lab" -m many -- true
	[ "$status" = 2 ]
	run "$LAB/lab"
	[ "$status" = 2 ]
}

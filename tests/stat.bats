# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl stat on a captured tree.  tests/roots/stat comes from a lab with two nodes: a
# machine check, a page offlined, and a page of the kernel's that could not be.
bats_require_minimum_version 1.5.0
load helper

setup()
{
	root=$(unpack_root stat)
}

@test "a record for the machine, one for each node" {
	expect 0 poisonctl stat --sysroot "$root" <<'END'
stat src=poisonctl corrupted=12288 tainted_machine_check=1 tainted_bad_page=0 early_kill=0 recovery=1 soft_offline=1
stat src=poisonctl node=0 total=0 recovered=0 delayed=0 failed=0 ignored=0
stat src=poisonctl node=1 total=3 recovered=2 delayed=0 failed=0 ignored=1
done src=poisonctl scope=stat skipped=0
END
}

@test "--prometheus: metrics, each family in one piece" {
	expect 0 poisonctl stat --prometheus --sysroot "$root" <<'END'
# HELP mempatrol_hardware_corrupted_bytes Memory that the kernel calls poisoned.
# TYPE mempatrol_hardware_corrupted_bytes gauge
mempatrol_hardware_corrupted_bytes 12288
# HELP mempatrol_tainted_machine_check 1 once a machine check has been reported since the boot.
# TYPE mempatrol_tainted_machine_check gauge
mempatrol_tainted_machine_check 1
# HELP mempatrol_tainted_bad_page 1 once the kernel has found one of its page structures broken.
# TYPE mempatrol_tainted_bad_page gauge
mempatrol_tainted_bad_page 0
# HELP mempatrol_memory_failure_early_kill vm.memory_failure_early_kill: 1 when all who map a page are told at once.
# TYPE mempatrol_memory_failure_early_kill gauge
mempatrol_memory_failure_early_kill 0
# HELP mempatrol_memory_failure_recovery vm.memory_failure_recovery: 0 when any memory failure is to be a panic.
# TYPE mempatrol_memory_failure_recovery gauge
mempatrol_memory_failure_recovery 1
# HELP mempatrol_soft_offline_enabled vm.enable_soft_offline: 0 when pages may not be offlined softly.
# TYPE mempatrol_soft_offline_enabled gauge
mempatrol_soft_offline_enabled 1
# HELP mempatrol_memory_failure_pages_total Pages that the kernel found bad, by what became of them.
# TYPE mempatrol_memory_failure_pages_total counter
mempatrol_memory_failure_pages_total{node="0",result="recovered"} 0
mempatrol_memory_failure_pages_total{node="0",result="delayed"} 0
mempatrol_memory_failure_pages_total{node="0",result="failed"} 0
mempatrol_memory_failure_pages_total{node="0",result="ignored"} 0
mempatrol_memory_failure_pages_total{node="1",result="recovered"} 2
mempatrol_memory_failure_pages_total{node="1",result="delayed"} 0
mempatrol_memory_failure_pages_total{node="1",result="failed"} 0
mempatrol_memory_failure_pages_total{node="1",result="ignored"} 1
END
}

@test "promtool finds no fault with the metrics" {
	command -v promtool >/dev/null || skip "no promtool here (package prometheus)"
	poisonctl stat --prometheus --sysroot "$root" >"$BATS_TEST_TMPDIR/metrics"
	run -0 promtool check metrics <"$BATS_TEST_TMPDIR/metrics"
	[ -z "$output" ]
}

@test "what an older kernel does not have is left out" {
	rm -r "$root/sys" "$root/proc/sys/vm/enable_soft_offline"
	expect 0 poisonctl stat --sysroot "$root" <<'END'
stat src=poisonctl corrupted=12288 tainted_machine_check=1 tainted_bad_page=0 early_kill=0 recovery=1
done src=poisonctl scope=stat skipped=0
END
	run -0 poisonctl stat --prometheus --sysroot "$root"
	[[ $output != *soft_offline* && $output != *pages_total* ]]
}

@test "node 10 comes after node 9" {
	for node in 9 10; do
		cp -r "$root/sys/devices/system/node/node1" "$root/sys/devices/system/node/node$node"
	done
	mkdir "$root/sys/devices/system/node/node11" # one that does not count
	run -0 poisonctl stat --sysroot "$root"
	[ "$(sed -n 's/.* node=\([0-9]*\) .*/\1/p' <<<"$output" | tr '\n' ' ')" = "0 1 9 10 " ]
}

@test "a kernel that does not deal with bad memory says so" {
	sed -i /HardwareCorrupted/d "$root/proc/meminfo"
	for option in "" --prometheus; do
		# shellcheck disable=SC2086 # no option is no word
		expect 4 poisonctl stat $option --sysroot "$root" <<'END'
poisonctl: read /proc/meminfo: no HardwareCorrupted: this kernel does not deal with bad memory
END
	done
}

@test "garbage stops it, without the mark of completeness" {
	echo 3x >"$root/sys/devices/system/node/node1/memory_failure/total"
	run -3 poisonctl stat --sysroot "$root"
	[[ $output == *"poisonctl: read /sys/devices/system/node: Bad message"* ]]
	[[ $output != *"done "* ]]
	for line in 12 '12 MB' '-1 kB' '18446744073709551615 kB' 'x kB'; do
		echo "HardwareCorrupted: $line" >"$root/proc/meminfo"
		expect 3 poisonctl stat --sysroot "$root" <<'END'
poisonctl: read /proc/meminfo: Bad message
END
	done
}

@test "wrong use is told in one line" {
	expect 2 poisonctl stat now <<'END'
poisonctl: operand now: not expected; try 'poisonctl stat --help'
END
}

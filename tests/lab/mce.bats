# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile: the emulated processor reports memory errors that its
# scrubber found (action optional), at addresses that these tests choose.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

# An uncorrected, action optional error (SRAO, memory scrubber) at physical address $1:
# MCi_STATUS with VAL UC EN MISCV ADDRV S and code 0xc0, on all CPUs.
report_error()
{
	"$top/tests/lab/monitor" "mce -b 0 9 0xbd000000000000c0 0x5 $1 0x8c"
	wait_for_poison "$1"
}

@test "poisonctl list tells of a page of a process that the scrubber found bad" {
	hold memfd 64K
	address=$(held addr 5)
	before=$(meminfo HardwareCorrupted)
	report_error "$address"
	poisonctl list >"$tmp/out"
	grep -qx "page addr=$address size=4096 state=poisoned node=[01] kind=file src=poisonctl" "$tmp/out"
	tail -n 1 "$tmp/out" | grep -q '^done src=poisonctl scope=all .* skipped=0$'
	[ "$(meminfo HardwareCorrupted)" = "$((${before% kB} + 4)) kB" ]
}

@test "memscan names the known page by its owner's page table and reads the others" {
	hold memfd 64K
	address=$(held addr 5)
	report_error "$address"
	run -1 memscan --pid "$holder"
	[[ ${lines[0]} == "page addr=$address size=4096 state=poisoned node="[01]" kind=file src=memscan pid=$holder va=$(held va 5) off=16384 "* ]]
	[[ ${lines[-1]} == "done src=memscan scope=process scanned=61440 holes=0 skipped="*" unreachable=4096 hits=0 known=1 "* ]]
}

@test "one error in a hugetlb page: one record of 2 MiB, and the other huge page is read" {
	hold hugetlb 4M
	address=$(held addr 700)
	report_error "$address"
	head=$(printf '0x%016x' $((address & ~0x1fffff)))
	poisonctl list >"$tmp/out"
	grep -qx "page addr=$head size=2097152 state=poisoned node=[01] kind=hugetlb src=poisonctl" "$tmp/out"
	run -1 memscan --pid "$holder"
	[[ ${lines[0]} == "risk src=memscan bytes=4194304 kind=hugetlb "* ]]
	[[ ${lines[1]} == "skip src=memscan reason=poisoned bytes=2097152 pid=$holder "* ]]
	[[ ${lines[-1]} == "done src=memscan scope=process scanned=2097152 holes=0 skipped="*" unreachable=2097152 hits=0 known=1 "* ]]
}

@test "shared anonymous memory is read" {
	hold anonymous 64K
	address=$(held addr 16)
	report_error "$address"
	run -1 memscan --pid "$holder"
	[[ ${lines[0]} == "page addr=$address "* ]]
}

@test "a sweep fills no hole of hugetlb memory" {
	truncate -s 8M /dev/hugepages/f
	before=$(meminfo HugePages_Free)
	reserved=$(meminfo HugePages_Rsvd)
	run -0 memscan --file /dev/hugepages/f
	[[ ${lines[-1]} == "done src=memscan scope=file scanned=0 holes=8388608 skipped=0 "* ]]
	[ "$(meminfo HugePages_Free)" = "$before" ]
	[ "$(meminfo HugePages_Rsvd)" = "$reserved" ]
	rm /dev/hugepages/f
}

# QEMU writes the core to the lab's folder, which is /run/lab here.
@test "a core of this kernel tells of the same pages" {
	modprobe qemu_fw_cfg
	hold memfd 64K
	report_error "$(held addr 5)"
	first=$holder
	hold hugetlb 4M
	report_error "$(held addr 700)"
	folder=$(sed -n 's/.*\blab=\([^ ]*\).*/\1/p' /proc/cmdline)
	"$top/tests/lab/monitor" "dump-guest-memory $folder/core"
	poisonctl list >"$tmp/live"
	kill -KILL "$first"
	for command in "poisonctl list --from-core" "memscan --core"; do
		$command /run/lab/core >"$tmp/dead" || [ $? = 1 ]
		diff <(grep ^page "$tmp/live" | cut -d ' ' -f 1-4) <(grep ^page "$tmp/dead" | cut -d ' ' -f 1-4)
		tail -n 1 "$tmp/dead" | grep -q '^done .* scope=core scanned=[0-9]* skipped=0 '
	done
	grep -q 'size=2097152 .* kind=hugetlb' "$tmp/dead"
}

@test "huge pages that come and go while they are read stay holes" {
	truncate -s 16M /dev/hugepages/f
	before=$(meminfo HugePages_Free)
	memscan --no-idle --every 1ms --file /dev/hugepages/f >"$tmp/out" 3>&- &
	holder=$!
	until grep -q '^done ' "$tmp/out"; do kill -0 "$holder"; rest 0.1; done
	run -0 "$top/build/tools/puncher" /dev/hugepages/f 8 2000
	[[ $output =~ ^pages=([0-9]+)$ ]]
	[ $((before - $(meminfo HugePages_Free))) = "${BASH_REMATCH[1]}" ]
	run ! grep -v -e '^risk ' -e '^done src=memscan scope=file .* skipped=0 unreachable=0 hits=0 known=0 ' "$tmp/out"
	grep -q '^done .* scanned=[1-9]' "$tmp/out"
	rm /dev/hugepages/f
}

@test "rectab shows the list to people" {
	poisonctl list | rectab >"$tmp/out"
	grep -q '^ *page\|addr' "$tmp/out"
	grep -Eq '0x[0-9a-f]{16} .* poisoned' "$tmp/out"
}

@test "capture-root repeats the list elsewhere" {
	"$top/tools/capture-root" "$tmp/root"
	diff <(poisonctl list | grep ^page) <(poisonctl list --sysroot "$tmp/root" | grep ^page)
}

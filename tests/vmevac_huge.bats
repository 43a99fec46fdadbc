# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac send and recv: memory in huge pages of hugetlbfs, of which the kernel tells as a whole.
#
# bats sets $stderr; the helpers run and say what came of it, and take $backend.
# shellcheck disable=SC2034,SC2154
bats_require_minimum_version 1.5.0
load helper
load vmevac_helper
load vmevac_send_helper
load vmevac_post_helper

# For two machines.
setup()
{
	local free more
	need_root
	free=$(sed -n 's/^HugePages_Free: *//p' /proc/meminfo)
	more=$(</proc/sys/vm/nr_overcommit_hugepages)
	grep -q '^Hugepagesize: *2048 kB' /proc/meminfo && ((free + more >= 32)) ||
		skip "needs 32 huge pages of 2 MiB: sysctl vm.nr_overcommit_hugepages=32"
	cd "$BATS_TEST_TMPDIR" || return
	backend=memfd,id=ram,size=32M,share=on,hugetlb=on,hugetlbsize=2M
	vms=()
	qemu=()
	disks=()
	web=web.$$ # others may be testing, too
}

teardown()
{
	stop_vms
}

@test "a huge page that is lost is lost at the target, and at the next" {
	qemu_of installed
	mark 2M
	hop 512
	hop 512
}

# kept PID [COMMAND...]: the text in memory that the guest never looks at, in two huge pages
kept()
{
	local off
	for off in 0x1a01000 0x1fff000; do
		dd if="/proc/$1/mem" bs=4096 skip=$((($(ram_of "$1") + off) / 4096)) count=1 status=none | head -c 4
	done
}

keep()
{
	local off
	for off in 0x1a01000 0x1fff000; do
		echo kept | dd of="/proc/$1/mem" bs=4096 seek=$((($(ram_of "$1") + off) / 4096)) conv=notrunc status=none
	done
}

# The source has lost 4 KiB in the first huge page, one in the midst and the last.
lose_three()
{
	cat /proc/1/maps >/dev/null 2>&1 || skip "needs the right to look into all processes"
	[ "${#qemu[@]}" -gt 0 ] || qemu_of installed
	start_source
	wait_until has_passed 24 # all pages have their content
	keep "$source"
	lose 0x30000 0x1a03000 0x1e03000
	[ "$(grep -c memfd:hugesplit "/proc/$source/maps")" = 3 ]
	one_runs
	[[ $(vmevac list --qmp "$web=source.qmp" "$web") == *" pagesize=2097152 "*" poisoned=3 qmp="* ]]
}

@test "memory in which hugesplit has replaced huge pages is found, read and dumped whole" {
	local line
	lose_three
	run -1 vmevac dump --live --qmp "$web=source.qmp" "$web" dump
	echo "$output"
	for line in 30000 1a03000 1e03000; do
		[[ $output == *" reason=poisoned bytes=4096 "*" gpa=$(printf '0x%016x' "0x$line")"* ]]
	done
	[[ $output == *" result=done "*" lost=12288 "* ]]
	run -0 memscan --vm "$web"
	echo "$output"
	output=$(grep ^done <<<"$output")
	[ $(($(value scanned) + $(value holes))) = $((32 << 20)) ]
}

# Three huge pages of the source have been replaced by pages that are locked, and bound as they were.
three_are_alike()
{
	[ "$(grep -c "${policy:-default} file=/memfd:hugesplit" "/proc/$source/numa_maps")" = 3 ]
	[ "$(sed -n '/memfd:hugesplit/,/^VmFlags/s/^VmFlags:.* lo .*/locked/p' "/proc/$source/smaps" | grep -c locked)" = 3 ]
}

# What is lost in part is replaced at a target of huge pages, too, which is a source then.
@test "a machine with huge pages that hugesplit has replaced moves, and moves on" {
	[ -d /sys/devices/system/node/node0 ] || skip "needs a kernel with NUMA"
	backend+=,host-nodes=0,policy=bind
	policy=bind:0
	lose_three
	three_are_alike
	hop 3
	three_are_alike
	hop 3
	three_are_alike
	[ "$(kept "$source")" = keptkept ]
}

@test "it moves to small pages, and from there to huge ones again" {
	lose_three
	backend=memfd,id=ram,size=32M,share=on
	hop 3
	backend+=,hugetlb=on,hugetlbsize=2M
	hop 3
	[ "$(grep -c memfd:hugesplit "/proc/$source/maps")" = 3 ]
	[ "$(kept "$source")" = keptkept ]
}

@test "what has been sent and is the same is not sent again, in huge pages" {
	sends_little
}

@test "killed while it replaces huge pages, the receiver leaves the machine at the source" {
	local step
	lose_three
	for step in split replace load; do
		VMEVAC_FAULT=recv:$step send
		echo "$step: status $status, $output$stderr"
		one_runs
		[ "$place" = source ]
		rm -rf home target
	done
	hop 3
}

@test "huge pages are replaced in a QEMU that locks whatever it maps" {
	qemu=(qemu-system-x86_64 -overcommit mem-lock=on)
	lose_three
	hop 3
	[ "$(grep -c memfd:hugesplit "/proc/$source/maps")" = 3 ]
	[ "$(kept "$source")" = keptkept ]
}

# QEMU may lock no memory, and has filters: what is done in it takes rights that are kept for that.
@test "huge pages are replaced in a QEMU of another user that has filters for system calls" {
	chmod a+x "$BATS_RUN_TMPDIR"
	chmod a+rwx .
	setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "cd '$PWD' && cat '$top/build/lab/versions.rom' >rom" ||
		skip "others may not read what is here"
	mkdir -m 777 target
	qemu=(setpriv --reuid 65534 --regid 65534 --clear-groups qemu-system-x86_64 -sandbox on)
	# Bit 24 is CAP_SYS_RESOURCE (capability.h): without, nobody can lift a limit for a moment.
	(($(sed -n 's/^CapEff:\t/0x/p' /proc/self/status) >> 24 & 1)) && qemu=(prlimit --memlock=65536:65536 "${qemu[@]}")
	lose_three
	hop 3
	[ "$(grep -c memfd:hugesplit "/proc/$source/maps")" = 3 ]
	[[ $(grep Seccomp: "/proc/$source/status") == *2 ]]
	[ "$(kept "$source")" = keptkept ]
}

@test "huge pages follow a machine that runs already" {
	follows installed
}

@test "huge pages follow into a QEMU that has had them all" {
	backend+=,prealloc=on
	follows installed
}

@test "what was cut while huge pages followed goes on" {
	qemu_of installed
	steps=(recv:fault)
	[ -n "${MEMPATROL_BIN:-}" ] || steps+=(send:answer recv:fetching)
	for step in "${steps[@]}"; do
		cut "${step%:*}" "${step#*:}"
		stands_still
		recovers
	done
}

# Of a huge page that is lost in part, small ones follow.
@test "huge pages follow beside those that hugesplit has replaced" {
	lose_three
	post_copy=always hop 3
	[[ $output == *" fetched="* ]]
	post_copy=always hop 3
	[ "$(grep -c memfd:hugesplit "/proc/$source/maps")" = 3 ]
	[ "$(kept "$source")" = keptkept ]
}

@test "huge pages follow small ones, and the other way round" {
	lose_three
	backend=memfd,id=ram,size=32M,share=on
	post_copy=always hop 3
	backend+=,hugetlb=on,hugetlbsize=2M
	post_copy=always hop 3
	[ "$(kept "$source")" = keptkept ]
}

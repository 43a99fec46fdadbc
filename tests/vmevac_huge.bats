# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac send and recv: memory in huge pages of hugetlbfs, of which the kernel tells as a whole.
#
# bats sets $stderr; the helpers run and say what came of it, and take $backend.
# shellcheck disable=SC2034
bats_require_minimum_version 1.5.0
load helper
load vmevac_helper
load vmevac_send_helper

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
	qemu_of installed
	start_source
	wait_until has_passed 24 # all pages have their content
	keep "$source"
	lose 0x30000 0x1a03000 0x1e03000
	[ "$(grep -c memfd:hugesplit "/proc/$source/maps")" = 3 ]
	one_runs
	[[ $(vmevac list --qmp "$web=source.qmp" "$web") == *" pagesize=2097152 "*" poisoned=3 qmp="* ]]
}

@test "a machine with huge pages that hugesplit has replaced moves to one of small pages" {
	lose_three
	backend=memfd,id=ram,size=32M,share=on
	hop 3
	[ "$(kept "$source")" = keptkept ]
}

@test "what has been sent and is the same is not sent again, in huge pages" {
	sends_little
}

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
	hops 2M 512
}

@test "what has been sent and is the same is not sent again, in huge pages" {
	sends_little
}

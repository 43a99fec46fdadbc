# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile, which can start hosts with latent errors and watch them
# die: what memscan's manual claims of reads that go through the kernel.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

# A host in which the page that holds an error is read by kernel_read's way $1.
# What it says goes through the kernel's log to the serial console, line by line:
# words on their way through a pipe would die with it.
read_through_kernel()
{
	# shellcheck disable=SC2016
	"$top/tests/lab/lab" -p latent -m 512 -t 1800 -o "$tmp/console" -- bash -euc '
		BATS_TEST_TMPDIR=$(mktemp -d)
		. tests/helper.bash
		. tests/lab/lab_helper.bash
		setup
		hold memfd 64K
		tests/lab/plant "$(held addr 5)"
		build/lab/kernel_read "$0" "$holder" "$(held va 4)"
		echo "<0>the page before is fine" >/dev/kmsg
		build/lab/kernel_read "$0" "$holder" "$(held va 5)"
		echo "<0>still alive" >/dev/kmsg' "$1"
}

panics()
{
	run -99 read_through_kernel "$1"
	grep -q 'the page before is fine' "$tmp/console"
	grep -q 'Kernel panic - not syncing: Fatal local machine check' "$tmp/console"
	run ! grep -q "still alive" "$tmp/console"
}

@test "process_vm_readv of a latent page takes the kernel down" {
	panics process_vm_readv
}

@test "pread of the memfd that has the latent page takes the kernel down" {
	panics pread
}

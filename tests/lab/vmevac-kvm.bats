# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile: a machine under KVM that has memory which the kernel calls bad.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load vmevac_helper

poison()
{
	local gpa address
	for gpa; do
		address=$(address_of "$gpa")
		echo "$gpa at $address"
		echo $((address / 4096)) >/sys/kernel/debug/hwpoison/corrupt-pfn
		wait_for_poison "$address" || return
	done
}

@test "bad pages of shared memory are left out; QEMU's own dump gives up, or ends the machine" {
	machine memory-backend-memfd,share=on
	poison 0x9000 0x300000
	dump_lists poisoned 0x9000 0x300000
	monitor "dump-guest-memory $tmp/theirs" | grep -q 'failed to save memory: Bad address'
	dump_lists poisoned 0x9000 0x300000
	monitor "dump-guest-memory -z $tmp/theirs" || true
	status=0
	wait "$holder" || status=$?
	[ "$status" != 0 ]
	cat "$tmp/qemu"
	holder=
}

@test "bad pages of private memory are left out" {
	machine memory-backend-ram
	poison 0x9000 0x300000
	dump_lists poisoned 0x9000 0x300000
	kill -0 "$holder"
	monitor 'info status' | grep -q paused
}

@test "of a machine on huge pages of hugetlbfs the bad one is left out" {
	machine memory-backend-memfd,share=on,hugetlb=on,hugetlbsize=2M
	poison 0x300000
	run -1 vmevac dump web "$tmp/core"
	echo "$output"
	grep -q "^skip src=vmevac reason=poisoned bytes=2097152 vm=web pid=$holder va=0x[0-9a-f]* gpa=0x0000000000200000\$" <<<"$output"
	[[ ${lines[-1]} == "dump vm=web result=done pid=$holder state=paused mode=still file=$tmp/core "*" lost=2097152 cpus=1 "* ]]
	# What the guest counts with is in another huge page, which is all there.
	offset=$(readelf -lW "$tmp/core" | sed -n 's/^ *LOAD *\(0x[0-9a-f]*\) 0x[0-9a-f]* 0x0*0 .*/\1/p')
	[ "$(od -An -tu4 -j $((offset + 0x600)) -N 4 "$tmp/core" | tr -d ' ')" = "$(word_at 0x600)" ]
	kill -0 "$holder"
	run -0 vmevac list --sample 1s web
	[[ ${lines[0]} == "vm vm=web "*" poisoned=512 dirty_rate="[0-9]* ]]
}

@test "a guest under KVM is told of an error" {
	machine memory-backend-memfd,share=on
	monitor cont
	run vmevac signal --severity srar web 0x12000
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == "signal vm=web gpa=0x0000000000012000 mode=srar result=done pid=$holder state=running "* ]]
	for ((i = 0; i < 600; i++)); do
		[ "$(word_at 0x608)" != 1 ] || return 0
		rest 0.1
	done
	return 1
}

@test "how much of its memory a guest under KVM writes to is told" {
	rom=versions size=32 machine memory-backend-memfd,share=on
	monitor cont
	run -0 vmevac list --sample 2s --timeout 60s web
	echo "$output"
	# 23 MiB, again and again; QEMU counts whole ones.
	[[ ${lines[0]} =~ ^vm\ vm=web\ .*\ dirty_rate=([0-9]+)\  ]]
	[ "${BASH_REMATCH[1]}" -ge $((1 << 20)) ]
}

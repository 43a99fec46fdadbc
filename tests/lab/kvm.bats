# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile: a virtual machine under KVM, its memory looked at from the host.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

resident()
{
	sed -n 's/^RssShmem:[^0-9]*//p' "/proc/$holder/status"
}

@test "memscan reads a running guest's memory, fills none of its holes, and the guest runs on" {
	start_guest
	before=$(resident)
	run -0 memscan --vm web
	[[ ${lines[-1]} == "done src=memscan scope=vm scanned="*" unreachable=0 hits=0 known=0 "*" complete=1 vm=web" ]]
	[ "$(sed 's/.* holes=\([0-9]*\).*/\1/' <<<"${lines[-1]}")" -gt 0 ]
	[ "$(resident)" = "$before" ]
	wait_for_count "$(counter)"
}

# The process is held still, for this guest has no machine check handler: told of
# the error it would reset for ever, which is what the toolkit is to prevent.
@test "a page of a guest goes bad: listed, and named by its place in the guest" {
	start_guest
	kill -STOP "$holder"
	range=$(guest_range)
	frame=$(frame_of "$holder" $((0x${range%-*} + 0x8000)))
	[ "$frame" != 0 ]
	echo "$frame" >/sys/kernel/debug/hwpoison/corrupt-pfn
	address=$(printf '0x%016x' $((frame * 4096)))
	wait_for_poison "$address"
	poisonctl list | grep -q "^page addr=$address size=4096 state=poisoned "
	run -1 memscan --vm web
	grep -q "^page addr=$address size=4096 state=poisoned .* src=memscan vm=web pid=$holder .* gpa=0x0000000000008000 off=32768 " <<<"$output"
}

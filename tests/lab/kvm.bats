# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile: a virtual machine under KVM, its memory looked at from the host.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

# A floppy whose boot sector counts timer interrupts at address 0x600 for ever:
#	xor ax,ax; mov ds,ax; sti; again: hlt; inc dword [0x600]; jmp again
# Halting matters: a guest that never leaves its processor starves an emulated host.
write_boot_sector()
{
	printf '\x31\xc0\x8e\xd8\xfb\xf4\x66\xff\x06\x00\x06\xeb\xf8' >"$1"
	printf '\x55\xaa' | dd of="$1" bs=1 seek=510 conv=notrunc status=none
	truncate -s 1440K "$1"
}

# A virtual machine with 64 MiB of shared memory; its process is $holder.
start_guest()
{
	write_boot_sector "$tmp/floppy"
	qemu-system-x86_64 -name guest=lab,debug-threads=on -accel kvm -cpu EPYC -m 64 -machine pc,memory-backend=ram \
		-object memory-backend-memfd,id=ram,size=64M,share=on \
		-nodefaults -no-user-config -display none -fda "$tmp/floppy" \
		>"$tmp/qemu" 2>&1 3>&- &
	holder=$!
	for ((i = 0; i < 600; i++)); do
		[ "$(counter)" = 0 ] || return 0
		kill -0 "$holder" || break
		sleep 0.1
	done
	cat "$tmp/qemu"
	return 1
}

# The file of the guest's memory.
guest_memory()
{
	local file
	for file in "/proc/$holder/map_files"/*; do
		[[ $(readlink "$file") != /memfd:memory-backend-memfd* ]] || echo "$file"
	done | head -n 1
}

# What the guest has counted to.
counter()
{
	local file
	file=$(guest_memory)
	if [ -n "$file" ]; then
		od -An -tu4 -j 1536 -N 4 "$file" | tr -d ' '
	else
		echo 0
	fi
}

resident()
{
	sed -n 's/^RssShmem:[^0-9]*//p' "/proc/$holder/status"
}

counts_on()
{
	local before
	before=$(counter)
	for ((i = 0; i < 600; i++)); do
		[ "$(counter)" = "$before" ] || return 0
		sleep 0.1
	done
	return 1
}

@test "memscan reads a running guest's memory, fills none of its holes, and the guest runs on" {
	start_guest
	before=$(resident)
	run -0 memscan --vm lab
	[[ ${lines[-1]} == "done src=memscan scope=vm scanned="*" unreachable=0 hits=0 known=0 "*" complete=1 vm=lab" ]]
	[ "$(sed 's/.* holes=\([0-9]*\).*/\1/' <<<"${lines[-1]}")" -gt 0 ]
	[ "$(resident)" = "$before" ]
	counts_on
}

# The process is held still, for this guest has no machine check handler: told of
# the error it would reset for ever, which is what the toolkit is to prevent.
@test "a page of a guest goes bad: listed, and named by its place in the guest" {
	start_guest
	kill -STOP "$holder"
	start=$(basename "$(guest_memory)")
	frame=$(frame_of "$holder" $((0x${start%-*} + 0x7000)))
	[ "$frame" != 0 ]
	echo "$frame" >/sys/kernel/debug/hwpoison/corrupt-pfn
	address=$(printf '0x%016x' $((frame * 4096)))
	wait_for_poison "$address"
	poisonctl list | grep -q "^page addr=$address size=4096 state=poisoned "
	run -1 memscan --vm lab
	grep -q "^page addr=$address size=4096 state=poisoned .* src=memscan vm=lab pid=$holder .* gpa=0x0000000000007000 off=28672 " <<<"$output"
}

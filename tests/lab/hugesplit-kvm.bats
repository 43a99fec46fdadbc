# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile: a virtual machine on huge pages, one of which goes bad.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

# seen N - the Nth number that the guest has written at 0x600; see checker.S
seen()
{
	dd if="/proc/$holder/mem" bs=4 skip=$(((ram + 1536) / 4 + $1)) count=1 status=none | od -An -tu4 | tr -d ' '
}

# wait_for COMMAND... - until it is true, or the guest has ended
wait_for()
{
	local i
	for ((i = 0; i < 1200; i++)); do
		kill -0 "$holder" || { cat "$tmp/qemu" && return 1; }
		if "$@"; then return; fi
		rest 0.5
	done
	return 1
}

has_memory()
{
	[ -n "$(guest_range)" ]
}

# As many rounds as make sure that one of them began after now.
has_counted_from()
{
	[ "$(seen 0)" -gt $(($1 + 1)) ]
}

# The process stands still from the error to its repair: a guest that touches the page in between
# is told of an error wherever it does.
spoil_page_and_split()
{
	local va
	va=$((ram + $1))
	kill -STOP "$holder"
	while ! grep -q '^State:.T' "/proc/$holder/status"; do rest 0.1; done
	frame=$(frame_of "$holder" "$va")
	[ "$frame" != 0 ]
	echo "$frame" 2>/dev/null >/sys/kernel/debug/hwpoison/corrupt-pfn || true
	wait_for_poison $((frame * 4096))
	run -0 hugesplit --max-age any "$(printf '%d:0x%x' "$holder" "$va")"
	kill -CONT "$holder"
	[[ $output == *" result=done lost=4096 salvaged=2093056 "* ]]
}

@test "a guest on huge pages lives through errors, and takes one machine check, at the lost 4 KiB" {
	chrt --idle 0 qemu-system-x86_64 -accel kvm -cpu qemu64 -m 16 -machine pc,memory-backend=ram \
		-name guest=web -object memory-backend-memfd,id=ram,size=16M,share=on,hugetlb=on,hugetlbsize=2M \
		-nodefaults -no-user-config -display none -no-reboot -bios "$top/build/lab/checker.rom" \
		>"$tmp/qemu" 2>&1 3>&- &
	holder=$!
	wait_for has_memory
	ram=$((0x$(guest_range | cut -d - -f 1)))
	wait_for has_counted_from 0
	[ "$(seen 1) $(seen 2)" = "0 0" ]

	spoil_page_and_split $((0x4b000))
	wait_for has_counted_from "$(seen 0)"
	[ "$(seen 1) $(seen 2) $(seen 3)" = "0 1 $((0x4b00))" ]

	# Another of its huge pages, which this guest does not look at.
	echo kept | dd of="/proc/$holder/mem" bs=4096 seek=$(((ram + 0x400000) / 4096)) conv=notrunc status=none
	spoil_page_and_split $((0x4bc000))
	wait_for has_counted_from "$(seen 0)"
	[ "$(seen 1) $(seen 2) $(seen 3)" = "0 1 $((0x4b00))" ]
	[ "$(dd if="/proc/$holder/mem" bs=4096 skip=$(((ram + 0x400000) / 4096)) count=1 status=none | head -c 4)" = kept ]
	[ "$(grep -c memfd:hugesplit "/proc/$holder/maps")" = 2 ]
}

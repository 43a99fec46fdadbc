# SPDX-License-Identifier: GPL-2.0-or-later
# A virtual machine that nobody looks after: it is the first to meet the error.
# shellcheck shell=bash

without=(
	'start_plain guest: "plain", equal to "web", on huge pages.'
	'spoil_plain error: 4 KiB of what it seldom reads go bad beneath the kernel, too.'
	'read_plain end: It reads its data, and meets the error: a machine check, and another at the next 4 KiB, for all 2 MiB are gone.  That is its end.'
)

start_plain()
{
	end_guest web
	end_guest db
	start_guest plain
	run_guest plain
}

spoil_plain()
{
	spoil plain
}

is_gone()
{
	[ -z "$(memory_of plain)" ]
}

# It panics at the second machine check.  What QEMU makes of that depends on its version.
is_over()
{
	is_gone || { look plain && { [ "$starts" != 1 ] || [ "$checks" -ge 2 ]; }; }
}

read_plain()
{
	ask plain
	wait_for is_over || fail "the guest's end"
	local before=$pulse
	sleep 5 # time for QEMU to restart it
	look plain || true
	try 0 'grep -m 2 "GUEST addr 0x4b[cd]000 of type BUS_MCEERR_AR" plain.log'
	if is_gone; then
		echo 'Its QEMU has ended.'
	elif [ "$starts" != 1 ]; then
		echo 'QEMU has restarted it: all that it had in its memory is gone.'
	else
		[ "$pulse" = "$before" ] || fail "that it goes on no more"
		echo 'It stands still.'
	fi
}

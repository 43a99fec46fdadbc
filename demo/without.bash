# SPDX-License-Identifier: GPL-2.0-or-later
# A virtual machine that nobody looks after: it is the first to meet the error.
# shellcheck shell=bash

without=(
	'leave_db patrol: Nobody reads the memory of "db" any more, and 4 KiB of what it seldom reads go bad beneath the kernel, too.'
	'read_without end: It reads its data, and meets the error: a machine check, and another at the next 4 KiB, for all 2 MiB are gone.  That is its end.'
)

leave_db()
{
	end_guest web
	spoil db
}

is_gone()
{
	[ -z "$(memory_of db)" ]
}

# It panics at the second machine check.  What QEMU makes of that depends on its version.
is_over()
{
	is_gone || { look db && { [ "$starts" != 1 ] || [ "$checks" -ge 2 ]; }; }
}

read_without()
{
	ask db
	wait_for is_over || fail "the guest's end"
	local before=$pulse
	read -r -t 5 -u "$nobody" || true # time for QEMU to restart it
	look db || true
	try 0 'grep -m 2 "GUEST addr 0x4b[cd]000 of type BUS_MCEERR_AR" db.log'
	if is_gone; then
		echo 'Its QEMU has ended.'
	elif [ "$starts" != 1 ]; then
		echo 'QEMU has restarted it: all that it had in its memory is gone.'
	else
		[ "$pulse" = "$before" ] || fail "that it goes on no more"
		echo 'It stands still.'
	fi
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What the bats files that run inside a lab share: load lab_helper
# shellcheck shell=bash disable=SC2154

setup_file()
{
	# Elsewhere these tests would plant errors in a machine that somebody needs.
	[ -n "${LAB_PROFILE:-}" ] || skip "not inside a lab"
}

setup()
{
	tmp=$BATS_TEST_TMPDIR
}

teardown()
{
	[ -n "${holder:-}" ] || return 0
	kill -KILL "$holder"
	wait "$holder" 2>/dev/null || true
}

# rest SECONDS - where the machine is emulated twice over, programs take long to start, and sleep(1)
# would be most of what is done while something is waited for: so whoever waits starts as few as can be.
rest()
{
	read -r -t "$1" -u "$nobody" || true
}
exec {nobody}<> <(:) # who never writes anything

# Start a process that holds memory: hold KIND SIZE [NODE].  Its pages are in held().
hold()
{
	: >"$tmp/held" # where an earlier one may have said that it was ready
	"$top/build/lab/holder" "$@" >"$tmp/held" 3>&- &
	holder=$!
	until is_ready; do
		kill -0 "$holder" || return
		rest 0.1
	done
}

is_ready()
{
	local lines
	mapfile -t lines <"$tmp/held"
	[[ ${lines[*]: -1} == "#ready"* ]]
}

# held KEY N - the value of KEY (addr, va, off) of the Nth page that the holder holds
held()
{
	local line
	mapfile -t -s $(($2 - 1)) -n 1 line <"$tmp/held"
	[[ ${line[0]} =~ " $1="([^ ]*) ]] && echo "${BASH_REMATCH[1]}"
}

# Start a virtual machine with 16 MiB of shared memory, and wait until it counts
# (guest.S); its process is $holder.  As it never rests, it runs only when nobody else would.
start_guest()
{
	chrt --idle 0 qemu-system-x86_64 -accel kvm -cpu qemu64 -m 16 -machine pc,memory-backend=ram \
		-name guest=web -object memory-backend-memfd,id=ram,size=16M,share=on \
		-nodefaults -no-user-config -display none -bios "$top/build/lab/guest.rom" \
		>"$tmp/qemu" 2>&1 3>&- &
	holder=$!
	wait_for_count 0 || { cat "$tmp/qemu" && return 1; }
}

# Where it maps its memory, or the first part of that: START-END
guest_range()
{
	local maps
	read -r -d '' maps <"/proc/$holder/maps" || true # there is no end but the file's
	[[ $maps =~ ([0-9a-f]+-[0-9a-f]+)\ [^$'\n']*\ /memfd:(memory-backend-memfd|hugesplit)\  ]] || return 0
	echo "${BASH_REMATCH[1]}"
}

# What the guest has counted to; nothing while it has no memory yet.
counter()
{
	local range count
	range=$(guest_range)
	[ -n "$range" ] || return 0
	count=$(od -An -tu4 -j 1536 -N 4 "/proc/$holder/map_files/$range")
	echo "${count// /}"
}

# Wait until the guest has counted on from $1.
wait_for_count()
{
	local now
	for ((i = 0; i < 1200; i++)); do
		kill -0 "$holder" || return
		now=$(counter)
		[ "${now:-$1}" = "$1" ] || return 0
		rest 0.5
	done
	return 1
}

# Let memscan read what is there, and do ACTION, a shell command, at POINT (tests/tools/meddle.c):
# at POINT ACTION ARG...
at()
{
	"$top/build/tools/meddle" "$1" "$2" memscan --no-idle "${@:3}"
}

# frame_of PID VA - the number of the physical page there
frame_of()
{
	local word
	word=$(dd if="/proc/$1/pagemap" bs=8 skip=$(($2 / 4096)) count=1 status=none | od -An -tu8)
	echo $((word & ((1 << 55) - 1)))
}

meminfo()
{
	local name value
	while IFS=': ' read -r name value; do
		[ "$name" != "$1" ] || echo "$value"
	done </proc/meminfo
}

# The kernel deals with some errors a moment after their machine check.
wait_for_poison()
{
	local frame i
	frame=$(printf '0x%x' $(($1 / 4096)))
	for ((i = 0; i < 300; i++)); do
		[[ $(dmesg) != *"Memory failure: $frame: recovery action"* ]] || return 0
		rest 0.1
	done
	echo "the kernel did not act on $1 in 30 s"
	return 1
}

# SPDX-License-Identifier: GPL-2.0-or-later
# The demo's virtual machines, and what can be seen of them from outside; see tests/lab/archive.S.
# shellcheck shell=bash

bad=0x4bc000 # where the error is in a guest: in what it seldom reads
declare -A process # of each guest, by its name

# start_guest NAME: it stands still; QEMU's monitor is at NAME.qmp.
start_guest()
{
	guest "$1" -S -qmp "unix:$1.qmp,server=on,wait=off" >"$1.log" 2>&1 &
	process[$1]=$!
}

# run_guest NAME: it goes on until it has a pulse
run_guest()
{
	{ wait_for test -S "$1.qmp" && qmp_ask "$1.qmp" query-status && yield "$1" &&
		qmp_ask "$1.qmp" cont; } >/dev/null || fail "$1 is there: $(<"$1.log")"
	wait_for has_pulse "$1" || fail "$1 is up: $(<"$1.log")"
}

# yield NAME: its processor, which never rests, is to run only when nobody else would: the lab has one.
yield()
{
	local thread name
	for thread in "/proc/${process[$1]}/task"/*; do
		read -r name <"$thread/comm" || return
		[[ $name != CPU* ]] || chrt --idle --pid 0 "${thread##*/}" || return
	done
}

# end_guest NAME: not always one of our children
end_guest()
{
	kill -KILL "${process[$1]}"
	wait "${process[$1]}" 2>/dev/null || true
}

# wait_for COMMAND...: ten minutes at most, for machines that are emulated three times over.  Where
# that is so, "sleep" would be most of what is done, and to look may take more than a second: without
# as long a rest behind it, a guest that runs only when nobody else would never come to it.
wait_for()
{
	local before start=$SECONDS
	while ((SECONDS - start < 600)); do
		before=$SECONDS
		! "$@" || return 0
		read -r -t $((SECONDS - before + 1)) -u "$nobody"
	done
	return 1
}
exec {nobody}<> <(:) # who never writes anything

# Where it maps the beginning of its memory: START-END
memory_of()
{
	local line
	while read -r line; do
		[[ $line == *" /memfd:memory-backend-memfd"* ]] || continue
		echo "${line%% *}"
		return
	done 2>/dev/null <"/proc/${process[$1]}/maps"
}

# look NAME: what the guest has written down, into pulse, wrong, checks, lost, starts, asked, done_with;
# its memory is in range
look()
{
	range=$(memory_of "$1")
	[ -n "$range" ] || return
	read -r pulse wrong checks lost starts asked done_with < <(
		od -An -v -w28 -tu4 -j 1536 -N 28 "/proc/${process[$1]}/map_files/$range" 2>/dev/null)
	[ -n "$done_with" ]
}

has_pulse()
{
	look "$1" && [ "$pulse" != 0 ]
}

has_counted_from()
{
	look "$1" && [ "$pulse" != "$2" ]
}

has_read()
{
	look "$1" && [ "$done_with" = "$2" ]
}

# ask NAME: have it read its data
ask()
{
	look "$1" || return
	# shellcheck disable=SC2059
	printf "\\$((asked + 1))\0\0\0" |
		dd of="/proc/${process[$1]}/mem" bs=4 seek=$(((0x${range%-*} + 0x614) / 4)) conv=notrunc status=none
}

# check NAME: have it read its data to the end, and say what it found
check()
{
	ask "$1" && wait_for has_read "$1" $((asked + 1)) || return
	printf '%s: %d of its words are wrong; it has taken %d machine checks' "$1" "$wrong" "$checks"
	[ "$lost" = 0 ] || printf ', at 0x%x' "$lost"
	echo
}

# address_of NAME GPA: the physical address of what it has there
address_of()
{
	local range word
	range=$(memory_of "$1")
	word=$(dd if="/proc/${process[$1]}/pagemap" bs=8 skip=$(((0x${range%-*} + $2) / 4096)) count=1 status=none |
		od -An -tu8)
	printf '0x%016x' $(((word & ((1 << 55) - 1)) * 4096))
}

# spoil NAME: the page goes bad, beneath this host's kernel; $address is where that is in its memory
spoil()
{
	address=$(address_of "$1" $bad)
	try 0 "plant $address"
	expect "^planted $address\$"
}

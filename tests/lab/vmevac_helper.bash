# SPDX-License-Identifier: GPL-2.0-or-later
# A virtual machine that vmevac is to act on: load vmevac_helper, after lab_helper
# shellcheck shell=bash disable=SC2154

# Start a machine with all of its memory, a backend of kind KIND, in place, and have it paused:
# machine KIND[,OPTION]... ; its process is $holder.  $rom is its firmware, if not the checker, and
# $size its memory in MiB, if not 16.
#
# The kernel tells QEMU of errors, which resets a guest that does not handle machine checks: so that
# runs until it does (checker.S).  Without KVM QEMU ends.
machine()
{
	qemu-system-x86_64 -accel kvm -cpu qemu64 -m "${size:-16}" -machine pc,memory-backend=ram -name guest=web \
		-object "$1,id=ram,size=${size:-16}M,prealloc=on" -nodefaults -no-user-config -display none -S \
		-bios "$top/build/lab/${rom:-checker}.rom" -qmp "unix:$tmp/qmp,server=on,wait=off" \
		>"$tmp/qemu" 2>&1 3>&- &
	holder=$!
	until [ -S "$tmp/qmp" ] && "$top/build/lab/hmp" "$tmp/qmp" 'info status' >/dev/null; do
		kill -0 "$holder" || { cat "$tmp/qemu" && return 1; }
		rest 0.5
	done
	monitor cont
	for ((i = 0; i < 1200; i++)); do
		[ "$(word_at 0x600)" = 0 ] || break
		rest 0.5
	done
	monitor stop
}

# What the guest has in 32 bits of its memory.
word_at()
{
	monitor "xp /1dw $1" | sed -n 's/^[0-9a-f]*: *//p'
}

monitor()
{
	"$top/build/lab/hmp" "$tmp/qmp" "$@" | tr -d '\r'
}

# address_of GPA - where it is in the memory of this host
address_of()
{
	printf '0x%016x' "$(monitor "gpa2hpa $1" | sed -n 's/^Host physical address for .* is //p')"
}

# Dump it, which has lost memory, and look at what is told of that: dump_lists REASON GPA...
# The array $options is vmevac's.
dump_lists()
{
	local reason=$1
	shift
	rm -f "$tmp/core"
	run -1 vmevac dump "${options[@]}" web "$tmp/core"
	echo "$output"
	[ "$(sed -n "s/^skip src=vmevac reason=$reason bytes=4096 vm=web pid=$holder va=0x[0-9a-f]* gpa=//p" <<<"$output")" = "$(printf '0x%016x\n' "$@")" ]
	[[ ${lines[-1]} == "dump vm=web result=done pid=$holder state=paused mode=still file=$tmp/core "*" lost=$((4096 * $#)) cpus=1 "* ]]
	[[ ${options[*]} != *zstd* ]] || { zstd -qdc "$tmp/core" >"$tmp/plain" && mv "$tmp/plain" "$tmp/core"; }
	readelf -lW "$tmp/core" >"$tmp/headers"
}

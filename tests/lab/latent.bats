# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the latent profile: errors lie beneath this kernel, and it does not know.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

plant()
{
	"$top/tests/lab/plant" "$@"
}

@test "memscan meets an error that nobody knew of, names its page and lives; then it is known" {
	hold memfd 64K
	address=$(held addr 5)
	place="pid=$holder va=$(held va 5) off=16384 file=/memfd:held\\x20(deleted)"
	plant "$address"
	[ "$(meminfo HardwareCorrupted)" = "0 kB" ]

	run -1 memscan --pid "$holder"
	[[ ${lines[0]} == "ue addr=$address size=4096 t="*"Z src=memscan node="[01]" lsb=12 si=mceerr_ar confirmed=1 $place" ]]
	[[ ${lines[-1]} == "done src=memscan scope=process scanned=61440 holes=0 skipped="*" unreachable=4096 hits=1 known=0 "* ]]
	[ "${#lines[@]}" = 3 ] # and the private memory of the process
	dmesg | grep -q "Memory failure: $(printf '0x%x' $((address / 4096))): Sending SIGBUS to memscan:"
	[ "$(meminfo HardwareCorrupted)" = "4 kB" ]

	run -1 memscan --pid "$holder"
	[[ ${lines[0]} == "page addr=$address size=4096 state=poisoned node="[01]" kind=file src=memscan $place" ]]
	[[ ${lines[-1]} == "done src=memscan "*" unreachable=4096 hits=0 known=1 "* ]]
	kill -0 "$holder" # whose memory it was
}

@test "an error inside a hugetlb page: its exact 4 KiB, and the rest of the page left alone" {
	hold hugetlb 4M
	plant "$(held addr 700)"
	run -1 memscan --pid "$holder"
	[[ ${lines[0]} == "risk src=memscan bytes=4194304 kind=hugetlb pagesize=2097152 early_kill=0 pid=$holder "* ]]
	[[ ${lines[1]} == "ue addr=$(held addr 700) size=4096 t="*" lsb=21 si=mceerr_ar confirmed=1 verified_off=2097152 verified_size=765952 pid=$holder va=$(held va 700) off=2863104 "* ]]
	# The first huge page, and the second one up to the error.
	[[ ${lines[-1]} == *" scanned=2863104 holes=0 skipped="*" unreachable=1331200 hits=1 known=0 "* ]]
}

# The bytes of the holder's memory that are not what it filled it with.  All errors are known
# by now, so that the kernel refuses to read their pages, for which dd puts zeros.
changed_bytes()
{
	local file
	for file in "/proc/$1/map_files"/*; do
		[[ $(readlink "$file") != /memfd:held* ]] || break
	done
	dd if="$file" bs=4096 conv=noerror,sync 2>/dev/null | LC_ALL=C tr -d '\245' | wc -c
}

blocks()
{
	stat -L -c %b "/proc/$1/map_files"/*-* 2>/dev/null | sort -n | tail -n 1
}

@test "eight errors at random places of two machines: all met, and nothing else is touched" {
	echo always >/sys/kernel/mm/transparent_hugepage/shmem_enabled
	hold memfd 4M
	small=$holder
	echo never >/sys/kernel/mm/transparent_hugepage/shmem_enabled
	mv "$tmp/held" "$tmp/held_small"
	# The last, and two next to each other, among them.
	pages=(1024 $((RANDOM % 500 + 1)) $((RANDOM % 200 + 512)) $((RANDOM % 200 + 712)))
	pages+=($((pages[3] + 1)) $((RANDOM % 100 + 915)))
	for page in "${pages[@]}"; do
		sed -n "${page}s/.*addr=\([^ ]*\).*/\1/p" "$tmp/held_small"
	done >"$tmp/planted"
	blocks_before=$(blocks "$small")
	hold hugetlb 4M
	held addr $((RANDOM % 512 + 1)) >>"$tmp/planted"
	held addr $((RANDOM % 512 + 513)) >>"$tmp/planted"
	mapfile -t addresses <"$tmp/planted"
	plant "${addresses[@]}"

	run -1 memscan --pid "$small" --pid "$holder"
	grep -o '^ue addr=[^ ]*' <<<"$output" | cut -d = -f 2 | sort >"$tmp/met"
	sort "$tmp/planted" | diff - "$tmp/met"
	[ "$(grep -c ' confirmed=1 ' <<<"$output")" = 8 ]
	[[ ${lines[-1]} == "done "*" hits=8 known=0 "* ]]
	[ "$(blocks "$small")" = "$blocks_before" ]
	[ "$(changed_bytes "$small")" = $((6 * 4096)) ]
	kill -0 "$holder"
	kill -KILL "$small"
}

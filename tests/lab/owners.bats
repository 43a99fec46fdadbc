# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile: whose page it is, when it is poisoned, and among processes that mean harm.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

# All owners of what list finds, but for records of other tests' pages, by now free or in no file.
poisoned_owners()
{
	poisonctl list >"$tmp/list"
	poisonctl who --no-qmp <"$tmp/list" | grep "^owner addr=$1 .* pid="
}

@test "a poisoned page of hugetlb: by the file, also who has never touched it; and when it cannot be told" {
	[ "$(poisonctl list | grep -c kind=hugetlb)" = 0 ]
	hold hugetlb 4M
	range=$(sed -n 's/^\([0-9a-f]*-[0-9a-f]*\) .* \/memfd:held.*/\1/p' "/proc/$holder/maps")
	"$top/build/lab/mapper" "/proc/$holder/map_files/$range" 4M >"$tmp/mapper" 3>&- &
	other=$!
	until grep -q '^#ready' "$tmp/mapper"; do kill -0 "$other"; rest 0.1; done
	address=$(held addr 513)
	echo $((address / 4096 + 7)) >/sys/kernel/debug/hwpoison/corrupt-pfn
	wait_for_poison "$(printf '0x%x' $((address + 7 * 4096)))"
	run -0 poisoned_owners "$address"
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} == "owner addr=$address size=2097152 kind=hugetlb pid=$holder comm=holder va=$(held va 513) shared=2 off=2097152 file=/memfd:held\\x20(deleted)" ]]
	[[ ${lines[1]} == "owner addr=$address size=2097152 kind=hugetlb pid=$other comm=mapper va="*" shared=2 off=2097152 file=/memfd:held\\x20(deleted)" ]]

	run -0 poisonctl list --probe
	grep -qx "page addr=$address size=2097152 state=poisoned node=[01] kind=hugetlb src=poisonctl bad=$(printf '0x%016x' $((address + 7 * 4096)))" <<<"$output"

	# With a second one either could be either, unless somebody knew before.
	second=$(held addr 1)
	echo $((second / 4096)) >/sys/kernel/debug/hwpoison/corrupt-pfn
	wait_for_poison "$second"
	run -0 poisoned_owners "$address"
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} == "owner addr=$address size=2097152 kind=unknown reason=ambiguous pid=$holder comm=holder va="* ]]
	run -0 poisonctl who <<<"ue addr=$(held addr 514) size=4096 t=2026-11-22T00:00:00.000000000Z src=memscan pid=$holder va=$(held va 514)"
	[[ ${lines[1]} == "owner addr=$(held addr 514) size=4096 kind=hugetlb pid=$holder comm=holder va=$(held va 514) shared=2 off=2101248 "* ]]
	[[ ${lines[2]} == *" pid=$other "* ]]
	run -1 poisonctl list --probe
	grep -qx "poisonctl: probe huge page $address: whose it is cannot be told" <<<"$output"
	run -0 poisonctl list
	! grep -q bad= <<<"$output"
	kill -KILL "$other"
	wait "$other" 2>/dev/null || true
}

@test "processes that come and go, and one with a hundred thousand areas, in little memory" {
	hold memfd 64K
	sysctl -q vm.max_map_count=200000
	"$top/build/lab/mapper" --areas 100000 >"$tmp/mapper" 3>&- &
	other=$!
	until grep -q '^#ready' "$tmp/mapper"; do kill -0 "$other"; rest 0.1; done
	while :; do (:); done 3>&- &
	forker=$!
	for i in 1 2 3; do
		run -0 poisonctl who "$(held addr 5)"
		[[ ${lines[0]} == "owner addr=$(held addr 5) size=4096 kind=file pid=$holder comm=holder va=$(held va 5) shared=1 off=16384 "* ]]
		[ "${#lines[@]}" = 2 ]
	done
	run -0 bash -c 'ulimit -v 200000; poisonctl who "$1"' - "$(held addr 5)"
	kill -KILL "$forker" "$other"
	wait "$forker" "$other" 2>/dev/null || true
}

@test "without the right to look into a process" {
	hold memfd 64K
	run -1 setpriv --bounding-set=-sys_ptrace poisonctl who "$(held addr 5)"
	grep -qx "skip src=poisonctl reason=failed pid=$holder errno=EACCES" <<<"$output"
	! grep -q '^done' <<<"$output"
	grep -q "^owner addr=$(held addr 5) size=4096 kind=unknown reason=unseen$" <<<"$output"
	run -3 setpriv --bounding-set=-sys_admin poisonctl who "$(held addr 5)"
	[ "$output" = "poisonctl: read /proc/self/pagemap: no frames without CAP_SYS_ADMIN" ]
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the latent profile, and in the soak: what memscan's options make of latent errors; and a
# virtual machine, which takes many minutes where it is emulated three times over.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

plant()
{
	"$top/tests/lab/plant" "$@"
}

@test "huge pages that are to be left alone are" {
	hold hugetlb 4M
	plant "$(held addr 700)"
	run -1 memscan --avoid-hugetlb 2M --pid "$holder"
	[[ ${lines[0]} == "skip src=memscan reason=avoided bytes=4194304 pid=$holder "* ]]
	[[ ${lines[-1]} == *" scanned=0 holes=0 "*" hits=0 known=0 "*" complete=0 "* ]]
	kill -0 "$holder"
	# An error that nobody has met would end the machine with the next use of its page.
	run -1 memscan --pid "$holder"
	[[ ${lines[-1]} == *" hits=1 "* ]]
}

@test "a file by name, and no physical addresses: a fault record" {
	hold memfd 64K
	plant "$(held addr 3)"
	run -1 memscan --no-phys --file "/proc/$holder/map_files/$(cd "/proc/$holder/map_files" && ls -l | sed -n 's/.* \([0-9a-f-]*\) -> \/memfd:held.*/\1/p')"
	[[ ${lines[0]} == "fault off=8192 file=/"*" size=4096 t="*" src=memscan lsb=12 si=mceerr_ar" ]]
	[[ ${lines[-1]} == *" hits=1 known=0 "* ]]
}

@test "an error on the other node is told as that node's" {
	hold memfd 64K 1
	plant "$(held addr 7)"
	run -1 memscan --pid "$holder"
	[[ ${lines[0]} == "ue addr=$(held addr 7) size=4096 t="*" node=1 lsb=12 "* ]]
	poisonctl list --node 1 | grep -q "^page addr=$(held addr 7) "
}

@test "it stops at the error that was to be the last" {
	hold memfd 64K
	plant "$(held addr 3)" "$(held addr 9)"
	run -1 memscan --max-hits 1 --pid "$holder"
	[ "${#lines[@]}" = 1 ]
	[[ ${lines[0]} == "ue addr=$(held addr 3) size=4096 "* ]]
	run -1 memscan --pid "$holder"
	[[ ${lines[-1]} == *" hits=1 known=1 "* ]]
}

@test "how long ago a huge page was last clean" {
	hold hugetlb 2M
	memscan --every 100ms --pid "$holder" >"$tmp/out" &
	local sweeper=$!
	until grep -q '^done ' "$tmp/out"; do rest 0.1; done
	plant "$(held addr 100)"
	until grep -q '^ue ' "$tmp/out"; do rest 0.1; done
	kill "$sweeper"
	wait "$sweeper" || [ $? = 1 ]
	grep -Eq "^ue addr=$(held addr 100) .* verified_off=0 verified_size=405504 verified_age_ns=[0-9]+ " "$tmp/out"
}

@test "a virtual machine of this host: the error in its memory is met in time, and it runs on" {
	start_guest
	range=$(guest_range)
	va=$((0x${range%-*} + 0x8000))
	address=$(printf '0x%016x' $(($(frame_of "$holder" $va) * 4096)))
	plant "$address"
	run -1 memscan --vm web
	grep -q "^ue addr=$address size=4096 .* vm=web pid=$holder va=$(printf '0x%016x' $va) gpa=0x0000000000008000 off=32768 " <<<"$output"
	[[ ${lines[-1]} == "done src=memscan "*" hits=1 "* ]]
	wait_for_count "$(counter)"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the latent profile: two errors in one huge page, of which memscan has met the first.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

@test "what memscan had not read is given up, and the second error in it harms nobody" {
	hold hugetlb 4M
	"$top/tests/lab/plant" "$(held addr 700)" "$(held addr 900)"
	memscan --pid "$holder" >"$tmp/found" || [ $? = 1 ]
	hugesplit <"$tmp/found" >"$tmp/out"
	head=$(printf '0x%016x' $(($(held addr 700) & ~0x1fffff)))
	grep -q "^split addr=$head size=2097152 pid=$holder va=$(held va 513) result=done lost=1331200 salvaged=765952 " "$tmp/out"
	grep -q " lost_va=$(held va 700) lost_size=1331200 " "$tmp/out"
	grep -q '^done src=memscan ' "$tmp/out"

	# What was saved can be read again; of the rest there is nothing to read.
	run memscan --pid "$holder"
	[[ ${lines[-1]} == *" scanned=2863104 holes=1331200 "*" hits=0 known=0 "* ]]
	kill -0 "$holder"
}

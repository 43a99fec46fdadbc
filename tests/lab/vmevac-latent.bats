# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the latent profile: a machine that has errors in its memory which nobody knows of.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load vmevac_helper

# The dump meets the errors, and neither it nor the machine nor this host minds; then they are known.
check_met()
{
	machine "$1"
	addresses=("$(address_of 0x9000)" "$(address_of 0x300000)" "$(address_of "$2")")
	"$top/tests/lab/plant" "${addresses[@]}"
	dump_lists error 0x9000 0x300000 "$2"
	for address in "${addresses[@]}"; do wait_for_poison "$address"; done
	kill -0 "$holder"
	monitor 'info status' | grep -q paused
	rm "$tmp/core"
	run -1 vmevac dump web "$tmp/core"
	grep -q '^skip .* reason=poisoned bytes=4096 .* gpa=0x0000000000009000$' <<<"$output"
	[[ ${lines[-1]} == *" result=done "*" lost=12288 "* ]]
}

@test "errors in shared memory are met, and left out" {
	check_met memory-backend-memfd,share=on 0x301000
}

@test "errors are met, and left out, by a compressed dump" {
	options=(--compress zstd)
	check_met memory-backend-memfd,share=on 0x301000
}

@test "errors in private memory are met, two of them side by side in a huge page, and left out" {
	check_met memory-backend-ram 0x301000
}

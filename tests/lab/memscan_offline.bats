# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile: memscan while a block of memory is taken offline beneath it.  Which
# blocks the kernel can empty is not ours to say, so this is for the soak: it may skip.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

# The kernel keeps some blocks for itself, so enough is held to have pages in others, too.
@test "memory that is taken out of use while it is read moves, and is read" {
	size=$((16#$(cat /sys/devices/system/memory/block_size_bytes)))
	hold memfd 160M 1
	cat >"$tmp/offline" <<END
for address in $(sed -n 's/^held addr=\([^ ]*\).*/\1/p' "$tmp/held" | cut -c 1-12 | sort -u | sed 's/$/000000/' | tr '\n' ' '); do
	block=/sys/devices/system/memory/memory\$((address / $size))
	echo offline >\$block/state && echo \$block >"$tmp/block" && break
done 2>/dev/null || true
END
	run at ppoll:40 "bash $tmp/offline" --pid "$holder"
	[ -s "$tmp/block" ] || skip "the kernel keeps all blocks"
	[ "$(cat "$(cat "$tmp/block")/state")" = offline ]
	echo online >"$(cat "$tmp/block")/state"
	[ "$status" = 0 ]
	[[ ${lines[-1]} == "done src=memscan scope=process scanned=167772160 holes=0 "*" unreachable=0 hits=0 "* ]]
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What the bats files of memscan on this machine share: load memscan_helper
# shellcheck shell=bash disable=SC2154

setup()
{
	memory=$(mktemp -d /dev/shm/memscan.XXXXXX)
}

teardown()
{
	[ -z "${holder:-}" ] || kill "$holder"
	rm -r "$memory"
}

# memscan with the times taken out of its records.
scan()
{
	memscan "$@" | sed 's/ elapsed_ns=[0-9]*//'
	return "${PIPESTATUS[0]}"
}

# A process with memory of its own: hold KIND SIZE
hold()
{
	: >"$memory/held" # where an earlier one may have said that it was ready
	"$top/build/lab/holder" "$@" >"$memory/held" 3>&- &
	holder=$!
	until grep -q '^#ready' "$memory/held"; do kill -0 "$holder" || return; sleep 0.1; done
}

# A paused machine, of the user that the words in "as" make of it: start_machine QEMU-OPTION...
start_machine()
{
	command -v qemu-system-x86_64 >/dev/null || skip "qemu-system-x86_64 is not here"
	"${as[@]}" qemu-system-x86_64 -S -nodefaults -no-user-config -display none -accel tcg -name "guest=$name" "$@" \
		-monitor "unix:$memory/monitor,server=on,wait=off" >"$memory/qemu" 2>&1 3>&- &
	holder=$!
	until [ -S "$memory/monitor" ]; do
		kill -0 "$holder" || { cat "$memory/qemu"; return 1; }
		sleep 0.1
	done
}

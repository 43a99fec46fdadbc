# SPDX-License-Identifier: GPL-2.0-or-later
# The systemd units: installed where their program is, well-formed, and no right too few.
bats_require_minimum_version 1.5.0
load helper

setup()
{
	tmp=$BATS_TEST_TMPDIR
}

@test "units are installed, start the program that came with them, and are taken away" {
	make -s -C "$top" install PREFIX="$tmp/prefix" OCF_ROOT="$tmp/prefix/ocf"
	unit=$tmp/prefix/lib/systemd/system/mempatrol
	[ "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit-memscan.service")" = "$tmp/prefix/bin/memscan" ]
	[ "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit-restore.service")" = "$tmp/prefix/bin/poisonctl" ]
	[ -x "$(sed -n 's/^ExecStart=//p' "$unit-metrics.service")" ]
	grep -q "^ExecStart=.* $tmp/prefix/bin/rastail .*($tmp/prefix/bin/mcedecode .* $tmp/prefix/share/mempatrol/integrations/journal)" "$unit-log.service"
	[ -x "$tmp/prefix/bin/memscan" ]
	[ -x "$tmp/prefix/share/mempatrol/integrations/journal" ]
	[ -x "$tmp/prefix/bin/poisonctl" ]
	[ -f "$unit-memscan.timer" ]
	grep -q "$tmp/prefix/bin/vmevac" "$tmp/prefix/ocf/resource.d/mempatrol/vm"
	make -s -C "$top" uninstall PREFIX="$tmp/prefix" OCF_ROOT="$tmp/prefix/ocf"
	[ -z "$(find "$tmp/prefix" -type f)" ]
}

@test "systemd has nothing to say against them" {
	command -v systemd-analyze >/dev/null || skip "systemd-analyze is not here"
	make -s -C "$top" install PREFIX="$tmp/prefix" OCF_ROOT="$tmp/prefix/ocf"
	run -0 systemd-analyze verify --man=no "$tmp"/prefix/lib/systemd/system/mempatrol-*.{service,timer}
	[ -z "$output" ]
}

@test "the capabilities that the service leaves are enough" {
	need_root
	command -v setpriv >/dev/null || skip "setpriv is not here"
	command -v qemu-system-x86_64 >/dev/null || skip "qemu-system-x86_64 is not here"
	wanted=-all
	for capability in $(sed -n 's/^CapabilityBoundingSet=//p' "$top/units/mempatrol-memscan.service"); do
		capability=${capability,,}
		wanted+=,+${capability#cap_}
	done
	setpriv --reuid 65534 --clear-groups qemu-system-x86_64 -S -name "units$$" -nodefaults -no-user-config \
		-display none -accel tcg -m 16 -machine pc,memory-backend=ram \
		-object memory-backend-memfd,id=ram,size=16M,share=on >"$tmp/qemu" 2>&1 3>&- &
	machine=$!
	for ((i = 0; i < 100; i++)); do
		grep -q memory-backend-memfd "/proc/$machine/maps" && break
		sleep 0.1
	done
	run setpriv --bounding-set "$wanted" --inh-caps -all memscan --vm "units$$"
	kill "$machine"
	echo "$output"
	[ "$status" = 0 ]
	[[ ${lines[-1]} == "done src=memscan scope=vm "*" skipped=0 "*" complete=1 vm=units$$" ]]
}

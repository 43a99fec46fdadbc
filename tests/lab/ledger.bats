# SPDX-License-Identifier: GPL-2.0-or-later
#
# The ledger across real reboots: three boots of one machine, by setup_file, whose only memory
# of each other is the ledger in a shared folder; the tests look at what came out.
#
# The second is with systemd, and what it starts is shown on the way: the patrol, too.
#
# Memory from 400 MiB on is for what can be moved (kernelcore=), so that what is bad in the first
# boot is not the kernel's own in the second.
#
# The quoted scripts are for the shell inside:
# shellcheck disable=SC2016
bats_require_minimum_version 1.5.0
load ../helper
load boots_helper

setup_file()
{
	[ -z "${LAB_PROFILE:-}" ] || skip "inside a lab"
	export OUT=$BATS_FILE_TMPDIR
	mkdir "$OUT/share"
	machine=(-p mce --share "$OUT/share")
	# The last of many pages, where a machine that has just booted has used none yet.
	boot first "${machine[@]}" -a kernelcore=400M -- bash -c '
		"$1/build/lab/holder" memfd 128M >/tmp/held &
		until grep -q "^#ready" /tmp/held; do sleep 0.1; done
		address=$(sed -n "32768s/.* addr=\([^ ]*\).*/\1/p" /tmp/held)
		"$1/tests/lab/monitor" "mce -b 0 9 0xbd000000000000c0 0x5 $address 0x8c"
		for ((i = 0; i < 300; i++)); do
			! dmesg | grep -q "Memory failure: .*: recovery action" || break
			sleep 0.1
		done
		echo "== address"; echo "$address"
		echo "== save"; poisonctl list | poisonctl save --ledger "$2/ledger.db"
		echo "== end"' bash "$top" "$OUT/share"
	# As it is installed, and started by systemd as process 1.
	make -s -C "$top" install DESTDIR="$OUT/tree" PREFIX=/usr
	systemctl --root="$OUT/tree" enable mempatrol-restore.service
	install -D "$OUT/share/ledger.db" "$OUT/tree/var/lib/mempatrol/ledger.db"
	boot second "${machine[@]}" -a kernelcore=400M --systemd "$OUT/tree" -- bash -c '
		unit=mempatrol-restore.service
		echo "== restore"; journalctl -q -o cat -u "$unit" -t poisonctl
		echo "== unit"; systemctl show -p ActiveState -p Result -p ExecMainStatus "$unit" | sort
		echo "== order"; systemctl show -P Before "$unit"
		echo "== list"; poisonctl list | grep "^page"
		qemu-system-x86_64 -S -name web -nodefaults -no-user-config -display none -accel tcg -m 16 \
			-machine pc,memory-backend=ram -object memory-backend-memfd,id=ram,size=16M,share=on &
		until grep -q memory-backend-memfd "/proc/$!/maps"; do sleep 0.1; done
		echo "== patrol"; systemctl start mempatrol-memscan.service; echo $?
		journalctl -q -o cat -u mempatrol-memscan.service -t memscan
		echo "== problem"; /usr/share/mempatrol/integrations/node-problem patrol; echo $?
		echo "== metrics"; mkdir -p /var/lib/prometheus/node-exporter
		systemctl start mempatrol-metrics.service; systemctl show -P Result mempatrol-metrics.service
		(cd /var/lib/prometheus/node-exporter && echo * && grep -h "^mempatrol_\(report_complete\|bad\|met\|skips\)" *)
		echo "== timer"; systemctl start mempatrol-memscan.timer
		systemctl show -P ActiveState mempatrol-memscan.timer
		systemctl start mempatrol-log.service
		"$1/tests/lab/monitor" "mce 0 9 0x8c00004000010090 0x0 0x12345000 0x8c"
		for ((i = 0; i < 600; i++)); do
			! journalctl -q -t mempatrol MEMPATROL_ADDR=0x0000000012345000 | grep -q . || break
			sleep 0.1
		done
		echo "== log"; systemctl stop mempatrol-log.service; systemctl show -P Result mempatrol-log.service
		journalctl -q -t mempatrol -o cat MEMPATROL_ADDR=0x0000000012345000
		journalctl -q -t mempatrol -o cat --output-fields=PRIORITY,MEMPATROL_SEV MEMPATROL_ADDR=0x0000000012345000
		echo "== again"; poisonctl restore | grep "^offline"
		echo "== boot"; poisonctl boot
		echo "== end"' bash "$top"
	arguments=$(section second boot)
	boot third "${machine[@]}" -a "kernelcore=400M $arguments" -- bash -c '
		echo "== restore"; poisonctl restore --ledger "$1/ledger.db"
		echo "== status"; echo $?
		echo "== list"; poisonctl list | grep -c "^page"
		echo "== corrupted"; grep HardwareCorrupted /proc/meminfo
		echo "== iomem"; cat /proc/iomem
		echo "== boot"; poisonctl boot --ledger "$1/ledger.db"
		echo "== end"' bash "$OUT/share"
}

# On a failure, what the machines said.
teardown()
{
	[ -z "${BATS_ERROR_STATUS:-}" ] || [ "$BATS_ERROR_STATUS" = 0 ] || cat "$OUT"/*.out "$OUT"/*.err
}

@test "the first boot saves the page that the hardware reported" {
	address=$(section first address)
	[[ $address =~ ^0x[0-9a-f]{16}$ ]]
	[[ $(section first save | head -n 1) == "ledger addr=$address size=4096 mode=save result=done sightings=1"* ]]
	[[ $(section first save | tail -n 1) == "done src=poisonctl scope=all "* ]]
}

@test "the second boot knows of nothing, and its unit takes the page away before anybody has it" {
	address=$(section first address)
	[[ $(section second restore | head -n 1) == "offline addr=$address size=4096 mode=hard result=done kind="*" state=poisoned t="* ]]
	[ "$(section second restore | tail -n 1)" = "done src=poisonctl scope=restore skipped=0" ]
	[ "$(section second unit | paste -sd ' ')" = "ActiveState=active ExecMainStatus=0 Result=success" ]
	[[ " $(section second order) " == *" basic.target "* ]]
	[[ $(section second list) == "page addr=$address size=4096 state=poisoned "* ]]
	[[ $(section second again) == "offline addr=$address size=4096 mode=hard result=already "* ]]
	[ "$(section second boot)" = "memmap=4K\$$(printf '0x%x' "$address")" ]
}

@test "the patrol and its timer, as they are installed, do with the rights that they leave themselves" {
	[ "$(section second patrol | head -n 1)" = 0 ]
	[[ $(section second patrol | tail -n 1) == "done src=memscan scope=vm "*" complete=1" ]]
	[ "$(section second timer)" = active ]
	[ "$(section second problem | head -n 2 | paste -sd ' ')" = "all memory was read 0 hours ago 0" ]
}

@test "metrics of all that is known, by their unit as it is installed" {
	[ "$(section second metrics | head -n 1)" = success ]
	[ "$(section second metrics | sed -n 2p)" = "mempatrol-errors.prom mempatrol-kernel.prom mempatrol-ledger.prom mempatrol-pages.prom mempatrol-sweep.prom" ]
	[ "$(section second metrics | grep -c '^mempatrol_report_complete{.*} 1$')" = 4 ]
	section second metrics | grep '^mempatrol_bad_ranges{report="mempatrol-pages",src="poisonctl",state="poisoned",.*} 1$'
	section second metrics | grep '^mempatrol_bad_ranges{report="mempatrol-ledger",src="ledger",.*} 1$'
}

@test "an error is in the journal, decoded, with its keys as fields" {
	[ "$(section second log | head -n 1)" = success ]
	[[ $(section second log | sed -n 2p) == "err addr=0x0000000012345000 "*" sev=corrected "* ]]
	[ "$(section second log | tail -n +3 | sort | paste -sd ' ')" = "5 corrected" ]
}

@test "the third boot has no such memory, and is left alone" {
	address=$(section first address)
	[[ $(section third restore | head -n 1) == "offline addr=$address size=4096 mode=hard result=already state=reserved t="* ]]
	[ "$(section third status)" = 0 ]
	[ "$(section third list)" = 0 ]
	[ "$(section third corrupted | tr -s ' ')" = "HardwareCorrupted: 0 kB" ]
	range=$(printf '%08x-%08x' "$address" $((address + 4095)))
	[ "$(section third iomem | grep "$range")" = "$range : Reserved" ]
	# What was reserved is to be reserved the next time, too.
	[ "$(section third boot)" = "$(section second boot)" ]
}

# SPDX-License-Identifier: GPL-2.0-or-later
# memscan scrub on a tree.  tests/roots/scrub was made by hand after the kernel's
# documents: memory controllers of which mc1 cannot be asked and mc2 has no rate, memory
# of CXL with a background scrub, two of ACPI RAS2, the second of them busy with a range.
bats_require_minimum_version 1.5.0
load helper

mc=sys/devices/system/edac/mc
dev=sys/devices

setup()
{
	root=$(unpack_root scrub)
}

# Files of sysfs keep what they are told; those of a tree show what was written.
holds()
{
	[ "$(cat "$root/$1")" = "$2" ]
}

@test "list: controllers by number, then features by name" {
	expect 0 memscan scrub list --sysroot "$root" <<'END'
scrub scrubber=mc0 src=memscan rate=5376000 on_demand=0
scrub scrubber=mc1 src=memscan on_demand=0
scrub scrubber=mc10 src=memscan rate=0 on_demand=0
scrub scrubber=acpi_ras_mem0/scrub0 src=memscan background=0 cycle_s=60 cycle_min_s=60 cycle_max_s=86400 on_demand=1
scrub addr=0x0000000100000000 size=1073741824 scrubber=acpi_ras_mem1/scrub0 src=memscan background=0 on_demand=1
scrub scrubber=cxl_mem0/scrub0 src=memscan background=1 cycle_s=43200 cycle_min_s=3600 cycle_max_s=918000 on_demand=0
done src=memscan scope=scrub skipped=0
END
}

@test "list: a control that says nonsense is told and counted" {
	echo 54x >"$root/$mc/mc0/sdram_scrub_rate"
	echo 1000 >"$root/$dev/acpi_ras_mem1/scrub0/size"
	run -1 memscan scrub list --sysroot "$root"
	[ "${lines[0]}" = "scrub scrubber=mc0 src=memscan on_demand=0 errno=EBADMSG" ]
	[ "${lines[4]}" = "scrub scrubber=acpi_ras_mem1/scrub0 src=memscan background=0 on_demand=1 errno=EBADMSG" ]
	[ "${lines[-1]}" = "done src=memscan scope=scrub skipped=2" ]
}

@test "without any control it is not supported, and says what was looked for" {
	rm -r "$root/sys/bus" "$root/$mc"/mc{0,1,10}
	for verb in list 'set --rate 0 mc0'; do
		# shellcheck disable=SC2086 # words
		expect 4 memscan scrub $verb --sysroot "$root" <<'END'
memscan: find scrub controls: no driver offers any in /sys/devices/system/edac/mc or /sys/bus/edac/devices
END
	done
}

@test "set --rate: what holds afterwards is told, what is missing is refused" {
	expect 1 memscan scrub set --rate 12K mc0 mc1 mc2 cxl_mem0/scrub0 mc10 --sysroot "$root" <<'END'
scrub scrubber=mc0 src=memscan mode=rate result=done rate=12288
scrub scrubber=mc1 src=memscan mode=rate result=refused reason=unsupported
scrub scrubber=mc2 src=memscan mode=rate result=refused reason=unknown
scrub scrubber=cxl_mem0/scrub0 src=memscan mode=rate result=refused reason=unsupported
scrub scrubber=mc10 src=memscan mode=rate result=done rate=12288
done src=memscan scope=scrub skipped=3
END
	holds $mc/mc0/sdram_scrub_rate 12288
	holds $mc/mc1/sdram_scrub_rate -1
}

@test "set --rate 0 where nothing scrubs: already" {
	expect 0 memscan scrub set --rate 0 mc10 --sysroot "$root" <<'END'
scrub scrubber=mc10 src=memscan mode=rate result=already rate=0
done src=memscan scope=scrub skipped=0
END
}

@test "set --background and --cycle" {
	expect 0 memscan scrub set --background off cxl_mem0/scrub0 --sysroot "$root" <<'END'
scrub scrubber=cxl_mem0/scrub0 src=memscan mode=background result=done background=0
done src=memscan scope=scrub skipped=0
END
	holds $dev/cxl_mem0/scrub0/enable_background 0
	expect 1 memscan scrub set --cycle 2h cxl_mem0/scrub0 acpi_ras_mem0/scrub0 acpi_ras_mem1/scrub0 \
		--sysroot "$root" <<'END'
scrub scrubber=cxl_mem0/scrub0 src=memscan mode=cycle result=done cycle_s=7200
scrub scrubber=acpi_ras_mem0/scrub0 src=memscan mode=cycle result=done cycle_s=7200
scrub scrubber=acpi_ras_mem1/scrub0 src=memscan mode=cycle result=refused reason=unsupported
done src=memscan scope=scrub skipped=1
END
	holds $dev/cxl_mem0/scrub0/current_cycle_duration 7200
}

@test "set --cycle outside what the hardware can" {
	for cycle in 59m 12d; do
		expect 1 memscan scrub set --cycle $cycle cxl_mem0/scrub0 --sysroot "$root" <<'END'
scrub scrubber=cxl_mem0/scrub0 src=memscan mode=cycle result=refused reason=range
done src=memscan scope=scrub skipped=1
END
	done
	holds $dev/cxl_mem0/scrub0/current_cycle_duration 43200
}

@test "set --start --size: a range, unless one is being scrubbed" {
	expect 1 memscan scrub set --start 0x80000000 --size 1G acpi_ras_mem0/scrub0 acpi_ras_mem1/scrub0 \
		cxl_mem0/scrub0 --sysroot "$root" <<'END'
scrub addr=0x0000000080000000 size=1073741824 scrubber=acpi_ras_mem0/scrub0 src=memscan mode=on-demand result=done
scrub addr=0x0000000080000000 size=1073741824 scrubber=acpi_ras_mem1/scrub0 src=memscan mode=on-demand result=refused reason=busy
scrub addr=0x0000000080000000 size=1073741824 scrubber=cxl_mem0/scrub0 src=memscan mode=on-demand result=refused reason=unsupported
done src=memscan scope=scrub skipped=2
END
	holds $dev/acpi_ras_mem0/scrub0/addr 0x80000000
	holds $dev/acpi_ras_mem0/scrub0/size 0x40000000
	holds $dev/acpi_ras_mem1/scrub0/addr 0x100000000
}

@test "set --dry-run changes nothing" {
	expect 1 memscan scrub set -n --rate 1M mc0 mc1 --sysroot "$root" <<'END'
scrub scrubber=mc0 src=memscan mode=rate result=refused reason=dry-run rate=5376000
scrub scrubber=mc1 src=memscan mode=rate result=refused reason=unsupported
done src=memscan scope=scrub skipped=1
END
	holds $mc/mc0/sdram_scrub_rate 5376000
}

@test "set: the kernel's no is told by name" {
	rm "$root/$dev/acpi_ras_mem0/scrub0/size"
	expect 1 memscan scrub set --start 0x1000 --size 4K acpi_ras_mem0/scrub0 --sysroot "$root" <<'END'
scrub addr=0x0000000000001000 size=4096 scrubber=acpi_ras_mem0/scrub0 src=memscan mode=on-demand result=failed errno=ENOENT
done src=memscan scope=scrub skipped=1
END
	holds $dev/acpi_ras_mem0/scrub0/addr 0x0
}

@test "wrong use is told in one line" {
	expect 2 memscan scrub <<'END'
memscan: no verb given; try 'memscan scrub --help'
END
	expect 2 memscan scrub stop <<'END'
memscan: verb stop: unknown; try 'memscan scrub --help'
END
	expect 2 memscan scrub set mc0 <<'END'
memscan: nothing to set: give --rate, --background, --cycle or --start; try 'memscan scrub set --help'
END
	expect 2 memscan scrub set --rate 0 <<'END'
memscan: no scrubber named; try 'memscan scrub set --help'
END
	expect 2 memscan scrub set --rate 0 --cycle 1h mc0 <<'END'
memscan: --rate, --background, --cycle and --start exclude each other; try 'memscan scrub set --help'
END
	expect 2 memscan scrub set --start 0x1000 acpi_ras_mem0/scrub0 <<'END'
memscan: --start and --size go together; try 'memscan scrub set --help'
END
	expect 2 memscan scrub set --rate 0 --size 4K mc0 <<'END'
memscan: --start and --size go together; try 'memscan scrub set --help'
END
	expect 2 memscan scrub set --start 0x0 --size 4K acpi_ras_mem0/scrub0 <<'END'
memscan: option --start: not a range that can be scrubbed; try 'memscan scrub set --help'
END
	expect 2 memscan scrub set --cycle 1500ms mc0 <<'END'
memscan: option --cycle: not whole seconds; try 'memscan scrub set --help'
END
	expect 2 memscan scrub set --background maybe mc0 <<'END'
memscan: option --background maybe: neither on nor off; try 'memscan scrub set --help'
END
	expect 2 memscan scrub list mc0 <<'END'
memscan: operand mc0: not expected; try 'memscan scrub list --help'
END
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What poisonctl remembers: save, saved, forget.
bats_require_minimum_version 1.5.0
load helper

setup()
{
	ledger=$BATS_TEST_TMPDIR/ledger.db
	boot=$(cat /proc/sys/kernel/random/boot_id)
}

# The records of two pages, as memscan and mcedecode print them.
events()
{
	cat <<'END'
ue addr=0x0000000012345000 size=4096 t=2026-11-21T23:06:56.483912000Z src=memscan node=0 lsb=12
err addr=0x0000000022345040 size=64 sev=fatal class=memory t=2026-11-20T10:00:00.000000000Z src=apei dimm=mc#0csrow#1
END
}

# Times that are those of the test, not of a record.
timeless()
{
	sed -E "s/=20[0-9-]+T[0-9:.]+Z/=NOW/"
}

@test "what is saved is there, by address, with its history" {
	events | poisonctl save --ledger "$ledger" >"$BATS_TEST_TMPDIR/out"
	diff "$BATS_TEST_TMPDIR/out" - <<'END'
ledger addr=0x0000000012345000 size=4096 mode=save result=done sightings=1
ledger addr=0x0000000022345000 size=4096 mode=save result=done sightings=1 dimm=mc#0csrow#1
END
	expect 0 poisonctl saved --ledger "$ledger" <<'END'
page addr=0x0000000012345000 size=4096 state=poisoned src=ledger sightings=1 first_t=2026-11-21T23:06:56.483912000Z last_t=2026-11-21T23:06:56.483912000Z
page addr=0x0000000022345000 size=4096 state=poisoned src=ledger sightings=1 first_t=2026-11-20T10:00:00.000000000Z last_t=2026-11-20T10:00:00.000000000Z dimm=mc#0csrow#1
done src=ledger scope=saved known=2 skipped=0
END
	expect 0 poisonctl saved --history --ledger "$ledger" <<END
sighting addr=0x0000000012345000 size=4096 t=2026-11-21T23:06:56.483912000Z record=ue src=memscan saved_boot=$boot
sighting addr=0x0000000022345000 size=4096 t=2026-11-20T10:00:00.000000000Z record=err src=apei saved_boot=$boot
done src=ledger scope=history known=2 skipped=0
END
}

@test "the table of what is saved, and all else passes through" {
	poisonctl save --ledger "$ledger" >"$BATS_TEST_TMPDIR/out" <<'END'
#rec 1
page addr=0x0000000000001000 size=4096 state=poisoned
page addr=0x0000000000200000 size=2097152 state=mismatched
page addr=0x0000000000002000 size=4096 state=good
offline addr=0x0000000000003000 size=4096 mode=soft result=done
offline addr=0x0000000000004000 size=4096 mode=hard result=already
offline addr=0x0000000000005000 size=4096 mode=hard result=failed errno=EBUSY
err addr=0x0000000000006040 size=64 sev=ucna class=memory action=offline-page
err addr=0x0000000000007040 size=64 sev=corrected class=memory action=offline-soft
err addr=0x0000000000008040 size=64 sev=corrected class=memory action=watch
err addr=0x0000000000009000 size=4096 sev=uncorrected class=poison action=none result=recovered
err sev=fatal class=memory action=replace
done src=x
END
	diff "$BATS_TEST_TMPDIR/out" - <<'END'
#rec 1
ledger addr=0x0000000000001000 size=4096 mode=save result=done sightings=1
ledger addr=0x0000000000200000 size=2097152 mode=save result=done sightings=1
page addr=0x0000000000002000 size=4096 state=good
ledger addr=0x0000000000003000 size=4096 mode=save result=done sightings=1
ledger addr=0x0000000000004000 size=4096 mode=save result=done sightings=1
offline addr=0x0000000000005000 size=4096 mode=hard result=failed errno=EBUSY
ledger addr=0x0000000000006000 size=4096 mode=save result=done sightings=1
ledger addr=0x0000000000007000 size=4096 mode=save result=done sightings=1
err addr=0x0000000000008040 size=64 sev=corrected class=memory action=watch
ledger addr=0x0000000000009000 size=4096 mode=save result=done sightings=1
err sev=fatal class=memory action=replace
done src=x
END
}

@test "the same event, or the same state in a boot, is one sighting" {
	poisonctl save --ledger "$ledger" < <(events) >"$BATS_TEST_TMPDIR/out"
	page="page addr=0x0000000012345000 size=4096 state=poisoned src=poisonctl"
	{ events; echo "$page"; echo "$page"; } | poisonctl save --ledger "$ledger" >"$BATS_TEST_TMPDIR/out"
	diff "$BATS_TEST_TMPDIR/out" - <<'END'
ledger addr=0x0000000012345000 size=4096 mode=save result=already sightings=1
ledger addr=0x0000000022345000 size=4096 mode=save result=already sightings=1 dimm=mc#0csrow#1
ledger addr=0x0000000012345000 size=4096 mode=save result=already sightings=2
ledger addr=0x0000000012345000 size=4096 mode=save result=already sightings=2
END
}

@test "an error across a page's end is two pages; what is no memory is refused" {
	run -1 poisonctl save --ledger "$ledger" <<'END'
ue addr=0x0000000000001fc0 size=128 t=2026-11-21T23:06:56.483912000Z src=x
ue addr=0xfffffffffffff000 size=4096 t=2026-11-21T23:06:56.483912000Z src=x
ue addr=0x0010000000000000 size=4096 t=2026-11-21T23:06:56.483912000Z src=x
ue addr=0x0000000000000000 size=2147483648 t=2026-11-21T23:06:56.483912000Z src=x
ue addr=0x0000000000000000 size=0 t=2026-11-21T23:06:56.483912000Z src=x
ue addr=0x000ffffffffff000 size=4096 t=2026-11-21T23:06:56.483912000Z src=x
END
	diff <(echo "$output") - <<'END'
ledger addr=0x0000000000001000 size=8192 mode=save result=done sightings=1
ledger addr=0xfffffffffffff000 size=4096 mode=save result=refused reason=range
ledger addr=0x0010000000000000 size=4096 mode=save result=refused reason=range
ledger addr=0x0000000000000000 size=2147483648 mode=save result=refused reason=range
ledger addr=0x0000000000000000 size=0 mode=save result=refused reason=range
ledger addr=0x000ffffffffff000 size=4096 mode=save result=done sightings=1
END
}

@test "a range in which an error is somewhere is refused, unless it is a huge page" {
	run -1 poisonctl save --ledger "$ledger" <<'END'
err addr=0x0000000040000000 size=1073741824 sev=fatal class=memory
ue addr=0x0000000000200000 size=2097152 t=2026-11-21T23:06:56.483912000Z src=x
ue addr=0x0000000000200000 size=8192 t=2026-11-21T23:06:56.483912000Z src=x kind=anon
ue addr=0x0000000000400000 size=2097152 t=2026-11-21T23:06:56.483912000Z src=x kind=hugetlb
END
	diff <(echo "$output") - <<'END'
ledger addr=0x0000000040000000 size=1073741824 mode=save result=refused reason=range
ledger addr=0x0000000000200000 size=2097152 mode=save result=refused reason=range
ledger addr=0x0000000000200000 size=8192 mode=save result=refused reason=range
ledger addr=0x0000000000400000 size=2097152 mode=save result=done sightings=1
END
}

@test "a memory block that was taken out of use is not bad, and passes through" {
	for result in done already; do
		record="offline addr=0x0000000010000000 size=134217728 mode=block result=$result state=offline poisoned=1"
		run -0 poisonctl save --ledger "$ledger" <<<"$record"
		[ "$output" = "$record" ]
	done
	[ ! -e "$ledger" ]
}

@test "nothing to save makes no ledger" {
	expect 0 poisonctl save --ledger "$ledger" </dev/null <<'END'
END
	[ ! -e "$ledger" ]
}

@test "malformed input stops, and what was said to be saved is" {
	run -3 --separate-stderr poisonctl save --ledger "$ledger" < <(events | sed '2s/ size/  size/')
	[ "$output" = "ledger addr=0x0000000012345000 size=4096 mode=save result=done sightings=1" ]
	run -3 --separate-stderr poisonctl save --ledger "$ledger" < <(events | head -c -1)
	[ "${#lines[@]}" = 1 ]
	run -0 poisonctl saved --ledger "$ledger"
	[ "${lines[-1]}" = "done src=ledger scope=saved known=1 skipped=0" ]
}

@test "the module of a page is told by its label, or by its address" {
	root=$(unpack_root dimms)
	mkdir -p "$root/var/lib"
	run -0 poisonctl save --sysroot "$root" <<'END'
err addr=0x0000000000001000 size=4096 sev=fatal class=memory dimm=CPU1_DIMM_B1
END
	# Serial numbers that all modules have tell none.
	[ "$output" = 'ledger addr=0x0000000000001000 size=4096 mode=save result=done sightings=1 dimm=CPU1_DIMM_B1 bank_locator=NODE\x202' ]
	[ "$(stat -c '%a %n' "$root"/var/lib/mempatrol{,/ledger.db})" = "700 $root/var/lib/mempatrol
600 $root/var/lib/mempatrol/ledger.db" ]
}

@test "malformed SMBIOS is said, and nothing is lost for it" {
	root=$(unpack_root dimms)
	mkdir -p "$root/var/lib"
	truncate -s 100 "$root/sys/firmware/dmi/tables/DMI"
	run -1 poisonctl save --sysroot "$root" < <(events)
	[[ ${lines[0]} == "poisonctl: read /sys/firmware/dmi/tables: "* ]]
	[ "${lines[2]}" = "ledger addr=0x0000000022345000 size=4096 mode=save result=done sightings=1 dimm=mc#0csrow#1" ]
}

@test "forget: by address, by record, not in part" {
	{ events; echo "page addr=0x0000000000200000 size=2097152 state=poisoned"; } |
		poisonctl save --ledger "$ledger"
	run -1 poisonctl forget --ledger "$ledger" 0x12345678 0x12345678 0x200000
	diff <(timeless <<<"$output") - <<'END'
ledger addr=0x0000000012345000 size=4096 mode=forget result=done t=NOW
ledger addr=0x0000000012345000 size=4096 mode=forget result=already t=NOW
ledger addr=0x0000000000200000 size=4096 mode=forget result=refused reason=part t=NOW
END
	poisonctl saved --ledger "$ledger" | grep -v 0x22345000 | poisonctl forget --ledger "$ledger"
	run -0 poisonctl saved --ledger "$ledger"
	[ "${lines[-1]}" = "done src=ledger scope=saved known=0 skipped=0" ]
}

@test "forget: without addresses and records nothing is done" {
	expect 0 poisonctl forget --ledger /nowhere/ledger </dev/null <<'END'
END
	run -0 poisonctl forget --ledger /nowhere/ledger <<<"offline addr=0x0000000000001000 size=4096 mode=hard result=done"
	[ "$output" = "offline addr=0x0000000000001000 size=4096 mode=hard result=done" ]
}

@test "what is no ledger is refused and left as it is" {
	expect 3 poisonctl saved --ledger /nowhere/ledger <<'END'
poisonctl: open /nowhere/ledger: No such file or directory
END
	mkdir -p "$BATS_TEST_TMPDIR/root/var/lib"
	expect 3 poisonctl saved --sysroot "$BATS_TEST_TMPDIR/root" <<'END'
poisonctl: open /var/lib/mempatrol: No such file or directory
END
	cp "$top/README.md" "$ledger"
	expect 3 poisonctl saved --ledger "$ledger" <<END
poisonctl: open $ledger: file is not a database
END
	run -3 poisonctl save --ledger "$ledger" < <(events)
	cmp "$top/README.md" "$ledger"
}

@test "a disk that is full is said, and what was saved is kept" {
	poisonctl save --ledger "$ledger" < <(events)
	run -3 bash -c 'ulimit -f $(($(stat -c %s "$1") / 1024 + 24)); trap "" XFSZ
		for ((i = 0; i < 4000; i++)); do printf "page addr=0x%016x size=4096 state=poisoned\n" $((i << 12)); done |
		poisonctl save --ledger "$1" >"$1.out"; exit "${PIPESTATUS[1]}"' - "$ledger"
	[[ $output == "poisonctl: write ledger: "* ]]
	saved=$(grep -c result=done "$ledger.out")
	run -0 poisonctl saved --ledger "$ledger"
	[ "${lines[-1]}" = "done src=ledger scope=saved known=$((saved + 2)) skipped=0" ]
}

@test "several who save at once wait for each other" {
	for n in 1 2 3 4; do
		for ((i = 0; i < 20; i++)); do
			printf 'page addr=0x%016x size=4096 state=poisoned\n' $(((n * 20 + i) << 12))
		done | poisonctl save --ledger "$ledger" >"$ledger.$n" &
	done
	wait
	[ "$(cat "$ledger".? | grep -c result=done)" = 80 ]
	run -0 poisonctl saved --ledger "$ledger"
	[ "${lines[-1]}" = "done src=ledger scope=saved known=80 skipped=0" ]
}

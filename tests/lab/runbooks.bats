# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile: the runbooks, run as an operator would.
#
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load busy_helper
load hugesplit_helper

setup()
{
	tmp=$BATS_TEST_TMPDIR
	export MEMPATROL_STATE=$BATS_FILE_TMPDIR/state
	PATH=$top/runbooks:$PATH
}

teardown()
{
	end_busy
	rm -f /dev/hugepages/*
	[ -z "${holder:-}" ] || kill -KILL "$holder"
}

# A virtual machine with 16 MiB of shared memory, emulated, which can be told of an error.
machine()
{
	echo "nice -n 19 qemu-system-x86_64 -accel tcg -cpu Skylake-Server,vendor=GenuineIntel -m 16 -nodefaults" \
		"-name guest=web -no-user-config -display none -machine pc,memory-backend=ram" \
		"-object memory-backend-memfd,id=ram,size=16M,share=on -bios $top/build/lab/checker.rom"
}

start_web()
{
	# shellcheck disable=SC2046
	$(machine) -qmp "unix:$tmp/web.qmp,server=on,wait=off" >"$tmp/qemu" 2>&1 3>&- &
	holder=$!
	wait_for_count 0
}

# seen N - the Nth number that the guest has written at 0x600; see checker.S
seen()
{
	od -An -tu4 -j $((1536 + 4 * $1)) -N 4 "/proc/$holder/map_files/$(guest_range)" | tr -d ' '
}

# The row of what was printed that has WORD in it.
row()
{
	grep -e "$1" <<<"$output"
}

# First, for the kernel gives nothing back once the hardware has reported an error.
@test "drill: a page goes bad, all notice, and it is given back" {
	modprobe hwpoison-inject
	run -0 drill --dry-run
	row '^inject .* refused  dry-run'
	[ "$(poisonctl list | grep -c ^page)" = 0 ]
	run -0 drill
	[ "${lines[-1]}" = "Every step happened." ]
	[ "$(poisonctl list | grep -c ^page)" = 0 ]
	[ ! -e "$MEMPATROL_STATE" ]
}

@test "patrol: nothing is said of a host that is well, and a bad page is remembered" {
	start_web
	run -0 patrol --dry-run
	row memory-backend-memfd
	[ ! -e "$MEMPATROL_STATE" ]
	run -0 patrol
	[ -z "$output" ]
	# QEMU has a page there once it has looked.
	"$top/build/tools/qmp_ask" "$tmp/web.qmp" \
		'{"execute":"human-monitor-command","arguments":{"command-line":"xp /1bx 0x9000"}}'
	frame=$(frame_of "$holder" $((0x$(guest_range | cut -d - -f 1) + 0x9000)))
	[ "$frame" != 0 ]
	echo "$frame" >/sys/kernel/debug/hwpoison/corrupt-pfn
	run -1 patrol
	row "$(printf '0x%016x' $((frame * 4096))) .*poisoned"
	[ "$(poisonctl saved --ledger "$MEMPATROL_STATE/ledger.db" | grep -c ^page)" = 1 ]

	# The same host, the same page: its guest is told, and which machine is to go.
	run -0 vm-host-ue --dry-run
	row '^(not done) $ vmevac signal pid:'"$holder"' 0x0000000000009000 '
	[ "$(seen 2)" = 0 ]
	run -0 vm-host-ue
	row "^signal  pid:$holder .* done "
	row '^plan  web .* poisoned '
	[ "$(seen 2)" = 1 ]
}

@test "after-reboot: what is remembered is out of use; dimm-replaced: and forgotten when named" {
	run -0 after-reboot
	row '^offline .* already '
	row 'memmap='
	addr=$(poisonctl saved --ledger "$MEMPATROL_STATE/ledger.db" | sed -n 's/^page addr=\([^ ]*\).*/\1/p')
	mkdir "$tmp/state"
	echo x >"$tmp/state/ledger.db"
	MEMPATROL_STATE=$tmp/state run -3 dimm-replaced
	run -0 dimm-replaced
	[ "$(poisonctl saved --ledger "$MEMPATROL_STATE/ledger.db" | grep -c ^page)" = 1 ]
	run -0 dimm-replaced --dry-run "$addr"
	[ "$(poisonctl saved --ledger "$MEMPATROL_STATE/ledger.db" | grep -c ^page)" = 1 ]
	run -0 dimm-replaced "$addr"
	[ "$(poisonctl saved --ledger "$MEMPATROL_STATE/ledger.db" | grep -c ^page)" = 0 ]
}

@test "drain-host: machines move where the command leads, and the rest is told" {
	start_web
	source=$holder
	to="vmevac recv --timeout 60s --stall 120s --state $tmp/target \
		--launch 'exec $(machine) -S -incoming defer -qmp unix:\$VMEVAC_QMP,server=on,wait=off'"
	run -0 drain-host --dry-run "$to"
	row '^evac  web .* refused  dry-run'
	kill -0 "$source"
	[ ! -e /run/mempatrol/drain ]
	run -0 drain-host "$to"
	[ -e /run/mempatrol/drain ]
	row '^plan  web '
	row '^evac  web .* done'
	run ! kill -0 "$source"
	holder=$(sed -n 's/.* state=running pid=\([0-9]*\).*/\1/p' "$tmp/target/"*.recv)
	wait_for_count "$(counter)"
}

@test "huge-page-lost: a huge page is back, all but 4 KiB" {
	busy one create /dev/hugepages/huge 4M
	spoil "$pid" 700
	run -1 huge-page-lost
	row unverified
	printf 'ue addr=0x0000000012345000 size=4096 t=%s src=memscan lsb=21 %s pid=%s va=0x%016x off=%s\n' \
		"$(date -u +%FT%T.%NZ)" "verified_off=2097152 verified_size=765952 verified_age_ns=1000000000" \
		"$pid" $(($(huge_va "$pid") + 700 * 4096)) $((700 * 4096)) >"$tmp/found"
	run -0 huge-page-lost --dry-run "$tmp/found"
	row '^split .* refused  dry-run'
	run -0 huge-page-lost "$tmp/found"
	row 'done.* 4096'
	ask one
	[[ $answer == *" wrong=0 lost=1 lost_page=700 "* ]]
}

# Last: from here on nothing can be given back.
@test "machine-check: decoded, its page taken out of use and remembered" {
	hold memfd 64K
	address=$(held addr 5)
	"$top/tests/lab/monitor" "mce -b 0 9 0xbd000000000000c0 0x5 $address 0x8c"
	wait_for_poison "$address"
	run -0 machine-check --dry-run
	row "uncorrected.*$address"
	[ "$(poisonctl saved --ledger "$MEMPATROL_STATE/ledger.db" | grep -c ^page)" = 0 ]
	run -0 machine-check
	run -0 poisonctl saved --ledger "$MEMPATROL_STATE/ledger.db"
	row "^page addr=$address size=4096 "
}

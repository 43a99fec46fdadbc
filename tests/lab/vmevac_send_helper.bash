# SPDX-License-Identifier: GPL-2.0-or-later
# Machines of KVM that move: load vmevac_send_helper, after lab_helper
# shellcheck shell=bash disable=SC2154

setup()
{
	tmp=$BATS_TEST_TMPDIR
	cd "$tmp" || return
	guests=()
}

teardown()
{
	kill -KILL "${guests[@]}" 2>/dev/null || true
	wait "${guests[@]}" 2>/dev/null || true # what came to the target is no child of ours
}

# The machine, with its name, and what $backend has to say of its memory, $size MiB if not 16:
# tests/lab/checker.S is all there is of it.
machine()
{
	echo "chrt --idle 0 qemu-system-x86_64 -accel kvm -cpu qemu64 -m ${size:-16} -machine pc,memory-backend=ram" \
		"-name guest=$1 -object memory-backend-memfd,id=ram,size=${size:-16}M,share=on${backend:-} -nodefaults" \
		"-no-user-config -display none -no-reboot -bios $top/build/lab/checker.rom"
}

# receiver NAME: the command that takes it in
receiver()
{
	echo "vmevac recv --timeout 60s --stall 120s --state $tmp/target.$1" \
		"--launch 'exec $(machine "$1") -S -incoming defer -qmp unix:\$VMEVAC_QMP,server=on,wait=off'"
}

# start_web: its process is $holder
start_web()
{
	# shellcheck disable=SC2046
	$(machine web) -qmp unix:web.qmp,server=on,wait=off >qemu 2>&1 3>&- &
	holder=$!
	guests+=("$holder")
	wait_for_count 0 || { cat qemu && return 1; }
}

# The one at the target is $holder from here on: follow_to NAME
follow_to()
{
	holder=$(sed -n 's/.* state=running pid=\([0-9]*\).*/\1/p' "target.$1"/*.recv)
	guests+=("$holder")
	goes_round
}

# The guest has written to all of its pages once more.
goes_round()
{
	local i
	for i in 1 2; do wait_for_count "$(counter)"; done
}

# Where process $holder has its memory, as a file.
ram_file()
{
	echo "/proc/$holder/map_files/$(guest_range)"
}

# seen N - the Nth number that the guest has written at 0x600; see checker.S
seen()
{
	[ -z "$(guest_range)" ] || od -An -tu4 -j $((1536 + 4 * $1)) -N 4 "$(ram_file)" | tr -d ' '
}

# Have the Nth of them be SEGMENT, a number of 16 bits: have_seen N SEGMENT
have_seen()
{
	printf '%b' "$(printf '\\x%02x\\x%02x\\0\\0' $(($2 & 0xff)) $(($2 >> 8)))" |
		dd of="$(ram_file)" bs=4 seek=$((1536 / 4 + $1)) conv=notrunc status=none
}

# The physical address of what the guest has at GPA: address_of GPA
address_of()
{
	local frame
	frame=$(frame_of "$holder" $((0x$(guest_range | cut -d - -f 1) + $1)))
	[ "$frame" != 0 ] && printf '0x%x' $((frame * 4096))
}

# move FROM SOCKET TO WHEN: afterwards it is $holder, and $lost pages, if not one, are lost; WHEN
# memory may follow it; $tracking finds what is written
move()
{
	run --separate-stderr vmevac send --timeout 60s --stall 120s --state "$tmp/home" --qmp "$1=$2" \
		--tracking "${tracking:-uffd}" --post-copy "$4" --to "$(receiver "$3")" "$1"
	echo "$output$stderr"
	[ "$status" = 0 ]
	[[ $output == *" result=done "*" mode=${tracking:-uffd} "*" poisoned=${lost:-1} lost=$((${lost:-1} * 4096)) "*" mismatched=0 "* ]]
	[ "$4" = never ] || [[ $output == *" fetched="* ]]
	follow_to "$3"
}

spoil()
{
	local address
	address=$(address_of "$1")
	echo $((address / 4096)) 2>/dev/null >/sys/kernel/debug/hwpoison/corrupt-pfn || true
	wait_for_poison "$address"
}

# The guest has taken the Nth machine check: wait_for_checks N
wait_for_checks()
{
	local i
	for ((i = 0; i < 1200; i++)); do
		kill -0 "$holder" || { cat qemu; return 1; }
		[ "$(seen 2)" != "$1" ] || return 0
		rest 0.5
	done
	return 1
}

# The guest no longer knows which page it has lost, and meets it once more: check_poison N
check_poison()
{
	have_seen 3 0
	wait_for_checks "$1"
	goes_round
	echo "wrong $(seen 1) checks $(seen 2) lost $(seen 3)"
	[ "$(seen 1) $(seen 2) $(seen 3)" = "0 $1 $((0x4b00))" ]
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile, with huge pages: what the kernel really answers when
# pages are to be taken away and given back, and what poisonctl makes of it.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

memory=/sys/devices/system/memory
hwpoison=/sys/kernel/debug/hwpoison

# Start a process with one page: keep KIND
keep()
{
	: >"$tmp/held" # as in hold()
	"$top/build/lab/keeper" "$1" >"$tmp/held" 3>&- &
	holder=$!
	until grep -q '^#ready' "$tmp/held"; do
		kill -0 "$holder" || return
		rest 0.1
	done
	address=$(held addr 1)
	va=$(held va 1)
}

seek()
{
	"$top/build/lab/seeker" "$@"
}

# The kernel's own answer: kernel_says ERRNO-TEXT FILE VALUE ("ok" for success)
kernel_says()
{
	local answer=ok
	answer=$( (echo "$3" >"$2") 2>&1) && answer=ok
	answer=${answer##*: }
	[ "$answer" = "$1" ] || { echo "the kernel says $answer"; return 1; }
}

# The kernel calls the page at $1 poisoned.
flagged()
{
	local flags
	flags=$(dd if=/proc/kpageflags bs=8 skip=$(($1 >> 12)) count=1 status=none | od -An -tu8)
	[ $((flags >> 19 & 1)) = 1 ]
}

# What an action prints, without the time: acts STATUS COMMAND... <<<OUTPUT
acts()
{
	local status=$1
	shift
	without_time()
	{
		local status=0
		"$@" >"$tmp/out" || status=$?
		sed 's/ t=20[^ ]*Z$//' "$tmp/out"
		return "$status"
	}
	expect "$status" without_time "$@"
}

# The holder's page has moved and still holds what it held.
moved_whole()
{
	[ "$(($(frame_of "$holder" "$va") << 12))" != "$((address))" ]
	[ "$(dd if="/proc/$holder/mem" bs=4096 skip=$((va >> 12)) count=1 status=none | tr -d '\245' | wc -c)" = 0 ]
}

counters()
{
	cat /sys/devices/system/node/node*/memory_failure/"$1" | awk '{ sum += $1 } END { print sum }'
}

# KiB that the kernel calls corrupted
counted()
{
	local corrupted
	corrupted=$(meminfo HardwareCorrupted)
	echo "${corrupted% kB}"
}

@test "soft: a page of a process moves, and its content with it" {
	before=$(counters total)
	for kind in plain locked; do
		keep "$kind"
		acts 0 poisonctl offline --soft "$address" "$address" <<END
offline addr=$address size=4096 mode=soft result=done kind=anon state=poisoned
offline addr=$address size=4096 mode=soft result=already kind=anon state=poisoned
END
		moved_whole
		flagged "$address"
		kernel_says ok $memory/soft_offline_page "$address"
		teardown
	done
	[ "$(counters total)" = "$before" ]
}

@test "soft: a page of tmpfs moves" {
	hold memfd 64K
	address=$(held addr 5) va=$(held va 5)
	acts 0 poisonctl offline --soft "$address" <<END
offline addr=$address size=4096 mode=soft result=done kind=file state=poisoned
END
	moved_whole
}

@test "soft: one page goes of a huge one in use" {
	hold hugetlb 2M
	address=$(held addr 5) va=$(held va 5)
	acts 0 poisonctl offline --soft "$address" <<END
offline addr=$address size=4096 mode=soft result=done kind=hugetlb state=poisoned
END
	moved_whole
	flagged "$address"
	run ! flagged $((address + 4096))
}

@test "soft: a pinned page is busy, and stays unharmed" {
	keep pinned
	kernel_says 'Device or resource busy' $memory/soft_offline_page "$address"
	acts 1 poisonctl offline --soft --wait 100ms "$address" <<END
offline addr=$address size=4096 mode=soft result=failed errno=EBUSY kind=anon
END
	run ! flagged "$address"
}

@test "soft: a page of the kernel's cannot be moved" {
	keep tables # for others come and go with the commands of this test
	for kind in pgtable slab reserved; do
		address=$(seek $kind)
		kernel_says 'Input/output error' $memory/soft_offline_page "$address"
		acts 1 poisonctl offline --soft --wait 0s "$address" <<END
offline addr=$address size=4096 mode=soft result=failed errno=EIO kind=$kind
END
		run ! flagged "$address"
	done
}

@test "soft: not where the operator has forbidden it" {
	keep plain
	echo 0 >/proc/sys/vm/enable_soft_offline
	acts 1 poisonctl offline --soft "$address" <<END
offline addr=$address size=4096 mode=soft result=failed errno=EOPNOTSUPP kind=anon
END
	echo 1 >/proc/sys/vm/enable_soft_offline
}

@test "what is no memory is not asked for" {
	kernel_says 'No such device or address' $memory/soft_offline_page 0xfffffffff000
	kernel_says 'No such device or address' $memory/hard_offline_page 0xfffffffff000
	acts 1 poisonctl offline --hard 0xfffffffff000 <<END
offline addr=0x0000fffffffff000 size=4096 mode=hard result=refused reason=not-memory
END
}

@test "hard: a free page; once more is no failure, though the kernel calls it one" {
	address=$(seek free)
	before=$(counters total)
	acts 0 poisonctl offline --hard "$address" "$address" <<END
offline addr=$address size=4096 mode=hard result=done kind=free state=poisoned
offline addr=$address size=4096 mode=hard result=already kind=kernel state=poisoned
END
	kernel_says 'Memory page has hardware error' $memory/hard_offline_page "$address"
	[ "$(counters total)" = $((before + 1)) ]
	[ "$(cat /sys/devices/system/node/node?/memory_failure/recovered | awk '{ n += $1 } END { print n }')" -ge 1 ]
}

@test "hard: the owner gets SIGBUS at its next touch, of a huge page all goes" {
	hold hugetlb 2M
	address=$(held addr 5)
	head=$(held addr 1)
	acts 0 poisonctl offline --hard "$address" <<END
offline addr=$head size=2097152 mode=hard result=done kind=hugetlb state=poisoned
END
	acts 0 poisonctl offline --hard "$head" <<END
offline addr=$head size=2097152 mode=hard result=already kind=hugetlb state=poisoned
END
}

# The proof of why flags are looked up first: the kernel's refusal leaves its mark.
@test "hard: a page of the kernel's is refused; the kernel itself would flag it and fail" {
	for kind in slab reserved; do
		address=$(seek $kind)
		acts 1 poisonctl offline --hard "$address" <<END
offline addr=$address size=4096 mode=hard result=refused reason=kernel-page kind=$kind
END
		run ! flagged "$address"
		failed=$(counters total)
		kernel_says 'Device or resource busy' $memory/hard_offline_page "$address"
		flagged "$address"
		[ "$(counters total)" = $((failed + 1)) ]
		acts 0 poisonctl offline --hard "$address" <<END
offline addr=$address size=4096 mode=hard result=already kind=$kind state=poisoned
END
	done
	address=$(seek slab)
	acts 1 poisonctl offline --hard --force "$address" <<END
offline addr=$address size=4096 mode=hard result=failed errno=EBUSY kind=slab state=poisoned
END
}

@test "two at a time: the page goes once, and neither fails" {
	hold memfd 80K
	for ((i = 1; i <= 20; i++)); do
		address=$(held addr $i)
		mode=$( ((i % 2)) && echo soft || echo hard)
		poisonctl offline --$mode "$address" >"$tmp/one" 3>&- &
		other=$!
		poisonctl offline --$mode "$address" >"$tmp/two"
		wait "$other"
		cat "$tmp/one" "$tmp/two"
		[ "$(cat "$tmp/one" "$tmp/two" | grep -Ec 'result=(done|already) .*state=poisoned')" = 2 ]
		[ $mode = soft ] || [ "$(cat "$tmp/one" "$tmp/two" | grep -c result=done)" = 1 ]
	done
}

@test "release: what software has poisoned comes back, by its address or by the record of its end" {
	address=$(seek free)
	poisonctl offline --hard "$address" >"$tmp/offline"
	before=$(counted)
	acts 0 poisonctl release "$address" <<END
release addr=$address size=4096 mode=unpoison result=done kind=kernel
END
	[ "$(counted)" = $((before - 4)) ]
	# It may be free, in a processor's own list of free pages, or somebody's already.
	run -0 poisonctl release "$address"
	[[ $output == "release addr=$address size=4096 mode=unpoison result=already kind="* ]]
	address=$(seek free) # what was given back is the next to be used
	poisonctl offline --hard "$address" >"$tmp/offline"
	poisonctl release <"$tmp/offline" >"$tmp/out"
	grep -q "^release addr=$address size=4096 mode=unpoison result=done " "$tmp/out"
	run ! flagged "$address"
}

@test "release: the kernel wants a huge page's first frame, poisonctl any" {
	hold hugetlb 2M
	head=$(held addr 1) address=$(held addr 5)
	poisonctl offline --hard "$address" >"$tmp/offline"
	kill -KILL "$holder"
	wait "$holder" || true
	kernel_says 'Device or resource busy' $hwpoison/unpoison-pfn $((address >> 12))
	acts 0 poisonctl release "$address" <<END
release addr=$head size=2097152 mode=unpoison result=done kind=hugetlb
END
}

@test "release: what the module brings is named, and never loaded" {
	rmmod hwpoison_inject
	acts 4 poisonctl release 0x1000000 <<END
poisonctl: open $hwpoison/unpoison-pfn: not there; try 'modprobe hwpoison-inject'
END
	modprobe hwpoison-inject
}

# Of some block all that is in use can be moved.
@test "block: goes with its poison, which is said; with poison it does not come back" {
	size=$((16#$(cat $memory/block_size_bytes)))
	for ((number = $(meminfo MemTotal | cut -d ' ' -f 1) * 1024 / size; number > 0; number--)); do
		address=$(printf 0x%016x $((number * size)))
		! poisonctl block offline "$address" >"$tmp/out" || break
	done
	cat "$tmp/out"
	acts 0 poisonctl block offline "$address" <<END
offline addr=$address size=$size mode=block result=already state=offline
END
	acts 1 poisonctl offline --soft "$address" <<END
offline addr=$address size=4096 mode=soft result=refused reason=not-memory
END
	acts 0 poisonctl block online "$address" <<END
release addr=$address size=$size mode=block result=done state=online
END
	page=$(printf 0x%016x $((address + 65536)))
	poisonctl offline --hard "$page"
	acts 0 poisonctl block offline "$page" <<END
offline addr=$address size=$size mode=block result=done state=offline poisoned=1
END
	poisonctl list | grep -q '^skip src=poisonctl reason=offline-block '
	acts 1 poisonctl block online "$page" <<END
release addr=$address size=$size mode=block result=failed errno=EHWPOISON state=offline
END
}

# The address that the inject record in $output is about.
injected()
{
	[[ $output == "inject addr="*" size=4096 mode=$1 result=$2 kind="* ]] || return
	address=${output#inject addr=}
	address=${address%% *}
}

@test "inject: a page of its own goes bad, and it lives; release brings the page back" {
	for early in 0 1; do
		echo $early >/proc/sys/vm/memory_failure_early_kill
		for way in madvise hwpoison; do
			run -0 poisonctl inject --yes $way
			injected $way done
			[[ $output == *" kind=anon state=poisoned t="* ]]
			flagged "$address"
			poisonctl release "$address"
			run ! flagged "$address"
		done
	done
	echo 0 >/proc/sys/vm/memory_failure_early_kill
	run -0 poisonctl inject --dry-run madvise
	injected madvise 'refused reason=dry-run'
	run ! flagged "$address"
}

@test "inject: the page of somebody else, who is told at its touch" {
	keep plain
	run -2 poisonctl inject --yes --pfn "$(printf 0x%x $((address >> 12)))" hwpoison
	run ! flagged "$address"
	acts 0 poisonctl inject --yes --pfn "$(printf 0x%x $((address >> 12)))" --really hwpoison <<END
inject addr=$address size=4096 mode=hwpoison result=done kind=anon state=poisoned
END
}

@test "inject: firmware without EINJ, and a module that is not there" {
	run -4 poisonctl inject --yes einj
	[ "$output" = "poisonctl: open /sys/kernel/debug/apei/einj/error_inject: not there; try 'modprobe einj'" ]
}

@test "inject: a corrected error comes through to mcedecode, and no page goes bad" {
	modprobe -q mce-inject
	rastail --source trace >"$tmp/raw" 2>"$tmp/err" 3>&- &
	holder=$!
	until grep -qs epoll "/proc/$holder/wchan" "/proc/$holder/stack"; do rest 0.1; done
	run -0 poisonctl inject --yes mce
	injected mce done
	wait_for "$tmp/raw" "${address#0x}"
	mcedecode <"$tmp/raw" | grep -q "^err addr=$address size=4096 sev=corrected class=memory "
	run ! flagged "$address"
}

@test "stat: the kernel's own figures" {
	poisonctl stat >"$tmp/out"
	grep -Eqx "stat src=poisonctl corrupted=$(($(counted) * 1024)) tainted_machine_check=[01] tainted_bad_page=0 early_kill=0 recovery=1 soft_offline=1" "$tmp/out"
	for node in 0 1; do
		total=$(cat /sys/devices/system/node/node$node/memory_failure/total)
		grep -q "^stat src=poisonctl node=$node total=$total recovered=" "$tmp/out"
	done
}

@test "release: not after the hardware has spoken" {
	address=$(seek free)
	poisonctl offline --hard "$address" >"$tmp/offline"
	hold memfd 64K
	bad=$(held addr 5)
	"$top/tests/lab/monitor" "mce -b 0 9 0xbd000000000000c0 0x5 $bad 0x8c"
	wait_for_poison "$bad"
	modprobe -q hwpoison-inject
	for page in "$address" "$bad"; do
		run -1 poisonctl release "$page"
		[[ $output == "release addr=$page size=4096 mode=unpoison result=failed errno=EOPNOTSUPP reason=machine-check kind="*" state=poisoned t="* ]]
	done
}

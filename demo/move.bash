# SPDX-License-Identifier: GPL-2.0-or-later
# Away from a host whose memory goes bad: in profile kvm.
# shellcheck shell=bash

move=(
	'spoil_db error: 4 KiB of "db" go bad, too, which has small pages: it reads its data, and takes one machine check.'
	'try_stock stock: QEMU itself refuses to migrate a machine that has lost memory.'
	'open_refuge host: A second host: a name, a network and processes of its own, reached by a cable (veth).'
	'plan_move plan: Who is to leave, and why.  ("web" stays: a machine with a replaced huge page cannot be moved yet.)'
	'drain_db drain: It moves while it runs, and takes the hole along, so that nobody reads zeros there.'
	'read_db guest: At the other host it reads its data again: nothing wrong, no further machine check.'
	'read_web neighbour: The other machine never noticed.'
)

spoil_db()
{
	spoil db
	read_db
}

read_db()
{
	try 0 'check db'
	expect "^db: 0 of its words are wrong; it has taken 1 machine checks, at $bad\$"
}

try_stock()
{
	try 1 'qmp_ask db.qmp '\''{"execute":"migrate","arguments":{"uri":"exec:cat >/dev/null"}}'\'
	expect 'refused: .*poisoned memory'
}

# One end of the cable is here, the other there.  busybox, for there is no ssh in the lab.
open_refuge()
{
	try 0 'modprobe veth && busybox ip link add cable type veth'
	unshare --net --uts --pid --fork --mount-proc refuge ready >refuge.log 2>&1 &
	refuge=$!
	wait_for test -s ready || fail "a second host: $(<refuge.log)"
	try 0 "busybox ip link set veth0 netns $refuge && busybox ifconfig cable 10.0.0.1 up"
	wait_for is_listening || fail "a way to it: $(<refuge.log)"
}

is_listening()
{
	grep -qs ":$(printf %X 7000) .* 0A " "/proc/$refuge/net/tcp" "/proc/$refuge/net/tcp6"
}

plan_move()
{
	try 0 'vmevac list db | vmevac plan | tee plan | rectab --type plan --columns order,vm,reason,score,causes,poisoned'
	expect ' 1 +db +poisoned '
}

drain_db()
{
	try 0 "vmevac drain --stall 120s --timeout 60s --to 'busybox nc 10.0.0.2 7000' <plan | rectab --type evac --columns vm,result,reason,blackout_ns,total_ns,rounds,poisoned,lost,compared,mismatched"
	expect ' db +done .* 1 +4096 '
	process[db]=$(grep -lsz '^guest=db$' /proc/[0-9]*/cmdline | sed 's|[^0-9]||g')
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Away from a host whose memory goes bad.
# shellcheck shell=bash

move=(
	'try_stock stock: QEMU itself refuses to migrate a machine that has lost memory.'
	'open_refuge host: A second host: a name, a network and processes of its own, reached by a cable (veth).'
	'plan_move plan: Who is to leave first, and why.'
	'drain_web drain: It moves while it runs, and takes the 4 KiB along as a hole, so that nobody reads zeros there.'
	'read_web guest: There it reads all its data: one machine check, at the 4 KiB that are lost, and nothing wrong in the rest.'
	'read_db neighbour: The other machine never noticed.'
)

try_stock()
{
	try 1 'qmp_ask web.qmp '\''{"execute":"migrate","arguments":{"uri":"exec:cat >/dev/null"}}'\'
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
	try 0 '{ vmevac list; cat owners; } | vmevac plan | tee plan | rectab --type plan --columns order,vm,reason,score,causes,poisoned'
	expect ' 1 +web +poisoned '
}

drain_web()
{
	try 0 "grep ' vm=web ' plan | vmevac drain --stall 120s --timeout 60s --to 'busybox nc 10.0.0.2 7000' | rectab --type evac --columns vm,result,reason,blackout_ns,total_ns,rounds,poisoned,lost,compared,mismatched"
	expect ' web +done .* 4096 '
	process[web]=$(grep -lsz '^guest=web,' /proc/[0-9]*/cmdline | sed 's|[^0-9]||g')
	yield web
}

read_web()
{
	try 0 'check web'
	expect "^web: 0 of its words are wrong; it has taken 1 machine checks, at $bad\$"
}

read_db()
{
	try 0 'check db'
	expect '^db: 0 of its words are wrong; it has taken 0 machine checks$'
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Inside a lab: a machine moves over a network that is slow and loses packets.
#
# bats sets $stderr; the helpers take these variables.
# shellcheck disable=SC2154,SC2034
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load ../vmevac_helper
load ../vmevac_send_helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	vms=()
	disks=()
	web=web
	stall=120s
	timeout=60s
}

teardown()
{
	stop_vms
	ip link del near0
	ip netns del far
}

# lay DELAY: another host at 10.9.9.2, by a line with that delay in each direction
lay()
{
	modprobe -a veth sch_netem
	ip netns add far
	ip link add near0 type veth peer name far0 netns far
	ip addr add 10.9.9.1/24 dev near0
	ip -n far addr add 10.9.9.2/24 dev far0
	ip link set near0 up
	ip -n far link set far0 up
	tc qdisc add dev near0 root netem delay "$1" loss 1%
	tc -n far qdisc add dev far0 root netem delay "$1" loss 1%
}

# What carries: each connection has a recv of its own at the other end.
listen()
{
	echo "exec vmevac recv --timeout $timeout --state $PWD/target --stall $stall --launch '$(waiting)'" >receiver
	ip netns exec far busybox nc -ll -p 7000 -e sh "$PWD/receiver" 3>&- &
	vms+=($!)
	recv='exec busybox nc 10.9.9.2 7000'
	wait_until is_listening
}

# In state 0A, TCP_LISTEN (proc_pid_net(5))
is_listening()
{
	ip netns exec far grep -q ':1B58 [0-9A-F:]* 0A ' /proc/net/tcp /proc/net/tcp6
}

# moves_over DELAY WHEN memory may follow
moves_over()
{
	lay "$1"
	qemu_of installed
	listen
	start_source
	post_copy=$2
	# By a line that loses packets more is written than is sent, however often that is tried.
	send --timeout "$timeout" --max-rounds 2 --max-blackout 1h
	echo "$output$stderr"
	[ "$status" = 0 ]
	[[ $output == *" result=done "*" mismatched=0 "* ]]
	one_runs
	[ "$place" = target ]
	[[ $(tc -s qdisc show dev near0) =~ dropped\ [1-9] ]] # what it lost was sent again
}

@test "over a network with a delay of 1 ms that loses 1 % of its packets" {
	moves_over 1ms never
}

@test "so before all memory is there" {
	moves_over 1ms always
}

@test "over a network with a delay of 50 ms that loses 1 % of its packets" {
	moves_over 50ms never
}

@test "so before all memory is there, although each page that is missed takes 100 ms" {
	moves_over 50ms always
}

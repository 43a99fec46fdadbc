# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac signal, with real QEMUs that emulate processors, and a guest that counts its machine
# checks (tests/lab/checker.S).
#
# bats sets $stderr.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper
load vmevac_helper

setup()
{
	need_root
	[ -e "$top/build/lab/checker.rom" ] || skip "needs build/lab/checker.rom: make lab"
	cd "$BATS_TEST_TMPDIR" || return
	vms=()
	web=web.$$ db=db.$$
}

teardown()
{
	stop_vms
}

signal_web()
{
	vmevac signal --qmp "$web=web.qmp" "$@"
}

# start_checker NAME OPTION...
start_checker()
{
	rom=checker start_vm "$@"
	wait_until checks_are 0 "$vm"
}

# word_at OFFSET PID: 32 bits of its memory
word_at()
{
	local line
	while read -r line; do
		[[ $line == *" /memfd:memory-backend-memfd"* ]] || continue
		od -An -tu4 -j "$1" -N 4 "/proc/$2/map_files/${line%% *}" | tr -d ' '
		return
	done <"/proc/$2/maps"
}

# checks_are COUNT [PID]: the guest has had so many machine checks
checks_are()
{
	[ "$(word_at $((0x608)) "${2:-$vm}")" = "$1" ]
}

check_vendor()
{
	local model=$1 severity
	shift
	start_checker web -cpu "$model"
	for severity; do
		before=$(word_at $((0x608)) "$vm")
		run -0 signal_web --severity "$severity" "$web" 0x12000
		[[ $output == "signal vm=$web gpa=0x0000000000012000 mode=$severity result=done pid=$vm state=running t="* ]]
		wait_until checks_are $((before + 1))
	done
	wait_until counts
	stop_vms
	rm -f web.qmp
}

check_guests()
{
	qemu_of "$1"
	check_vendor Skylake-Server,vendor=GenuineIntel srao srar srao
	# What is deferred interrupts nobody.
	check_vendor EPYC,vendor=AuthenticAMD srar
	start_checker web -cpu EPYC,vendor=AuthenticAMD
	run -0 signal_web "$web" 0x12000
	[[ $output == "signal vm=$web gpa=0x0000000000012000 mode=srao result=done "* ]]
	wait_until counts
	checks_are 0
}

@test "guests of Intel and AMD get the machine check: installed QEMU" {
	check_guests installed
}

@test "guests of Intel and AMD get the machine check: QEMU 7.2" {
	check_guests 7.2
}

@test "a guest that would be reset by it is left alone" {
	qemu_of installed
	start_vm web -cpu Skylake-Server,vendor=GenuineIntel # does not know machine checks
	run -1 --separate-stderr signal_web "$web" 0x8000
	[[ $output == "signal vm=$web gpa=0x0000000000008000 mode=srao result=failed pid=$vm errno=EPERM reason=check-enabled state=running "* ]]
	[ "$stderr" = "vmevac: signal $web: check-enabled: the guest has not enabled machine checks" ]
	wait_until counts
}

@test "an address that is no memory, and a machine that is not there" {
	qemu_of installed
	start_checker web -cpu Skylake-Server,vendor=GenuineIntel
	run -1 --separate-stderr signal_web "$web" 0x40000000
	[[ $output == *" result=failed pid=$vm errno=ENXIO reason=find-memory "* ]]
	run -1 --separate-stderr signal_web nobody 0x1000
	[[ $output == "signal vm=nobody gpa=0x0000000000001000 mode=srao result=failed errno=ESRCH reason=find state=unknown t="* ]]
	[ "$stderr" = "vmevac: signal nobody: find: no such virtual machine" ]
	checks_are 0
}

@test "all machines of a group, once at each of its own addresses where one is known" {
	qemu_of installed
	start_checker web -cpu Skylake-Server,vendor=GenuineIntel
	first=$vm
	start_checker db -cpu Skylake-Server,vendor=GenuineIntel
	cat >group <<END
#rec 1
vm vm=$web pid=1 state=running
owner addr=0x0000000012345000 size=4096 kind=shmem vm=$db gpa=0x0000000000013000
vm vm=$db pid=2 state=running
vm vm=gone pid=1 state=running
owner addr=0x0000000012345000 size=4096 kind=shmem vm=$db gpa=0x0000000000013000
owner addr=0x0000000012346000 size=4096 kind=shmem vm=$db gpa=0x0000000000014000
done src=vmevac scope=list skipped=0
END
	run -1 --separate-stderr vmevac signal --group group 0x12000
	[[ ${lines[0]} == "signal vm=$web gpa=0x0000000000012000 mode=srao result=done "* ]]
	[[ ${lines[1]} == "signal vm=$db gpa=0x0000000000013000 mode=srao result=done "* ]]
	[[ ${lines[2]} == "signal vm=gone gpa=0x0000000000012000 mode=srao result=failed errno=ESRCH "* ]]
	[[ ${lines[3]} == "signal vm=$db gpa=0x0000000000014000 mode=srao result=done "* ]]
	[ "${#lines[@]}" = 4 ]
	wait_until checks_are 1 "$first"
	wait_until checks_are 2 "$vm"
	echo 'vm  vm=x' >group
	expect 3 vmevac signal --group group 0x12000 <<'END'
vmevac: read group: line 1: not a record
END
}

@test "wrong use" {
	expect 2 vmevac signal <<'END'
vmevac: no virtual machine given; try 'vmevac signal --help'
END
	expect 2 vmevac signal web <<'END'
vmevac: no guest physical address given; try 'vmevac signal --help'
END
	expect 2 vmevac signal web 1000 <<'END'
vmevac: address 1000: does not start with 0x; try 'vmevac signal --help'
END
	expect 2 vmevac signal --severity ucna web 0x1000 <<'END'
vmevac: option --severity ucna: neither srao nor srar; try 'vmevac signal --help'
END
}

# SPDX-License-Identifier: GPL-2.0-or-later
# An error in a virtual machine that nobody knows of, and somebody who looks for it.
# shellcheck shell=bash

find=(
	'start_both guests: Two KVM guests, "web" and "db", on huge pages (hugetlb, 2 MiB each).'
	'patrol_clean patrol: Their memory is read once a day, before they do so themselves; nothing is wrong.'
	'spoil_web error: 4 KiB of what "web" seldom reads go bad beneath the kernel, which is told nothing.'
	'patrol_again find: The next patrol meets the error, a real machine check, and survives it, as does "web".'
	'decode hardware: What the hardware said, and what the kernel did.'
	'ask_who who: Whose memory that is, and where in the guest: the kernel has taken the whole huge page.'
)

start_both()
{
	rastail --source trace | mcedecode >said &
	start_guest web
	start_guest db
	run_guest web
	run_guest db
	try 0 'vmevac list | rectab --type vm --columns vm,state,accel,ram,backing,pagesize'
	expect '^vm +db .* 2097152$'
	expect '^vm +web .* 2097152$'
}

# patrol STATUS
patrol()
{
	try "$1" 'memscan --no-idle --state patrol --vm all | tee found | rectab --type ue,done --columns addr,size,lsb,vm,gpa,scanned,hits'
}

patrol_clean()
{
	patrol 0
	expect '^done .* 0$'
}

spoil_web()
{
	spoil web
	try 0 'grep HardwareCorrupted /proc/meminfo'
	expect ' 0 kB$'
}

patrol_again()
{
	patrol 1
	expect "^ue +$address +4096 .* web +$(printf '0x%016x' $bad)"
	look web || fail '"web" is still there'
	wait_for has_counted_from web "$pulse" || fail '"web" goes on'
	[ "$checks" = 0 ] || fail '"web" has noticed nothing'
}

# They have been listening since before the error.
decode()
{
	wait_for grep -q '^err .* class=poison ' said || fail "an error that is decoded"
	try 0 'rectab --type err --columns addr,size,sev,class,reason,result,action <said'
	expect "^err +$address "
}

ask_who()
{
	try 0 'poisonctl list | poisonctl who | tee owners | rectab --type owner --columns addr,size,kind,vm,pid,gpa,gpa_src'
	expect ' web .*0x0000000000400000'
}

# SPDX-License-Identifier: GPL-2.0-or-later
# An error that nobody knows of, and somebody who looks for it: in profile latent.
# shellcheck shell=bash

find=(
	'hold_memory owner: A process with two huge pages stands for a virtual machine here, which would take minutes to start.'
	'patrol_clean patrol: Its memory is read once a day, before it does so itself; nothing is wrong.'
	'plant_error error: 4 KiB go bad beneath the kernel, which is told nothing.'
	'patrol_again find: The next patrol meets the error, a real machine check, and survives it, as does the owner.'
	'decode hardware: What the hardware said, and what the kernel did.'
	'split_owner split: The kernel has taken the whole huge page; the owner gets it back, less 4 KiB, while it runs.'
	'remember ledger: The 4 KiB are remembered, and kept from the next kernel.'
)

hold_memory()
{
	holder hugetlb 4M >held &
	holder=$!
	wait_for grep -q '^#ready' held || fail "a process with memory"
	address=$(sed -n '700s/.* addr=\([^ ]*\).*/\1/p' held)
	echo "Process $holder: the error will be at $address, in its second huge page."
	rastail --source trace | mcedecode >said &
}

# patrol STATUS
patrol()
{
	try "$1" "memscan --no-idle --state patrol --pid $holder | tee found | rectab --type ue,done --columns addr,size,lsb,pid,off,scanned,hits"
}

patrol_clean()
{
	patrol 0
	expect '^done .* 0$'
}

plant_error()
{
	try 0 "plant $address"
	expect "^planted $address\$"
	try 0 'grep HardwareCorrupted /proc/meminfo'
	expect ' 0 kB$'
}

patrol_again()
{
	patrol 1
	expect "^ue +$address +4096 "
	kill -0 "$holder" || fail "the owner's survival"
}

# They have been listening since before the error.
decode()
{
	wait_for grep -q '^err ' said || fail "an error that is decoded"
	try 0 'rectab --type err --columns addr,size,sev,class,reason,result,action <said'
	expect "^err +$address "
}

split_owner()
{
	try 0 'hugesplit <found | rectab --type split --columns pid,result,reason,lost,salvaged,stopped_ns'
	expect ' done +4096 +2093056 '
	kill -0 "$holder" || fail "the owner's survival"
}

remember()
{
	try 0 'poisonctl save --ledger ledger <found | rectab --type ledger --columns addr,size,result'
	expect "^ledger +$address +4096 +done"
	try 0 'poisonctl boot --ledger ledger'
	expect "^memmap=4K\\\$0x$(printf '%x' "$address")\$"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# A virtual machine that has lost a huge page, and gets back what is good of it: in profile kvm.
# shellcheck shell=bash

repair=(
	'start_both guests: Two KVM guests, "web" and "db", on huge pages (hugetlb, 2 MiB each).'
	'spoil_web error: 4 KiB of what "web" seldom reads go bad: by the kernel'\''s own injector, as if a patrol had been there.'
	'ask_who who: Whose memory that is, and where in the guest: a whole huge page is gone.'
	'split_web split: "web" gets it back, less 4 KiB, while it runs.'
	'read_web guest: It reads all its data: one machine check, at the 4 KiB that are lost, and nothing wrong in the rest.'
)

start_both()
{
	start_guest web
	start_guest db
	await_guest web
	await_guest db
	try 0 'vmevac list | rectab --type vm --columns vm,state,accel,ram,backing,pagesize'
	expect '^vm +db .* 2097152$'
	expect '^vm +web .* 2097152$'
}

spoil_web()
{
	spoil web
}

ask_who()
{
	try 0 'poisonctl list | poisonctl who | tee found | rectab --type owner --columns addr,size,kind,vm,pid,gpa,gpa_src'
	expect ' web .*0x0000000000400000'
}

# Nothing is known of the rest of the page, which a patrol would know.
split_web()
{
	try 0 'hugesplit --max-age any <found | rectab --type split --columns pid,result,reason,lost,salvaged,stopped_ns'
	expect ' done +4096 +2093056 '
}

read_web()
{
	try 0 'check web'
	expect "^web: 0 of its words are wrong; it has taken 1 machine checks, at $bad\$"
}

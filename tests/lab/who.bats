# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the kvm profile: whose page it is, with a real guest whose QEMU can be asked, too.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper

# Start a machine with all of its memory in place, which does not run: machine SIZE ARGS...
machine()
{
	local size=$1
	shift
	qemu-system-x86_64 -accel kvm -cpu qemu64 -m "$size" -name guest=web -nodefaults -no-user-config \
		-uuid 0b5a4b3c-1111-2222-3333-444444444444 -display none -bios "$top/build/lab/guest.rom" \
		-S -qmp "unix:$tmp/qmp,server=on,wait=off" "$@" >"$tmp/qemu" 2>&1 3>&- &
	holder=$!
	until [ -S "$tmp/qmp" ] && monitor 'info status' >/dev/null; do
		kill -0 "$holder" || { cat "$tmp/qemu" && return 1; }
		rest 0.5
	done
}

monitor()
{
	"$top/build/lab/hmp" "$tmp/qmp" "$@" | tr -d '\r'
}

# The physical address of a guest's, as QEMU itself has it from the kernel.
hpa()
{
	printf '0x%016x' "$(monitor "gpa2hpa $1" | sed -n 's/^Host physical address for .* is //p')"
}

# Both ways to know the guest's address of a page agree with QEMU, for each GPA: agree BACKEND GPA...
agree()
{
	local backend=$1 gpa address
	shift
	for gpa; do
		address=$(hpa "$gpa")
		run -0 poisonctl who "$address"
		[[ ${lines[0]} == "owner addr=$address size=4096 kind="*" pid=$holder comm=qemu-system-x86 vm=web uuid=0b5a4b3c-1111-2222-3333-444444444444 gpa=$(printf '0x%016x' "$gpa") gpa_src=qmp backend=$backend memslot=0x"*" va="* ]]
		[ "${lines[1]}" = "done src=poisonctl scope=owners skipped=0" ]
		run -0 poisonctl who --no-qmp "$address"
		[[ ${lines[0]} == *" gpa=$(printf '0x%016x' "$gpa") ${by_layout:-gpa_src=layout backend=$backend} "* ]]
	done
}

@test "pages of a guest in a memfd" {
	machine 64 -machine pc,memory-backend=ram \
		-object memory-backend-memfd,id=ram,size=64M,share=on,prealloc=on
	agree ram 0x0 0x8000 0x9f000 0x100000 0x3fff000
}

@test "a guest with two NUMA nodes, below 4 GiB and above" {
	machine 256 -machine pc,max-ram-below-4g=128M \
		-object memory-backend-memfd,id=r0,size=96M,share=on,prealloc=on \
		-object memory-backend-memfd,id=r1,size=160M,share=on,prealloc=on \
		-numa node,memdev=r0 -numa node,memdev=r1
	agree r0 0x1000 0x5fff000
	agree r1 0x6000000 0x7fff000 0x100000000 0x107fff000
	for page in 0x7fff000:0x0000000006000000 0x107fff000:0x0000000100000000; do
		poisonctl who "$(hpa "${page%:*}")" | grep -q " backend=r1 memslot=${page#*:} "
	done
}

@test "two backends of one size are told apart by QEMU, and not without it" {
	machine 128 -machine q35 -object memory-backend-memfd,id=r0,size=64M,share=on,prealloc=on \
		-object memory-backend-memfd,id=r1,size=64M,share=on,prealloc=on \
		-numa node,memdev=r0 -numa node,memdev=r1
	address=$(hpa 0x4001000)
	run -0 poisonctl who "$address"
	[[ ${lines[0]} == *" gpa=0x0000000004001000 gpa_src=qmp backend=r1 "* ]]
	run -0 poisonctl who --no-qmp "$address"
	[[ ${lines[0]} == "owner addr=$address "*" vm=web "* && ${lines[0]} != *gpa* ]]
}

@test "a guest in hugetlb memory, and a huge page of it as a whole" {
	echo 40 >/proc/sys/vm/nr_hugepages
	machine 64 -machine pc,memory-backend=ram \
		-object memory-backend-memfd,id=ram,size=64M,share=on,prealloc=on,hugetlb=on,hugetlbsize=2M
	agree ram 0x201000 0x3fff000
	address=$(hpa 0x400000)
	run -0 poisonctl who <<<"page addr=$address size=2097152 state=poisoned"
	[[ ${lines[1]} == "owner addr=$address size=2097152 kind=hugetlb pid=$holder "*" gpa=0x0000000000400000 gpa_src=qmp backend=ram memslot=0x0000000000100000 va="*" shared=1 off=4194304 file=/memfd:memory-backend-memfd\\x20(deleted)" ]]
}

@test "private memory of a guest" {
	machine 64 -machine pc -mem-prealloc
	by_layout="gpa_src=layout backend=pc.ram" agree pc.ram 0x8000 0x3fff000
}

# The process is held still, for it would end where the guest has no machine check handler.
@test "a page of a guest that was poisoned has its owner still" {
	machine 64 -machine pc,memory-backend=ram \
		-object memory-backend-memfd,id=ram,size=64M,share=on,prealloc=on
	address=$(hpa 0x8000)
	kill -STOP "$holder"
	echo $((address / 4096)) >/sys/kernel/debug/hwpoison/corrupt-pfn
	wait_for_poison "$address"
	poisonctl list >"$tmp/list"
	run -0 poisonctl who --no-qmp <"$tmp/list"
	grep -q "^owner addr=$address size=4096 kind=file pid=$holder .* gpa=0x0000000000008000 gpa_src=layout backend=ram .* off=32768 " <<<"$output"
}

@test "a machine that does not answer costs a message and seconds" {
	machine 64 -machine pc,memory-backend=ram \
		-object memory-backend-memfd,id=ram,size=64M,share=on,prealloc=on
	address=$(hpa 0x8000)
	kill -STOP "$holder"
	run -1 --separate-stderr poisonctl who "$address"
	[[ ${lines[0]} == *" gpa=0x0000000000008000 gpa_src=layout backend=ram "* ]]
	[ "$stderr" = "poisonctl: ask process $holder, virtual machine web, at $tmp/qmp: no greeting in 3000 ms" ]
}

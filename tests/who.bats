# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl who on small trees of /proc that are made here: page N of memory is at N * 4096.
bats_require_minimum_version 1.5.0
load helper

setup()
{
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/proc"
	truncate -s $((1024 * 8)) "$root/proc/kpageflags" "$root/proc/kpagecount"
}

# word FILE N VALUE - word number N of a file of the kernel
word()
{
	local bytes
	bytes=$(printf '%016x' "$3" | sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\\x\8\\x\7\\x\6\\x\5\\x\4\\x\3\\x\2\\x\1/')
	# shellcheck disable=SC2059
	printf "$bytes" | dd of="$root/proc/$1" bs=8 seek="$2" conv=notrunc status=none
}

# flags N BIT... - what kpageflags says of frame N (linux/kernel-page-flags.h)
flags()
{
	local frame=$1 value=0 bit
	shift
	for bit; do value=$((value | 1 << bit)); done
	word kpageflags "$frame" "$value"
}

mmap=11 anon=12 buddy=10 slab=7 huge=17 head=15 tail=16 hwpoison=19

# process PID COMM - with the areas on standard input
process()
{
	mkdir -p "$root/proc/$1/fd" "$root/proc/$1/fdinfo"
	printf '%s (%s) S 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 77 9\n' "$1" "$2" >"$root/proc/$1/stat"
	echo "$2" >"$root/proc/$1/comm"
	printf '/usr/bin/%s\0' "$2" >"$root/proc/$1/cmdline"
	ln -s "/usr/bin/$2" "$root/proc/$1/exe"
	echo 'VmPin:	       0 kB' >"$root/proc/$1/status"
	: >"$root/proc/$1/pagemap"
	cat >"$root/proc/$1/maps"
}

# mapped PID VA FRAME
mapped()
{
	word "$1/pagemap" $(($2 / 4096)) $((1 << 63 | $3))
}

# poisoned PID VA FRAME - what is left of a page that memory_failure() has taken
poisoned()
{
	word "$1/pagemap" $(($2 / 4096)) $((1 << 62 | $3 << 5 | 23))
}

@test "nothing is asked: nothing is done" {
	expect 0 poisonctl who --sysroot "$root" </dev/null
	expect 0 sh -c 'echo "done src=poisonctl scope=all scanned=0 skipped=0" | poisonctl who --sysroot "$1"' - "$root" <<'END'
done src=poisonctl scope=all scanned=0 skipped=0
END
}

@test "all processes that map a page, by each of their mappings" {
	flags 5 "$mmap"
	process 10 one <<'END'
10000-12000 rw-s 00003000 00:01 7                                        /memfd:a b (deleted)
20000-21000 rw-s 00004000 00:01 7                                        /memfd:a b (deleted)
END
	process 11 two <<'END'
50000-52000 r--s 00003000 00:01 7                                        /memfd:a b (deleted)
END
	mapped 10 0x11000 5
	mapped 10 0x20000 5
	mapped 11 0x51000 5
	mapped 11 0x50000 9
	expect 0 poisonctl who 0x5000 --sysroot "$root" <<'END'
owner addr=0x0000000000005000 size=4096 kind=file pid=10 comm=one va=0x0000000000011000 shared=2 off=16384 file=/memfd:a\x20b\x20(deleted)
owner addr=0x0000000000005000 size=4096 kind=file pid=10 comm=one va=0x0000000000020000 shared=2 off=16384 file=/memfd:a\x20b\x20(deleted)
owner addr=0x0000000000005000 size=4096 kind=file pid=11 comm=two va=0x0000000000051000 shared=2 off=16384 file=/memfd:a\x20b\x20(deleted)
done src=poisonctl scope=owners skipped=0
END
}

@test "one who has mapped the file and not touched the page is told, too" {
	flags 5 "$mmap"
	process 10 one <<'END'
10000-12000 rw-s 00003000 00:01 7                                        /memfd:a (deleted)
END
	process 11 two <<'END'
40000-41000 rw-s 00004000 00:01 8                                        /memfd:other (deleted)
50000-58000 rw-s 00000000 00:01 7                                        /memfd:a (deleted)
60000-61000 rw-p 00004000 00:01 7                                        /memfd:a (deleted)
END
	mapped 10 0x11000 5
	expect 0 poisonctl who 0x5000 --sysroot "$root" <<'END'
owner addr=0x0000000000005000 size=4096 kind=file pid=10 comm=one va=0x0000000000011000 shared=2 off=16384 file=/memfd:a\x20(deleted)
owner addr=0x0000000000005000 size=4096 kind=file pid=11 comm=two va=0x0000000000054000 shared=2 off=16384 file=/memfd:a\x20(deleted)
done src=poisonctl scope=owners skipped=0
END
}

@test "pages next to each other are one record as long as they are asked for as one" {
	for frame in 5 6 7 9; do flags "$frame" "$anon"; done
	process 10 one <<'END'
10000-14000 rw-p 00000000 00:00 0 
END
	mapped 10 0x10000 5
	mapped 10 0x11000 6
	mapped 10 0x12000 7
	mapped 10 0x13000 9
	run -0 poisonctl who --sysroot "$root" <<'END'
page addr=0x0000000000005000 size=8192 state=poisoned
page addr=0x0000000000007000 size=4096 state=poisoned
page addr=0x0000000000005000 size=64 state=poisoned
END
	diff - <(printf '%s\n' "${lines[@]}") <<'END'
page addr=0x0000000000005000 size=8192 state=poisoned
page addr=0x0000000000007000 size=4096 state=poisoned
page addr=0x0000000000005000 size=64 state=poisoned
owner addr=0x0000000000005000 size=8192 kind=anon pid=10 comm=one va=0x0000000000010000 shared=1
owner addr=0x0000000000007000 size=4096 kind=anon pid=10 comm=one va=0x0000000000012000 shared=1
done src=poisonctl scope=owners skipped=0
END
}

@test "pages of no process: what the kernel has them for, and what it does not tell" {
	flags 5 "$buddy"
	flags 6 "$buddy"
	flags 7 "$slab"
	flags 8 "$mmap"
	flags 9 "$mmap"
	word kpagecount 9 1 # mapped, but not by one of these
	expect 0 sh -c 'echo "page addr=0x00000000003fb000 size=24576 state=poisoned
page addr=0x0000000000005000 size=20480 state=poisoned" | poisonctl who --sysroot "$1"' - "$root" <<'END'
page addr=0x00000000003fb000 size=24576 state=poisoned
page addr=0x0000000000005000 size=20480 state=poisoned
owner addr=0x0000000000005000 size=8192 kind=free
owner addr=0x0000000000007000 size=4096 kind=slab
owner addr=0x0000000000008000 size=4096 kind=file
owner addr=0x0000000000009000 size=4096 kind=unknown reason=unseen
owner addr=0x00000000003fb000 size=20480 kind=kernel
owner addr=0x0000000000400000 size=4096 kind=nopage
done src=poisonctl scope=owners skipped=0
END
}

@test "a page that memory_failure() has taken is found by what is left in the page table" {
	flags 5 "$mmap" "$hwpoison"
	flags 6 "$mmap"
	process 10 one <<'END'
10000-13000 rw-s 00000000 00:01 7                                        /memfd:a (deleted)
END
	poisoned 10 0x11000 5
	poisoned 10 0x12000 6                                   # a page that is on the move
	word 10/pagemap $((0x10000 / 4096)) $((1 << 62 | 5 << 5)) # in swap, by chance at that place
	expect 0 poisonctl who 0x5000 0x6000 --sysroot "$root" <<'END'
owner addr=0x0000000000005000 size=4096 kind=file pid=10 comm=one va=0x0000000000011000 shared=1 off=4096 file=/memfd:a\x20(deleted)
owner addr=0x0000000000006000 size=4096 kind=file
done src=poisonctl scope=owners skipped=0
END
}

@test "a poisoned page of hugetlb cannot be told without PAGEMAP_SCAN" {
	flags 512 "$huge" "$head" "$hwpoison"
	flags 513 "$huge" "$tail" "$hwpoison"
	expect 0 poisonctl who 0x201000 --sysroot "$root" <<'END'
owner addr=0x0000000000201000 size=4096 kind=hugetlb
done src=poisonctl scope=owners skipped=0
END
	process 10 one <<'END'
200000-2000000 rw-s 00000000 00:01 7                                        /anon_hugepage (deleted)
END
	expect 0 poisonctl who 0x201000 --sysroot "$root" <<'END'
owner addr=0x0000000000201000 size=4096 kind=unknown reason=no-pagemap-scan
done src=poisonctl scope=owners skipped=0
END
}

@test "a virtual machine: its name, the guest's address by its command line, and hazards" {
	flags 5 "$anon"
	process 10 qemu-system-x86_64 <<'END'
10000000-11000000 rw-s 00000000 00:01 7                                  /memfd:memory-backend-memfd (deleted)
END
	printf '%s\0' qemu-system-x86_64 -name guest=web -uuid 0b5a4b3c-1111-2222-3333-444444444444 -m 16 \
		-machine pc,memory-backend=ram -object memory-backend-memfd,id=ram,size=16M,share=on \
		-netdev vhost-user,id=n,chardev=c -qmp unix:/run/qmp,server=on >"$root/proc/10/cmdline"
	mapped 10 0x10008000 5
	ln -s /dev/vfio/12 "$root/proc/10/fd/3"
	ln -s 'anon_inode:[io_uring]' "$root/proc/10/fd/4"
	printf 'pos:\t0\nUserBufs:\t2\n' >"$root/proc/10/fdinfo/4"
	ln -s 'anon_inode:[io_uring]' "$root/proc/10/fd/5"
	printf 'UserBufs:\t0\n' >"$root/proc/10/fdinfo/5"
	ln -s /dev/infiniband/uverbs0 "$root/proc/10/fd/6"
	echo 'VmPin:	      64 kB' >"$root/proc/10/status"
	expect 0 poisonctl who 0x5123 --sysroot "$root" <<'END'
owner addr=0x0000000000005000 size=4096 kind=anon pid=10 comm=qemu-system-x86_64 vm=web uuid=0b5a4b3c-1111-2222-3333-444444444444 gpa=0x0000000000008000 gpa_src=layout backend=ram va=0x0000000010008000 shared=1 hazards=vfio,infiniband,io-uring,pinned,vhost-user off=32768 file=/memfd:memory-backend-memfd\x20(deleted)
done src=poisonctl scope=owners skipped=0
END
}

@test "where guest memory has a hole, pages next to each other are two records" {
	process 10 qemu-system-x86_64 <<'END'
100000000-1e0000000 rw-s 00000000 00:01 7                                /memfd:memory-backend-memfd (deleted)
END
	printf '%s\0' qemu-system-x86_64 -m 3584 -machine pc,memory-backend=ram,max-ram-below-4g=3G \
		-object memory-backend-memfd,id=ram,size=3584M,share=on >"$root/proc/10/cmdline"
	flags 5 "$mmap"
	flags 6 "$mmap"
	mapped 10 0x1bffff000 5
	mapped 10 0x1c0000000 6
	expect 0 sh -c 'echo "page addr=0x0000000000005000 size=8192 state=poisoned" | poisonctl who --sysroot "$1"' - "$root" <<'END'
page addr=0x0000000000005000 size=8192 state=poisoned
owner addr=0x0000000000005000 size=4096 kind=file pid=10 comm=qemu-system-x86_64 gpa=0x00000000bffff000 gpa_src=layout backend=ram va=0x00000001bffff000 shared=1 off=3221221376 file=/memfd:memory-backend-memfd\x20(deleted)
owner addr=0x0000000000006000 size=4096 kind=file pid=10 comm=qemu-system-x86_64 gpa=0x0000000100000000 gpa_src=layout backend=ram va=0x00000001c0000000 shared=1 off=3221225472 file=/memfd:memory-backend-memfd\x20(deleted)
done src=poisonctl scope=owners skipped=0
END
}

@test "a process that cannot be looked into is named, and nothing vouches for the rest" {
	flags 5 "$anon"
	process 10 one <<'END'
10000-11000 rw-p 00000000 00:00 0 
END
	process 11 two </dev/null
	process 12 three <<'END'
10000-11000 rw-p 00000000
END
	rm "$root/proc/11/maps"
	mkdir "$root/proc/11/maps"
	mapped 10 0x10000 5
	expect 1 poisonctl who 0x5000 --sysroot "$root" <<'END'
skip src=poisonctl reason=failed pid=11 errno=EISDIR
skip src=poisonctl reason=failed pid=12 errno=EBADMSG
owner addr=0x0000000000005000 size=4096 kind=anon pid=10 comm=one va=0x0000000000010000 shared=1
END
}

@test "a process that has ended meanwhile is no owner, and no fault" {
	flags 5 "$buddy"
	process 10 one <<'END'
10000-11000 rw-p 00000000 00:00 0 
END
	rm "$root/proc/10/pagemap"
	expect 0 poisonctl who 0x5000 --sysroot "$root" <<'END'
owner addr=0x0000000000005000 size=4096 kind=free
done src=poisonctl scope=owners skipped=0
END
}

@test "records pass through, and what is no place in memory is not looked up" {
	flags 5 "$buddy"
	run -1 --separate-stderr poisonctl who --sysroot "$root" <<'END'
done src=memscan addr=0x0000000000000000 size=4194304 skipped=0
skip src=poisonctl reason=offline-block addr=0x0000000000008000 size=4096
err addr=0x0000000000005040 size=64 sev=corrected class=memory
page addr=0x5000 size=4096 state=poisoned
page addr=0xfffffffffffff000 size=8192 state=poisoned
new thing=1
END
	diff - <(printf '%s\n' "${lines[@]}") <<'END'
done src=memscan addr=0x0000000000000000 size=4194304 skipped=0
skip src=poisonctl reason=offline-block addr=0x0000000000008000 size=4096
err addr=0x0000000000005040 size=64 sev=corrected class=memory
page addr=0x5000 size=4096 state=poisoned
page addr=0xfffffffffffff000 size=8192 state=poisoned
new thing=1
owner addr=0x0000000000005000 size=4096 kind=free
END
	diff - <(printf '%s\n' "${stderr_lines[@]}") <<'END'
poisonctl: take a record: its addr and size are not those of a range
poisonctl: take a record: not within physical memory
END
}

@test "wrong use, and a kernel that does not tell" {
	expect 2 poisonctl who 5000 <<'END'
poisonctl: address 5000: does not start with 0x; try 'poisonctl who --help'
END
	rm "$root/proc/kpageflags"
	expect 4 poisonctl who 0x5000 --sysroot "$root" <<'END'
poisonctl: open /proc/kpageflags: No such file or directory
END
}

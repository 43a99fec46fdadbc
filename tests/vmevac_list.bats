# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac list on made trees of /proc, and with peers that are no QEMU.
#
# bats sets $stderr.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p root/proc
}

teardown()
{
	[ -z "${peer:-}" ] || kill "$peer" 2>/dev/null || true
}

# put_vm PID WORD...: a process whose command line that is
put_vm()
{
	local dir=root/proc/$1
	mkdir -p "$dir/fd" "$dir/fdinfo"
	printf '%s\0' "${@:2}" >"$dir/cmdline"
	echo "$1 (q) S 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 77 9" >"$dir/stat"
	ln -s /usr/bin/qemu-system-x86_64 "$dir/exe"
	printf 'Name:\tqemu\nVmPin:\t       0 kB\n' >"$dir/status"
	: >"$dir/maps"
}

# put_fd PID FD TARGET [FDINFO]
put_fd()
{
	ln -s "$3" "root/proc/$1/fd/$2"
	printf 'pos:\t0\nflags:\t02\n%b' "${4:-}" >"root/proc/$1/fdinfo/$2"
}

list()
{
	vmevac list --sysroot root "$@"
}

@test "a machine, its memory on both sides of the gap below 4 GiB, and what keeps it here" {
	put_vm 10 qemu -name guest=web -uuid 0B5A4B3C-1111-2222-3333-444444444444 -m 5G \
		-object memory-backend-memfd,id=ram,size=5G,share=on -machine q35,memory-backend=ram \
		-chardev socket,id=c,path=/run/vhost -netdev vhost-user,chardev=c,id=n
	put_fd 10 9 anon_inode:kvm-vm
	put_fd 10 10 /dev/vfio/12
	put_fd 10 11 /dev/vfio/vfio
	sed -i 's/ 0 kB/ 5368709120 kB/' root/proc/10/status
	echo '7f0000000000-7f0140000000 rw-s 00000000 00:01 77 /memfd:memory-backend-memfd (deleted)' >root/proc/10/maps
	cat >root/proc/10/numa_maps <<'END'
7f0000000000 default file=/memfd:memory-backend-memfd\040(deleted) huge dirty=5 N0=3 N2=2 kernelpagesize_kB=2048
7f0200000000 default anon=1 N1=1 kernelpagesize_kB=4
END
	expect 0 list <<'END'
skip src=vmevac reason=no-socket hint=--qmp vm=web pid=10
vm vm=web pid=10 state=unknown uuid=0b5a4b3c-1111-2222-3333-444444444444 accel=kvm ram=5368709120 backing=shmem pagesize=2097152 numa=0,2 hazards=vfio,pinned,vhost-user
ram vm=web pid=10 backend=ram va=0x00007f0000000000 size=2147483648 gpa=0x0000000000000000 backing=shmem pagesize=2097152 numa=0,2
ram vm=web pid=10 backend=ram va=0x00007f0080000000 size=3221225472 gpa=0x0000000100000000 backing=shmem pagesize=2097152 numa=0,2
done src=vmevac scope=list skipped=1
END
}

@test "private memory, several nodes, machines without a name, and no machine at all" {
	put_vm 10 qemu -m 64 -object memory-backend-ram,id=a,size=32M -object memory-backend-file,id=b,size=32M,mem-path=/dev/huge/b,share=on \
		-numa node,memdev=a -numa node,memdev=b
	expect 0 list <<'END'
skip src=vmevac reason=no-socket hint=--qmp vm=pid:10 pid=10
vm vm=pid:10 pid=10 state=unknown accel=tcg ram=67108864 backing=anon hazards=private
ram vm=pid:10 pid=10 backend=a size=33554432 gpa=0x0000000000000000 backing=anon hazards=private
ram vm=pid:10 pid=10 backend=b size=33554432 gpa=0x0000000002000000 backing=file file=/dev/huge/b
done src=vmevac scope=list skipped=1
END
	rm -r root/proc/10
	put_vm 11 qemu -uuid 0b5a4b3c-1111-2222-3333-444444444444 -machine virt -m 64
	expect 0 list <<'END'
skip src=vmevac reason=no-socket hint=--qmp vm=0b5a4b3c-1111-2222-3333-444444444444 pid=11
vm vm=0b5a4b3c-1111-2222-3333-444444444444 pid=11 state=unknown uuid=0b5a4b3c-1111-2222-3333-444444444444 accel=tcg ram=67108864 backing=anon hazards=private
ram vm=0b5a4b3c-1111-2222-3333-444444444444 pid=11 backend=pc.ram size=67108864 backing=anon hazards=private
done src=vmevac scope=list skipped=1
END
	rm -r root/proc/11
	expect 0 list <<'END'
done src=vmevac scope=list skipped=0
END
}

# Play a peer that does STEP... with the machine web.
peer()
{
	"$top/build/tools/peer" web.qmp "$@" >peer.log 2>&1 3>&- &
	peer=$!
	for ((i = 0; i < 100; i++)); do
		[ ! -S web.qmp ] || return 0
		sleep 0.1
	done
	return 1
}

greeting='send={"QMP":{"version":{"qemu":{"micro":0,"minor":0,"major":10}},"capabilities":[]}}'
answers=(accept "$greeting" await=qmp_capabilities 'send={"return":{},"id":1}'
	await=query-name 'send={"return":{"name":"web"},"id":2}'
	await=query-status)
disks='send={"return":[{"inserted":{"ro":false,"active":false}},{"inserted":{"ro":true,"active":true}},{}],"id":4}'

# check_peer EXPECTED-LINES STEP...: the first lines of what list prints
check_peer()
{
	local wanted=$1
	shift
	rm -rf web.qmp root/proc/10
	put_vm 10 qemu -name web -m 64 -object memory-backend-memfd,id=ram,size=64M -machine memory-backend=ram
	peer "$@"
	run -0 list --qmp web=web.qmp --timeout 1s
	kill "$peer" 2>/dev/null || true
	wait "$peer" || true
	[ "$(head -n 2 <<<"$output" | sed 's/ uuid=.*//; s/ accel=.*//')" = "$wanted" ] || { echo "$output"; return 1; }
	[[ ${lines[-1]} == "done src=vmevac scope=list skipped="* ]]
}

@test "QEMU tells what a machine is doing" {
	while IFS='|' read -r word state; do
		rm -rf web.qmp root/proc/10
		put_vm 10 qemu -name web -m 64 -object memory-backend-memfd,id=ram,size=64M -machine memory-backend=ram
		peer "${answers[@]}" "send={\"return\":{\"status\":\"$word\"},\"id\":3}" await=query-block "$disks" gone
		run -0 list --qmp web=web.qmp
		[[ ${lines[0]} == "vm vm=web pid=10 state=$state runstate=$word accel=tcg ram=67108864 backing=shmem qmp=web.qmp" ]] ||
			{ echo "$word: $output"; return 1; }
		[ "${lines[-1]}" = "done src=vmevac scope=list skipped=0" ]
	done <<'END'
running|running
paused|paused
io-error|paused
prelaunch|paused
inmigrate|paused
shutdown|paused
guest-panicked|panicked
internal-error|panicked
postmigrate|evacuated
END
}

@test "a machine that was quiesced is told by what was left in it" {
	put_vm 10 qemu -name web -m 64 -object memory-backend-memfd,id=ram,size=64M -machine memory-backend=ram
	put_fd 10 8 '/memfd:vmevac-quiesced (deleted)'
	put_fd 10 9 /images/a 'lock:\t1: OFDLCK ADVISORY  READ -1 fe:00:1 99 99\nlock:\t2: OFDLCK ADVISORY  READ -1 fe:00:1 201 201\n'
	peer "${answers[@]}" 'send={"return":{"status":"paused"},"id":3}' await=query-block "$disks" gone
	expect 0 vmevac state --sysroot root --qmp web=web.qmp web <<'END'
state vm=web state=quiesced pid=10 runstate=paused disks=0 latched=1
END
	wait "$peer" || true
	rm web.qmp
	# Somebody has taken a disk back: the mark alone does not make it quiesced.
	put_fd 10 10 /images/a 'lock:\t1: OFDLCK ADVISORY  READ -1 fe:00:1 100 EOF\n'
	peer "${answers[@]}" 'send={"return":{"status":"paused"},"id":3}' await=query-block "$disks" gone
	expect 0 vmevac state --sysroot root --qmp web=web.qmp web <<'END'
state vm=web state=paused pid=10 runstate=paused disks=1 latched=1
END
}

@test "a peer that is gone, silent, garbled, huge or another machine's costs a moment, and a record" {
	check_peer "skip src=vmevac reason=no-answer errno=ECONNRESET vm=web pid=10
vm vm=web pid=10 state=unknown" accept close
	check_peer "skip src=vmevac reason=no-answer errno=ETIMEDOUT vm=web pid=10
vm vm=web pid=10 state=unknown" accept gone
	check_peer "skip src=vmevac reason=no-answer errno=ETIMEDOUT vm=web pid=10
vm vm=web pid=10 state=unknown" accept "$greeting" gone
	check_peer "skip src=vmevac reason=no-answer errno=EBADMSG vm=web pid=10
vm vm=web pid=10 state=unknown" accept 'send=SSH-2.0' gone
	check_peer "skip src=vmevac reason=no-answer errno=EMSGSIZE vm=web pid=10
vm vm=web pid=10 state=unknown" accept 'part=[1' flood=9000000 gone
	check_peer "skip src=vmevac reason=no-answer errno=ESTALE vm=web pid=10
vm vm=web pid=10 state=unknown" accept "$greeting" await=qmp_capabilities 'send={"return":{},"id":1}' \
		await=query-name 'send={"return":{"name":"db"},"id":2}' gone
	check_peer "skip src=vmevac reason=no-answer errno=ETIMEDOUT vm=web pid=10
vm vm=web pid=10 state=unknown" "${answers[@]}" gone
	check_peer "vm vm=web pid=10 state=unknown
ram vm=web pid=10 backend=ram size=67108864 gpa=0x0000000000000000 backing=shmem" \
		"${answers[@]}" 'send={"return":[[]],"id":3}' await=query-block 'send={"return":{"inserted":7},"id":4}' gone
	run -0 list --qmp web=nowhere
	[ "${lines[0]}" = "skip src=vmevac reason=no-answer errno=ENOENT vm=web pid=10" ]
}

@test "how much a machine writes to, by a way of QEMU's that does not read its memory" {
	put_vm 10 qemu -name web -m 64 -object memory-backend-memfd,id=ram,size=64M,share=on -machine memory-backend=ram
	asked=("${answers[@]}" 'send={"return":{"status":"running"},"id":3}' await=query-block "$disks" await=query-kvm)
	peer "${asked[@]}" 'send={"return":{"enabled":true},"id":5}' \
		await=dirty-bitmap 'send={"error":{"class":"GenericError","desc":"no"},"id":6}' \
		await=dirty-ring 'send={"return":{},"id":7}' \
		await=query-dirty-rate 'send={"return":{"status":"measuring"},"id":8}' \
		await=query-dirty-rate 'send={"return":{"status":"measured","dirty-rate":3},"id":9}' gone
	run -0 list --sample 1s --qmp web=web.qmp
	[[ ${lines[0]} == "vm vm=web "*" dirty_rate=3145728 qmp=web.qmp" ]] || { echo "$output"; cat peer.log; return 1; }
	wait "$peer" || true
	rm web.qmp
	# Without KVM, QEMU 7 ends when it is asked.
	peer "${asked[@]}" 'send={"return":{"enabled":false},"id":5}' \
		await=query-version 'send={"return":{"qemu":{"major":7}},"id":6}' gone
	run -0 list --sample 1s --qmp web=web.qmp
	[ "${lines[0]}" = "skip src=vmevac reason=dirty-rate errno=EOPNOTSUPP vm=web pid=10" ] || { echo "$output"; cat peer.log; return 1; }
	[[ ${lines[1]} != *dirty_rate* ]]
}

@test "only the machines that are asked for, by name, UUID or process" {
	put_vm 10 qemu -name web -uuid 0b5a4b3c-1111-2222-3333-444444444444 -m 64
	put_vm 11 qemu -name db -m 64
	put_vm 12 qemu -m 64
	for name in web 0B5A4B3C-1111-2222-3333-444444444444; do
		run -0 list "$name"
		[ "$(grep -o '^vm vm=[^ ]*' <<<"$output")" = "vm vm=web" ]
		[ "${lines[-1]}" = "done src=vmevac scope=list skipped=1" ]
	done
	run -0 list pid:12 db
	[ "$(grep -o '^vm vm=[^ ]*' <<<"$output" | sort)" = "vm vm=db
vm vm=pid:12" ]
	expect 0 list nobody <<'END'
skip src=vmevac reason=gone vm=nobody
done src=vmevac scope=list skipped=1
END
}

@test "a /proc that is not there" {
	rm -r root/proc
	expect 3 list <<'END'
vmevac: read /proc: No such file or directory
END
}

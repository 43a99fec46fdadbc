# SPDX-License-Identifier: GPL-2.0-or-later
# Virtual machines for tests of vmevac: load vmevac_helper
# shellcheck shell=bash disable=SC2154

# The versions of QEMU to test with: the one that is installed, and 7.2 where it can be had.
qemu_of()
{
	local dir
	case $1 in
	installed) qemu=(qemu-system-x86_64) ;;
	7.2)
		# What sanitisers look for is in us, and shows with either.
		[ -z "${MEMPATROL_BIN:-}" ] || skip "not with sanitisers"
		dir=$("$top/tests/lab/qemu72" 2>"$BATS_TEST_TMPDIR/why") || skip "$(<"$BATS_TEST_TMPDIR/why")"
		qemu=("$dir/usr/bin/qemu-system-x86_64" -L "$dir/usr/share/qemu" -L "$dir/usr/share/seabios")
		;;
	esac
}

# Two disks: one of a format of QEMU's, one raw.
make_disks()
{
	qemu-img create -q -f qcow2 disk.qcow2 1M
	truncate -s 1M disk.raw
}

disk_options=(
	-drive if=none,id=d0,file=disk.qcow2,format=qcow2 -device virtio-blk-pci,drive=d0
	-blockdev driver=file,node-name=f1,filename=disk.raw
	-blockdev driver=raw,node-name=r1,file=f1 -device virtio-blk-pci,drive=r1
)

# start_vm NAME OPTION...: a machine that counts (tests/lab/guest.S), called NAME.$$; its process is
# $vm, its QMP socket NAME.qmp.  $backend is its memory, if not a memfd that is shared, $rom
# another firmware of tests/lab.
start_vm()
{
	local name=$1
	shift
	nice -n 19 "${qemu[@]}" -accel tcg -m 16 -name "guest=$name.$$" -nodefaults -no-user-config -display none \
		-machine pc,memory-backend=ram -object "${backend:-memory-backend-memfd,id=ram,size=16M,share=on}" \
		-bios "$top/build/lab/${rom:-quiet}.rom" -qmp "unix:$name.qmp,server=on,wait=off" "$@" \
		>"$name.log" 2>&1 3>&- &
	vm=$!
	vms+=("$vm")
	# Of other backends nobody but QEMU can read the counter.
	if [ -n "${backend:-}" ]; then
		wait_until say_to "$name.qmp" 2>/dev/null || { cat "$name.log"; return 1; }
		return
	fi
	wait_until counts || { cat "$name.log"; return 1; }
}

stop_vms()
{
	local pid
	for pid in "${vms[@]}"; do
		kill -KILL "$pid" 2>/dev/null || continue
		wait "$pid" 2>/dev/null || true
	done
	vms=()
}

# wait_until COMMAND...: a minute at most
wait_until()
{
	local i
	for ((i = 0; i < 600; i++)); do
		"$@" && return
		sleep 0.1
	done
	return 1
}

# What the guest has counted to; nothing while it has no memory yet.
counter()
{
	local line
	while read -r line; do
		[[ $line == *" /memfd:memory-backend-memfd"* ]] || continue
		od -An -tu4 -j 1536 -N 4 "/proc/$vm/map_files/${line%% *}"
		return
	done <"/proc/$vm/maps"
}

# The counter is not where it was a moment ago.
counts()
{
	local before
	before=$(counter)
	sleep 0.1
	[ -n "$before" ] && [ "$(counter)" != "$before" ]
}

# can_take_disks yes|no: another QEMU can have the disks to write to
can_take_disks()
{
	local can=yes
	qemu-system-x86_64 -accel tcg -m 16 -nodefaults -no-user-config -display none -S \
		"${disk_options[@]}" -qmp stdio \
		<<<'{"execute":"qmp_capabilities"}{"execute":"quit"}' >second.log 2>&1 ||
		can=no
	[ "$can" = "$1" ]
}

say_to()
{
	"$top/build/tools/qmp_ask" "$@"
}

# What a record says of KEY.
value()
{
	sed -n "s/.* $1=\([^ ]*\).*/\1/p" <<<"${2:-$output}"
}

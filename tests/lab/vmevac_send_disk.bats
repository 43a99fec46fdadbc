# SPDX-License-Identifier: GPL-2.0-or-later
# A Debian kernel that writes to its disks all the time moves, and the disks are whole.
# shellcheck disable=SC2154,SC2034
bats_require_minimum_version 1.5.0
load ../helper
load ../vmevac_helper

setup()
{
	need_root
	cd "$BATS_TEST_TMPDIR" || return
	vms=()
	web=web.$$
	PATH=$PATH:/usr/sbin:/sbin
}

teardown()
{
	[ ! -e target.pid ] || kill -KILL "$(<target.pid)" 2>/dev/null || true
	stop_vms
}

# Two disks that both hosts reach.
make_file_systems()
{
	truncate -s 64M disk.raw
	mkfs.ext4 -q disk.raw
	qemu-img convert -O qcow2 disk.raw disk.qcow2
}

# machine NAME: what it tells on its first serial port is in NAME.out
machine()
{
	echo "qemu-system-x86_64 -accel tcg -m 128 -machine pc,memory-backend=ram -name guest=$1.$$" \
		"-object memory-backend-memfd,id=ram,size=128M,share=on -nodefaults -no-user-config" \
		"-display none -no-reboot -kernel $kernel/vmlinuz -initrd $PWD/initramfs -append quiet" \
		"-serial file:$PWD/$1.out -chardev pipe,id=end,path=$PWD/$1.end" \
		"-serial chardev:end -drive if=virtio,file=$PWD/disk.raw,format=raw" \
		"-drive if=virtio,file=$PWD/disk.qcow2,format=qcow2 -pidfile $PWD/$1.pid"
}

start_source()
{
	"$top/tests/lab/initramfs" "$kernel" "$top/tests/lab/writer" virtio_pci virtio_blk ext4 >initramfs
	# shellcheck disable=SC2046
	$(machine web) -qmp unix:source.qmp,server=on,wait=off >source.log 2>&1 3>&- &
	source=$!
	vms+=("$source")
	wait_until has_written web || { cat source.log; return 1; }
}

# It removes files by now.
has_written()
{
	grep -q '^wrote ' "$1.out"
}

is_gone()
{
	! kill -0 "$1" 2>/dev/null
}

# The files on a disk are those that were last written to it.
check_disk()
{
	run e2fsck -fn "$1"
	echo "$output"
	[ "$status" = 0 ]
	mkdir "$1.files"
	debugfs -R "rdump / $1.files" "$1" 2>/dev/null
	cd "$1.files" || return
	[ "$(ls f* | wc -l)" = 60 ]
	[ "$(wc -l <sums)" = "$written" ]
	tail -n 60 sums | sha256sum -c --quiet
	cd ..
}

# moves WHEN memory may follow
moves()
{
	{ read -r kernel; } < <("$top/tests/lab/prepare") || skip "no kernel here: run 'make deps'"
	make_file_systems
	mkfifo {web,target}.end.{in,out}
	start_source
	run -0 --separate-stderr vmevac send --qmp "$web=source.qmp" --state "$PWD/home" --post-copy "$1" \
		--to "vmevac recv --state $PWD/target --launch 'exec $(machine target) -S -incoming defer -qmp unix:\$VMEVAC_QMP,server=on,wait=off'" \
		"$web"
	echo "$output$stderr"
	[[ $output == *" result=done "*" mismatched=0 "* ]]
	kill -0 "$(<target.pid)"
	wait_until has_written target # it goes on there
	echo end >target.end.in
	wait_until is_gone "$(<target.pid)"
	written=$(sed -n 's/^written \([0-9]*\).*/\1/p' target.out)
	! grep -q '^written' web.out
	check_disk disk.raw
	qemu-img convert -O raw disk.qcow2 disk.of-qcow2
	check_disk disk.of-qcow2
}

@test "a machine that writes to its disks all the time moves with them, and they are whole" {
	moves never
}

@test "so it does before all of its memory is there" {
	moves always
}

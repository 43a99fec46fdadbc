# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac, with a machine that libvirt has started.
bats_require_minimum_version 1.5.0
load helper
load libvirt_helper

setup()
{
	need_root
	unset LIBVIRT_DEFAULT_URI
	web=web.$$
}

teardown()
{
	for pid in ${machine:-} ${libvirtd:-}; do
		kill -KILL "$pid" || true
		wait "$pid" 2>/dev/null || true
	done
	remove_libvirt
}

# libvirt keeps its own monitor to itself, so there is one more.
start_domain()
{
	truncate -s 1M "$home/disk"
	chown nobody "$home/disk"
	cat >"$home/domain" <<END
<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>$web</name>
  <memory unit='MiB'>16</memory>
  <memoryBacking>
    <source type='memfd'/>
    <access mode='shared'/>
  </memoryBacking>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='$home/disk'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <memballoon model='none'/>
  </devices>
  <qemu:commandline>
    <qemu:arg value='-qmp'/>
    <qemu:arg value='unix:$home/qmp,server=on,wait=off'/>
  </qemu:commandline>
</domain>
END
	"${as_nobody[@]}" virsh create "$home/domain" || { cat "$BATS_TEST_TMPDIR/libvirtd" && return 1; }
	machine=$(cat "$home/libvirt/qemu/run/$web.pid")
}

domain_is()
{
	local i
	for ((i = 0; i < 200; i++)); do
		[ "$("${as_nobody[@]}" virsh domstate "$web" | head -n 1)" != "$1" ] || return 0
		sleep 0.05
	done
	return 1
}

@test "listed, quiesced, dumped and resumed, and libvirt follows" {
	start_libvirt
	start_domain
	run -0 vmevac list "$web"
	[[ ${lines[0]} == "vm vm=$web pid=$machine state=running runstate=running uuid="*" accel=tcg ram=16777216 backing=shmem "*" qmp=$home/qmp" ]]
	[[ ${lines[1]} == "ram vm=$web pid=$machine backend=pc.ram va="*" size=16777216 gpa=0x0000000000000000 "* ]]

	run -0 vmevac quiesce "$web"
	[[ $output == "quiesce vm=$web result=done pid=$machine state=quiesced disks=0 latched=1 "* ]]
	domain_is paused
	run -0 vmevac dump "$web" "$BATS_TEST_TMPDIR/core"
	[[ $output == "dump vm=$web result=done pid=$machine state=quiesced "*" lost=0 cpus=1 "* ]]
	run -0 vmevac resume "$web"
	[[ $output == "resume vm=$web result=done pid=$machine state=running disks=1 latched=0 "* ]]
	domain_is running
}

# SPDX-License-Identifier: GPL-2.0-or-later
# A libvirt of a test's own, not as root, for that would be the machine's: load libvirt_helper
# shellcheck shell=bash disable=SC2154

# start_libvirt [COMMAND...]: it runs as $libvirtd, by COMMAND, has its files in $home, and virsh knows
# it; "${as_nobody[@]}" virsh may use it.
start_libvirt()
{
	command -v libvirtd virsh >/dev/null ||
		skip "needs libvirtd and virsh: Debian's libvirt-daemon, libvirt-clients"
	home=$(mktemp -d /tmp/mempatrol.XXXXXX) # bats' own is for root alone
	mkdir -p "$home/config/libvirt"
	echo 'stdio_handler = "file"' >"$home/config/libvirt/qemu.conf"
	chown -R nobody:nogroup "$home"
	as_nobody=(setpriv --reuid nobody --regid nogroup --clear-groups env HOME="$home"
		XDG_RUNTIME_DIR="$home" XDG_CONFIG_HOME="$home/config" XDG_CACHE_HOME="$home/cache"
		XDG_DATA_HOME="$home/data")
	"$@" "${as_nobody[@]}" libvirtd >"$BATS_TEST_TMPDIR/libvirtd" 2>&1 3>&- &
	libvirtd=$!
	for ((i = 0; i < 600; i++)); do
		[ ! -S "$home/libvirt/libvirt-sock" ] || break
		sleep 0.05
	done
	export LIBVIRT_DEFAULT_URI="qemu:///session?socket=$home/libvirt/libvirt-sock"
}

# domain NAME [XML]: a description of a machine, with what XML says besides
domain()
{
	cat <<END
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>16</memory>${2:-}
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <memballoon model='none'/>
  </devices>
</domain>
END
}

# When $libvirtd has ended.
remove_libvirt()
{
	[ -z "${home:-}" ] || rm -rf "$home"
}

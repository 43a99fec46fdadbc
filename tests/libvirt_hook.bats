# SPDX-License-Identifier: GPL-2.0-or-later
# integrations/libvirt-hook, as a real libvirtd runs it.
#
# libvirt_helper sets these:
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper
load libvirt_helper

setup()
{
	need_root
	command -v unshare >/dev/null || skip "unshare is not here"
	unset LIBVIRT_DEFAULT_URI
	web=web.$$
	etc=$(mktemp -d /tmp/mempatrol.XXXXXX) # bats' own is for root alone
	chmod 755 "$etc"
	install -D "$top/integrations/libvirt-hook" "$etc/hooks/qemu.d/mempatrol"
}

teardown()
{
	for pid in ${libvirtd:-}; do
		kill -KILL "$pid" || true
		wait "$pid" 2>/dev/null || true
	done
	remove_libvirt
	rm -rf "$etc"
}

# A libvirtd with an /etc/libvirt and a /run of its own, in which $folder is /run/mempatrol.
start_hooked()
{
	# shellcheck disable=SC2016
	start_libvirt unshare --mount --propagation private sh -c 'mount --bind "$0" /etc/libvirt &&
		mount -t tmpfs none /run && mkdir /run/mempatrol && exec "$@"' "$etc"
	folder=/proc/$libvirtd/root/run/mempatrol
	domain "$web" >"$home/domain"
}

create()
{
	"${as_nobody[@]}" virsh create --paused "$home/domain"
}

end()
{
	"${as_nobody[@]}" virsh destroy "$web"
}

refused()
{
	run ! create
	[[ $output == *"mempatrol: start $web: $1"* ]] || { echo "$output" && return 1; }
}

# journal NUMBER STATE: what a vmevac that is gone has left of a move of the machine
journal()
{
	printf 'move vm=%s id=%032x side=send state=%s t=2026-01-01T00:00:%02d.000000000Z\n' \
		"$web" "$1" "$2" "$1" >"$folder/$(printf %032x "$1").send"
}

@test "libvirt starts nothing on a host that is being drained, and says why" {
	start_hooked
	create
	end
	echo 'DIMM A1 is to be replaced' >"$folder/drain"
	refused "this host is being drained: DIMM A1 is to be replaced"
	: >"$folder/drain"
	refused "this host is being drained"
	rm "$folder/drain"
	create
	end
}

@test "libvirt does not start a machine that may run on another host" {
	start_hooked
	journal 1 committing
	refused "it is in-doubt, says the journal /run/mempatrol/$(printf %032x 1)"
	journal 2 away
	refused "it is away, says the journal /run/mempatrol/$(printf %032x 2)"
	sed -i "s/vm=$web/vm=another/" "$folder"/*
	create
	end
	journal 3 committing
	journal 4 back # the last one counts
	create
	end
}

# At reconnect libvirt would kill the machine.
@test "what runs already is left alone" {
	mkdir "$BATS_TEST_TMPDIR/run"
	echo >"$BATS_TEST_TMPDIR/run/drain"
	export MEMPATROL_RUN=$BATS_TEST_TMPDIR/run
	run -1 "$top/integrations/libvirt-hook" "$web" prepare begin -
	for operation in start started stopped release reconnect attach migrate restore; do
		run -0 "$top/integrations/libvirt-hook" "$web" "$operation" begin -
		[ -z "$output" ]
	done
}

@test "without an answer of vmevac nothing is started that has a journal" {
	export MEMPATROL_RUN=$BATS_TEST_TMPDIR
	PATH=/usr/bin:/bin run -0 "$top/integrations/libvirt-hook" "$web" prepare begin -
	touch "$BATS_TEST_TMPDIR/$(printf %032x 1).send"
	PATH=/usr/bin:/bin run -1 "$top/integrations/libvirt-hook" "$web" prepare begin -
	[ "${lines[-1]}" = "mempatrol: start $web: vmevac cannot tell where it runs" ]
}

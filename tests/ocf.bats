# SPDX-License-Identifier: GPL-2.0-or-later
# ocf/vm, the resource agent, with a real QEMU that emulates the processor.
#
# bats sets $stderr.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper
load vmevac_helper

setup()
{
	need_root
	dir=$(mktemp -d /tmp/mempatrol.XXXXXX) # ocf-tester runs the agent as nobody, too
	chmod 755 "$dir"
	cp "$top/ocf/vm" "$dir"
	cd "$dir" || return
	vms=()
	web=web.$$
	qemu_of installed
	export OCF_ROOT=/usr/lib/ocf OCF_RESKEY_name=$web OCF_RESKEY_qmp=$dir/web.qmp
	export OCF_RESKEY_command="${qemu[*]} -accel tcg -m 16 -name guest=$web -nodefaults -no-user-config \
-display none -machine pc,memory-backend=ram -object memory-backend-memfd,id=ram,size=16M,share=on \
-bios $top/build/lab/quiet.rom -qmp unix:$dir/web.qmp,server=on,wait=off -daemonize"
}

teardown()
{
	[ -z "${dir:-}" ] || ./vm stop || true
	[ -z "${dir:-}" ] || rm -rf "$dir"
}

has_state()
{
	vmevac state --qmp "$web=web.qmp" --is "$1" "$web"
}

@test "ocf-tester has nothing to say against it" {
	command -v ocf-tester >/dev/null || skip "needs ocf-tester: Debian's resource-agents"
	run -0 ocf-tester -v -n web -o name="$web" -o qmp="$OCF_RESKEY_qmp" -o command="$OCF_RESKEY_command" "$dir/vm"
	[[ ${lines[-1]} == "$dir/vm passed all tests" ]]
}

@test "a machine that is quiesced is degraded, and the cluster leaves it alone" {
	run -7 ./vm monitor
	run -0 ./vm start
	run -0 ./vm monitor
	run -0 ./vm start
	vmevac quiesce --qmp "$web=web.qmp" "$web"
	run -190 ./vm monitor
	[ "$output" = "vm: $web is quiesced: it neither runs nor has its disks" ]
	run -1 --separate-stderr ./vm start
	[[ $stderr == *"vm: start $web: there is one already" ]]
	vmevac resume --qmp "$web=web.qmp" "$web"
	run -0 ./vm monitor
	vmevac quiesce --qmp "$web=web.qmp" "$web"
	run -0 ./vm stop
	run -7 ./vm monitor
	run -0 ./vm stop
}

@test "a guest that shuts down when it is asked to, and one that does not" {
	export OCF_RESKEY_grace=1 OCF_RESKEY_shutdown="$top/build/tools/qmp_ask $dir/web.qmp quit"
	./vm start
	run -0 ./vm stop
	has_state gone
	OCF_RESKEY_shutdown=true
	./vm start
	run -0 ./vm stop
	has_state gone
}

@test "a QEMU that hangs is a failure, and is stopped all the same" {
	./vm start
	pid=$(vmevac state --qmp "$web=web.qmp" "$web" | sed -n 's/.* pid=\([0-9]*\).*/\1/p')
	kill -STOP "$pid"
	run -1 ./vm monitor
	run -0 ./vm stop
	run -7 ./vm monitor
}

@test "a command that fails, parameters that are missing, and an action that is none" {
	OCF_RESKEY_command=false run -1 ./vm start
	[ "$output" = "vm: start $web: its command failed with status 1" ]
	OCF_RESKEY_name='' run -6 ./vm monitor
	OCF_RESKEY_grace=1m run -6 ./vm validate-all
	OCF_RESKEY_vmevac=/nowhere run -5 ./vm validate-all
	run -3 ./vm promote
}

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
	unset OCF_RESKEY_vmevac
	[ -z "${dir:-}" ] || ./vm stop || true
	[ -z "${dir:-}" ] || rm -rf "$dir"
	[ -z "${provider:-}" ] || rm -r "$provider"
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

# Pacemaker looks for agents in one place only.
by_pacemaker()
{
	provider=/usr/lib/ocf/resource.d/mempatrol-test-$$
	mkdir "$provider"
	sed "s|OCF_RESKEY_vmevac:-vmevac|OCF_RESKEY_vmevac:-$(type -p vmevac)|" vm >"$provider/vm"
	chmod 755 "$provider/vm"
	cat >cib.xml <<END
<cib crm_feature_set="3.16.2" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0">
<configuration><crm_config/><nodes/><resources>
<primitive id="web" class="ocf" provider="${provider##*/}" type="vm"><instance_attributes id="a">
<nvpair id="n" name="name" value="$web"/><nvpair id="q" name="qmp" value="$OCF_RESKEY_qmp"/>
<nvpair id="c" name="command" value="$OCF_RESKEY_command"/></instance_attributes></primitive>
</resources><constraints/></configuration><status/></cib>
END
}

@test "Pacemaker starts it, finds it, and stops it" {
	command -v crm_resource >/dev/null || skip "no crm_resource here (package pacemaker-cli-utils)"
	by_pacemaker
	local status_of
	for status_of in start:0 check:0 stop:0 check:7; do
		echo "$status_of"
		run "-${status_of#*:}" env CIB_file="$dir/cib.xml" crm_resource --resource web --force-"${status_of%:*}"
	done
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

# start_called PARAMETER NAME-OF-QEMU OPTION...: the machine called so in the parameters and by QEMU
start_called()
{
	OCF_RESKEY_name=$1
	OCF_RESKEY_command=${OCF_RESKEY_command/-name guest=$web/-name "'guest=$2'" "${*:3}"}
	./vm start
}

@test "a machine that is called by its UUID is stopped as well" {
	uuid=$(</proc/sys/kernel/random/uuid)
	start_called "$uuid" "$web" -uuid "$uuid"
	run -0 ./vm monitor
	run -0 ./vm stop
	has_state gone
}

@test "so is one that has a blank in its name" {
	start_called "web server.$$" "web server.$$"
	run -0 ./vm monitor
	run -0 ./vm stop
	run -0 vmevac list "web server.$$"
	[ "${lines[0]}" = "skip src=vmevac reason=gone vm=web\\x20server.$$" ]
}

# answer STATUS LINE...: what stands for vmevac says so, and ends so
answer()
{
	printf '%s\n' "${@:2}" >said
	printf '#!/bin/sh\ncat %s/said\nexit %s\n' "$dir" "$1" >vmevac
	chmod 755 vmevac
	export OCF_RESKEY_vmevac=$dir/vmevac
}

@test "stopped is only what vmevac calls gone" {
	answer 3
	run -1 ./vm stop
	[ "$output" = "vm: find $web: $dir/vmevac list failed with status 3" ]
	unknown="vm: find $web: $dir/vmevac list does not say whether it is here"
	answer 0
	run -1 ./vm stop
	[ "$output" = "$unknown" ]
	# A machine that could not be looked at, and a report that was cut short.
	answer 0 "skip src=vmevac reason=maps errno=EACCES vm=$web pid=10" "done src=vmevac scope=list skipped=1"
	run -1 ./vm stop
	[ "$output" = "$unknown" ]
	answer 0 "skip src=vmevac reason=gone vm=$web"
	run -1 ./vm stop
	[ "$output" = "$unknown" ]
	answer 0 "skip src=vmevac reason=gone vm=$web" "done src=vmevac scope=list skipped=1"
	run -0 ./vm stop
	[ -z "$output" ]
}

@test "one of two machines that are called so is stopped, and that is no success" {
	sleep 600 3>&- &
	first=$!
	cat >vmevac <<END
#!/bin/sh
[ ! -e asked ] || { echo vm vm=$web pid=4000000000 state=unknown; exit; }
touch asked
echo vm vm=$web pid=$first state=unknown
END
	chmod 755 vmevac
	OCF_RESKEY_vmevac=$dir/vmevac run -1 ./vm stop
	[ "$output" = "vm: stop $web: another one, process 4000000000, is called so and runs" ]
	wait "$first" || [ $? = 143 ]
}

@test "a command that fails, parameters that are missing, and an action that is none" {
	OCF_RESKEY_command=false run -1 ./vm start
	[ "$output" = "vm: start $web: its command failed with status 1" ]
	OCF_RESKEY_name='' run -6 ./vm monitor
	OCF_RESKEY_grace=1m run -6 ./vm validate-all
	OCF_RESKEY_vmevac=/nowhere run -5 ./vm validate-all
	run -3 ./vm promote
}

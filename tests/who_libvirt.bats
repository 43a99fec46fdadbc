# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl who, where libvirt holds the monitor of a virtual machine: with a virsh that does
# what none should, and with libvirt itself.
bats_require_minimum_version 1.5.0
load helper
load libvirt_helper

uuid=0b5a4b3c-1111-2222-3333-444444444444

setup()
{
	need_root
	unset LIBVIRT_DEFAULT_URI
	tmp=$BATS_TEST_TMPDIR
	mkdir "$tmp/path"
}

teardown()
{
	for pid in ${machine:-} ${libvirtd:-}; do end "$pid"; done
	remove_libvirt
}

end()
{
	kill -KILL "$1" || true
	wait "$1" 2>/dev/null || true
}

# A machine with its memory in place, which does not run, and a monitor as libvirt would have it.
start_machine()
{
	# shellcheck disable=SC2016
	perl -MSocket -e '$^F = 63; socket(S, AF_UNIX, SOCK_STREAM, 0) && bind(S, sockaddr_un(shift)) &&
		listen(S, 1) || die; exec map { s/FD/fileno(S)/er } @ARGV' "$tmp/monitor" \
		qemu-system-x86_64 -accel tcg -m 16 -name guest=web "$@" -S -nodefaults -no-user-config \
		-display none -machine pc,memory-backend=ram \
		-object memory-backend-memfd,id=ram,size=16M,share=on,prealloc=on \
		-chardev socket,id=charmonitor,fd=FD,server=on,wait=off \
		-mon chardev=charmonitor,id=monitor,mode=control >"$tmp/qemu" 2>&1 3>&- &
	machine=$!
	find_page
}

# Wait for memory of machine $machine, and find the frame of its page at 0x8000.
find_page()
{
	local start='' word=0
	for ((i = 0; i < 600; i++)); do
		start=$(sed -n 's,^\([0-9a-f]*\)-.* /memfd:memory-backend-memfd.*,\1,p' "/proc/$machine/maps")
		[ -z "$start" ] || word=$(dd if="/proc/$machine/pagemap" bs=8 count=1 \
			skip=$((0x$start / 4096 + 8)) status=none | od -An -t d8)
		((word == 0)) || break
		sleep 0.05
	done
	((word)) || { cat "$tmp/qemu" && return 1; }
	page=$(printf '0x%016x' $(((word & (1 << 55) - 1) * 4096)))
	((page)) || skip "the kernel does not tell frames"
}

# The owner record of the page, of some way to ask for it.  On some machines there are processes
# that not even root may look into: each is a skip record and status 1.
owner()
{
	run --separate-stderr "$@" "$page"
	owner=$(grep '^owner ' <<<"$output")
	grep '^skip ' <<<"$output" || [ "$status" = "${wanted_status:-0}" ]
}

# refused REASON COMMAND... - machine $machine is known by its command line alone, and why; a reason
# that is libvirt's own can be a pattern
refused()
{
	local reason=$1 wanted_status=1
	shift
	owner "$@" poisonctl who
	[[ $owner == *" pid=$machine "*" vm=web "*"gpa=0x0000000000008000 gpa_src=layout backend="* ]]
	[ "$status" = 1 ]
	echo "$stderr"
	# shellcheck disable=SC2053
	[[ $stderr == "poisonctl: ask process $machine, virtual machine web, through libvirt: "$reason ]]
}

# garbled REASON <SCRIPT - with a virsh that is SCRIPT
garbled()
{
	cat >"$tmp/path/virsh"
	chmod +x "$tmp/path/virsh"
	refused "$1" env PATH="$tmp/path:$PATH" TMP="$tmp"
}

@test "a virsh that fails, and one that answers something else" {
	start_machine -uuid $uuid
	garbled "failed to connect to the hypervisor: Permission denied" <<'END'
#!/bin/sh
echo nothing
printf 'error: failed to connect to the hypervisor\n\nerror: Permission denied\n' >&2
exit 1
END
	garbled "virsh failed without a reason" <<'END'
#!/bin/sh
kill -SEGV $$
END
	garbled "no processors in its list" <<'END'
#!/bin/sh
head -c 100000 /dev/urandom
END
	garbled "libvirt has another process of this UUID" <<'END'
#!/bin/sh
echo '* CPU #0: thread_id=1'
END
	garbled "no memory in its list" <<END
#!/bin/sh
echo '* CPU #0: thread_id=$machine'
END
	garbled "an answer of more than 2097151 bytes" <<'END'
#!/bin/sh
exec yes
END
}

@test "a virsh gets the words of its command line, and LIBVIRT_DEFAULT_URI is heeded" {
	start_machine -uuid $uuid
	garbled "no processors in its list" <<'END'
#!/bin/sh
printf '%s\n' "$@" >"$TMP/words"
END
	diff "$tmp/words" - <<END
-q
-c
qemu:///system
qemu-monitor-command $uuid --hmp 'info cpus';
END
	export LIBVIRT_DEFAULT_URI=qemu:///session
	refused "no processors in its list" env PATH="$tmp/path:$PATH" TMP="$tmp"
	[ "$(sed -n 3p "$tmp/words")" = qemu:///session ]
}

@test "a virsh that does not end is killed with what it has started" {
	start_machine -uuid $uuid
	garbled "no answer in 3000 ms" <<'END'
#!/bin/sh
sleep 1000 &
echo $$ $! >"$TMP/pids"
yes >&2
END
	for pid in $(cat "$tmp/pids"); do
		for ((i = 0; i < 600; i++)); do
			grep -qs '^State:	[^Z]' "/proc/$pid/status" || continue 2
			sleep 0.05
		done
		return 1
	done
}

@test "a virsh that has ended is not waited for because of what it has started" {
	start_machine -uuid $uuid
	garbled "no processors in its list" <<'END'
#!/bin/sh
sleep 1000 &
END
}

@test "no virsh, and a machine without a UUID" {
	start_machine -uuid $uuid
	refused "run virsh: No such file or directory" env PATH="$top/${MEMPATROL_BIN:-bin}"
	owner poisonctl who --no-qmp
	[ -z "$stderr" ]
	end "$machine"
	rm "$tmp/monitor"
	start_machine
	refused "it has no UUID that libvirt would know it by" env
}

# --- With libvirt ---

start_domain()
{
	domain web "
  <uuid>$uuid</uuid>
  <memoryBacking>
    <source type='memfd'/>
    <access mode='shared'/>
    <allocation mode='immediate'/>
  </memoryBacking>
  <vcpu>2</vcpu>" >"$home/domain"
	"${as_nobody[@]}" virsh create --paused "$home/domain" || { cat "$tmp/libvirtd" && return 1; }
	machine=$(cat "$home/libvirt/qemu/run/web.pid")
	find_page
}

@test "QEMU tells through libvirt, and whoever has its UUID is not taken for it" {
	start_libvirt
	start_domain
	owner poisonctl who
	[[ $owner == "owner addr=$page size=4096 kind=file pid=$machine comm=qemu-system-x86 vm=web uuid=$uuid gpa=0x0000000000008000 gpa_src=qmp backend=pc.ram memslot=0x0000000000000000 va=0x"* ]]
	[ -z "$stderr" ]
	owner poisonctl who --no-qmp
	[[ $owner == *" gpa=0x0000000000008000 gpa_src=layout backend=pc.ram va="* ]]

	kill -STOP "$libvirtd"
	refused "no answer in 3000 ms" env
	kill -CONT "$libvirtd"

	domain=$machine
	start_machine -uuid $uuid
	refused "libvirt has another process of this UUID" env
	end "$domain"
}

@test "a machine that libvirt does not have" {
	start_libvirt
	start_machine -uuid $uuid
	refused "failed to get domain '$uuid'*" env
	end "$libvirtd"
	libvirtd=
	rm "$home/libvirt/libvirt-sock"
	refused "failed to connect to the hypervisor: *: No such file or directory" env
}

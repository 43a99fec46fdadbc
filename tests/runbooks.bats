# SPDX-License-Identifier: GPL-2.0-or-later
# The runbooks, with others in the place of programs that would need a host with bad memory; with a
# real kernel they are run by tests/lab/runbooks.bats.
#
# Scripts stand for programs; bats sets $lines and $output.
# shellcheck disable=SC2016,SC2154
bats_require_minimum_version 1.5.0
load helper

setup()
{
	tmp=$BATS_TEST_TMPDIR
	mkdir "$tmp/bin"
	cd "$tmp" || return
	PATH=$tmp/bin:$top/runbooks:$PATH
	export MEMPATROL_STATE=$tmp/state
	instead journalctl true # nor is there a journal
}

# instead PROGRAM: the script on standard input
instead()
{
	{
		echo '#!/bin/bash'
		if [ $# = 1 ]; then cat; else echo "$2"; fi
	} >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}

# has LINE: it is among those that were printed
has()
{
	printf '%s\n' "${lines[@]}" | grep -qxF -- "$1" || { echo "$output"; return 1; }
}

# has_not TEXT
has_not()
{
	[[ $output != *"$1"* ]] || { echo "$output"; return 1; }
}

# --- What all of them share ---

# A runbook of one line.
short()
{
	cat >"$tmp/short" <<END
#!/bin/bash
. $top/runbooks/common.bash
$1
exit "\$worst"
END
	bash "$tmp/short"
}

@test "the status of a pipeline is that of its worst part, wherever that is" {
	run -3 short "run '(exit 3) | (exit 1)'"
	run -3 short "run '(exit 1) | (exit 3) | true'"
	run -1 short "run 'true | (exit 1) | true'"
	run -0 short "run 'true | true'"
	run -4 short "run 'true; (exit 4)'"
	run -3 short "run 'yes | (exit 1)'"
	run -3 short "run 'true && (exit 3) | (exit 1) && true'"
	run -3 short "look '(exit 3) | (exit 1)'; echo went on"
	has_not "went on"
	run -1 short "look '(exit 1) | true'; echo went on"
	has "went on"
}

@test "a list that failed is not taken for one of which something could not be seen" {
	instead vmevac 'echo "done src=vmevac scope=list skipped=0"'
	instead poisonctl '[ "$1" = list ] && exit 3; cat; exit 1'
	run -3 vm-host-ue
	has_not "The guests are told"
}

@test "nothing is concluded from a log that could not be read, or has nothing in it" {
	instead poisonctl 'echo "poisonctl was run"'
	run -3 machine-check none
	has "machine-check: cat -- none: failed with status 1"
	has_not "poisonctl was run"
	: >empty
	run -3 machine-check empty
	has "machine-check: cat -- empty: there is nothing in it"
	has_not "poisonctl was run"
	instead dmesg 'exit 1'
	run -3 machine-check
	has "machine-check: dmesg: failed with status 1"
	instead dmesg true
	run -3 machine-check
	has "machine-check: dmesg: there is nothing in it"
	instead vmevac 'echo "done src=vmevac scope=list skipped=0"'
	instead poisonctl '[ "$1" = list ] || cat; echo "done src=poisonctl scope=all scanned=4096 skipped=0"'
	run -3 drain-host --dry-run true
	has "drain-host: dmesg: there is nothing in it"
	run -3 huge-page-lost none
	has "huge-page-lost: cat -- none: failed with status 1"
}

# --- Each of them ---

@test "machine-check: of a host that is well there is nothing to say" {
	instead mcedecode "exec $(command -v mcedecode) --merge" # without the modules' names
	instead poisonctl 'cat >/dev/null'
	echo 'Nov 21 23:06:56 host kernel: Linux version 6.1.0' >log
	run -0 machine-check log
	echo 'Nov 21 23:06:56 host kernel: mce: [Hardware Error]: Machine check events logged' >>log
	run -0 machine-check log
}

# A host with a machine that is called NAME, process 10, whose memory is bad as OWNER-RECORD... say.
hit()
{
	printf 'vm vm=%s pid=10 state=running\nvm vm=pid:11 pid=11 state=unknown\ndone src=vmevac scope=list skipped=0\n' "$1" >list
	printf '%s\n' "${@:2}" >owners
	echo 'done src=poisonctl scope=owners skipped=0' >>owners
	instead vmevac "case \$1 in list) cat $tmp/list ;; plan) cat ;; signal) echo \"\$*\" >>$tmp/signals ;; esac"
	instead poisonctl "[ \$1 = list ] || { cat; cat $tmp/owners; }"
	: >signals
}

at='owner addr=0x0000000000005000 size=4096 kind=file'

@test "vm-host-ue: what a machine is called is no command" {
	for name in 'web;touch${IFS}hit' '$(touch${IFS}hit)' '`touch${IFS}hit`' "'&touch\${IFS}hit&'" '"|touch${IFS}hit"' '>hit' '*'; do
		hit "$name" "$at pid=10 comm=$name vm=$name gpa=0x0000000000009000 gpa_src=qmp shared=1" \
			"$at pid=10 comm=$name vm=$name gpa=0x0000000000009000 gpa_src=qmp va=0x0000000000001000"
		run -0 vm-host-ue
		has '$ vmevac signal pid:10 0x0000000000009000 | rectab'
		[ ! -e hit ]
		diff signals - <<<"signal pid:10 0x0000000000009000"
	done
}

@test "vm-host-ue: nor is what should be a number or an address" {
	for bad in 'pid=10;touch${IFS}hit gpa=0x0000000000009000' 'pid=10 gpa=0x9000;touch${IFS}hit' 'gpa=0x0000000000009000'; do
		hit web "$at vm=web $bad"
		run -1 vm-host-ue
		has "vm-host-ue: not told, as it is not known where in the guest that is: $at vm=web $bad"
		[ ! -e hit ]
		[ ! -s signals ]
	done
}

@test "vm-host-ue: nobody is left out who has no name, and what cannot be told is said" {
	uuid=0b5a4b3c-1111-2222-3333-444444444444
	hit web "$at pid=11 comm=q gpa=0x0000000000009000 gpa_src=qmp" "$at pid=12 comm=q uuid=$uuid gpa=0x000000000000a000" \
		"$at pid=13 comm=other va=0x0000000000001000" "$at pid=1 comm=init" "${at/file/free}"
	run -0 vm-host-ue
	printf 'signal pid:%s\n' "11 0x0000000000009000" "12 0x000000000000a000" | diff signals -
	for record in "$at pid=10 comm=q vm=web" "$at pid=12 comm=q uuid=$uuid" "$at pid=11 comm=q"; do
		hit web "$record" "$at pid=10 vm=web gpa=0x0000000000009000"
		run -1 vm-host-ue --dry-run
		has "vm-host-ue: not told, as it is not known where in the guest that is: $record"
		has '(not done) $ vmevac signal pid:10 0x0000000000009000 | rectab'
		[ ! -s signals ]
	done
}

@test "a folder for what is remembered may be called anything" {
	export MEMPATROL_STATE="$tmp/a b;touch hit;\$(touch hit)"
	mkdir "$MEMPATROL_STATE"
	echo 'page addr=0x0000000000001000 size=4096 state=poisoned' | poisonctl save --ledger "$MEMPATROL_STATE/ledger.db"
	real=$(command -v poisonctl)
	instead poisonctl "case \$1 in restore) cat $tmp/restored ;; boot) ;; *) exec $real \"\$@\" ;; esac"
	echo 'offline addr=0x0000000000001000 size=4096 mode=hard result=refused reason=dimm-replaced' >restored
	run -0 after-reboot
	run -0 dimm-replaced
	[ "$(poisonctl saved --ledger "$MEMPATROL_STATE/ledger.db" | grep -c ^page)" = 0 ]
	instead memscan 'echo "page addr=0x0000000000001000 size=4096 state=poisoned src=memscan"; exit 1'
	run -1 patrol
	[ "$(poisonctl saved --ledger "$MEMPATROL_STATE/ledger.db" | grep -c ^page)" = 1 ]
	[ ! -e hit ]
}

@test "what a machine is called is no command on the other host, in any example" {
	instead ssh 'shift; exec sh -c "$*"'
	instead vmevac 'echo "$*" >>ran'
	examples=$(sed -n "s/.*'\(ssh other vmevac recv .*\)'.*/\1/p" "$top"/README.md "$top"/man/*.[78] "$top"/runbooks/*)
	while IFS= read -r example; do
		VMEVAC_VM='web;touch hit;' VMEVAC_RAM=16M VMEVAC_ID=1 sh -c "$example" </dev/null
	done <<<"$examples"
	[ "$(wc -l <ran)" -ge 4 ]
	[ ! -e hit ]
}

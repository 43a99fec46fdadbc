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

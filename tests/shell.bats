# SPDX-License-Identifier: GPL-2.0-or-later
# poisonctl shell on a terminal, script(1)'s: what is typed, and what is run for it.
bats_require_minimum_version 1.5.0
load helper

setup()
{
	command -v script >/dev/null || skip "script is not here"
	root=$(unpack_root poison)
	mkdir -p "$root/var/lib"
}

# Each line when there is a prompt for it: what is typed while a command runs the terminal echoes, too.
type_slowly()
{
	local line prompts=0
	for line; do
		prompts=$((prompts + 1))
		until [ "$(grep -ac -e 'poisonctl> ' -e 'type yes to run it: ' session)" -ge "$prompts" ]; do
			[ ! -e ended ] || return 0
			sleep 0.02
		done
		printf '%b\n' "$line"
	done
	until [ -e ended ]; do sleep 0.02; done
}

# type_in LINE... - at the prompt; prints the session, which the last of them ends.
type_in()
{
	cd "$BATS_TEST_TMPDIR" || return
	rm -f ended
	: >session
	type_slowly "$@" | {
		TERM=dumb script -qec "poisonctl shell --sysroot $root" /dev/null >session
		: >ended
	}
	tr -d '\r\a' <session | sed -n '/^poisonctl> /,$p' |
		sed "s|/tmp/poisonctl-[A-Za-z0-9]*|DIR|g; s|$root|ROOT|g; s/ t=[^ ]*Z$//" | sed '$a\'
}

expect_session()
{
	diff - <(type_in "$@")
}

@test "records get numbers, and rows go to the next command" {
	expect_session list 'save 1-2' '$_ | wc -l' quit <<'END'
poisonctl> list
$ poisonctl list --sysroot ROOT
  1  page addr=0x0000000007600000 size=2097152 state=poisoned node=0 kind=hugetlb src=poisonctl
  2  page addr=0x0000000010ef8000 size=4096 state=poisoned node=1 kind=file src=poisonctl
  3  done src=poisonctl scope=all scanned=536870912 skipped=0
poisonctl> save 1-2
$ sed -n -e 1,2p DIR/rows | poisonctl save --sysroot ROOT
  1  ledger addr=0x0000000007600000 size=2097152 mode=save result=done sightings=1
  2  ledger addr=0x0000000010ef8000 size=4096 mode=save result=done sightings=1
poisonctl> $_ | wc -l
$ cat DIR/rows | wc -l
2
poisonctl> quit
END
	[ -s "$root/var/lib/mempatrol/ledger.db" ]
}

@test "what prints no records leaves the rows as they are; a number after an option is its argument" {
	expect_session 'list --node 1 | grep page' 'list | grep -c page' 'save 1 | cut -d " " -f 1' 'save 2' quit <<'END'
poisonctl> list --node 1 | grep page
$ poisonctl list --sysroot ROOT --node 1 | grep page
  1  page addr=0x0000000010ef8000 size=4096 state=poisoned node=1 kind=file src=poisonctl
poisonctl> list | grep -c page
$ poisonctl list --sysroot ROOT | grep -c page
2
poisonctl> save 1 | cut -d " " -f 1
$ sed -n -e 1p DIR/rows | poisonctl save --sysroot ROOT | cut -d " " -f 1
  1  ledger
poisonctl> save 2
poisonctl: save 2: no such row
poisonctl> quit
END
}

@test "what cannot be taken back asks first, and takes only yes for an answer" {
	poisonctl save --sysroot "$root" <<<"page addr=0x0000000010ef8000 size=4096 state=poisoned"
	expect_session 'forget 0x10ef8000' y 'saved | grep -c ^page' 'forget 0x10ef8000' yes quit <<'END'
poisonctl> forget 0x10ef8000
This cannot be taken back: poisonctl forget --sysroot ROOT 0x10ef8000
type yes to run it: y
not run
poisonctl> saved | grep -c ^page
$ poisonctl saved --sysroot ROOT | grep -c ^page
1
poisonctl> forget 0x10ef8000
This cannot be taken back: poisonctl forget --sysroot ROOT 0x10ef8000
type yes to run it: yes
$ poisonctl forget --sysroot ROOT 0x10ef8000
  1  ledger addr=0x0000000010ef8000 size=4096 mode=forget result=done
poisonctl> quit
END
}

@test "an acting verb asks wherever it stands in a pipeline" {
	expect_session 'list | forget' '' 'true; poisonctl forget 0x1000' no quit <<'END'
poisonctl> list | forget
This cannot be taken back: poisonctl list --sysroot ROOT | poisonctl forget --sysroot ROOT
type yes to run it: 
not run
poisonctl> true; poisonctl forget 0x1000
This cannot be taken back: true ; poisonctl forget --sysroot ROOT 0x1000
type yes to run it: no
not run
poisonctl> quit
END
}

@test "what may be the end of the machine asks first, however it is written" {
	expect_session 'list --probe' no 'list --p' no 'who | list --node 1 --"pro"be | wc -l' no quit <<'END'
poisonctl> list --probe
This cannot be taken back: poisonctl list --sysroot ROOT --probe
type yes to run it: no
not run
poisonctl> list --p
This cannot be taken back: poisonctl list --sysroot ROOT --p
type yes to run it: no
not run
poisonctl> who | list --node 1 --"pro"be | wc -l
This cannot be taken back: poisonctl who --sysroot ROOT | poisonctl list --sysroot ROOT --node 1 --"pro"be | wc -l
type yes to run it: no
not run
poisonctl> quit
END
}

@test "Tab completes verbs and options" {
	# What the terminal shows while it completes is readline's; what is run is ours.
	diff - <(type_in 'rest\t--dry\t' quit | grep '^\$') <<'END'
$ poisonctl restore --sysroot ROOT --dry-run
END
	diff - <(type_in 'saved --hi\t' quit | grep '^\$') <<'END'
$ poisonctl saved --sysroot ROOT --history
END
}

@test "a status that is not 0 is shown" {
	expect_session saved exit <<'END'
poisonctl> saved
$ poisonctl saved --sysroot ROOT
poisonctl: open /var/lib/mempatrol: No such file or directory
status 3
poisonctl> exit
END
}

@test "help tells of every verb" {
	type_in help quit >"$BATS_TEST_TMPDIR/out"
	for verb in $(poisonctl --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		grep -q "^  $verb " "$BATS_TEST_TMPDIR/out"
		diff <(poisonctl "$verb" --help) <(type_in "help $verb" quit | sed '1,2d; $d')
	done
}

@test "without a terminal there is no prompt" {
	expect 2 poisonctl shell </dev/null <<'END'
poisonctl: read commands: no terminal; scripts use the verbs themselves
END
}

@test "nothing is left behind" {
	folder=$(printf '%s\n' list 'save 1' quit | TERM=dumb script -qec "poisonctl shell --sysroot $root" /dev/null |
		sed -n 's|.*\(/tmp/poisonctl-......\)/rows.*|\1|p')
	[[ $folder == /tmp/poisonctl-?????? ]]
	[ ! -e "$folder" ]
}

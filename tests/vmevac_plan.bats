# SPDX-License-Identifier: GPL-2.0-or-later
# vmevac plan: records in, order out.
#
# bats sets $stderr.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

# plan [OPTION]... with the records of $records
plan()
{
	vmevac plan "$@" <<<"$records"
}

@test "what is hit comes before what is not, the gravest first" {
	records='vm vm=idle pid=10 state=running ram=1073741824
vm vm=big pid=11 state=running ram=4294967296 dirty_rate=1000
vm vm=web pid=12 state=running ram=2147483648 poisoned=2 hazards=vfio,private
owner addr=0x0000000100000000 size=4096 kind=anon vm=web
owner addr=0x0000000200000000 size=2097152 kind=hugetlb vm=db\x201
owner addr=0x0000000300000000 size=4096 kind=anon vm=big
owner addr=0x0000000400000000 size=4096 kind=file pid=1 comm=init
err addr=0x0000000100000000 size=64 sev=srar class=memory
ue addr=0x0000000200001000 size=4096 t=2026-01-01T00:00:01.000000000Z src=memscan
err sev=corrected class=memory
done src=poisonctl scope=all scanned=1 skipped=0'
	expect 0 plan <<'END'
plan vm=web order=1 reason=required score=1400 causes=required,poisoned poisoned=2 ram=2147483648 hazards=vfio,private
plan vm=big order=2 reason=poisoned score=200 causes=poisoned poisoned=1 ram=4294967296 dirty_rate=1000
plan vm=db\x201 order=3 reason=optional score=100 causes=optional
plan vm=idle order=4 reason=same-host score=0 ram=1073741824
done src=vmevac scope=plan skipped=0
END
}

@test "of equals the one that is sooner out leaves first, then the name decides" {
	records='vm vm=e pid=1 state=running
vm vm=d pid=1 state=running ram=8192 dirty_rate=9
vm vm=c pid=1 state=running ram=8192 dirty_rate=8
vm vm=b pid=1 state=running ram=8192
vm vm=y pid=1 state=running ram=8192 dirty_rate=0
vm vm=a pid=1 state=running
vm vm=z pid=1 state=running ram=4096'
	run -0 plan
	[ "$(sed -n 's/^plan vm=\(.\).*/\1/p' <<<"$output" | tr -d '\n')" = zycdbae ]
}

@test "who has gone is not in the plan" {
	records='vm vm=a pid=1 state=gone
vm vm=b pid=1 state=evacuated
vm vm=c pid=1 state=quiesced'
	expect 0 plan <<'END'
plan vm=c order=1 reason=same-host score=0
done src=vmevac scope=plan skipped=0
END
}

@test "a page counts once, as the gravest that was said of it; corrected errors count each" {
	records='owner addr=0x0000000000001000 size=4096 kind=anon vm=a
err addr=0x0000000000001000 size=64 sev=srao class=memory
err addr=0x0000000000001040 size=64 sev=srar class=memory
ue addr=0x0000000000001000 size=4096 t=2026-01-01T00:00:00.000000000Z src=memscan
err addr=0x0000000000001000 size=64 sev=corrected class=memory count=7
err addr=0x0000000000001000 size=64 sev=corrected class=memory
err addr=0x0000000000001000 size=64 sev=info class=memory'
	expect 0 plan <<'END'
plan vm=a order=1 reason=required score=1008 causes=required,corrected
done src=vmevac scope=plan skipped=0
END
}

@test "no more than the most of a cause count" {
	records='vm vm=a pid=1 state=running poisoned=18446744073709551615
err vm=a sev=corrected class=memory count=18446744073709551615
err vm=a sev=corrected class=memory count=18446744073709551615'
	run -0 plan
	[[ ${lines[0]} == "plan vm=a order=1 reason=poisoned score=200100 "* ]]
}

@test "errors that their report gives to a machine need no owner" {
	records='err sev=srar class=signal vm=a
err addr=0x0000000000001000 size=64 sev=srar class=signal vm=b
owner addr=0x0000000000001000 size=4096 kind=anon vm=b'
	run -0 plan
	[ "${lines[0]}" = "plan vm=a order=1 reason=required score=1000 causes=required" ]
	[ "${lines[1]}" = "plan vm=b order=2 reason=required score=1000 causes=required" ]
}

@test "everybody who uses a page has its error, also behind a larger range" {
	records='owner addr=0x0000000000000000 size=1073741824 kind=hugetlb vm=wide
owner addr=0x0000000000001000 size=4096 kind=shmem vm=a
owner addr=0x0000000000001000 size=4096 kind=shmem vm=b
owner addr=0x0000000000001000 size=4096 kind=shmem vm=a
owner addr=0x0000000000002000 size=4096 kind=shmem vm=beside
err addr=0x0000000000001000 size=64 sev=srao class=memory'
	expect 0 plan <<'END'
plan vm=beside order=1 reason=poisoned score=200 causes=poisoned poisoned=1
plan vm=a order=2 reason=optional score=100 causes=optional
plan vm=b order=3 reason=optional score=100 causes=optional
plan vm=wide order=4 reason=optional score=100 causes=optional
done src=vmevac scope=plan skipped=0
END
}

# errors COUNT SECOND: so many at that second of a minute
errors()
{
	echo "err sev=corrected class=memory t=2026-01-01T00:00:$2.500000000Z count=$1 vm=a"
}

@test "growing: more than twice as many in the later half, and enough of them" {
	# COUNTS AT SECONDS 00 20 40 59|REASON
	while IFS='|' read -r counts reason; do
		read -r -a n <<<"$counts"
		records=$(errors "${n[0]}" 00; errors "${n[3]}" 59; errors "${n[2]}" 40; errors "${n[1]}" 20)
		run -0 plan
		[[ ${lines[0]} == *" reason=$reason "* ]] || { echo "$counts: $output"; return 1; }
	done <<'END'
1 1 3 3|growing
1 1 2 3|corrected
1 1 2 2|corrected
9 9 18 18|corrected
9 9 18 19|growing
3 3 1 1|corrected
2 0 0 5|corrected
2 0 0 6|growing
END
	printf 'growing 4\n' >policy
	records=$(errors 1 00; errors 3 59)
	run -0 plan --policy policy
	[[ ${lines[0]} == *" reason=growing "* ]]
}

# Rows of one bank: row MACHINE ROW
row()
{
	echo "err vm=$1 sev=corrected class=memory socket=0 channel=1 slot=0 rank=0 bank_group=2 dram_bank=3 row=$2"
}

@test "machines with errors in close rows are neighbors, each of the closest" {
	records=$(row a 100; row b 102; row c 103; row c 104; row a 105; row d 108)
	run -0 plan
	[ "$(grep '^neighbor' <<<"$output")" = "neighbor vm=a beside=c reason=near-row rows=1 socket=0 channel=1 slot=0 rank=0 bank_group=2 dram_bank=3 row=105
neighbor vm=c beside=b reason=near-row rows=1 socket=0 channel=1 slot=0 rank=0 bank_group=2 dram_bank=3 row=103
neighbor vm=b beside=c reason=near-row rows=1 socket=0 channel=1 slot=0 rank=0 bank_group=2 dram_bank=3 row=102
neighbor vm=d beside=a reason=same-module socket=0 channel=1 slot=0" ]
}

@test "the policy says how far apart rows disturb each other" {
	records=$(row a 100; row b 103)
	printf 'rows 3\n' >policy
	run -0 plan --policy policy
	grep -q '^neighbor vm=a beside=b reason=near-row rows=3 ' <<<"$output"
	printf 'rows 0\n' >policy
	records+=$'\n'$(row c 103)
	run -0 plan --policy policy
	grep -q '^neighbor vm=b beside=c reason=same-row rows=0 ' <<<"$output"
	grep -q '^neighbor vm=a beside=[bc] reason=same-module ' <<<"$output"
}

@test "another bank, rank or module is not close" {
	place='socket=0 channel=1 slot=0 dram_bank=3 row=7'
	for other in 'socket=1 channel=1 slot=0 dram_bank=3 row=7' \
		'socket=0 channel=1 slot=0 dram_bank=3 row=7 dimm=A1' \
		'channel=1 slot=0 dram_bank=3 row=7'; do
		records="err vm=a sev=srao class=memory $place"$'\n'"err vm=b sev=srao class=memory $other"
		run -0 plan
		[[ $output != *neighbor* ]] || { echo "$other: $output"; return 1; }
	done
	for other in 'socket=0 channel=1 slot=0 dram_bank=2 row=7' 'socket=0 channel=1 slot=0' \
		'socket=0 channel=1 slot=0 rank=1 dram_bank=3 row=7'; do
		records="err vm=a sev=srao class=memory $place"$'\n'"err vm=b sev=srao class=memory $other"
		run -0 plan
		[[ $output == *"neighbor vm=a beside=b reason=same-module socket=0"* ]] ||
			{ echo "$other: $output"; return 1; }
		[[ $output != *,neighbor* ]]
	done
}

@test "a label alone says which module" {
	records='err vm=a sev=srao class=memory dimm=CPU0\x20A1
err vm=b sev=srao class=memory dimm=CPU0\x20A1'
	run -0 plan
	[[ $output == *"neighbor vm=a beside=b reason=same-module dimm=CPU0\\x20A1"* ]]
}

@test "policy: weights and importance" {
	cat >policy <<'END'
# what matters here

importance db\x201 100
importance db* 40
 weight	optional 7
weight importance 2
weight corrected 0
END
	records='vm vm=db\x201 pid=1 state=running
vm vm=db2 pid=1 state=running
vm vm=web pid=1 state=running
err vm=db2 sev=ucna class=memory
err vm=web sev=corrected class=memory'
	expect 0 plan --policy policy <<'END'
plan vm=db2 order=1 reason=optional score=87 causes=optional,importance
plan vm=db\x201 order=2 reason=same-host score=200 causes=importance
plan vm=web order=3 reason=same-host score=0
done src=vmevac scope=plan skipped=0
END
}

@test "a policy that is wrong stops, with its line" {
	# LINE, for printf %b|REASON
	while IFS='|' read -r line why; do
		printf 'rows 1\n\n%b' "$line" >policy
		run -2 --separate-stderr vmevac plan --policy policy </dev/null
		[ "$stderr" = "vmevac: read policy: line 3: $why" ] || { echo "$line: $stderr"; return 1; }
		[ -z "$output" ]
	done <<'END'
wieght required 1\n|not a setting
Weight required 1\n|not a setting
weight\n|too few words
weight required\n|too few words
weight required 1 2\n|too many words
weight required 1 # much\n|too many words
weight requird 1\n|not a cause
weight required -1\n|not a number
weight required 1000001\n|too large
weight required 99999999999999999999999999\n|too large
weight required 0x10\n|not a number
importance web 101\n|too large
importance we*b 1\n|'*' within a name
importance ** 1\n|'*' within a name
importance w\\\\x41 1\n|name not escaped as in records
importance w\\\\ 1\n|name not escaped as in records
importance w\xc3\xa9 1\n|name not escaped as in records
rows 2\n|given twice
growing 65537\n|too large
growing 1\n|too small
rows\x00 1\n|a byte of 0
growing 9|cut short, no end of line
END
	printf 'rows 1\n\n%070000d\n' 0 >policy
	run -2 --separate-stderr vmevac plan --policy policy </dev/null
	[ "$stderr" = "vmevac: read policy: line 3: too long" ]
	printf 'importance %0256d 1\n' 0 >policy
	run -2 --separate-stderr vmevac plan --policy policy </dev/null
	[ "$stderr" = "vmevac: read policy: line 1: name too long" ]
	printf 'weight growing 1\nweight growing 1\n' >policy
	run -2 --separate-stderr vmevac plan --policy policy </dev/null
	[ "$stderr" = "vmevac: read policy: line 2: given twice" ]
	seq -f 'importance vm%g 1' 1025 >policy
	run -2 --separate-stderr vmevac plan --policy policy </dev/null
	[ "$stderr" = "vmevac: read policy: line 1025: one machine too many" ]
}

@test "a policy that cannot be read stops" {
	expect 3 vmevac plan --policy nowhere <<'END'
vmevac: open nowhere: No such file or directory
END
	expect 3 vmevac plan --policy . <<'END'
vmevac: read .: Is a directory
END
}

@test "records with values of another form stop it, with no plan" {
	# RECORD|REASON
	while IFS='|' read -r line why; do
		run -3 --separate-stderr vmevac plan <<<"$line"
		[ "$stderr" = "vmevac: read standard input: ${line%% *} record: $why" ] ||
			{ echo "$line: $stderr"; return 1; }
		[ -z "$output" ]
	done <<'END'
vm pid=1 state=running|vm: not a name
vm vm= pid=1|vm: not a name
vm vm=a\x00b pid=1|vm: not a name
vm vm=a pid=1 ram=1G|ram, poisoned or dirty_rate: not a number
owner vm=a kind=anon|addr, size: not a range
owner addr=0x1000 size=4096 kind=anon vm=a|addr, size: not a range
owner addr=0x0000000000001000 size=0 kind=anon vm=a|addr, size: not a range
owner addr=0xfffffffffffff000 size=8192 kind=anon vm=a|addr, size: not a range
err class=memory|sev: missing
err addr=0x0000000000001000 sev=srar class=memory|addr, size: not a range
err sev=srar class=memory t=yesterday|t: not a time
err sev=srar class=memory t=2026-02-30T00:00:00.000000000Z|t: not a time
err sev=srar class=memory t=9999-01-01T00:00:00.000000000Z|t: not a time
err sev=srar class=memory count=many|count: not a number
err sev=srar class=memory row=-1|the place of the error: not a number
END
}

@test "what it does not know goes through, and what was skipped is counted" {
	records='# a note
page addr=0x0000000000001000 size=4096 state=poisoned
skip src=vmevac reason=open vm=x
vm vm=a pid=1 state=running'
	expect 0 plan <<'END'
page addr=0x0000000000001000 size=4096 state=poisoned
skip src=vmevac reason=open vm=x
plan vm=a order=1 reason=same-host score=0
done src=vmevac scope=plan skipped=1
END
}

@test "a line that is no record stops it, with no plan" {
	run -3 --separate-stderr vmevac plan <<<$'vm vm=a pid=1 state=running\nX'
	[ "$stderr" = "vmevac: read standard input: line 2: not a type word" ]
	[ -z "$output" ]
	run -3 --separate-stderr vmevac plan < <(printf 'vm vm=a pid=1 state=running')
	[ "$stderr" = "vmevac: read standard input: line 1: cut short, no end of line" ]
	[ -z "$output" ]
}

@test "more than there is room for stops it" {
	seq -f 'vm vm=%g pid=1 state=running' 4097 >records
	run -3 --separate-stderr vmevac plan <records
	[ "$stderr" = "vmevac: read standard input: vm record: one machine too many" ]
	yes 'err sev=srar class=memory' | head -n 65537 >records
	run -3 --separate-stderr vmevac plan <records
	[ "$stderr" = "vmevac: read standard input: err record: one error too many; mcedecode --merge makes fewer" ]
}

@test "no records, no plan" {
	expect 0 vmevac plan </dev/null <<'END'
done src=vmevac scope=plan skipped=0
END
}

@test "a plan that cannot be written is a failure" {
	run -3 sh -c 'vmevac plan </dev/null >/dev/full'
	[ "$output" = "vmevac: write standard output: No space left on device" ]
}

@test "wrong use is told in one line" {
	expect 2 vmevac <<'END'
vmevac: no verb given; try 'vmevac --help'
END
	expect 2 vmevac pan <<'END'
vmevac: verb pan: unknown; try 'vmevac --help'
END
	expect 2 vmevac plan now <<'END'
vmevac: operand now: not expected; try 'vmevac plan --help'
END
}

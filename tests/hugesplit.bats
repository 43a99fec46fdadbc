# SPDX-License-Identifier: GPL-2.0-or-later
# hugesplit on the machine itself: what it passes on and what it refuses; and, where there are huge
# pages to spare, that it harms nobody wherever it is killed.  Errors are pretended here; with
# those of a kernel it is tested in tests/lab/hugesplit*.bats.
bats_require_minimum_version 1.5.0
load helper
load lab/busy_helper

setup()
{
	tmp=$BATS_TEST_TMPDIR
}

teardown()
{
	end_busy
	give_huge_pages_back
	[ -n "${sleeper:-}" ] || return 0
	kill -KILL "$sleeper"
	wait "$sleeper" 2>/dev/null || true
}


# given RECORD... - hugesplit with these lines as its input
given()
{
	printf '%s\n' "$@" | hugesplit
}

@test "nothing in, nothing out" {
	expect 0 hugesplit <<'END'
END
}

@test "records that are not of a huge page of a process are passed on" {
	cat >"$BATS_TEST_TMPDIR/in" <<'END'
#rec 1
page addr=0x0000000000001000 size=4096 state=poisoned kind=anon pid=1 va=0x0000000000001000
page addr=0x0000000000200000 size=2097152 state=poisoned kind=hugetlb
ue addr=0x0000000000001000 size=4096 t=2026-11-21T23:06:56.483912000Z src=memscan lsb=12 pid=1 va=0x0000000000001000
split size=4096 pid=1 va=0x0000000000001000 result=done
done src=memscan scanned=1 skipped=0
END
	run -0 hugesplit <"$BATS_TEST_TMPDIR/in"
	diff "$BATS_TEST_TMPDIR/in" <(echo "$output")
}

@test "a record that makes no sense stops it" {
	for record in \
		"ue addr=0x0000000000001000 size=4096 lsb=21 pid=0 va=0x0000000000001000" \
		"ue addr=0x0000000000001000 size=4096 lsb=21 pid=1 va=0x1000" \
		"ue size=4096 lsb=21 pid=1 va=0x0000000000001000" \
		"owner addr=0x0000000000001000 size=4096 kind=hugetlb pid=1 va=0x0000000000001000 off=-1"; do
		expect 3 given "$record" "done src=x" <<END
hugesplit: read standard input: a ${record%% *} record whose addr, pid, va or off is none
END
	done
	run -3 given "ue  addr=1" "done src=x"
	[[ $output == "hugesplit: read standard input: line 1: "* ]]
}

@test "wrong operands are refused before anything is looked at" {
	expect 2 hugesplit 1:0x1000 12 <<'END'
hugesplit: operand 12: not PID:ADDR; try 'hugesplit --help'
END
	for operand in 0:0x1000 x:0x1000 1:1000 1: :0x1000 99999999999999999999:0x1000; do
		run -2 hugesplit "$operand"
		[[ $output == "hugesplit: operand $operand: "* ]]
	done
	run -2 hugesplit --max-age 10 1:0x1000
	run -2 hugesplit --mark x 1:0x1000
	run -2 hugesplit --with x 1:0x1000
	run -2 env HUGESPLIT_FAULT=x hugesplit 1:0x1000
}

@test "what is no huge page is left alone" {
	need_root
	sleep 1000 3>&- &
	sleeper=$!
	expect 1 hugesplit "$sleeper:0x1000" <<END
split size=4096 pid=$sleeper va=0x0000000000001000 result=refused reason=unmapped
END
	stack=$(sed -n 's/-.*\[stack\]$//p' "/proc/$sleeper/maps")
	va=$(printf '0x%016x' "0x$stack")
	expect 1 hugesplit "$sleeper:0x$stack" <<END
split size=4096 pid=$sleeper va=$va result=refused reason=no-hugetlb
END
	expect 1 given "owner addr=0x0000000000201000 size=4096 kind=hugetlb pid=$sleeper va=$va" <<END
split addr=0x0000000000201000 size=4096 pid=$sleeper va=$va result=refused reason=no-hugetlb
END
}

@test "a process of another architecture is not supported" {
	need_root
	"$top/build/tools/sleeper32" 3>&- &
	sleeper=$!
	until [[ $(readlink "/proc/$sleeper/exe") == */sleeper32 ]]; do
		kill -0 "$sleeper" 2>/dev/null || { sleeper='' && skip "this kernel runs no programs of i386"; }
	done
	expect 4 hugesplit "$sleeper:0x1000" <<END
split size=4096 pid=$sleeper va=0x0000000000001000 result=refused reason=architecture
END
}

@test "a process that is not there" {
	need_root
	expect 1 hugesplit 2147483647:0x1000 <<'END'
split size=4096 pid=2147483647 va=0x0000000000001000 result=failed errno=ENOENT
END
}

# Its arguments and then hugesplit, to which page 700 of any file is bad.
pretend()
{
	echo env ASAN_OPTIONS=verify_asan_link_order=0 BAD_PAGE=$((700 * 4096)) LD_PRELOAD="$top/build/tools/bad_page.so"
}

@test "a page is replaced, and all of it but 4 KiB is as before" {
	need_huge_pages 2
	busy one create "$tmp/mnt/huge" 4M spare
	va=$(huge_va "$pid")
	run -0 $(pretend) hugesplit --max-age any "$(place "$pid" 700)"
	[[ $output == "split size=2097152 pid=$pid "*" result=done lost=4096 salvaged=2093056 "*" lost_va=$(printf '0x%016x' $((va + 700 * 4096))) lost_size=4096 "* ]]
	ask one use
	[[ $answer == *" wrong=0 lost=1 lost_page=700"*" other=0 woken=0 "* ]]
	[ "$(value mine "$answer")" = "$(value memory "$answer")" ]
	expect 0 hugesplit "$(place "$pid" 700)" <<END
split size=4096 pid=$pid va=$(printf '0x%016x' $((va + 700 * 4096))) result=already file=/memfd:hugesplit\x20(deleted)
END
}

@test "killed at any step it leaves the old page or the new one, in all processes the same" {
	local step
	need_huge_pages 2
	start_both "$tmp/mnt/huge" 4M spare
	for ((step = 1; ; step++)); do
		kill_at "$step" 700 $(pretend)
		check_process one "$first" $([ "$result" = old ] && echo 0 || echo 1)
		check_process two "$second" $([ "$result" = old ] && echo 0 || echo 1)
		[ "$result" != old ] || continue
		ask one use
		[[ $answer == *" wrong=0 lost=1 lost_page=700"*" other=0 woken=0 "* ]]
		[ "$result" != whole ] || break
		end_busy
		start_both "$tmp/mnt/huge" 4M spare
	done
	[ "$step" -gt 100 ]
}

@test "whoever starts it ignores how children end: it knows, and puts right what its worker has left" {
	need_huge_pages 2
	start_both "$tmp/mnt/huge" 4M spare
	kill_at 60 700 $(pretend) env --ignore-signal=CHLD
	[ "$result" = old ]
	check_process one "$first" 0
	check_process two "$second" 0
}

@test "without its supervisor the worker comes to its end, wherever it was" {
	local step
	need_huge_pages 2
	for step in 1 60 120 160 195; do
		start_both "$tmp/mnt/huge" 4M spare
		kill_at "supervisor:$step" 700 $(pretend)
		check_process one "$first" 1
		check_process two "$second" 1
		end_busy
	done
}

@test "killed with its supervisor at any step it leaves a process that runs, with the old page or the new one" {
	local step
	need_huge_pages 2
	for ((step = 1; ; step++)); do
		busy one create "$tmp/mnt/huge" 4M spare
		first=$pid
		both_die_at "$step" 700 $(pretend)
		ask one use
		[ "$(value mine "$answer")" = "$(value memory "$answer")" ]
		undisturbed one "$first"
		[ "$result" != whole ] || break
		end_busy
		rm "$tmp/mnt/huge"
	done
	[ "$step" -gt 80 ]
}

# Where one has the new page and another the old one, both would go on with memory of their own.
@test "killed with its supervisor it leaves processes that share the page stopped, or the same" {
	local step at
	need_huge_pages 2
	for step in 60 156 158 167 170 187 190 192 195 197 200 208 213 215 219; do
		start_both "$tmp/mnt/huge" 4M spare
		split_at "both:$step" 700 $(pretend)
		[ "$status" = 137 ]
		at=$(both_mapped 700)
		[ "${at%-*}" = "${at#*-}" ] || { has_state "$first" T && has_state "$second" T; }
		kill -CONT "$first" "$second"
		undisturbed one "$first"
		undisturbed two "$second"
		end_busy
	done
}

@test "a file at rest is copied, with a hole where it is bad and where it is empty" {
	need_huge_pages 2
	busy one create "$tmp/mnt/huge" 4M
	end_busy
	run -1 $(pretend) hugesplit --max-age any --salvage "$tmp/mnt/huge" --to "$tmp/copy"
	diff - <(echo "$output") <<END
lost off=2867200 size=4096 file=$tmp/mnt/huge
done src=hugesplit scope=file scanned=4190208 skipped=0 lost=4096 file=$tmp/mnt/huge
END
	cp "$tmp/mnt/huge" "$tmp/whole"
	dd if=/dev/zero of="$tmp/whole" bs=4096 seek=700 count=1 conv=notrunc status=none
	cmp "$tmp/whole" "$tmp/copy"
	run -0 hugesplit --max-age any --salvage "$tmp/mnt/huge" --to "$tmp/copy2"
	cmp "$tmp/mnt/huge" "$tmp/copy2"
	run -3 hugesplit --max-age any --salvage "$tmp/mnt/huge" --to "$tmp/copy2"
	[ "$output" = "hugesplit: create $tmp/copy2: File exists" ]
}

@test "ended by a signal it leaves no copy that is not whole" {
	need_huge_pages 2
	busy one create "$tmp/mnt/huge" 4M
	end_busy
	# SIGXFSZ
	run -153 prlimit --fsize=65536 hugesplit --max-age any --salvage "$tmp/mnt/huge" --to "$tmp/copy"
	[ -z "$output" ]
	[ ! -e "$tmp/copy" ]
}

@test "what is no huge page is not salvaged, nor what nobody has said to read" {
	run -2 hugesplit --salvage "$tmp/a" --to "$tmp/b"
	run -2 hugesplit --max-age any --salvage "$tmp/a"
	run -2 hugesplit --max-age any --salvage "$tmp/a" --to "$tmp/b" 1:0x1000
	echo >"$tmp/a"
	expect 3 hugesplit --max-age any --salvage "$tmp/a" --to "$tmp/b" <<END
hugesplit: copy $tmp/a: not a file of hugetlbfs
END
	[ ! -e "$tmp/b" ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/run, on suites made up for it.

run_suites()
{
	run env -u CI "$BATS_TEST_DIRNAME/run" --output "$BATS_TEST_TMPDIR/out" "$@"
}

run_suites_in_ci()
{
	run env CI=true "$BATS_TEST_DIRNAME/run" --output "$BATS_TEST_TMPDIR/out" "$@"
}

# suite NAME <TAP: a command that prints it.
suite()
{
	cat >"$BATS_TEST_TMPDIR/$1"
	echo "cat $BATS_TEST_TMPDIR/$1"
}

last_line_is()
{
	[ "${lines[-1]}" = "$1" ] || {
		printf 'the last line is not "%s":\n%s\n' "$1" "$output"
		false
	}
}

has_line()
{
	grep -Fxq -- "$1" <<<"$output" || {
		printf 'no line "%s" in:\n%s\n' "$1" "$output"
		false
	}
}

lacks()
{
	! grep -Fq -- "$1" <<<"$output" || {
		printf '"%s" in:\n%s\n' "$1" "$output"
		false
	}
}

pass()
{
	printf '%s\n' 1..2 'ok 1 a' 'ok 2 b' | suite pass
}

@test "suites that pass" {
	other=$(printf '%s\n' '# hello' 'ok 1 a' 1..1 | suite other)
	run_suites "fast:one=$(pass)" "lab:two=$other"
	[ "$status" = 0 ]
	[[ $output =~ (^|$'\n')"one  2 passed  "[0-9]+s ]]
	[[ $output =~ (^|$'\n')"two  1 passed  "[0-9]+s ]]
	last_line_is '3 passed, 0 failed, 0 skipped'
}

@test "what a suite prints is kept" {
	run_suites "fast:one=$(pass); echo gossip >&2"
	cmp "$BATS_TEST_TMPDIR/pass" "$BATS_TEST_TMPDIR/out/one.tap"
	[ "$(cat "$BATS_TEST_TMPDIR/out/one.err")" = gossip ]
	lacks gossip
}

@test "a failed test is shown with its reason, and nothing else is" {
	fails=$(printf '%s\n' 1..3 'ok 1 a' '# of a' 'not ok 2 b' '# line 7' '#   x' 'ok 3 c' '# of c' |
		suite fails)
	run_suites "fast:f=$fails; exit 1"
	[ "$status" = 1 ]
	[[ $output =~ "f  2 passed, 1 failed  " ]]
	has_line 'not ok 2 b'
	has_line '# line 7'
	has_line '#   x'
	lacks 'of a'
	lacks 'of c'
	last_line_is '2 passed, 1 failed, 0 skipped'
}

@test "a failed test counts even if its suite ends well" {
	run_suites "fast:f=$(printf '%s\n' 1..1 'not ok 1 b' | suite fails)"
	[ "$status" = 1 ]
	last_line_is '0 passed, 1 failed, 0 skipped'
}

@test "a crash after good tests is one failure, with what it said" {
	run_suites "fast:crash=$(pass); echo last words >&2; kill -SEGV \$\$"
	[ "$status" = 1 ]
	has_line 'not ok suite ended early: exit status 139'
	has_line '# last words'
	last_line_is '2 passed, 1 failed, 0 skipped'
}

@test "a command that is not there is one failure" {
	run_suites "fast:none=$BATS_TEST_TMPDIR/no-such-program"
	[ "$status" = 1 ]
	has_line 'not ok suite ended early: no plan'
	last_line_is '0 passed, 1 failed, 0 skipped'
}

@test "fewer and more tests than planned are one failure" {
	few=$(printf '%s\n' 1..3 'ok 1 a' 'ok 2 b' | suite few)
	many=$(printf '%s\n' 1..1 'ok 1 a' 'ok 2 b' | suite many)
	run_suites "fast:few=$few" "fast:many=$many"
	[ "$status" = 1 ]
	has_line 'not ok suite ended early: 2 of 3 tests'
	has_line 'not ok suite ended early: 2 of 1 tests'
	last_line_is '4 passed, 2 failed, 0 skipped'
}

@test "a suite without a plan, without output or without tests is one failure" {
	run_suites "fast:planless=$(echo 'ok 1 a' | suite planless)" "fast:silent=true" \
		"fast:empty=$(echo 1..0 | suite empty)"
	[ "$status" = 1 ]
	has_line 'not ok suite ended early: no tests'
	last_line_is '1 passed, 3 failed, 0 skipped'
}

@test "a skipped test is shown with its reason and is no failure" {
	skips=$(printf '%s\n' 1..2 'ok 1 a' 'ok 2 b # skip no such hardware' | suite skips)
	run_suites "fast:s=$skips" "lab:t=$skips"
	[ "$status" = 0 ]
	[[ $output =~ "s  1 passed, 1 skipped  " ]]
	has_line 'ok 2 b # skip no such hardware'
	last_line_is '2 passed, 0 failed, 2 skipped'
}

@test "a suite skipped whole is shown with its reason" {
	run_suites "fast:s=$(echo '1..0 # SKIP not today' | suite skips)"
	[ "$status" = 0 ]
	has_line '1..0 # SKIP not today'
	last_line_is '0 passed, 0 failed, 1 skipped'
}

@test "with CI=true a lab test must not be skipped, another may" {
	skips=$(printf '%s\n' 1..2 'ok 1 a' 'ok 2 b # skip no KVM' | suite skips)
	whole=$(echo '1..0 # SKIP no KVM' | suite whole)
	run_suites_in_ci "fast:f=$skips"
	[ "$status" = 0 ]
	last_line_is '1 passed, 0 failed, 1 skipped'
	run_suites_in_ci "lab:l=$skips" "lab:w=$whole"
	[ "$status" = 1 ]
	has_line 'ok 2 b # skip no KVM'
	last_line_is '1 passed, 2 failed, 0 skipped'
}

@test "two lab suites at most run at once, while fast ones go on" {
	mkdir "$BATS_TEST_TMPDIR/live"
	# Says how many labs it saw besides itself.
	cat >"$BATS_TEST_TMPDIR/lab" <<-'END'
		cd "$1/live" && touch "$$" && sleep 0.4
		echo "ok 1 of $(ls | wc -l)"
		echo 1..1
		sleep 0.2
		rm "$$"
	END
	lab="bash $BATS_TEST_TMPDIR/lab $BATS_TEST_TMPDIR"
	run_suites --jobs 8 "lab:a=$lab" "lab:b=$lab" "lab:c=$lab" "lab:d=$lab" "fast:quick=$(pass)"
	last_line_is '6 passed, 0 failed, 0 skipped'
	[[ ${lines[0]} =~ ^quick ]]
	[ "$(cat "$BATS_TEST_TMPDIR"/out/?.tap | grep -c 'of [12]$')" = 4 ]
	grep -q 'of 2$' "$BATS_TEST_TMPDIR"/out/?.tap
}

@test "--jobs 1 runs one after the other" {
	run_suites --jobs 1 "fast:slow=sleep 0.3; $(pass)" "fast:quick=$(pass)"
	[[ ${lines[0]} =~ ^slow ]]
	[[ ${lines[1]} =~ ^quick ]]
}

@test "suites that still run are stopped with it" {
	cd "$BATS_TEST_TMPDIR"
	"$BATS_TEST_DIRNAME/run" --output out \
		"fast:s=trap 'echo >stopped; exit' TERM; echo >started; sleep 60 & wait" 3>&- &
	runner=$!
	until [ -e started ]; do sleep 0.1; done
	kill "$runner"
	wait "$runner" || status=$?
	[ "$status" = 143 ]
	for _ in {1..50}; do
		[ ! -e stopped ] || return 0
		sleep 0.1
	done
	false
}

@test "wrong use" {
	for arguments in '' 'true' 'fast:true' 'slow:a=true' 'fast:a/b=true' 'fast:a=' '--jobs' \
		'--jobs 0 fast:a=true' '--jobs x fast:a=true' 'fast:a=true fast:a=true'; do
		# shellcheck disable=SC2086
		run_suites $arguments
		echo "$arguments: $status"
		[ "$status" = 2 ]
	done
}

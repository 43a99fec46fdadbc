#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What records(5) asks of every program that reads records.
#
# bats sets $stderr; $0 is for the inner bash.
# shellcheck disable=SC2016,SC2154
bats_require_minimum_version 1.5.0
load helper

load malformed

filters=(rectab recjson)

# Those that take several forms of command line read the same way in each.
@test "rectab: lines that are no records are reported and not shown" {
	each_malformed_case check_filter rectab
}

@test "rectab --follow: lines that are no records are reported and not shown" {
	each_malformed_case check_filter rectab --follow
}

@test "mcedecode --from records: lines that are no records are reported and not passed on" {
	each_malformed_case check_filter mcedecode --from records
}

@test "recjson: lines that are no records are reported and not converted" {
	each_malformed_case check_filter recjson
}

@test "filters accept everything that is a record or note" {
	for filter in "${filters[@]}"; do
		each_wellformed_case check_accepts "$filter"
	done
	each_wellformed_case check_accepts mcedecode --from records
}

@test "filters end with 0 and print nothing for no input" {
	for filter in "${filters[@]}"; do
		run -0 --separate-stderr "$filter" </dev/null
		[ -z "$output$stderr" ]
	done
}

@test "filters: every malformed line is reported, with its number" {
	for filter in "${filters[@]}"; do
		run -1 --separate-stderr "$filter" <<<$'page\n\nX\n# note\nY y\n'
		[ "$stderr" = "$filter: read standard input: line 3: not a type word
$filter: read standard input: line 5: not a type word" ]
	done
}

@test "filters: done before the lost line is shown, done behind it is not" {
	for filter in "${filters[@]}"; do
		run -1 --separate-stderr "$filter" <<<$'done src=early\nX\ndone src=late'
		[[ $output == *early* && $output != *late* ]]
	done
}

@test "filters: standard output that cannot be written is status 3" {
	for filter in "${filters[@]}"; do
		run -3 bash -c 'echo "page addr=1" | "$0" >/dev/full' "$filter"
		[ "$output" = "$filter: write standard output: No space left on device" ]
	done
}

@test "filters: standard output that is closed is status 3" {
	for filter in "${filters[@]}"; do
		run -3 bash -c 'echo "page addr=1" | "$0" >&-' "$filter"
		[ "$output" = "$filter: write standard output: Bad file descriptor" ]
	done
}

@test "filters: standard input that cannot be read is status 3" {
	for filter in "${filters[@]}"; do
		run -3 "$filter" </
		[ "$output" = "$filter: read standard input: Is a directory" ]
	done
}

@test "filters are ended by SIGPIPE, without a word" {
	for filter in "${filters[@]}"; do
		run -141 --separate-stderr bash -c '
			yes "page addr=1" | head -n 100000 | "$0" | head -n 1 >&3
			exit "${PIPESTATUS[2]}"' "$filter" 3>/dev/null
		[ -z "$stderr" ]
	done
}

@test "filters refuse what they do not know with status 2" {
	for filter in "${filters[@]}"; do
		run -2 "$filter" --unknown </dev/null
		[ "$output" = "$filter: option --unknown: unknown or ambiguous; try '$filter --help'" ]
		run -2 "$filter" file </dev/null
		[ "$output" = "$filter: operand file: not expected; try '$filter --help'" ]
	done
}

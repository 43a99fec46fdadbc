#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bats sets $stderr and stops at failures; "record" and "records" are only read.
# shellcheck disable=SC2016,SC2094,SC2154,SC2164
bats_require_minimum_version 1.5.0
load helper

load malformed

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# RECORD (printf %b) becomes JSON, and comes back.
both_ways() # RECORD JSON
{
	printf '%b\n' "$1" >record
	printf '%s\n' "$2" >json
	recjson <record | diff json -
	recjson --reverse <json | cmp record -
}

# JSON (printf %b) becomes RECORD.
back() # JSON RECORD
{
	diff <(printf '%s\n' "$2") <(printf '%b\n' "$1" | recjson --reverse)
}

@test "type first, then the keys in order, all values strings" {
	both_ways 'ce addr=0x0000000a00001000 size=64 src=edac count=3 dimm=CPU0\\x20DIMM\\x20A1' \
		'{"type":"ce","addr":"0x0000000a00001000","size":"64","src":"edac","count":"3","dimm":"CPU0 DIMM A1"}'
}

@test "a type alone, an empty value" {
	both_ways 'done' '{"type":"done"}'
	both_ways 't k=' '{"type":"t","k":""}'
}

@test "quotes, backslashes and control characters" {
	both_ways 't k="\\x5c/\\x00\\x09\\x0a\\x0d\\x1f\\x7f' \
		'{"type":"t","k":"\"\\/\u0000\u0009\u000a\u000d\u001f\u007f"}'
}

@test "UTF-8 stays text, its control characters are escaped" {
	both_ways 't k=caf\\xc3\\xa9 l=\\xf0\\x9f\\xa7\\xa0 m=\\xc2\\x9b' \
		'{"type":"t","k":"café","l":"🧠","m":"\u009b"}'
}

@test "what is not UTF-8 is hex" {
	both_ways 't k=\\xff\\x00 l=a\\xc3 m=\\xc0\\x80 n=\\xed\\xa0\\x80 o=\\xf4\\x90\\x80\\x80' \
		'{"type":"t","k":{"hex":"ff00"},"l":{"hex":"61c3"},"m":{"hex":"c080"},"n":{"hex":"eda080"},"o":{"hex":"f4908080"}}'
}

@test "notes are dropped" {
	[ "$(printf '#rec 1\n\n# note\nt\n' | recjson)" = '{"type":"t"}' ]
}

@test "jq reads it, and what jq writes comes back" {
	command -v jq || skip 'no jq here'
	printf 't k="a\\x20b" l=1 m=\\xff\n' >record
	recjson <record | jq -c . | recjson --reverse | cmp record -
	[ "$(recjson <record | jq -r '.l | tonumber + 1')" = 2 ]
}

@test "200000 records of arbitrary bytes come back identical" {
	awk -f "$BATS_TEST_DIRNAME/random_records.awk" -v records="${RECORDS:-200000}" >records
	recjson <records >json
	recjson --reverse <json | cmp records -
	[ "$(wc -l <json)" = "$(wc -l <records)" ]
}

@test "the largest records come back identical" {
	{
		for byte in a '"' '\\x00' '\\xff' '\\xc3\\xa9' '\\x20' 'a\\xff'; do
			n=$(((4095 - 4) / $(printf '%b' "$byte" | wc -c)))
			printf 't k=%b\n' "$(printf "%0${n}d" 0 | sed "s/0/$(printf '%q' "$byte")/g")"
		done
		printf 't%s\n' "$(keys 64)"
		printf 't%s\n' "$(printf ' k%d=\\xff' {1..64})"
	} >records
	recjson <records | recjson --reverse | cmp records -
}

@test "every well-formed case comes back identical" {
	comes_back() { recjson <input | recjson --reverse | diff <(grep -v -e '^#' -e '^$' input) -; }
	each_wellformed_case comes_back
}

@test "--reverse: type may stand anywhere, blanks and escapes are free" {
	back '{"k":"v","type":"t","l":"w"}' 't k=v l=w'
	back ' { "type" : "t",\t"k":"v" } \r' 't k=v'
	back '{"\\u0074ype":"\\u0074","\\u006b":"\\u0041\\ud83e\\udde0"}' 't k=A\xf0\x9f\xa7\xa0'
	back '{"type":"t","k":{"hex":"6120ff"}}' 't k=a\x20\xff'
	back '{"type":"t","k":{"hex":""}}' 't k='
}

# NAME|REASON|JSON, for printf %b
malformed_json=(
	'empty line|not a JSON object|'
	'text|not a JSON object|page addr=1'
	'array|not a JSON object|[]'
	'string|not a JSON object|"t"'
	'number|not a JSON object|1'
	'null|not a JSON object|null'
	'half an object|not a JSON object|{"type":"t"'
	'comma at the end|not a JSON object|{"type":"t",}'
	'unquoted name|not a JSON object|{type:"t"}'
	'single quotes|not a JSON object|{'\''type'\'':"t"}'
	'raw control character|not a JSON object|{"type":"t","k":"\x1b"}'
	'NUL behind|text behind the object|{"type":"t"}\x00'
	'NUL within|not a JSON object|{"type":\x00"t"}'
	'byte order mark|not a JSON object|\xef\xbb\xbf{"type":"t"}'
	'lone surrogate|not a JSON object|{"type":"t","k":"\\ud800"}'
	'two objects|text behind the object|{"type":"t"} {"type":"t"}'
	'text behind|text behind the object|{"type":"t"} x'
	'not UTF-8|not UTF-8|{"type":"t","k":"\xff"}'
	'no member|no type|{}'
	'no type|no type|{"k":"v"}'
	'number as type|type is not a string|{"type":1}'
	'hex as type|type is not a string|{"type":{"hex":"74"}}'
	'empty type|not a type word|{"type":""}'
	'upper-case type|not a type word|{"type":"T"}'
	'type with a NUL|not a type word|{"type":"t\\u0000"}'
	'type with a blank|not a type word|{"type":"t k=v"}'
	'type with a line end|not a type word|{"type":"t\\ndone"}'
	'repeated type|repeated member|{"type":"t","type":"t"}'
	'repeated key|repeated member|{"type":"t","k":"1","k":"2"}'
	'repeated key in escapes|repeated member|{"type":"t","k":"1","\\u006b":"2"}'
	'empty key|not a key|{"type":"t","":"v"}'
	'upper-case key|not a key|{"type":"t","K":"v"}'
	'key with a blank|not a key|{"type":"t","a b":"v"}'
	'key with =|not a key|{"type":"t","a=1 b":"v"}'
	'key with a NUL|not a key|{"type":"t","k\\u0000":"v"}'
	'number|value is not a string|{"type":"t","k":1}'
	'large number|value is not a string|{"type":"t","k":1e300}'
	'true|value is not a string|{"type":"t","k":true}'
	'null|value is not a string|{"type":"t","k":null}'
	'array|value is not a string|{"type":"t","k":["v"]}'
	'empty object|value is an object other than hex|{"type":"t","k":{}}'
	'other object|value is an object other than hex|{"type":"t","k":{"a":"b"}}'
	'hex and more|value is an object other than hex|{"type":"t","k":{"hex":"00","a":"b"}}'
	'number as hex|value is an object other than hex|{"type":"t","k":{"hex":0}}'
	'odd hex|broken hex|{"type":"t","k":{"hex":"0"}}'
	'upper-case hex|broken hex|{"type":"t","k":{"hex":"FF"}}'
	'hex with a NUL|broken hex|{"type":"t","k":{"hex":"00\\u0000f"}}'
	"65 keys|too many keys|{\"type\":\"t\"$(printf ',"k%d":"v"' {1..65})}"
	"record of 4097 bytes|record too long|{\"type\":\"t\",\"k\":\"$(times a 4092)\"}"
	"record of 4097 bytes of hex|record too long|{\"type\":\"t\",\"k\":{\"hex\":\"$(times 00 1024)\"}}"
	"much hex|record too long|{\"type\":\"t\",\"k\":{\"hex\":\"$(times 00 9000)\"}}"
	"deep nesting|nested too deep|$(times '[' 5000)"
	"line of 65537 bytes|line too long|{\"type\":\"t\"$(times ' ' 65524)}"
	"line of 300000 bytes|line too long|{\"type\":\"t\",\"k\":\"$(times a 300000)\"}"
)

@test "--reverse: malformed lines are reported and lost, and with them done" {
	for row in "${malformed_json[@]}"; do
		IFS='|' read -r name reason json <<<"$row"
		printf '{"type":"a"}\n%b\n{"type":"b"}\n{"type":"done"}\n' "$json" >input
		status=0
		recjson --reverse <input >out 2>err || status=$?
		echo "case: $name: $status $(head -c 200 err)"
		[ "$status" = 1 ]
		[ "$(cat out)" = $'a\nb' ]
		[ "$(cat err)" = "recjson: read standard input: line 2: $reason" ]
	done
}

@test "--reverse: the longest record and line are still taken" {
	printf '{"type":"t","k":"%s"}\n' "$(times a 4091)" | recjson --reverse >out
	[ "$(wc -c <out)" = 4096 ]
	printf '{"type":"t"%s}\n' "$(times ' ' 65523)" | recjson --reverse >out
	[ "$(cat out)" = t ]
	# the longest spelling: hex, with each digit escaped
	printf '{"type":"t","k":{"hex":"%s"}}\n' "$(times '\\u0036\\u0031' 4091)" >json
	recjson --reverse <json >out
	[ "$(wc -c <out)" = 4096 ]
}

@test "--reverse: a last line without its end is not acted on" {
	for last in '{"type":"b"}' '{"type":"done"}' '{' "$(times a 70000)" "$(times a 300000)"; do
		run -3 --separate-stderr recjson --reverse < <(printf '{"type":"a"}\n%s' "$last")
		[ "$output" = a ]
		[ "$stderr" = 'recjson: read standard input: line 2: cut short, no end of line' ]
	done
}

@test "--reverse: done comes through when nothing was lost" {
	back '{"type":"a"}\n{"type":"done","skipped":"0"}' $'a\ndone skipped=0'
	run -0 recjson --reverse </dev/null
	[ -z "$output" ]
}

@test "--reverse: failures of standard input and output are status 3" {
	run -3 bash -c 'echo "{\"type\":\"t\"}" | recjson --reverse >/dev/full'
	[ "$output" = 'recjson: write standard output: No space left on device' ]
	run -3 recjson --reverse </
	[ "$output" = 'recjson: read standard input: Is a directory' ]
	run -141 bash -c 'yes "{\"type\":\"t\"}" | recjson --reverse | head -n 1
		exit "${PIPESTATUS[1]}"'
	[ "$output" = t ]
}

at_once() # INPUT WANTED [ARGUMENT]
{
	rm -f in out
	mkfifo in out
	recjson ${3:+"$3"} <in >out &
	exec 7>in 8<out
	echo "$1" >&7
	IFS= read -r -t 10 line <&8
	[ "$line" = "$2" ]
	exec 7>&- 8<&-
	wait $!
}

@test "live events come through at once, both ways" {
	at_once 't k=v' '{"type":"t","k":"v"}'
	at_once '{"type":"t","k":"v"}' 't k=v' --reverse
}

@test "bash completes every option" {
	for option in $(recjson --help | grep -o -- ' --[a-z-]*'); do
		bash -c '. "$0"; COMP_WORDS=(recjson "$1"); COMP_CWORD=1; _recjson recjson "$1" recjson
			printf "%s\n" "${COMPREPLY[@]}"' \
			"$BATS_TEST_DIRNAME/../completions/bash/recjson" "$option" | grep -qx -- "$option"
	done
}

# shellcheck shell=bash disable=SC1003,SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
#
# malformed - what records(5) says is no record, as a table for every reader.
#
#	load malformed
#	@test "..." { each_malformed_case check_filter rectab --follow; }
#	@test "..." { each_malformed_case check_actor poisonctl offline; }
#
# The first word of the command is the name in its messages.

times() # TEXT N: TEXT N times over
{
	printf "%0$2d" 0 | sed "s/0/$1/g"
}

keys() # N: " k1=v k2=v ..."
{
	printf ' k%d=v' $(seq "$1")
}

# NAME|REASON|LINE, for printf %b
malformed_table=(
	'two blanks after the type|blank where a key should be|page  addr=1'
	'two blanks between pairs|blank where a key should be|page addr=1  size=2'
	'blank at the end|blank where a key should be|page addr=1 '
	'blank at the end of a lone type|blank where a key should be|page '
	'blank at the start|not a type word| page addr=1'
	'nothing but a blank|not a type word| '
	'tab behind the type|not a type word|page\taddr=1'
	'tab between pairs|unescaped byte in a value|page addr=1\tsize=2'
	'tab at the end|unescaped byte in a value|page addr=1\t'
	'tab where a key should be|not a key|page \taddr=1'
	'CR at the end|unescaped byte in a value|page addr=1\r'
	'CR behind a lone type|not a type word|page\r'
	'CR alone|not a type word|\r'
	'NUL in a value|unescaped byte in a value|page addr=\x001'
	'NUL at the end|unescaped byte in a value|page addr=1\x00'
	'NUL in the type|not a type word|pa\x00ge addr=1'
	'NUL alone|not a type word|\x00'
	'NUL in a key|not a key|page ad\x00dr=1'
	'word without =|word without =|page addr'
	'later word without =|word without =|page addr=1 poisoned size=2'
	'key without a name|not a key|page =1'
	'key in upper case|not a key|page Addr=1'
	'key that starts with a digit|not a key|page 1addr=1'
	'key that starts with _|not a key|page _addr=1'
	'key with a dash|not a key|page add-r=1'
	'key with an escape|not a key|page add\\x72=1'
	'key with a high byte|not a key|page addr\xe9=1'
	'repeated key|repeated key|page addr=1 addr=1'
	'key repeated later|repeated key|page addr=1 size=2 node=3 addr=4'
	'reserved key|reserved key|page addr=1 type=page'
	'type in upper case|not a type word|Page addr=1'
	'type that starts with a digit|not a type word|1page addr=1'
	'type with a dash|not a type word|soft-offline addr=1'
	'type that is a pair|not a type word|addr=1 size=2'
	'upper-case hex in an escape|broken escape in a value|page file=\\xFF'
	'upper-case x in an escape|broken escape in a value|page file=\\Xff'
	'escape of one digit|broken escape in a value|page file=\\x0 size=1'
	'escape cut by the end|broken escape in a value|page file=\\x0'
	'escape of another kind|broken escape in a value|page file=\\n'
	'lone backslash|broken escape in a value|page file=\\'
	'doubled backslash|broken escape in a value|page file=a\\\\b'
	'needless escape of a letter|needless escape in a value|page file=\\x41'
	'needless escape of =|needless escape in a value|page file=\\x3d'
	'needless escape of ~|needless escape in a value|page file=\\x7e'
	'DEL in a value|unescaped byte in a value|page file=\x7f'
	'high byte in a value|unescaped byte in a value|page file=\xc3\xa9'
	'escape sequence in a value|unescaped byte in a value|page file=\x1b[2J'
	"line of 4097 bytes|line too long|page k=$(times a 4089)"
	"line of 70000 bytes|line too long|page k=$(times a 70000)"
	"note of 4097 bytes|line too long|#$(times a 4095)"
	"65 keys|too many keys|page$(keys 65)"
	'unprintable byte in a note|unprintable byte in a note|# caf\xc3\xa9'
	'tab in a note|unprintable byte in a note|#\tnote'
	'NUL in a note|unprintable byte in a note|#\x00'
	'CR in an empty note|unprintable byte in a note|#\r'
)

# NAME|END, for printf %b: the input's last line
cut_table=(
	'a byte|p'
	'half an address|page addr=0x00000001'
	'a whole record but for its LF|page addr=0x0000000100000000 size=4096'
	'done but for its LF|done src=test skipped=0'
	'half a note|# not'
	'a NUL|\x00'
	"4096 bytes|page k=$(times a 4089)"
	"4097 bytes|page k=$(times a 4090)"
	"70000 bytes|page k=$(times a 70000)"
)

# NAME|NOTE
version_table=(
	'two|#rec 2'
	'ten|#rec 10'
	'zero|#rec 0'
	'one in another spelling|#rec 01'
	'one and a blank|#rec 1 '
	'a word|#rec one'
)

# NAME|LINE, for printf %b: these are records and notes
wellformed_table=(
	'type alone|page'
	'empty value|page file='
	'empty value before another|page file= size=1'
	'= in a value|page file=a=b=='
	'quotes and punctuation|page file="!#$%&'\''()*+,-./:;<=>?@[]^_`{}~"'
	'every kind of escape|page file=\\x00\\x09\\x0a\\x0d\\x1b\\x20\\x5c\\x7f\\x80\\xff'
	'names with digits and _|soft_offline2 k_1_=x'
	'a key that begins like the reserved one|page type_of=x typ=y'
	"line of 4096 bytes|page k=$(times a 4088)"
	"key of 4000 bytes|page $(times k 4000)=v"
	"64 keys|page$(keys 64)"
	'the version|#rec 1'
	'a note like a version|#rec'
	'another note like a version|#record 2'
	'a note like a record|#page addr=1'
	'an empty line|'
	"note of 4096 bytes|#$(times a 4094)"
)

case_before='page addr=0x0000000000001000 size=4096 state=poisoned'
case_after='page addr=0x0000000000002000 size=4096 state=poisoned'
case_done='done src=test skipped=0'

# Run COMMAND for the case that is set up; say which one it failed in.
try_case() # KIND COMMAND...
{
	local kind=$1
	shift
	cases=$((cases + 1))
	"$@" && return
	echo "^ case: $kind: $case_name"
	failed=$((failed + 1))
}

# Each case comes as a file "input"; "kept_by_filter" and "kept_by_actor" hold its lines that
# such a reader acts on or forwards.
each_malformed_case() # COMMAND...
{
	local row cases=0 failed=0

	cd "$BATS_TEST_TMPDIR" || return
	case_line=2
	case_actor_status=3
	echo "$case_before" >kept_by_actor
	for row in "${malformed_table[@]}"; do
		IFS='|' read -r case_name case_reason row <<<"$row"
		case_filter_status=1
		printf '%s\n' "$case_before" "$case_after" >kept_by_filter
		printf '%s\n%b\n%s\n%s\n' "$case_before" "$row" "$case_after" "$case_done" >input
		try_case malformed "$@"
	done
	case_filter_status=3
	echo "$case_before" >kept_by_filter
	for row in "${cut_table[@]}"; do
		case_name=${row%%|*} case_reason='cut short, no end of line'
		printf '%s\n%b' "$case_before" "${row#*|}" >input
		try_case cut "$@"
	done
	for row in "${version_table[@]}"; do
		case_name=${row%%|*} case_reason='records of another version'
		printf '%s\n%s\n%s\n%s\n' "$case_before" "${row#*|}" "$case_after" "$case_done" >input
		try_case version "$@"
	done
	echo "$failed of $cases cases failed"
	[ "$failed" = 0 ]
}

each_wellformed_case() # COMMAND...
{
	local row cases=0 failed=0

	cd "$BATS_TEST_TMPDIR" || return
	for row in "${wellformed_table[@]}"; do
		case_name=${row%%|*}
		printf '%b\n%s\n' "${row#*|}" "$case_done" >input
		try_case well-formed "$@"
	done
	echo "$failed of $cases cases failed"
	[ "$failed" = 0 ]
}

check_case() # KEPT STATUS COMMAND...
{
	local kept=$1 wanted=$2 status=0
	shift 2

	"$@" <"$kept" >wanted_out || return
	echo "$1: read standard input: line $case_line: $case_reason" >wanted_err
	"$@" <input >out 2>err || status=$?
	cmp wanted_out out && diff wanted_err err || return
	[ "$status" = "$wanted" ] || { echo "status $status, not $wanted"; return 1; }
}

# A filter drops the line, goes on if it can, and withholds "done".
check_filter() # PROGRAM [ARGUMENT...]
{
	check_case kept_by_filter "$case_filter_status" "$@"
}

# An actor stops at the line.
check_actor() # PROGRAM [ARGUMENT...]
{
	check_case kept_by_actor "$case_actor_status" "$@"
}

# Any reader takes the line without a word.
check_accepts() # PROGRAM [ARGUMENT...]
{
	"$@" <input >out 2>err && [ -s out ] && ! [ -s err ] && return
	head err
	return 1
}

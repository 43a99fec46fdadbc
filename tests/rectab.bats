#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bats sets $stderr and stops at failures; "record" and "records" are only read.
# shellcheck disable=SC2016,SC2094,SC2154,SC2164
bats_require_minimum_version 1.5.0
load helper

setup() {
	export LC_ALL=C.UTF-8
	unset NO_COLOR
	cd "$BATS_TEST_TMPDIR"
}

# Print the table of INPUT (printf %b); fail unless it is WANTED, to the byte.
table() # INPUT WANTED [ARGUMENT...]
{
	local input=$1 wanted=$2
	shift 2
	printf '%b' "$input" | rectab "$@" >out
	diff <(printf '%s' "$wanted") out
}

@test "one table for each type, done last" {
	table 'page addr=0x0000000000001000 size=4096 state=poisoned node=1\n
done src=memscan skipped=0\n
ue addr=0x0000000000002000 size=64 src=memscan\n
page addr=0x0000000000003000 size=2097152 state=poisoned\n' \
'type  addr                   size  state     node
page  0x0000000000001000     4096  poisoned     1
page  0x0000000000003000  2097152  poisoned

type  addr                size  src
ue    0x0000000000002000    64  memscan

type  src      skipped
done  memscan        0
'
}

@test "keys that come late get columns behind, absent values stay blank" {
	table 't a=1\nt b=x c=2\nt c=30 a=4\n' \
'type  a  b   c
t     1
t        x   2
t     4     30
'
}

@test "an empty text is shown as two quotes" {
	table 't a= b=x\nt b=y\n' \
'type  a   b
t     ""  x
t         y
'
}

@test "only columns of decimals are aligned at the right" {
	table 't n=1 m=1 z=01\nt n=-20 m=x z=10\n' \
'type    n  m  z
t       1  1  01
t     -20  x  10
'
}

@test "records without keys, long types" {
	table 'hello\nhello\nwide_type_word k=v\n' \
'type
hello
hello

type            k
wide_type_word  v
'
}

@test "values are unescaped, control bytes are not" {
	table 't l=\\x1b[2J\\x07 m=a\\x0ab\\x00\\x7f n=\\x5c o=a\\x20b\n' \
'type  l            m               n  o
t     \x1b[2J\x07  a\x0ab\x00\x7f  \  a b
'
}

@test "printable UTF-8 is shown as it is, by its width" {
	combined=$'e\u0301'
	table 't k=caf\\xc3\\xa9 l=1\nt k=\\xe6\\x97\\xa5\\xe6\\x9c\\xac l=2\nt k=e\\xcc\\x81 l=3\n' \
'type  k     l
t     café  1
t     日本  2
t     '"$combined"'     3
'
}

@test "UTF-8 that a terminal would obey is escaped" {
	# CSI, a right-to-left override, a byte order mark, a tag
	table 't k=\\xc2\\x9b l=\\xe2\\x80\\xae m=\\xef\\xbb\\xbf n=\\xf3\\xa0\\x80\\x81\n' \
'type  k         l             m             n
t     \xc2\x9b  \xe2\x80\xae  \xef\xbb\xbf  \xf3\xa0\x80\x81
'
}

@test "broken UTF-8 is escaped" {
	table 't k=\\xff l=\\xc3 m=\\xe2\\x82 n=\\xc0\\x80 o=\\xed\\xa0\\x80x\n' \
'type  k     l     m         n         o
t     \xff  \xc3  \xe2\x82  \xc0\x80  \xed\xa0\x80x
'
}

@test "outside of UTF-8 every other byte is escaped" {
	export LC_ALL=C
	table 't k=caf\\xc3\\xa9\n' \
'type  k
t     caf\xc3\xa9
'
}

@test "no byte reaches the terminal but printable ones" {
	for byte in {0..255}; do
		hex=$(printf '%02x' "$byte")
		[ "$byte" -gt 32 ] && [ "$byte" -lt 127 ] && [ "$byte" != 92 ] ||
			echo "t k=a\\x$hex"
	done >input
	for locale in C C.UTF-8; do
		LC_ALL=$locale rectab <input >out
		[ "$(LC_ALL=C tr -d '\n -~' <out | wc -c)" = 0 ]
		[ "$(wc -l <out)" = 164 ]
	done
}

@test "--columns chooses and orders; what no record of a type has is left out" {
	table 'page addr=1 size=2 state=x\ndone src=y\npage addr=3 node=4\n' \
'type  node  addr
page           1
page     4     3

type
done
' -o node,addr,unheard_of
}

@test "--columns may be given in parts" {
	table 't a=1 b=2 c=3\n' 'type  c  a
t     3  1
' -o c --columns a
}

@test "--type shows nothing else" {
	table 'a k=1\nb k=2\nc k=3\ndone\n' 'type  k
b     2

type
done
' -t b,done
}

@test "--sort: decimals by value, however long" {
	printf '%b' 't n=10\nt n=9\nt n=-1\nt\nt n=99999999999999999999999\nt n=-10\nt n=x\nt n=0\n' |
		rectab --sort n --no-header | awk '{ print $2 }' >out
	diff <(printf '%s\n' -10 -1 0 9 10 99999999999999999999999 x '') out
}

@test "--sort: addresses by value, stable" {
	table 't a=0x00000000000000a0 i=1\nt a=0x0000000000000b00 i=2\nt a=0x0000000000000009 i=3\nt a=0x00000000000000a0 i=4\n' \
't     0x0000000000000009  3
t     0x00000000000000a0  1
t     0x00000000000000a0  4
t     0x0000000000000b00  2
' --sort a --no-header
}

@test "--sort --reverse: largest first, equals in order, without the key last" {
	table 't i=1\nt k=a i=2\nt k=b i=3\nt k=b i=4\nt i=5\n' \
't     3  b
t     4  b
t     2  a
t     1
t     5
' --sort k --reverse --no-header -o i,k
}

@test "--follow: the header again for another type or key, and blanks to spare" {
	table 'ue addr=0x0000000000001000 size=64\nue addr=0x0000000000002000 size=2097152\nue addr=0x0000000000003000\npage state=x\nue size=1 src=memscan\nue size=2\n' \
'type  addr                  size
ue    0x0000000000001000      64
ue    0x0000000000002000  2097152
ue    0x0000000000003000

type  state
page  x

type    size  src
ue         1  memscan
ue         2
' --follow
}

@test "--follow shows a record at once" {
	mkfifo in out
	rectab --follow --no-header <in >out &
	exec 7>in 8<out
	echo 'page addr=1' >&7
	IFS= read -r -t 10 line <&8
	[ "$line" = 'page       1' ]
	exec 7>&- 8<&-
	wait $!
}

@test "--follow survives more keys than a table has columns" {
	awk 'BEGIN { for (i = 0; i < 600; i++) print "t k" i "=v" }' >input
	rectab --follow --no-header <input >out
	[ "$(wc -l <out)" = 600 ]
}

@test "a table has a bound on types and keys, and shows what it has" {
	awk 'BEGIN { for (i = 0; i < 300; i++) print "t k" i "=v" }' >input
	run -3 --separate-stderr rectab <input
	[ "$stderr" = 'rectab: tabulate type t: more than 256 keys' ]
	[ "${#lines[@]}" = 257 ]
	awk 'BEGIN { for (i = 0; i < 300; i++) print "t" i }' >input
	run -3 --separate-stderr rectab <input
	[ "$stderr" = 'rectab: tabulate standard input: more than 256 types' ]
}

@test "what came before a cut line is shown" {
	run -3 --separate-stderr rectab < <(printf 't k=v\nt k=')
	[ "$output" = 'type  k
t     v' ]
}

@test "--colour=always: the header and the bad words" {
	b=$'\e[1m' red=$'\e[1;31m' yellow=$'\e[33m' off=$'\e[0m'
	table 'page state=poisoned result=done lost=0 skipped=2\n' \
"${b}type${off}  ${b}state${off}     ${b}result${off}  ${b}lost${off}  ${b}skipped${off}
page  ${red}poisoned${off}  done       0        ${yellow}2${off}
" --colour=always
	for word in result=failed sev=fatal sev=uncorrected sev=srar sev=srao lost=1 mismatched=3; do
		echo "t $word" | rectab --colour=always --no-header | grep -qF "${red}${word#*=}${off}"
	done
	for word in result=refused sev=ucna sev=deferred skipped=1 unreachable=1; do
		echo "t $word" | rectab --colour=always --no-header |
			grep -qF "${yellow}${word#*=}${off}"
	done
}

@test "--colour=auto: on a terminal that wants it only" {
	echo 'page state=poisoned' >input
	export TERM=xterm
	on_terminal() { script -qec "env $1 rectab $2 <input" /dev/null; }
	[[ $(on_terminal) == *$'\e'* ]]
	[[ $(on_terminal NO_COLOR=) == *$'\e'* ]]
	[[ $(on_terminal NO_COLOR=1 --colour=always) == *$'\e'* ]]
	[[ $(on_terminal NO_COLOR=1) == type*poisoned* ]]
	[[ $(on_terminal TERM=dumb) == type*poisoned* ]]
	[[ $(on_terminal '' --colour=never) == type*poisoned* ]]
	[[ $(rectab <input) == type*poisoned ]]
}

@test "wrong use" {
	wrong() { # REASON ARGUMENT...
		local reason=$1
		shift
		run -2 rectab "$@" </dev/null
		[ "$output" = "rectab: option $reason; try 'rectab --help'" ]
	}
	wrong '--columns Addr: not a key' -o Addr
	wrong '--columns a,,b: not a key' -o a,,b
	wrong '--columns a,type: type is no key: it always comes first' -o a,type
	wrong '--columns a,a: named twice' -o a,a
	wrong '--type a,-: not a type word' -t a,-
	wrong '--sort a,b: more than one key' --sort a,b
	wrong '--colour red: not one of auto always never' --colour red
	wrong '--sort: not with --follow' --sort a -f
	wrong '--reverse: needs --sort' --reverse
}

# --- completions ---

complete_words() # WORD...: what bash offers for the last one
{
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		'"_$1"' "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
		printf "%s\n" "${COMPREPLY[@]}"' - "$BATS_TEST_DIRNAME/../completions/bash/$1" "$@"
}

@test "bash completes every option, words and keys" {
	for option in $(rectab --help | grep -o -- ' --[a-z-]*'); do
		complete_words rectab "$option" | grep -qx -- "$option"
	done
	[ "$(complete_words rectab --colour a)" = $'auto\nalways' ]
	complete_words rectab -o addr,si | grep -qx addr,size
	[ "$(complete_words rectab -t pag)" = page ]
}

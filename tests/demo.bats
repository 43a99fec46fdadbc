# SPDX-License-Identifier: GPL-2.0-or-later
# How the demo tells: its steps, and the transcript and the picture that it leaves behind.
bats_require_minimum_version 1.5.0
load helper

# from LOG COMMAND...: LOG, as printf has it, is standard input
from()
{
	printf '%b' "$1" | "${@:2}"
}

@test "a transcript is of version 2 of asciicast, an event for each line" {
	expect 0 from '0.000000\t\n1.5\tsay "a\\b"\ttab \033[1m\303\251 100%\n12.000001\tlast\n' "$top/demo/cast" 'A "title"' <<'END'
{"version": 2, "width": 140, "height": 40, "title": "A \"title\""}
[0.000000, "o", "\u000d\u000a"]
[1.5, "o", "say \"a\\b\"\u0009tab \u001b[1mé 100%\u000d\u000a"]
[12.000001, "o", "last\u000d\u000a"]
END
}

@test "a picture has a bar for each step, and one that did not happen looks different" {
	run -0 from '0\tnothing yet\n0\t== Act <1>\n0\t-- one: text\n2.5\tprinted: by it\n10\t-- two: text\n15\t== Act 2\n15\t-- three\n50\tThis did not happen: three: it\n50\t-- two: again\n100\tend\n' "$top/demo/timeline" 'a & b'
	grep -v '^<style>\|^text {\|^\.\|^@media\|^}\|^</style>' <<<"$output" >"$BATS_TEST_TMPDIR/svg"
	expect 0 cat "$BATS_TEST_TMPDIR/svg" <<'END'
<svg xmlns="http://www.w3.org/2000/svg" width="700" height="220" font-family="sans-serif">
<rect width="100%" height="100%" class="paper"/>
<text x="16" y="22" text-anchor="start" font-size="13">Act &lt;1></text>
<text x="112" y="43" text-anchor="end" font-size="13">one</text>
<rect x="120.0" y="32" width="50.0" height="14" class="bar"/>
<text x="178" y="43" text-anchor="start" font-size="12">10 s</text>
<text x="112" y="63" text-anchor="end" font-size="13">two</text>
<rect x="170.0" y="52" width="25.0" height="14" class="bar"/>
<text x="203" y="63" text-anchor="start" font-size="12">5 s</text>
<text x="16" y="92" text-anchor="start" font-size="13">Act 2</text>
<text x="112" y="113" text-anchor="end" font-size="13">three</text>
<rect x="195.0" y="102" width="175.0" height="14" class="missed"/>
<text x="378" y="113" text-anchor="start" font-size="12">35 s</text>
<text x="112" y="133" text-anchor="end" font-size="13">two</text>
<rect x="370.0" y="122" width="250.0" height="14" class="bar"/>
<text x="628" y="133" text-anchor="start" font-size="12">50 s</text>
<path d="M120 148H620.0" class="rule"/>
<path d="M120.0 148v5" class="rule"/>
<text x="120" y="166" text-anchor="middle" font-size="12">0 s</text>
<path d="M270.0 148v5" class="rule"/>
<text x="270" y="166" text-anchor="middle" font-size="12">30 s</text>
<path d="M420.0 148v5" class="rule"/>
<text x="420" y="166" text-anchor="middle" font-size="12">60 s</text>
<path d="M570.0 148v5" class="rule"/>
<text x="570" y="166" text-anchor="middle" font-size="12">90 s</text>
<text x="16" y="200" text-anchor="start" font-size="12">a &amp; b</text>
</svg>
END
}

@test "what is not a log is refused" {
	run -1 from 'one\n' "$top/demo/cast" T
	[ "$output" = 'cast: read line 1: no time' ]
	run -1 from '1\ta\nb\n' "$top/demo/timeline" T
	[ "$output" = 'timeline: read line 2: no time' ]
	run -1 from '1\ta\n' "$top/demo/timeline" T
	[ "$output" = 'timeline: read line 1: no step in it' ]
}

@test "a log has each line with its time, also the last one without an end" {
	run -0 from 'first\n\n  a\\b\tc\nlast' "$top/demo/record" "$BATS_TEST_TMPDIR/log"
	[ "$output" = $'first\n\n  a\\b\tc\nlast' ]
	[ "$(cut -f 2- "$BATS_TEST_TMPDIR/log")" = "$output" ]
	run ! grep -Ev $'^[0-9]+\\.[0-9]{6}\t' "$BATS_TEST_TMPDIR/log"
	sort -c -n "$BATS_TEST_TMPDIR/log"
}

# steps STEP...: a walk of these
steps()
{
	cd "$BATS_TEST_TMPDIR" && bash -c '. "$1/demo/steps.bash"
		good() { try 1 "echo abc; false"; expect "^a.c\$"; }
		bad_status() { try 0 "false | true"; try 0 false; }
		bad_output() { try 0 "echo abc"; expect "^b"; }
		set -uo pipefail
		walk Title "${@:2}"; echo end' - "$top" "$@"
}

@test "a walk ends at the step that does not happen, and says which" {
	expect 0 steps 'good one: The first.' 'good two: The second.' <<'END'

== Title

-- one: The first.
$ echo abc; false
abc

-- two: The second.
$ echo abc; false
abc
end
END
	expect 1 steps 'good one: The first.' 'bad_output two: The second.' 'good three: The third.' <<'END'

== Title

-- one: The first.
$ echo abc; false
abc

-- two: The second.
$ echo abc
abc
This did not happen: two: a line like '^b'
END
	run -1 steps 'bad_status one: The first.'
	[ "${lines[-1]}" = "This did not happen: one: exit status 0, not 1, of false | true" ]
}

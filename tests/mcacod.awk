# SPDX-License-Identifier: GPL-2.0-or-later
#
# mcacod - every architectural error code and what the manuals say of it, one a line:
#
#	CODE class op tx level part space timeout channel filtered reserved
#
# with "-" for what does not apply; reserved is 1 for a code that the manual does not define, or a
# field of it.  -v amd=1 for AMD's manual, otherwise Intel's.  Made by
# writing out all codes that each of the manual's patterns stands for, so that it shares
# nothing with a decoder but the manual.

function value(bits,   i, n) {
	for (i = 1; i <= length(bits); i++) n = 2 * n + substr(bits, i, 1)
	return n + 0
}
# The bits that stand where LETTER stands in the pattern.
function field(pattern, bits, letter,   i, out) {
	for (i = 1; i <= 16; i++) if (substr(pattern, i, 1) == letter) out = out substr(bits, i, 1)
	return out
}
function word(words, pattern, bits, letter,   list, n, f) {
	f = field(pattern, bits, letter)
	if (f == "") return "-"
	split(words, list, " ")
	n = value(f) + 1
	return n in list && list[n] != "." ? list[n] : "unknown"
}
function describe(pattern, bits, class,   op, t, c) {
	t = field(pattern, bits, "T")
	op = word("generic read write data-read data-write fetch prefetch eviction snoop", pattern, bits, "R")
	if (field(pattern, bits, "M") != "")
		op = word("generic read write address-command scrub", pattern, bits, "M")
	if (field(pattern, bits, "U") != "")
		op = word(". . hardware-assertion .", pattern, bits, "U")
	c = field(pattern, bits, "C")
	return class " " op " " \
		(length(t) == 2 ? word("instruction data generic .", pattern, bits, "T") : "-") " " \
		word(amd ? "reserved l1 l2 l3-generic" : "l0 l1 l2 generic", pattern, bits, "L") " " \
		word("source responder observer generic", pattern, bits, "P") " " \
		(pattern == "0000111000001011" ? "io" : \
		word(amd ? "memory . io generic" : "memory . io other", pattern, bits, "I")) " " \
		(length(t) == 1 && t == "1" ? 1 : "-") " " \
		(c == "" || c == "1111" ? "-" : value(c)) " " \
		(field(pattern, bits, "F") == "1" ? 1 : "-")
}
# All codes of a pattern: letters become 0 and 1 in turn.
function expand(pattern, bits, class,   c, n) {
	if (length(bits) == 16) {
		n = value(bits)
		if (!(n in known)) known[n] = describe(pattern, bits, class)
		return
	}
	c = substr(pattern, length(bits) + 1, 1)
	if (c == "0" || c == "1") { expand(pattern, bits c, class); return }
	expand(pattern, bits "0", class)
	expand(pattern, bits "1", class)
}
function rule(pattern, class) { expand(pattern, "", class) }
# "reserved" as a level is AMD's own word for it, and no flag.
function out(n, what) { printf "0x%04x %s %s\n", n, what, what ~ /unknown/ ? 1 : "-" }
BEGIN {
	if (amd) {
		rule("000000000001TTLL", "tlb")
		rule("00000001RRRRTTLL", "cache")
		rule("00001PPTRRRRIILL", "bus")
		rule("000001UU00000000", "internal")
	} else {
		rule("0000000000000000", "internal")	# no error
		rule("0000000000000001", "internal")	# unclassified
		rule("0000000000000010", "internal")	# microcode ROM parity
		rule("0000000000000011", "bus")		# external
		rule("0000000000000100", "internal")	# FRC
		rule("0000000000000101", "internal")	# internal parity
		rule("0000000000000110", "internal")	# SMM handler code access violation
		rule("0000010000000000", "internal")	# internal timer
		rule("0000111000001011", "bus")		# I/O
		rule("000001xxxxxxxxxx", "internal")	# internal unclassified
		rule("000F0000000011LL", "cache")
		rule("000F00000001TTLL", "tlb")
		rule("000F00001MMMCCCC", "memory")
		rule("000F0001RRRRTTLL", "cache")
		rule("000F00101MMMCCCC", "memory")
		rule("000F1PPTRRRRIILL", "bus")
	}
	for (n = 0; n < 65536; n++)
		out(n, n in known ? known[n] : "unknown - - - - - - - -")
}

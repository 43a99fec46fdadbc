#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-or-later
#
# random_records - RECORDS records with arbitrary bytes in their values, the
# same in every run (own generator: those of awks differ).
#
#	awk -f tests/random_records.awk -v records=200000 -v seed=1

# Park and Miller's; stays exact in the doubles that awk counts with.
function random(n)
{
	seed = seed * 16807 % 2147483647
	return seed % n
}

function escape(byte)
{
	if (byte > 32 && byte < 127 && byte != 92)
		return sprintf("%c", byte)
	return sprintf("\\x%02x", byte)
}

# Plain text, any byte, or a whole UTF-8 character: a value is a mix, so that some are UTF-8.
function piece(kind)
{
	if (kind == 0)
		return characters[random(count) + 1]
	if (kind == 1)
		return byte[random(256)]
	return byte[97 + random(26)]
}

function value(    text, kinds, n)
{
	kinds = random(4) # 3: mostly plain; 0: only whole characters
	for (n = random(12); n > 0; n--)
		text = text piece(kinds == 0 ? 0 : kinds == 1 ? 2 : random(4))
	return text
}

function record(    line, i, n)
{
	line = "t" random(10)
	n = random(8)
	for (i = 0; i < n; i++)
		line = line " k" i "=" value()
	return line
}

BEGIN {
	for (i = 0; i < 256; i++)
		byte[i] = escape(i)
	# NUL, LF, quote, backslash, DEL, the first and last of each length, the neighbours of
	# the surrogates, a byte order mark
	count = split("\\x00 \\x0a \" \\x5c \\x7f \\xc2\\x80 \\xc2\\x9b \\xdf\\xbf \\xe0\\xa0\\x80 " \
		"\\xef\\xbf\\xbf \\xf0\\x90\\x80\\x80 \\xf4\\x8f\\xbf\\xbf \\xed\\x9f\\xbf " \
		"\\xee\\x80\\x80 \\xef\\xbb\\xbf \\xe2\\x80\\xae", characters, " ")
	if (!seed)
		seed = 1
	for (r = 0; r < records; r++)
		print record()
}

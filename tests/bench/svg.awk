# SPDX-License-Identifier: GPL-2.0-or-later
# What the figures share that are drawn by awk.

function escaped(text)
{
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	return text
}

function text(x, y, anchor, size, words)
{
	printf "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-size=\"%d\">%s</text>\n", x, y, anchor,
		size, escaped(words)
}

# Readers of pages have them light or dark; a browser tells the picture which.
function open_svg(width, height)
{
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" " \
		"font-family=\"sans-serif\">\n", width, height
	print "<style>"
	print "text { fill: #2e3440 } .paper { fill: #ffffff } path { fill: none; stroke: #2e3440 }"
	print ".bar { fill: #7c9cc4 } .missed { fill: #d08770 } .rule { stroke: #a0a8b8 }"
	print ".goal { stroke-dasharray: 3 2; stroke-width: 2 }"
	print "@media (prefers-color-scheme: dark) {"
	print "text { fill: #e5e9f0 } .paper { fill: #1f232b } path { stroke: #e5e9f0 }"
	print ".bar { fill: #4c6a92 } .missed { fill: #a9573a } .rule { stroke: #6b7488 }"
	print "}"
	print "</style>"
	print "<rect width=\"100%\" height=\"100%\" class=\"paper\"/>"
}

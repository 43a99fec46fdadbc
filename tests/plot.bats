# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/plot draws what was measured, and nothing else.
bats_require_minimum_version 1.5.0
load helper

plot()
{
	printf "%b" "$1" | "$top/tests/bench/plot"
}

@test "a bar for each row, and one that misses its goal looks different" {
	run -0 plot 'T\t4 KiB <pages>\tfast\t1.000\t0.85\nT\t4 KiB <pages>\tslow\t0.500\t0.85\nT\tother\tfree\t2.000\t0\nT\tother\tover\t1.500\t-1.05\n'
	[ "$(grep -c '<rect x=' <<<"$output")" = 4 ]
	[ "$(grep -c 'height="14" fill="#d08770"' <<<"$output")" = 2 ]
	[ "$(grep -c stroke-dasharray <<<"$output")" = 3 ]
	grep -q '>4 KiB &lt;pages></text>' <<<"$output"
	grep -q '<rect x="190" y="88" width="100.0" height="14" fill="#d08770"/>' <<<"$output"
	[ "${lines[-1]}" = '</svg>' ]
}

@test "rows that are none are refused" {
	run -1 plot ''
	[ "$output" = "plot: read row 0: there is none" ]
	run -1 plot 'T\tg\tn\t1\t0\nT\tg\tn\tfast\t0\n'
	[ "$output" = "plot: read row 2: not a number" ]
	run -1 plot 'T\tg\tn\t1\n'
	[ "$output" = "plot: read row 1: not five fields" ]
	run -1 plot 'T\tg\tn\t1\t0\nU\tg\tn\t1\t0\n'
	[ "$output" = "plot: read row 2: another title" ]
}

# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/plot draws what was measured, and nothing else.
bats_require_minimum_version 1.5.0
load helper

plot()
{
	printf "%b" "$1" | "$top/tests/bench/plot" "${@:2}"
}

@test "a bar for each row, and one that misses its goal looks different" {
	run -0 plot 'T\ta\t4 KiB <pages>\tfast\t1.000\t0.9\t1.1\t0.85\nT\ta\t4 KiB <pages>\tslow\t0.500\t0.25\t0.5\t0.85\nT\ta\tother\tfree\t2.000\t2\t9\t0\nT\ta\tother\tover\t1.500\t1.5\t1.5\t-1.05\n'
	[ "$(grep -c '<rect x=' <<<"$output")" = 4 ]
	[ "$(grep -c 'class="bar"' <<<"$output")" = 2 ]
	[ "$(grep -c 'class="missed"' <<<"$output")" = 2 ]
	[ "$(grep -c 'class="goal"' <<<"$output")" = 3 ]
	grep -q '>4 KiB &lt;pages></text>' <<<"$output"
	grep -q '<rect x="190" y="88" width="100.0" height="14" class="missed"/>' <<<"$output"
	[ "${lines[-1]}" = '</svg>' ]
}

@test "bounds are drawn, but not beyond the paper" {
	run -0 plot 'T\ta\tg\tn\t2\t1.5\t9\t0\n'
	grep -q '<path d="M490.0 77H630.0" class="bounds"/>' <<<"$output"
}

@test "the axis has its name and numbers, the figure the command that made it" {
	run -0 plot 'T\tbytes & all\tg\tn\t1\t1\t1\t0\n'
	grep -q '>bytes &amp; all</text>' <<<"$output"
	grep -q 'goal; make bench</text>' <<<"$output"
	[ "$(grep -c 'text-anchor="middle"' <<<"$output")" = 5 ]
	run -0 plot 'T\ta\tg\tn\t1\t1\t1\t0\n' 'by hand'
	grep -q 'goal; by hand</text>' <<<"$output"
}

@test "it can be read on a dark page too" {
	run -0 plot 'T\ta\tg\tn\t1\t1\t1\t0\n'
	grep -qF '@media (prefers-color-scheme: dark) {' <<<"$output"
	! grep -q '<\(rect\|path\|text\)[^>]*\(fill\|stroke\)=' <<<"$output"
}

@test "rows that are none are refused" {
	run -1 plot ''
	[ "$output" = "plot: read row 0: there is none" ]
	run -1 plot 'T\ta\tg\tn\t1\t1\t1\t0\nT\ta\tg\tn\tfast\t1\t1\t0\n'
	[ "$output" = "plot: read row 2: not a number" ]
	run -1 plot 'T\ta\tg\tn\t1\n'
	[ "$output" = "plot: read row 1: not eight fields" ]
	run -1 plot 'T\ta\tg\tn\t1\t1\t1\t0\nU\ta\tg\tn\t1\t1\t1\t0\n'
	[ "$output" = "plot: read row 2: another title" ]
	run -1 plot 'T\ta\tg\tn\t1\t1\t1\t0\nT\tb\tg\tn\t1\t1\t1\t0\n'
	[ "$output" = "plot: read row 2: another axis" ]
}

@test "the table has a line for each row, and says which goals were missed" {
	printf 'T\ta\tg\tn\t1\t0.5\t12\t2\nT\ta\tg\tmemscan\t0.257\t0.1\t300\t-1.05\n' >"$tmp/rows"
	expect 0 "$top/tests/bench/table" "$tmp/rows" <<'END'
| measured | value | from – to | goal |
| --- | --- | --- | --- |
| **T**: a | | | |
| g: n | 1.00 | 0.50 – 12.0 | ≥ 2, **missed** |
| g: memscan | 0.26 | 0.10 – 300 | ≤ 1.05 |
END
	expect 0 "$top/tests/bench/table" --match '^mem' "$tmp/rows" <<'END'
| measured | value | from – to | goal |
| --- | --- | --- | --- |
| **T**: a | | | |
| g: memscan | 0.26 | 0.10 – 300 | ≤ 1.05 |
END
	echo 'T	a' >"$tmp/rows"
	run -1 "$top/tests/bench/table" "$tmp/rows"
	[[ $output == *"table: read $tmp/rows row 1: not eight fields"* ]]
	run -2 "$top/tests/bench/table"
	[ "$output" = 'usage: table [--match REGEX] ROWS.tsv...' ]
}

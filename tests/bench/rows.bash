# SPDX-License-Identifier: GPL-2.0-or-later
# For benches that are scripts: rows as tests/bench/plot and tests/bench/table read them.

# row TITLE AXIS GROUP NAME GOAL VALUE...: the median of all values that are numbers, between the least
# and the greatest; nothing where there is none
row()
{
	printf '%s\n' "${@:6}" | grep -v '^-$' | sort -g |
		awk -v OFS='\t' -v row="$1	$2	$3	$4" -v goal="$5" '
			{ value[NR] = $1 }
			END { if (NR) printf "%s\t%.3f\t%.3f\t%.3f\t%.2f\n", row, value[int((NR + 1) / 2)], value[1], value[NR], goal }'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mcedecode: what others than mcedecode know of the logs of the collection.
bats_require_minimum_version 1.5.0

load helper

golden=$BATS_TEST_DIRNAME/golden/mcedecode

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

# Which of the facts $1 do not hold for the records of standard input; see golden/mcedecode/expect.tsv.
untrue()
{
	facts=$1 awk '
	function check(key, want, got) {
		if (got != want)
			print "record " NR ": " key "=" got ", not " want
	}
	BEGIN {
		n = split(ENVIRON["facts"], fact, " ")
		for (i = 1; i <= n; i++) {
			at = index(fact[i], "=")
			want[substr(fact[i], 1, at - 1)] = substr(fact[i], at + 1)
		}
	}
	{
		split("", got)
		for (i = 2; i <= NF; i++) {
			at = index($i, "=")
			got[substr($i, 1, at - 1)] = substr($i, at + 1)
		}
		counts += got["count"]
		page = substr(got["addr"], 3, 13)
		sub(/^0*/, "0x", page)
		got["page"] = page
		for (key in want)
			if (key != "records" && key != "counts")
				check(key, want[key], got[key])
	}
	END {
		if (!NR)
			print "no record"
		if ("records" in want)
			check("records", want["records"], NR)
		if ("counts" in want)
			check("counts", want["counts"], counts)
	}'
}

# A line of the table each: NAME OPTIONS FACTS
cases()
{
	grep -v '^#' "$golden/expect.tsv"
}

@test "each log of the collection decodes to what is known of it" {
	while IFS=$'\t' read -r name options facts; do
		for merge in '' --merge; do
			[ "$options" = - ] || [ "$merge" = "$options" ] || continue
			# shellcheck disable=SC2086 # an empty option is none
			mcedecode $merge <"$golden/$name.in" | untrue "$facts" | sed "s/^/$name $merge /"
		done
	done < <(cases) >wrong
	diff /dev/null wrong
}

@test "the table has each log but those that only mcedecode has spoken of" {
	for log in "$golden"/*.in; do basename "$log" .in; done | sort >logs
	cases | cut -f 1 | sort | comm -3 - logs | tr -d '\t' >apart
	diff - apart <<'END'
aer-firmware
amd-old
apei-sections
iml
journal
mcelog-raw
rasdaemon-log
rasmcctl-lists
trace-events
END
}

@test "a fact that does not hold is noticed" {
	while IFS=$'\t' read -r name _ facts; do
		mcedecode --merge <"$golden/$name.in" >records
		for fact in $facts; do
			[ -n "$(untrue "${fact}0" <records)" ]
		done
		[ -n "$(untrue "$facts" </dev/null)" ]
	done < <(cases)
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What the shells offer at a tab: every option and verb that --help knows of.
#
# The quoted scripts are for the shells inside:
# shellcheck disable=SC2016
bats_require_minimum_version 1.5.0
load helper
load completions_helper

programs=(hugesplit mcedecode memscan poisonctl rastail recjson rectab vmevac)

# Rows "words<tab>candidate": what is to be offered behind these words, the last of them unfinished.
wanted()
{
	local help verb
	help=$("$@" --help)
	grep -o -e '--[a-z][a-z-]*' <<<"$help" | sort -u | sed "s/^/$* --\t/"
	for verb in $(sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' <<<"$help"); do
		printf '%s \t%s\n' "$*" "$verb"
		wanted "$@" "$verb"
	done
}

# offers_all SHELL: its function below gets lines of unfinished words, and prints such rows.
offers_all()
{
	for program in "${programs[@]}"; do
		wanted "$program"
	done >"$BATS_TEST_TMPDIR/wanted"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/wanted")" -gt 100 ]
	cut -f 1 "$BATS_TEST_TMPDIR/wanted" | uniq >"$BATS_TEST_TMPDIR/lines"
	"offered_by_$1" "$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/offered"
	missing=$(comm -23 <(sort "$BATS_TEST_TMPDIR/wanted") <(sort "$BATS_TEST_TMPDIR/offered"))
	[ -z "$missing" ] || { echo "not offered:" && echo "$missing" && return 1; }
}

@test "bash" {
	offers_all bash
}

@test "zsh" {
	command -v zsh >/dev/null || skip "no zsh here"
	offers_all zsh
}

@test "fish" {
	command -v fish >/dev/null || skip "no fish here"
	offers_all fish
}

@test "what is not offered is noticed" {
	offered_by_nobody()
	{
		offered_by_bash "$1" | grep -v -e --hints
	}
	run offers_all nobody
	[ "$status" = 1 ]
	[ "$output" = $'not offered:\npoisonctl list --\t--hints' ]
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Ask real shells what they offer: offered_by_SHELL FILE, of whose lines each is what was typed when
# tab was hit, prints rows "line<tab>candidate".
# shellcheck shell=bash disable=SC2016

offered_by_bash()
{
	bash --norc -c '
		for file in "$1"/*; do . "$file"; done
		while IFS= read -r line; do
			read -ra COMP_WORDS <<<"$line"
			[[ $line != *" " ]] || COMP_WORDS+=("")
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
			function=$(complete -p "${COMP_WORDS[0]}" | sed -n "s/.* -F \([^ ]*\) .*/\1/p")
			"$function" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
			for candidate in "${COMPREPLY[@]}"; do printf "%s\t%s\n" "$line" "${candidate% }"; done
		done <"$2"' bash "$top/completions/bash" "$1"
}

offered_by_fish()
{
	HOME=$BATS_TEST_TMPDIR fish --no-config -c '
		for file in $argv[1]/*; source $file; end
		while read --line line
			for candidate in (complete --do-complete=$line)
				printf "%s\t%s\n" $line (string split -f 1 \t -- $candidate)
			end
		end <$argv[2]' "$top/completions/fish" "$1"
}

# Its line editor wants a terminal, so that a zsh types to another one; that writes down all that its
# completions add, and a line END when they have ended.
zsh_inside='
	autoload -U compinit
	compinit -u -D
	compadd() {
		local -a found
		[[ " ${@[1,(i)(-|--)]}" == *" -"[OAD]* ]] || {
			builtin compadd -A found "$@"
			printf "%s\n" "${found[@]}" >>$OUT
		}
		builtin compadd "$@"
	}
	offer() {
		_main_complete
		compstate[insert]= compstate[list]=
		echo END >>$OUT
	}
	zle -C offer complete-word offer
	bindkey "^I" offer
	PROMPT= RPROMPT=
	echo END >>$OUT'

zsh_outside='
	zmodload zsh/zpty
	fpath=($1 $fpath)
	export OUT=$3/zsh.out FPATH
	: >$OUT
	zpty inside zsh -f -i
	zpty -w inside "source $3/inside"
	integer ends=1
	until_end() {
		local rest
		for ((i = 0; i < 6000; i++)); do
			while zpty -r -t inside rest; do :; done
			(( $(grep -cx END $OUT) < ends )) || return
			sleep 0.01
		done
		exit 1
	}
	until_end
	while IFS= read -r line; do
		: >$OUT
		zpty -w -n inside $line$'"'\t'"'
		until_end
		zpty -w -n inside $'"'\x15'"'
		grep -vx END $OUT | sed "s/ *$//" | while read -r candidate; do
			printf "%s\t%s\n" $line $candidate
		done
	done <$2'

offered_by_zsh()
{
	echo "$zsh_inside" >"$BATS_TEST_TMPDIR/inside"
	zsh -f -c "$zsh_outside" zsh "$top/completions/zsh" "$1" "$BATS_TEST_TMPDIR"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What the runbooks share: they print each command before it is run, as one would type it.
# shellcheck shell=bash disable=SC2016,SC2034
set -uo pipefail

name=${0##*/}
state=${MEMPATROL_STATE:-/var/lib/mempatrol}
ledger=$(printf %q "$state/ledger.db") # as one would type it
dry=      # or --dry-run, for the programs that act
worst=0   # exit status: that of the worst command, as all of them count alike
records=$(mktemp -d) || exit 3
trap 'rm -r "$records"' EXIT

fail()
{
	echo "$name: $2" >&2
	exit "$1"
}

# The comment at the head of the runbook is its help.
help()
{
	sed -n '3,/^$/s/^# \{0,1\}//p' "$0"
	exit 0
}

# begin MOST "$@": options that all have; what else there is, at most MOST words, is in operands.
begin()
{
	local most=$1
	shift
	while [ $# -gt 0 ]; do
		case $1 in
		-n | --dry-run) dry=--dry-run ;;
		-h | --help) help ;;
		--)
			shift
			break
			;;
		-*) fail 2 "option $1: unknown; try '$name --help'" ;;
		*) break ;;
		esac
		shift
	done
	[ $# -le "$most" ] || fail 2 "operand ${*:most + 1:1}: not expected; try '$name --help'"
	operands=("$@")
}

step()
{
	printf '\n%s\n' "$1" >&2
}

# Of a pipeline bash itself tells what the last part said that failed, be it the mildest.
# One that was ended by SIGPIPE was not read to its end.
worst_part='for part in "${PIPESTATUS[@]}"; do
	[ "$part" != 141 ] || part=3
	[ "$part" -le "$most" ] || most=$part
done
exit "$most"'

# run COMMAND: a pipeline, whose status is that of its worst part.
run()
{
	local status=0

	printf '$ %s\n' "$1" >&2
	records=$records most=0 bash -o pipefail -c "$1"$'\n'"$worst_part" || status=$?
	[ "$status" -le "$worst" ] || worst=$status
	return "$status"
}

# look COMMAND: the same of what must be known; nothing is concluded from what could not be read.
# The programs of mempatrol end with 1 where some of it could not, and say so in their records.
look()
{
	run "$1" || [ $? = 1 ] || exit "$worst"
}

# fetch FILE COMMAND: what must be read as a whole, by a program that ends with 1 where it fails, to
# FILE of the records
fetch()
{
	run "$2 >\$records/$1" || fail 3 "$2: failed with status $?"
}

# fetch_log [FILE]: FILE, or what the kernel has said since it booted.  It always says something.
fetch_log()
{
	fetch log "$(kernel_log "${1:-}")"
	[ -s "$records/log" ] || fail 3 "$(kernel_log "${1:-}"): there is nothing in it"
}

# The same of what changes something but has no --dry-run of its own.
act()
{
	[ -z "$dry" ] || { printf '(not done) $ %s\n' "$1" >&2; return 0; }
	run "$1"
}

# value KEY RECORD: what a record says of KEY; nothing where it has no such key
value()
{
	[[ "$2 " =~ \ $1=([^ ]*)\  ]] && printf '%s\n' "${BASH_REMATCH[1]}"
}

# keep FILE: the bad pages that its records tell of, for after the next boot
keep()
{
	act "install -d -m 700 $(printf %q "$state")"
	act "poisonctl save --ledger $ledger <$1 >\$records/saved"
}

# kernel_log [FILE]: the command that prints FILE, or what the kernel has said since it booted
kernel_log()
{
	if [ -n "${1:-}" ]; then
		printf 'cat -- %q' "$1"
	elif journalctl -q -k -b -n 1 2>/dev/null | grep -q .; then
		echo 'journalctl -q -k -b -o short-iso-precise'
	else
		echo 'dmesg'
	fi
}

# SPDX-License-Identifier: GPL-2.0-or-later
# What the runbooks share: they print each command before it is run, as one would type it.
# shellcheck shell=bash disable=SC2034
set -uo pipefail

name=${0##*/}
state=${MEMPATROL_STATE:-/var/lib/mempatrol}
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

# run COMMAND: a pipeline, whose status is that of its worst part.
run()
{
	local status=0

	printf '$ %s\n' "$1" >&2
	records=$records bash -o pipefail -c "$1" || status=$?
	[ "$status" -le "$worst" ] || worst=$status
	return "$status"
}

# look COMMAND: the same of what must be known; nothing is concluded from what could not be read.
look()
{
	run "$1" || [ $? = 1 ] || exit "$worst"
}

# The same of what changes something but has no --dry-run of its own.
act()
{
	[ -z "$dry" ] || { printf '(not done) $ %s\n' "$1" >&2; return 0; }
	run "$1"
}

# keep FILE: the bad pages that its records tell of, for after the next boot
keep()
{
	act "install -d -m 700 $state"
	act "poisonctl save --ledger $state/ledger.db <$1 >\$records/saved"
}

# kernel_log [FILE]: the command that prints FILE, or what the kernel has said since it booted
kernel_log()
{
	if [ -n "${1:-}" ]; then
		printf 'cat %q' "$1"
	elif journalctl -q -k -b -n 1 2>/dev/null | grep -q .; then
		echo 'journalctl -q -k -b -o short-iso-precise'
	else
		echo 'dmesg'
	fi
}

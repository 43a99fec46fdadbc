# SPDX-License-Identifier: GPL-2.0-or-later
# Machines of 12 TiB, 16 nodes and 1000 virtual machines, which are trees made by tests/scale/root:
# how much memory programs take does not depend on the size of the machine, and they come to an end.
#
# bats sets $stderr.
# shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load helper

# The large machine, and one that is a sixteenth of it.  Their tables are holes of 50 GB, which a file
# system in memory reads without making pages of them.
setup_file()
{
	roots=$(mktemp -d /dev/shm/mempatrol.XXXXXX)
	export roots
	"$top/tests/scale/root" "$roots/large" 16 768 1000 192
	"$top/tests/scale/root" "$roots/small" 1 768 62 12
}

teardown_file()
{
	rm -rf "$roots"
}

setup()
{
	tmp=$BATS_TEST_TMPDIR
	large=$roots/large
	small=$roots/small
}

# bounded KIB COMMAND...: on the large machine it takes no more than KIB, and than the small one and a
# tenth; what it prints there is in $output.
bounded()
{
	local most=$1
	shift
	"$top/build/tools/peak" "$tmp/small" "$@" --sysroot "$small" >"$tmp/out" 2>&1 || { cat "$tmp/out" && return 1; }
	run -0 --separate-stderr "$top/build/tools/peak" "$tmp/large" "$@" --sysroot "$large"
	echo "# $*: $(<"$tmp/small") KiB for 0.75 TiB, $(<"$tmp/large") KiB for 12 TiB" >&3
	[ "$(<"$tmp/large")" -le "$most" ]
	[ "$(<"$tmp/large")" -le $(($(<"$tmp/small") * 11 / 10 + 512)) ]
}

page=0x00000bffc0003000

@test "poisonctl list: all flags of 12 TiB" {
	bounded 8192 poisonctl list
	[ "$output" = "page addr=0x00000bffc0001000 size=4096 state=poisoned node=15 kind=kernel src=poisonctl
page addr=0x00000bffc0002000 size=4096 state=poisoned node=15 kind=anon src=poisonctl
done src=poisonctl scope=all scanned=13194139533312 skipped=0" ]
}

@test "poisonctl who: the page tables of 1000 virtual machines" {
	bounded 8192 poisonctl who "$page"
	[[ $output == "owner addr=$page size=4096 kind=file pid=1999 comm=qemu vm=vm1999 gpa=0x0000000000000000 gpa_src=layout "* ]]
	[[ ${lines[-1]} == "done src=poisonctl scope=owners skipped=0" ]]
}

# Of a tree no memory can be read, so that each is found and none could be.
@test "memscan --list: the memory of 1000 virtual machines" {
	bounded 8192 memscan --list --vm all
	[ "$(grep -c '^skip .* reason=open bytes=12884901888 ' <<<"$output")" = 1000 ]
	[[ ${lines[-1]} == "done src=memscan scope=vm scanned=0 holes=0 skipped=12884901888000 "* ]]
}

@test "vmevac list: 1000 virtual machines" {
	bounded 8192 vmevac list
	[ "$(grep -c '^vm ' <<<"$output")" = 1000 ]
	[[ ${lines[-1]} == "done src=vmevac scope=list skipped=1000" ]]
	echo "$output" >"$roots/machines"
}

@test "vmevac plan: 1000 virtual machines, of which one has an error" {
	[ -e "$roots/machines" ] || vmevac list --sysroot "$large" >"$roots/machines"
	run -0 vmevac plan < <(cat "$roots/machines" && poisonctl who --sysroot "$large" "$page")
	[[ $(grep -m 1 '^plan ' <<<"$output") == "plan vm=vm1999 order=1 "* ]]
	[ "$(grep -c '^plan ' <<<"$output")" = 1000 ]
}

@test "poisonctl save: the module of a page, one of 192" {
	run -0 poisonctl save --ledger "$tmp/ledger.db" --sysroot "$large" < <(echo "page addr=$page size=4096 state=poisoned")
	[[ $output == *" dimm=DIMM_191 "* ]]
}

@test "the tables of docs/scale.md are those of its figures" {
	cp "$top/docs/scale.md" "$tmp/scale.md"
	"$top/tools/scale" "$top/docs/scale.tsv" "$tmp/scale.md"
	diff "$top/docs/scale.md" "$tmp/scale.md"
	sed 's/^patrol_cpu\t[^\t]*/patrol_cpu\t4.3/' "$top/docs/scale.tsv" >"$tmp/slower.tsv"
	"$top/tools/scale" "$tmp/slower.tsv" "$tmp/scale.md"
	run -1 diff "$top/docs/scale.md" "$tmp/scale.md"
}

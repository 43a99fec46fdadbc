# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the lab promises of the profiles in which KVM works.  For the soak: they are slow to boot.
#
# The quoted scripts are for the shell inside:
# shellcheck disable=SC2016
load boots_helper

boot_kvm() {
	boot kvm -p kvm -- bash -c '
		echo "== profile"; echo "$LAB_PROFILE"
		echo "== kvm"; exec 3<>/dev/kvm && echo open
		echo "== monitor"; '"$LAB"'/monitor info status
		echo "== end"; exit 7'
}

boot_latent() {
	boot latent -p latent -H 4 -- bash -c '
		printf "%s|" "$@"; echo
		echo complaint >&2
		echo "== profile"; echo "$LAB_PROFILE"
		echo "== nodes"; ls -d /sys/devices/system/node/node[0-9]* | wc -l
		echo "== huge pages"; grep HugePages_Total /proc/meminfo
		echo "== kvm"; exec 3<>/dev/kvm && echo open
		echo "== before"; grep HardwareCorrupted /proc/meminfo
		echo "== outside"; '"$LAB"'/plant 0x3f0000000
		echo "== touch"; '"$LAB"'/../../build/lab/toucher '"$LAB"'/plant
		echo "== kernel log"; dmesg | grep -F "Memory failure"
		echo "== corrupted"; grep HardwareCorrupted /proc/meminfo
		echo "== end"
		exit 7' bash word 'a b' "c'd" ''
}

setup_file() {
	export LAB=$BATS_TEST_DIRNAME OUT=$BATS_FILE_TMPDIR
	cd "$LAB" || return
	boot_kvm
	boot_latent
}

@test "arguments come through as they are" {
	[ "$(head -n 1 "$OUT/latent.out")" = "word|a b|c'd||" ]
}

@test "stderr is kept apart" {
	[ "$(cat "$OUT/latent.err")" = complaint ]
}

@test "the exit status is the command's" {
	[ "$(cat "$OUT/kvm.status")" = 7 ]
	[ "$(cat "$OUT/latent.status")" = 7 ]
}

@test "LAB_PROFILE names the profile" {
	[ "$(section kvm profile)" = kvm ]
	[ "$(section latent profile)" = latent ]
}

@test "there are two NUMA nodes" {
	[ "$(section latent nodes)" = 2 ]
}

@test "the pool of huge pages is as asked" {
	[[ "$(section latent 'huge pages')" == *" 4" ]]
}

@test "QEMU's monitor answers" {
	[ "$(section kvm monitor)" = "VM status: running" ]
}

@test "/dev/kvm is there" {
	[ "$(section kvm kvm)" = open ]
	[ "$(section latent kvm)" = open ]
}

@test "the kernel does not know of a planted error, until it is touched" {
	[[ "$(section latent before)" == *" 0 kB" ]]
	[[ "$(section latent corrupted)" == *" 4 kB" ]]
}

@test "whoever touches a planted error gets a SIGBUS and lives" {
	local touch
	touch=$(section latent touch)
	[[ "$touch" == planted\ 0x* ]]
	[[ "$touch" == *"signal 7 code 4 page same lsb 12"*alive ]]
	[[ "$(section latent 'kernel log')" == *"Sending SIGBUS to toucher"* ]]
}

@test "an address without memory cannot be planted" {
	[ "$(section latent outside)" = "failed 0x3f0000000: No such device or address" ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# mcedecode: real logs, every code there is, blocks that are broken, records in and out.
#
# bats sets $stderr; $0 is for the inner bash.
# shellcheck disable=SC2016,SC2154
bats_require_minimum_version 1.5.0

load helper

golden=$BATS_TEST_DIRNAME/golden/mcedecode

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

# The value of key $1 in each record of standard input, "-" where it has none.
key()
{
	awk -v key="$1=" '{ v = "-"; for (i = 2; i <= NF; i++)
		if (index($i, key) == 1) v = substr($i, length(key) + 1); print v }'
}

# A machine check as the kernel prints it: block CPU BANK STATUS [DETAILS [PROCESSOR [MCGSTATUS]]]
block()
{
	echo "mce: [Hardware Error]: CPU $1: Machine Check: ${6:-0} Bank $2: $3"
	echo "mce: [Hardware Error]: TSC 12 ${4:-}"
	echo "mce: [Hardware Error]: PROCESSOR ${5:-0:50657} TIME 1600000000 SOCKET 0 APIC 0 microcode 1"
}

@test "every log of the collection decodes to exactly these records" {
	for input in "$golden"/*.in; do
		mcedecode <"$input" | diff "${input%.in}.out" - || {
			echo "^ $input"
			return 1
		}
	done
}

@test "the pipeline of the runbook: journalctl -k | mcedecode | rectab" {
	journalctl() { cat "$golden/journal.in"; }
	journalctl -k | mcedecode | rectab >all
	[ "$(wc -l <all)" = 6 ]
	[[ $(head -n 1 all) == 'type  addr                size  sev          class   action '* ]]
	[ "$(awk 'NR > 1 { print $1 }' all | sort -u)" = err ]
	journalctl -k | mcedecode | rectab -o sev,class,action,addr,size,dimm,fru,bdf |
		sed 's/ *$//' | diff "$golden/journal.table" -
}

@test "--binary: machine checks of every length there was" {
	for input in "$golden"/*.mce; do
		mcedecode --binary <"$input" | diff "${input%.mce}.out" -
	done
	head -c 200 "$golden/binary-128.mce" >cut
	run -3 mcedecode --binary <cut
	[[ $output == *'read standard input: no struct mce of a length that is known' ]]
	run -0 mcedecode --binary </dev/null
	run -3 mcedecode --binary < <(head -c 128 /dev/zero)
	for i in {1..2000}; do cat "$golden/binary-104.mce"; done | mcedecode --binary >out
	[ "$(wc -l <out)" = 4000 ]
}

@test "--cper: records and status blocks" {
	for input in "$golden"/*.cper; do
		mcedecode --cper <"$input" | diff "${input%.cper}.out" -
	done
	cat "$golden"/record.cper "$golden"/block-3.cper | mcedecode --cper |
		diff <(cat "$golden"/record.out "$golden"/block-3.out) -
	run -3 mcedecode --cper < <(head -c 500 "$golden/record.cper")
	[ "$output" = 'mcedecode: read standard input: last record is cut short' ]
	run -3 mcedecode --cper < <(head -c 500 /dev/zero)
	[ "$output" = 'mcedecode: read standard input: neither a CPER record nor a status block' ]
	run -2 mcedecode --cper --binary </dev/null
}

# Every section of the record in file $1, with its length made $2 bytes, by turns.
cut_sections()
{
	local at i n
	n=$(od -An -tu2 -j10 -N2 "$1")
	for ((i = 0; i < n; i++)); do
		at=$((128 + 72 * i + 4))
		cp "$1" cut
		printf "$(printf '\\x%02x\\x00\\x00\\x00' "$2")" | dd of=cut bs=1 seek=$at conv=notrunc status=none
		mcedecode --cper <cut >>out 2>>messages && echo "section $i"
	done
	return 0
}

@test "--cper: a section that is cut short is reported, and its record says so" {
	# those that are but named have no length to fall short of
	expect 0 cut_sections "$golden/sections.cper" 4 <<'END'
section 18
section 19
END
	[ "$(grep -c 'record 1: section is cut short$' messages)" = 18 ]
	[ "$(grep -cv 'record 1: section is cut short$' messages)" = 0 ]
	[ "$(grep -c 'flags=[a-z_,]*truncated' out)" = 18 ]
	for len in 1 8 40 64 73 100 120 150 200; do cut_sections "$golden/sections.cper" "$len"; done
	! grep -v 'record 1: section is cut short$' messages
}

@test "--cper: bytes behind a status block are of no concern when they are zero" {
	run -0 mcedecode --cper < <(cat "$golden/block-2.cper"; head -c 70000 /dev/zero)
	[ "$output" = "$(cat "$golden/block-2.out")" ]
	run -3 mcedecode --cper < <(cat "$golden/block-2.cper"; head -c 70000 /dev/zero; echo x)
}

@test "--cper: a section that ends behind its record is reported" {
	cp "$golden/record.cper" broken
	printf '\xff\xff' | dd of=broken bs=1 seek=132 conv=notrunc status=none
	run -1 --separate-stderr mcedecode --cper <broken
	[ "$stderr" = 'mcedecode: read standard input: record 1: section ends behind its record' ]
	[ "$(grep -c ^err <<<"$output")" = 3 ]
}

@test "the same logs behind other prefixes decode to the same" {
	for prefix in '<3>' '[   12.345678] ' '[   12.345678][  T123] ' '3,381,5381803,-;' \
		'Feb 23 03:28:16 host kernel: ' 'Feb 23 03:28:16 host kernel: [   12.3] ' \
		'[Mon Jan 27 19:27:15 2020] '; do
		for name in intel-clx-panic-pcc amd-umc-3900x-ce intel-ivb-edac-scrub cper-mem-ce-prom; do
			sed -E 's/^(.*kernel: *|\[[^]H]*\] ?)//' "$golden/$name.in" | sed "s/^/$prefix/" |
				mcedecode | diff "$golden/$name.out" -
		done
	done
}

@test "lines that say nothing of hardware errors are ignored" {
	run -0 --separate-stderr mcedecode <<'END'

[    0.000000] Linux version 6.12.0
CPU 0 is up
page tables: done
err what
done
usb 1-1: New USB device found, idVendor=1d6b
END
	[ -z "$output$stderr" ]
}

@test "a time with its zone is taken from the line" {
	line='EDAC MC0: 1 CE error on any memory (channel:0 slot:0 page:0x1 offset:0x0 grain:8)'
	[ "$(echo "2023-05-31T10:06:19.25+0200 host kernel: $line" | mcedecode | key t)" \
		= 2023-05-31T08:06:19.250000000Z ]
	[ "$(echo "May 31 10:06:19 host kernel: $line" | mcedecode | key t)" = - ]
}

@test "a time that no record can write is none" {
	[ "$(block 0 7 9c00004001010090 | sed 's/TIME [0-9]*/TIME 253402300799/' | mcedecode | key t)" \
		= 9999-12-31T23:59:59.000000000Z ]
	[ "$(block 0 7 9c00004001010090 | sed 's/TIME [0-9]*/TIME 253402300800/' | mcedecode | key t)" = - ]
}

# All codes, as a log of CPUs of PROCESSOR, and what mcedecode makes of them as tests/mcacod.awk does.
sweep() # PROCESSOR
{
	awk -v processor="$1" 'BEGIN { for (n = 0; n < 65536; n++) printf \
		"mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 0: 900000000000%04x\n" \
		"mce: [Hardware Error]: TSC 0\nmce: [Hardware Error]: PROCESSOR %s\n", n, processor }' |
		mcedecode | awk '{
			split("", v)
			for (i = 2; i <= NF; i++) { e = index($i, "="); v[substr($i, 1, e - 1)] = substr($i, e + 1) }
			v["reserved"] = v["flags"] ~ /reserved/ ? 1 : "-"
			n = split("mcacod class op tx level part space timeout channel filtered reserved", keys, " ")
			for (i = 1; i <= n; i++)
				printf "%s%s", keys[i] in v ? v[keys[i]] : "-", i < n ? " " : "\n"
		}'
}

@test "all 65536 codes of Intel mean what the manual says, and nothing else" {
	sweep 0:906ea >"$BATS_TEST_TMPDIR/got"
	awk -f "$BATS_TEST_DIRNAME/mcacod.awk" | cmp - "$BATS_TEST_TMPDIR/got"
}

@test "all 65536 codes of AMD mean what the manual says, and nothing else" {
	sweep 2:800f12 >"$BATS_TEST_TMPDIR/got"
	awk -v amd=1 -f "$BATS_TEST_DIRNAME/mcacod.awk" | cmp - "$BATS_TEST_TMPDIR/got"
}

# PROCESSOR|BANK|MCACOD and MSCOD as in STATUS|text: a code of each set of tables, and what adds up
codes=(
	'0:106a5|0|00030800|QPI header parity error, QPI data parity error'
	'0:106a5|7|0a000001|internal: invalid power management request'
	'0:206d7|4|70050402|PCU: instruction stack overflow, PCU: watchdog timeout, package C-state slave'
	'0:306e4|4|44000402|PCU: critical voltage regulator failed'
	'0:306f2|4|2b000402|PCU: package C-state watchdog hang, CBZ down'
	'0:50663|4|26000402|PCU: package C-state direct wake ring timed out'
	'0:50657|4|0d000402|PCU: DMI training timed out'
	'0:50657|5|00800e0f|UPI physical layer initialisation failure'
	'0:50657|5|00920e0f|UPI link layer or physical layer control error, UPI unexpected retry acknowledge'
	'0:606a6|4|0e470402|PCU: double-bit RAM error on a data fetch, PCU: clock or power response timed out, PCU: DMI training timed out'
	'0:606a6|13|08060090|DDR-T ERID correctable parity error'
	'0:606a6|13|08280090|'
	'0:606c1|17|00800090|corrected read error'
	'0:80665|13|00800090|corrected read error'
	'0:806f8|4|0000040c|'
	'0:806f8|4|0005040c|shutdown: triple fault'
	'0:806f8|4|00050402|PCU: stack overflow'
	'0:806f8|12|00010090|M2M read ECC error'
	'0:806f8|29|01010090|M2M read ECC error, HBM error'
	'0:806f8|13|08130090|CMI credit oversubscription'
	'0:806f8|13|01110090|'
	'0:806f8|5|00150e0f|UPI SGX integrity error'
	'0:a06d1|5|00180e0f|UPI FLE failure'
	'0:a06d1|6|23100402|Punit: telemetry SRAM double-bit ECC error, Punit: SVID error'
	'0:306e4|9|03000090|write data buffer parity error'
	'0:306f2|9|03000090|write data buffer parity error, DDR4 command/address parity error'
	'0:406f1|9|02800090|DDR4 command/address parity error'
	'0:50663|9|02600090|DDR4 command/address parity error'
	'0:50663|4|00410402|PCU internal error, Ubox error'
	'0:50657|4|00020402|PCU internal error'
	'0:306e4|4|00020402|PCU: instruction parity error'
	'2:100f42|0|00000101|error during a data scrub'
	'2:100f42|1|00000151|parity error during a data load'
	'2:100f42|2|00020136|error in the L2 cache tags'
	'2:100f42|3|00000833|error during a data load'
	'2:100f42|5|00000f0f|CPU watchdog timer expired'
	'2:500f20|0|00000135|data or tag parity error on a load or prefetch'
	'2:600f20|0|00000011|unknown extended error code 00'
	'2:600f20|0|00020015|data TLB locked miss'
	'2:600f20|0|00110135|store queue access error'
	'2:600f20|1|000d0151|prefetch buffer valid bit parity error'
	'2:600f20|2|00110136|hard L2 tag ECC error'
	'2:600f20|2|001f0136|unknown extended error code 31'
	'2:600f20|5|000b0f0f|flag register file parity error'
	'2:600f20|5|000b0500|hardware assertion'
	'2:600f20|6|00030f0f|retire queue parity error'
	'2:700f01|2|00040116|input buffer parity error'
	'2:700f01|2|001d0116|parity error in L2 attribute bits'
)

@test "model-specific codes say what the manuals say" {
	for row in "${codes[@]}"; do
		IFS='|' read -r processor bank code text <<<"$row"
		got=$(block 0 "$bank" "90000000$code" '' "$processor" | mcedecode | recjson |
			jq -r '.text // "" | sub("^(internal )?unclassified(, )?"; "")')
		echo "$row: $got"
		[ "$got" = "$text" ]
	done
}

@test "the rows of a set of codes stand together, and each stands once" {
	for table in intel_mscod amd_xec; do
		awk -F '\t+' '/^[#@]/ { next } $1 != last && $1 in seen { print "apart: " $1 }
			{ seen[last = $1] } n[$1, $2, $3]++ { print "twice: " $0 }' \
			"$BATS_TEST_DIRNAME/../src/tables/$table.tsv"
	done >wrong
	diff /dev/null wrong
}

@test "mirroring says how it corrected an error" {
	mirror() { block 0 "$1" "$2" "ADDR 1000 MISC $3" "0:$4" | mcedecode | key mirror; }
	[ "$(mirror 7 8c00004000010090 8000000000000086 50657)" = failover ]
	[ "$(mirror 8 8c00004000010090 4000000000000086 50657)" = scrubbed ]
	[ "$(mirror 16 8c00004000010090 8000000000000086 606a6)" = failover ]
	[ "$(mirror 7 8c00004000010090 20000000086 406f1)" = failover ]
	[ "$(mirror 8 8c00004000010090 40000000086 406f1)" = scrubbed ]
	[ "$(mirror 7 8c00004000010090 20000000086 306f2)" = - ]
	[ "$(mirror 7 ac00000000010090 8000000000000086 50657)" = - ]
	[ "$(mirror 13 8c00004000010090 8000000000000086 50657)" = - ]
}

@test "the replaceable unit is read from AMD's syndrome registers, and kept by --raw" {
	status=dc2040000000011b
	# "P0_DIMM_A1" and zeros, as two registers
	regs='SYND 8 IPID 9600150f00 SYND1 5f4d4d49445f3050 SYND2 3141'
	fru() { mcedecode --raw | tee once | key fru; }
	[ "$(block 0 18 "$status" "$regs" 2:a10f11 | fru)" = P0_DIMM_A1 ]
	mcedecode --raw <once | diff once -
	# not text, or not valid
	[ "$(block 0 18 "$status" "${regs/3141/ff41}" 2:a10f11 | fru)" = - ]
	[ "$(block 0 18 "$status" "${regs/5f4d4d49445f3050/0}" 2:a10f11 | fru)" = - ]
	[ "$(block 0 18 dc0040000000011b "$regs" 2:a10f11 | fru)" = - ]
	# as the kernel's decoder has it
	fru <<'END'
[Hardware Error]: CPU:0 (19:11:1) MC18_STATUS[Over|CE|MiscV|AddrV|-|-|SyndV|CECC|-|-|-]: 0xdc2040000000011b
[Hardware Error]: Error Addr: 0x0000000000001000
[Hardware Error]: IPID: 0x0000009600150f00, Syndrome: 0x0000000000000008
[Hardware Error]: FRU Text: P0_DIMM_A1
[Hardware Error]: Unified Memory Controller Ext. Error Code: 0
[Hardware Error]: cache level: L3/GEN, tx: GEN, mem-tx: RD
END
	[ "$(key fru <once)" = P0_DIMM_A1 ]
	mcedecode --raw <once | diff once -
	# as the trace event has it, byte by byte
	fru <<'END'
a-1 [000] ..... 1.0: mce_record: CPU: 0, MCGc/s: 0/0, MC18: dc2040000000011b, IPID: 0000009600150f00, ADDR: 0000000000001000, MISC: 0000000000000000, SYND: 0000000000000008, RIP: 00:<0000000000000000>, TSC: 1, PPIN: 0, vendor: 2, CPUID: a10f11, time: 1, socket: 0, APIC: 0, microcode: 0, vendor data: {0x50,0x30,0x5f,0x44,0x49,0x4d,0x4d,0x5f,0x41,0x31,0x0,0x0,0x0,0x0,0x0,0x0}
END
	[ "$(key fru <once)" = P0_DIMM_A1 ]
	mcedecode --raw <once | diff once -
}

@test "machine checks of kernels before 2.6.33" {
	cat >log <<'END'
CPU 1: Machine Check Exception: 0000000000000004
Bank 1: f200000000000115[0000000000000086] at 0000000012345000
CPU 1: Bank 3: b200000000000115
HARDWARE ERROR
CPU 0: Machine Check Exception:                4 Bank 4: b200000000070f0f
TSC 7d7bfc5b35 ADDR 1000
This is not a software problem!
CPU 0: Machine Check Exception: 4 Bank 4: b600000000070f0f at 0000000012345000
CPU 2: Machine Check Exception: 0000000000000005 Bank 0: b600000000070f0f[0000000000000012] at 0000000012345000
END
	run -0 --separate-stderr mcedecode <log
	[ -z "$stderr" ]
	[ "$(for k in cpu bank mcgstatus status misc addr_reg flags; do key $k <<<"$output" |
		sed 's/^0x0*\(.\)/\1/' | paste -sd ' '; done)" = "\
1 1 0 0 2
1 3 4 4 0
4 4 4 4 5
f200000000000115 b200000000000115 b200000000070f0f b600000000070f0f b600000000070f0f
86 - - - 12
12345000 - 1000 12345000 12345000
no_cpuid no_cpuid no_cpuid no_cpuid no_cpuid" ]
	run -1 --separate-stderr mcedecode <<<'CPU 1: Machine Check Exception: 0000000000000004'
	[ "$stderr" = 'mcedecode: read standard input: line 1: machine check without a bank' ]
	# what merely looks like one
	run -0 --separate-stderr mcedecode <<<'Bank 1: f200000000000115'
	[ -z "$output$stderr" ]
}

# STATUS|MCGSTATUS|RIP line|sev|reason, on a Skylake server but where PROCESSOR says otherwise
severities=(
	'9400000000000150|0||corrected|corrected'
	'b600000000000150|5||fatal|processor-context-corrupt'
	'b400000000000150|4||fatal|no-restart-nor-error-ip'
	'bc00000000000134|6|RIP 10:<ffffffff81000000>|fatal|kernel-no-restart-ip'
	'bc000000000000c0|0||srao|memory-scrub'
	'bd000000000000c3|0||srao|memory-scrub'
	'bd0000000000017a|5||srao|cache-writeback'
	'bc00000000000090|0||ucna|no-action-required'
	'bc80000000000090|0||fatal|illegal-ar-without-s'
	'fd80000000000134|7|RIP 33:<0000000000401000>|fatal|action-required-events-lost'
	'bd80000000000134|5|RIP 33:<0000000000401000>|srar|thread-unaffected'
	'bd80000000000134|7|RIP 33:<0000000000401000>|srar|data-load-user'
	'bd80000000000150|7|RIP 33:<0000000000401000>|srar|instruction-fetch-user'
	'bd80000000000134|7|RIP 10:<ffffffff81000000>|fatal|data-load-kernel'
	'bd80000000000150|7|RIP 10:<ffffffff81000000>|fatal|instruction-fetch-kernel'
	'bd80000000000134|7||srar|data-load'
	'bd80000000000152|7|RIP 33:<0000000000401000>|fatal|action-required-unknown-code'
	'bd00000000000152|5||srao|action-optional-unknown-code'
	'fd00000000000152|5||srao|action-optional-events-lost'
	'3d00000000000152|5||info|not-valid'
	'ad80000000000134|7||info|not-enabled'
)

@test "severity follows the kernel's rules for Intel" {
	for row in "${severities[@]}"; do
		IFS='|' read -r status mcg rip sev reason <<<"$row"
		block 0 1 "$status" 'ADDR 1000 MISC 86' 0:50657 "$mcg" |
			awk -v rip="$rip" '{ print } NR == 1 && rip { print "mce: [Hardware Error]: " rip }' >log
		echo "$row: $(mcedecode <log)"
		[ "$(mcedecode <log | key sev)" = "$sev" ]
		[ "$(mcedecode <log | key reason)" = "$reason" ]
	done
}

@test "severity: a scrubber's corrected error that is none, and CPUs that cannot recover" {
	[ "$(block 0 13 8c000040001000c0 'ADDR 1000 MISC 86' | mcedecode | key sev)" = srao ]
	[ "$(block 0 12 8c000040001000c0 'ADDR 1000 MISC 86' | mcedecode | key sev)" = corrected ]
	[ "$(block 0 13 8c000040001000c0 'ADDR 1000 MISC 86' 0:50653 | mcedecode | key sev)" = corrected ]
	[ "$(block 0 5 bc00000000000090 'ADDR 1000 MISC 86' 0:906ea | mcedecode | key sev)" = uncorrected ]
	[ "$(block 0 5 fc00000000000090 'ADDR 1000 MISC 86' 0:906ea | mcedecode | key sev)" = fatal ]
}

@test "what S and AR say of a corrected error is nothing" {
	for status in 8c00004000010090 8d00004000010090 8c80004000010090 8d80004000010090; do
		block 0 7 "$status" 'ADDR 1000 MISC 86' | mcedecode >out
		[ "$(for k in sev reason flags; do key $k <out; done | paste -sd ' ')" = 'corrected corrected -' ]
	done
}

@test "severity follows the kernel's rules for AMD" {
	amd() { block 0 0 "$1" '' 2:a20f10 "${2:-0}" | mcedecode | key "${3:-sev}"; }
	[ "$(amd 9c20400002000175)" = corrected ]
	[ "$(amd be20000002000175)" = fatal ]
	[ "$(amd 9c20100002000175)" = deferred ]
	[ "$(amd bc20000002000175)" = uncorrected ]
	[ "$(amd bc20000002000175 7)" = srar ]
	[ "$(amd bc20100002000175 0 flags)" = impossible ]
}

@test "addresses: physical ones become ranges of the size that MISC tells, others do not" {
	at() { block 0 1 9c00000000000090 "$1" | mcedecode | key "$2"; }
	[ "$(at 'ADDR 12345678 MISC 8c' addr)" = 0x0000000012345000 ]
	[ "$(at 'ADDR 12345678 MISC 8c' size)" = 4096 ]
	[ "$(at 'ADDR 12345678 MISC 4c' addr)" = - ]
	[ "$(at 'ADDR 12345678 MISC 4c' addr_kind)" = linear ]
	[ "$(at 'ADDR 12345678 MISC 9f' flags)" = coarse ]
	[ "$(at 'ADDR 12345678 MISC bf' addr)" = - ]
	[ "$(block 0 18 dc2040000000011b 'ADDR 4e09173c0 SYND 1 IPID 9600150f00' 2:870f10 |
		mcedecode | key addr_kind)" = normalised ]
}

@test "an AMD bank that is not known is said to be, with its numbers" {
	run -0 mcedecode < <(block 0 60 9c20400000050135 'IPID 12300045600000000' 2:a20f10)
	run -0 mcedecode < <(block 0 60 9c20400000050135 'IPID 0123045600000000' 2:a20f10)
	[[ $output == *' unit=unknown '* && $output == *' xec=5 hwid=0x0456 mcatype=0x0123 '* ]]
	[[ $output != *text=* ]]
}

@test "an AMD extended code that is not known is said to be, with its number" {
	run -0 mcedecode < <(block 0 18 9c204000000c011b 'IPID 9600150f00' 2:a40f41)
	[[ $output == *' xec=12 '*'flags=reserved '* ]]
	[[ $output == *' text=unknown\x20extended\x20error\x20code\x2012' ]]
}

@test "the CPU is the record's, or --cpuid's, or not known" {
	log='Hardware event. This is not a software error.
CPU 0 BANK 13
MISC 08000a80c2982086 ADDR 123450000
STATUS 8c00004200800090 MCGSTATUS 0'
	[ "$(mcedecode <<<"$log" | key flags)" = no_cpuid ]
	[ "$(mcedecode <<<"$log" | key unit)" = - ]
	[ "$(mcedecode --cpuid 0x606a6 <<<"$log" | key unit)" = imc ]
	[ "$(mcedecode --cpuid amd:0xa20f10 <<<"$log" | key addr_kind)" = unspecified ]
	[ "$(block 0 7 9c00004001010090 | mcedecode --cpuid 0x606a6 | key unit)" = m2m ]
	run -2 mcedecode --cpuid 606a6 </dev/null
	run -2 mcedecode --cpuid 0x1606a6000 </dev/null
}

@test "a block that is cut short is reported, and its record says so" {
	{ block 1 7 9c00004001010090 'ADDR 1000 MISC 86' | head -n 1; block 2 8 9c00004001010091; } >log
	run -1 --separate-stderr mcedecode <log
	[ "$stderr" = 'mcedecode: read standard input: line 1: block is cut short' ]
	[ "$(key cpu <<<"$output")" = $'1\n2' ]
	[ "$(key flags <<<"$output")" = $'truncated,no_cpuid\n-' ]
}

@test "blocks of two CPUs that are mixed are never merged" {
	block 1 7 9c00004001010090 'ADDR 1000 MISC 86' >a
	block 2 8 9c00004001010091 'ADDR 2000 MISC 86' >b
	# every way to mix three lines with three
	for mix in aabbab aababb abaabb ababab abbaab aabbba abbaba abbbaa abaabb ababba abbaab; do
		exec 5<a 6<b
		for ((i = 0; i < 6; i++)); do
			case ${mix:i:1} in
			a) IFS= read -r line <&5 ;;
			b) IFS= read -r line <&6 ;;
			esac
			echo "$line"
		done >log
		run -1 --separate-stderr mcedecode <log
		echo "$mix: $output"
		[ "$(grep -c . <<<"$output")" = 2 ]
		! grep -E 'cpu=1 .*addr_reg=0x0000000000002000|cpu=2 .*addr_reg=0x0000000000001000' <<<"$output"
		grep -q -e truncated -e interleaved <<<"$output"
	done
}

@test "AMD text of two CPUs that is mixed, or cut short, is never merged" {
	for cpu in 1 2; do
		echo "[Hardware Error]: CPU:$cpu (19:21:0) MC0_STATUS[-|CE|]: 0x9c20400002000175"
		echo "[Hardware Error]: Error Addr: 0x000000000000$cpu$cpu$cpu$cpu"
		echo "[Hardware Error]: cache level: L1, tx: DATA, mem-tx: EV"
	done >log
	run -0 mcedecode <log
	for order in '1 4 2 5 3 6' '1 4 5 2 6 3' '1 4 2 3 5 6' '1 2 4 3 5 6'; do
		for n in $order; do sed -n "${n}p" log; done >mixed
		run -1 --separate-stderr mcedecode <mixed
		echo "$order: $output"
		[ "$(grep -c . <<<"$output")" = 2 ]
		! grep -E 'cpu=1 .*addr_reg=0x0000000000002222|cpu=2 .*addr_reg=0x0000000000001111' <<<"$output"
	done
	run -1 --separate-stderr mcedecode < <(head -n 2 log)
	[ "$(key flags <<<"$output")" = truncated ]
	[ "$stderr" = 'mcedecode: read standard input: line 1: block is cut short' ]
}

@test "reports of firmware that are mixed come apart by their number" {
	sed 's/.*kernel: //' "$golden/cper-mem-ce-prom.in" >a
	sed 's/.*kernel: //' "$golden/cper-mem-ue-matrixone.in" >b
	paste -d '\n' a b | grep . | mcedecode | sort >out
	sort "$golden/cper-mem-ce-prom.out" "$golden/cper-mem-ue-matrixone.out" | diff - out
}

@test "a structure of a firmware report is known without the line of the one before" {
	for line in 'Error 0, type: fatal' 'section_type: ARM processor error' 'MIDR: 0x1' \
		'Error info structure 1:' 'physical fault address: 0x1000'; do
		echo "{1}[Hardware Error]: $line"
	done >log
	expect 0 bash -c 'mcedecode <log' <<'END'
err addr=0x0000000000001000 size=64 sev=fatal class=internal action=replace reason=fatal src=apei midr=0x0000000000000001 text=ARM\x20processor\x20error
END
}

@test "malformed lines are reported with their number" {
	while IFS='|' read -r why line; do
		run -1 --separate-stderr mcedecode < <(printf 'nothing\n%s\nnothing\n' "$line")
		echo "$line: $stderr"
		[ "$stderr" = "mcedecode: read standard input: line 2: $why" ]
		[ -z "$output" ]
	done <<'END'
status is not of 16 digits|mce: [Hardware Error]: CPU 4: Machine Check: 0 Bank 0: 94000040
machine check without a bank|mce: [Hardware Error]: CPU 4: Machine Check: 0
not a bank|mce: [Hardware Error]: CPU 4: Machine Check: 0 Bank 999: 9400004000040150
registers of no machine check|mce: [Hardware Error]: TSC 1 ADDR 2
not an AMD status|[Hardware Error]: CPU:0 (17:71:0) MC18_STATUS[Over|CE|
PCIe error without device or severity|PCIe Bus Error: severity=Odd
not a whole mce_record| a-1 [000] ..... 1.0: mce_record: CPU: 0, MCGc/s: 0/0, MC1: 9c0
not a memory_failure_event| a-1 [000] ..... 1.0: memory_failure_event: pfn x
not an aer_event| a-1 [000] ..... 1.0: aer_event: x
not an mc_event| a-1 [000] ..... 1.0: mc_event: x
not an arm_event| a-1 [000] ..... 1.0: arm_event: affinity level: 2
not a non_standard_event| a-1 [000] ..... 1.0: non_standard_event: severity: 2; sec type:1411bca5-646f-de4e-b863-3e83ed7c83b1; FRU: 00000000-0000-0000-0000-000000000000 ; data len:3; raw data:01 02
not an extlog_mem_event| a-1 [000] ..... 1.0: extlog_mem_event: {1} bad error
not a CXL event| a-1 [000] ..... 1.0: cxl_general_media: x
not an entry of ras-mc-ctl|1 2021-06-03 15:13:40 +0000 1 Corrected error(s): x
not an entry of ras-mc-ctl|1 2021-06-03 15:13:40 +0000 error: pfn=x
not a cxl_overflow event| a-1 [000] ..... 1.0: cxl_overflow: memdev=mem0
not a MEMORY_FAILURE event|{"event": "MEMORY_FAILURE", "data": {}}
unescaped byte in a value|raw t=1 src=kmsg text=a	b
raw record without text|raw t=1 src=kmsg
END
}

@test "trace lines of all kernels decode alike" {
	old='CPU: 3, MCGc/s: f000c15/0, MC13: 8c00004200800090, IPID: 0000000000000000, ADDR/MISC/SYND: 0000000123450000/08000a80c2982086/0000000000000000, RIP: 00:<0000000000000000>, TSC: 14120b051a1, PROCESSOR: 0:606a6, TIME: 1689802780, SOCKET: 0, APIC: 0'
	new='CPU: 3, MCGc/s: f000c15/0, MC13: 8c00004200800090, IPID: 0000000000000000, ADDR: 0000000123450000, MISC: 08000a80c2982086, SYND: 0000000000000000, RIP: 00:<0000000000000000>, TSC: 14120b051a1, PPIN: 0, vendor: 0, CPUID: 606a6, time: 1689802780, socket: 0, APIC: 0, microcode: 0'
	echo "x-1 [000] ..... 1.0: mce_record: $old" | mcedecode --raw >a
	[ -s a ]
	echo "<...>-1 [000] d..1. 1.0: mce_record: $new" | mcedecode --raw | diff a -
	echo "<...>-1 [000] d..1. 1.0: mce_record: $new, vendor data: {}" | mcedecode --raw | diff a -
}

# rasdaemon's words for an event
said()
{
	echo "host rasdaemon[1]:            <...>-5678  [003]     0.000123: $1:           2021-06-03 15:13:40 +0000 $2"
}

@test "rasdaemon: numbers without 0x are hexadecimal, but for AMD's bank; the type of CPU counts" {
	rest='addr= 1efa4c7cc40, mcgstatus=0, mcgcap= f000c15, apicid= 80'
	said mce_record "bank=d, status= 8c00004200800090, cpu_type= Icelake server, cpu= 32, socketid= 1, $rest" |
		mcedecode --raw >out
	[ "$(for k in bank cpu apic cpuid flags unit; do key $k <out; done | paste -sd ' ')" = \
		'13 32 128 0x00000000000606a0 no_stepping imc' ]
	said mce_record "Unified Memory Controller (bank=18), status= dc2040000000011b, cpu_type= AMD Scalable MCA, cpu= 0, socketid= 0, ipid= 9600150f00, $rest" |
		mcedecode >out
	[ "$(for k in bank unit channel flags; do key $k <out; done | paste -sd ' ')" = \
		'18 unified-memory-controller 1 no_cpuid' ]
	# a name instead of a number is no bank 0
	[ "$(said mce_record "QPI, status= 8c00004200800e0f, cpu_type= Sandy Bridge EP, cpu= 0, $rest" |
		mcedecode | key bank)" = - ]
	run -1 --separate-stderr mcedecode < <(said aer_event '0000:00:1c.5 Receiver Error')
	[ "$stderr" = 'mcedecode: read standard input: line 1: not an aer_event' ]
	run -1 --separate-stderr mcedecode < <(said memory_failure_event 'pfn=0x12345 page_type=x')
	[ "$stderr" = 'mcedecode: read standard input: line 1: not a memory_failure_event' ]
}

@test "rasdaemon: what looks like the beginning of a list hides no line behind it" {
	cat >behind <<'END'
EDAC MC0: 1 CE memory read error on A1 (channel:2 slot:1 page:0x849923 offset:0x380 grain:32 syndrome:0x0)
Memory failure: 0x12345: recovery action for free buddy page: Recovered
mce: Uncorrected hardware memory error in user-access at 8a398a4c0
END
	block 0 7 9c00004001010090 'ADDR 12345000 MISC 86' | sed 's/\[Hardware Error\]: //' >>behind
	mcedecode <behind >want
	[ "$(wc -l <want)" = 4 ]
	run -1 --separate-stderr mcedecode < <(echo '12 2023-05-31 10:06:19 -0400 error: refused'; cat behind)
	[ "$stderr" = "mcedecode: read standard input: line 1: rasdaemon's machine check has no status" ]
	diff want <(echo "$output")
	# nor is what follows taken for a part of it
	for list in rasmcctl-icx-d.in rasmcctl-lists.in; do
		run -0 --separate-stderr mcedecode < <(sed '/^$/d' "$golden/$list"; echo 'x status=200 addr=1 cpu=7 bank=3'; cat behind)
		[ "$output" = "$(cat "$golden/${list%.in}.out" want)" ]
	done
}

@test "what kernels of old said of pages" {
	cat >log <<'END'
MCE 0x20a10: clean LRU page recovery: Recovered
MCE 0x20a11: Killing a b:c:123 due to hardware memory corruption fault at 7f0000001000
END
	expect 0 bash -c 'mcedecode <log' <<'END'
err addr=0x0000000020a10000 size=4096 sev=uncorrected class=poison action=none src=memory-failure result=recovered page_kind=clean\x20LRU\x20page
err addr=0x0000000020a11000 size=4096 sev=info class=signal action=none src=memory-failure pid=123 comm=a\x20b:c
END
}

@test "who touched bad memory: a process, a guest, QEMU itself" {
	cat >log <<'END'
[  183.650625] mce: Uncorrected hardware memory error in user-access at 8a398a4c0
[  354.101144] MCE: Killing a b:c:84546 due to hardware memory corruption fault at 7fb8f7e410dc
2026-01-02T05:00:11.940270Z qemu-system-x86_64: Guest MCE Memory Error at QEMU addr 0x7f3c7622f000 and GUEST addr 0x78e42f000 of type BUS_MCEERR_AR injected
kvm: warning: Guest MCE Memory Error at QEMU addr 0x7fc1f5dd6000 and GUEST addr 0x19fd6000 on lost large page 200000@19e00000 of type BUS_MCEERR_AO injected
qemu-system-aarch64: Guest Memory Error at QEMU addr 0x7fc1f5dd6000 and GUEST addr 0x19fd6000 of type BUS_MCEERR_AR injected
qemu-system-x86_64: Hardware memory error at addr 0x7f2a00000000 of type BUS_MCEERR_AO in QEMU itself instead of guest system!
END
	expect 0 bash -c 'mcedecode <log' <<'END'
err addr=0x00000008a398a000 size=4096 sev=srar class=poison action=offline-page src=user-access addr_reg=0x00000008a398a4c0
err sev=info class=signal action=none src=page-fault pid=84546 comm=a\x20b:c va=0x00007fb8f7e410dc
err sev=srar class=memory action=migrate t=2026-01-02T05:00:11.940270000Z src=qemu recipient=guest va=0x00007f3c7622f000 gpa=0x000000078e42f000
err sev=srao class=memory action=migrate src=qemu recipient=guest va=0x00007fc1f5dd6000 gpa=0x0000000019fd6000
err sev=srar class=memory action=migrate src=qemu recipient=guest va=0x00007fc1f5dd6000 gpa=0x0000000019fd6000
err sev=srao class=memory action=migrate src=qemu recipient=hypervisor va=0x00007f2a00000000
END
	for line in 'mce: Uncorrected hardware memory error in user-access at ' \
		'MCE: Killing a:12 due to hardware memory corr' 'MCE: Killing a due to hardware memory corruption fault at 7f8' \
		'qemu: Guest MCE Memory Error at QEMU addr 0x7f3c7622f000 and GUEST addr 0x78e42f000 of type'; do
		run -1 --separate-stderr mcedecode <<<"$line"
		[ "$stderr" = 'mcedecode: read standard input: line 1: not whole: bad memory that was touched' ]
		[ -z "$output" ]
	done
}

@test "--merge: who touched it joins the machine check" {
	{
		block 0 1 bd80000000100134 'ADDR 8a398a4c0 MISC 86'
		echo 'mce: Uncorrected hardware memory error in user-access at 8a398a4c0'
		echo 'Memory failure: 0x8a398a: recovery action for dirty LRU page: Recovered'
		echo 'mce: Uncorrected hardware memory error in user-access at 8a398b4c0'
	} >log
	run -0 mcedecode --merge <log
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} == *" sev=srar "*" from=mce,memory-failure,user-access"* ]]
	[[ ${lines[1]} == "err addr=0x00000008a398b000 "* ]]
}

@test "heat that old kernels log as a bank is no machine check" {
	heat() { block 0 128 "$1" | mcedecode | sed 's/.* sev=\([a-z]*\) .*text=/\1 /'; }
	[ "$(heat 0000000088010003)" = 'info temperature\x20is\x20too\x20high' ]
	[ "$(heat 0000000088010002)" = 'info temperature\x20is\x20normal\x20again' ]
}

@test "a driver may find an error to be another controller's: its registers still belong to it" {
	regs='EDAC sbridge MC0: CPU 0: Machine Check Event: 0 Bank 9: 8c00004000010090
EDAC sbridge MC0: TSC 0 ADDR 2dec4a1440 MISC 86 PROCESSOR 0:306e4 TIME 1410867072 SOCKET 1 APIC 20'
	joined()
	{
		{
			echo "$regs"
			echo "EDAC MC$1: 1 CE memory read error on A1 (channel:0 slot:0 page:$2 offset:0x440 grain:32 syndrome:0x0 - $3)"
		} | mcedecode | wc -l
	}
	[ "$(joined 0 0x2dec4a1 err_code:0001:0090)" = 1 ]
	[ "$(joined 1 0x2dec4a1 err_code:0001:0090)" = 1 ]
	[ "$(joined 1 0x2dec4a1 '')" = 2 ]
	[ "$(joined 1 0x2dec4a2 err_code:0001:0090)" = 2 ]
	[ "$(joined 0 0x2dec4a2 err_code:0001:0090)" = 2 ]
	[ "$(joined 0 0x0 '')" = 1 ]
	# it prints the address of an error that is no machine check
	run -0 mcedecode <<<'EDAC igen6 MC0: ADDR 0x7fffffffe0'
	[ -z "$output" ]
}

@test "EDAC: labels with parentheses, locations that name nothing or the label" {
	while IFS='|' read -r line want; do
		mcedecode <<<"EDAC MC0: 1 CE memory read error on $line" >out
		got=$(for k in dimm channel slot addr node module row edac_code; do key $k <out; done | paste -sd ' ')
		echo "$line: $got"
		[ "$got" = "$want" ]
	done <<'END'
DIMM_A1 (P0:A) (channel:2 slot:1 page:0x849923 offset:0x380 grain:32 syndrome:0x0)|DIMM_A1\x20(P0:A) 2 1 0x0000000849923380 - - - -
A1 (cpu:a) (x) (channel:2 slot:1 page:0x849923 offset:0x380 grain:32 syndrome:0x0 - err_code:0001:0090 label (P0:A) row:7)|A1\x20(cpu:a)\x20(x) 2 1 0x0000000849923380 - - 7 0001:0090
A1 (P0:A) (channel:2 page:0x849923 offset:0x380 grain:32 syndrome:0x0 - channel:5 slot:1 on B (slot:3))|A1\x20(P0:A) 2 1 0x0000000849923380 - - - -
any memory ( page:0x849923 offset:0x380 grain:32 syndrome:0x0)|any\x20memory - - 0x0000000849923380 - - - -
A1 (P0:A) (node:1 module:2 row:3 DIMM location:NODE 1 A1 (P0:A) page:0x849923 offset:0x380 grain:32 syndrome:0x0 - status(0x0000000000000400): Storage error in DRAM memory)|A1\x20(P0:A) - - 0x0000000849923380 1 2 3 -
A1 (P0:A) (DIMM location:NODE 1 A1 (P0:A) page:0x849923 offset:0x380 grain:32 syndrome:0x0)|A1\x20(P0:A) - - 0x0000000849923380 - - - -
A1 (P0:A) (DIMM DMI handle: 0x1100 page:0x849923 offset:0x380 grain:32 syndrome:0x0)|A1\x20(P0:A) - - 0x0000000849923380 - - - -
END
	run -1 --separate-stderr mcedecode <<<'EDAC MC0: 1 CE memory read error on A1 (P0:A)'
	[ "$stderr" = 'mcedecode: read standard input: line 1: EDAC error without a location' ]
	[ "$(key dimm <<<"$output")" = 'A1\x20(P0:A)' ]
}

@test "mc_event: what the driver or firmware adds is read" {
	event='a-1 [000] ..... 1.0: mc_event: 1 Corrected error: memory read error on A1 (mc:0 location:2:0:-1 address:0x849923380 grain:32 syndrome:0x0'
	mcedecode <<<"$event err_code:0x0080:0x0090 socket:1 imc:0 rank:1 bg:2 ba:3 row:0x1a2b col:0x3f8 )" >out
	[ "$(for k in channel socket rank bank_group dram_bank row col edac_code; do key $k <out; done |
		paste -sd ' ')" = '2 1 1 2 3 6699 1016 0x0080:0x0090' ]
	mcedecode <<<"$event APEI location: node:0 card:1 module:2 rank:0 bank:3 row:4 DIMM location: A1 status(0x400): x)" >out
	[ "$(for k in node card module dram_bank row dimm; do key $k <out; done | paste -sd ' ')" = '0 1 2 3 4 A1' ]
}

@test "trace: sections within events that are cut short are reported" {
	event=' a-1 [000] ..... 1.0: non_standard_event: severity: 2; sec type:1411bca5-646f-de4e-b863-3e83ed7c83b1; FRU: 00000000-0000-0000-0000-000000000000 ; data len:3; raw data:01 02 03'
	run -1 --separate-stderr mcedecode <<<"$event"
	[ "$stderr" = 'mcedecode: read standard input: line 1: section is cut short' ]
	[ "$output" = 'err sev=uncorrected class=memory action=migrate reason=recoverable src=non_standard_event flags=truncated' ]
	event=' a-1 [000] ..... 1.0: arm_event: cpu: 5; error: 1; affinity level: 1; MPIDR: 1; MIDR: 2; running state: 1; PSCI state: 0; ARM Processor Err Info data len: 3; ARM Processor Err Info raw data: 00 20 00'
	run -1 --separate-stderr mcedecode <<<"$event"
	[ "$stderr" = 'mcedecode: read standard input: line 1: section is cut short' ]
	[[ $output == *' flags=truncated '* ]]
}

@test "trace: the vendor data of a machine check is bytes of two registers" {
	event=' a-1 [000] ..... 1.0: mce_record: CPU: 3, MCGc/s: 0/0, MC0: 9c20400002000175, IPID: 0, ADDR: 0, MISC: 0, SYND: 0, RIP: 00:<0>, TSC: 0, PPIN: 0, vendor: 2, CPUID: a20f10, time: 0, socket: 0, APIC: 0, microcode: 0, vendor data:'
	[ "$(mcedecode --raw <<<"$event {0x88,0x77,0x66,0x55,0x44,0x33,0x22,0x11,0x1,0x0,0x0,0x0,0x0,0x0,0x0,0x80}" |
		key synd1)" = 0x1122334455667788 ]
	[ "$(mcedecode --raw <<<"$event {0x1122334455667788,0x99}" | key synd2)" = 0x0000000000000099 ]
	[ "$(mcedecode --raw <<<"$event {}" | key synd1)" = - ]
}

@test "mc_event, aer_event, memory_failure_event" {
	cat >log <<'END'
a-1 [000] ..... 1.0: mc_event: 2 Corrected errors: memory read error on CPU0_DIMM_A1 (mc:0 location:2:0:-1 address:0x849923380 grain:32 syndrome:0x0  area:DRAM)
a-1 [000] ..... 1.0: aer_event: 0000:00:1c.5 PCIe Bus Error: severity=Corrected, RxErr|BadTLP, TLP Header=Not available
a-1 [000] ..... 1.0: memory_failure_event: pfn 0x12345: recovery action for free buddy page: Recovered
END
	echo 'sb-147 [001] d..1. 3.358405: signal_generate: sig=7 errno=0 code=4 comm=sb pid=147 grp=0 res=0' >>log
	echo 'sb-147 [001] d..1. 3.358405: signal_generate: sig=7 errno=0 code=2 comm=sb pid=147 grp=0 res=0' >>log
	expect 0 bash -c 'mcedecode <log' <<'END'
err addr=0x0000000849923380 size=32 sev=corrected class=memory action=watch src=mc_event mc=0 channel=2 slot=0 dimm=CPU0_DIMM_A1 loc=edac count=2
err sev=corrected class=pcie action=watch src=aer_event name=RxErr|BadTLP bdf=0000:00:1c.5
err addr=0x0000000012345000 size=4096 sev=uncorrected class=poison action=none src=memory_failure_event result=recovered page_kind=free\x20buddy\x20page
err sev=info class=signal action=none src=signal_generate pid=147 comm=sb si=mceerr_ar
END
}

# An event of the process called $1 as the kernel, with the options that there are, perf and rasdaemon
# print it, with perf's name for it, "system:event", in $2.
each_form()
{
	printf '%16s-%-7d [%03d] %s %5d.%06d: %s\n' "$1" 147 1 d..1. 3 358405 "${2#*:}"
	printf '%16s-%-7d [%03d] %5d.%06d: %s\n' "$1" 147 1 1234567 358405 "${2#*:}"
	printf '%16s-%-7d (%7d) [%03d] %s %5d.%06d: %s\n' "$1" 1234567 1234567 1023 ...1. 3 358405 "${2#*:}"
	printf '%16s-%-7d (-------) [%03d] %s  %12d: %s\n' "$1" 147 1 dN.2. 5 "${2#*:}"
	printf '%16s-%-7d [%03d]  %12d: %s\n' "$1" 147 1 123456789012345 "${2#*:}"
	printf '%16s %7d [%03d] %5d.%06d: %32s\n' "$1" 147 1 3 358405 "$2"
	printf '%16s %7d/%-7d [%03d] %5d.%09d: %s\n' "$1" 147 148 1 3 358405123 "$2"
	printf 'host rasdaemon[1]: %16s-%-7d [%03d] %5d.%06d: %s\n' "$1" 147 1 3 358405 "${2#*:}"
}

# Events of ours, each one that gives a record; and one that does not.
ours=(
	'ras:mc_event: 2 Corrected errors: memory read error on A1 (mc:0 location:2:0:-1 address:0x849923380 grain:32 syndrome:0x0)'
	'ras:aer_event: 0000:00:1c.5 PCIe Bus Error: severity=Corrected, RxErr|BadTLP, TLP Header=Not available'
	'ras:memory_failure_event: pfn 0x12345: recovery action for free buddy page: Recovered'
	'signal:signal_generate: sig=7 errno=0 code=4 comm=sb pid=147 grp=0 res=0'
	'cxl:cxl_overflow: memdev=mem1 host=0000:36:00.0 serial=1: log=Failure : 3 records from 1 to 2'
	'mce:mce_record: CPU: 0, MCGc/s: f000c15/7, MC7: bd80000000000134, IPID: 0, ADDR/MISC/SYND: 12345000/8c/0, RIP: 33:<1000>, TSC: 12, PROCESSOR: 0:50657, TIME: 1600000000, SOCKET: 0, APIC: 0'
)

# What a process can call itself: 15 bytes, but no NUL.
hostile=('mc_event: y' 'a: mc_event: ' 'x aer_event: 1' ': cxl_dram: ' 'ras:mc_event: ' ' mce_record: C' '] mc_event: 1'
	'-1 [000] 1.0: ' '-1 [000] 1.0: x' '1 [000]    1: x' '[000] 1.000000:' '1 [000]' '-1 [000] a' '-1 [000] ' '[000] d..1. 1.0:' '-1 [' '(' ') [001]'
	'1[0]0.000000: x' 'page addr=1' 'CPU:0 [LOST 1 ' 'x pid=1' '2 [003] 1.00000' $'\t' ' ')

@test "trace: the name of a process cannot hide an event nor make one" {
	for event in "${ours[@]}"; do
		want=$(mcedecode <<<"a-1 [000] ..... 1.0: ${event#*:}")
		[[ $want == err* && $want != *$'\n'* ]]
		for name in sb "${hostile[@]}"; do
			each_form "${name:0:15}" "$event"
		done >log
		mcedecode --from text <log | grep -vxF -- "$want" >other || :
		[ ! -s other ]
		[ "$(mcedecode --from text <log | wc -l)" = "$(wc -l <log)" ]
	done
	# of other events nothing is decoded
	for name in "${hostile[@]}"; do
		each_form "${name:0:15}" 'sched:sched_process_fork: comm=mc_event: y pid=1 child_comm=mc_event: y child_pid=2'
	done >log
	run -0 mcedecode --from text <log
	[ -z "$output" ]
}

@test "trace: a line that begins with half a name is no record" {
	event='memory_failure_event: pfn 0x12345: recovery action for free buddy page: Recovered'
	want=$(mcedecode <<<"a-1 [000] ..... 1.0: $event")
	for name in 'page a=' 'done src=x' 'raw t=1'; do
		run -0 --separate-stderr mcedecode < <(printf '%s-%-7d [%03d] %s %5d.%06d: %s\n' "$name" 1234567 1 d..1. 3 358405 "$event")
		[ "$output$stderr" = "$want" ]
	done
}

@test "signal_generate: the name of a process cannot say which one it is" {
	while IFS='|' read -r comm value; do
		event="sig=7 errno=0 code=5 comm=$comm pid=147 grp=0 res=0"
		[ "$(mcedecode <<<"sb-147     [001] d..1.     3.358405: signal_generate: $event")" = \
			"err sev=info class=signal action=none src=signal_generate pid=147 comm=$value si=mceerr_ao" ]
	done <<'END'
x pid=1|x\x20pid=1
 pid=1 grp=0 re|\x20pid=1\x20grp=0\x20re
x pid= pid=9|x\x20pid=\x20pid=9
 code=4 comm=x|\x20code=4\x20comm=x
|
END
	run -1 --separate-stderr mcedecode <<<'sb-147     [001] d..1.     3.358405: signal_generate: sig=7 errno=0 code=5 comm=x'
	[ "$stderr" = 'mcedecode: read standard input: line 1: not a signal_generate event' ]
}

@test "raw records of a trace: half a name of a process is no event" {
	for event in "${ours[@]}"; do
		want=$(mcedecode <<<"a-1 [000] ..... 1.0: ${event#*:}")
		for name in "${hostile[@]}"; do
			# an end of line in front of the name, or behind it
			printf '%16s\n' "${name:0:14}"
			printf '%s-%-7d [%03d] %s %5d.%06d: %s\n' "${name:0:14}" 147 1 d..1. 3 358405 "${event#*:}"
		done | sed -E 's/ /\\x20/g; s/\t/\\x09/g; s/.*/raw t=1 src=trace text=&/' >log
		run -0 mcedecode <log
		[ "${#lines[@]}" = "${#hostile[@]}" ]
		[ "$(sort -u <<<"$output")" = "$want" ]
	done
}

@test "raw records: the text is decoded, their time counts where the event has none" {
	text='Memory\x20failure:\x200x12345:\x20Sending\x20SIGBUS\x20to\x20qemu:12\x20due\x20to\x20hardware\x20memory\x20corruption'
	echo "raw t=2026-11-21T21:00:43.000000001Z src=kmsg text=$text
done src=rastail" >log
	expect 0 bash -c 'mcedecode <log' <<'END'
err addr=0x0000000012345000 size=4096 sev=info class=signal action=none t=2026-11-21T21:00:43.000000001Z src=memory-failure pid=12 comm=qemu
done src=rastail
END
}

@test "raw records: events that are missed come out as skip records, and end with 1" {
	cat >log <<'END'
raw t=2026-11-21T21:00:43.000000001Z src=kmsg text= missed=17
raw t=2026-11-21T21:00:44.000000001Z src=trace text=CPU:3\x20[LOST\x2023\x20EVENTS] missed=23
raw t=9999-99-99T99:99:99.000000001Z src=qmp text= vm=web\x201 missed=18446744073709551615
done src=early skipped=57
raw t=2026-11-21T21:00:45.000000001Z src=trace text=CPU:3\x20[LOST\x20EVENTS]
done src=late skipped=57
END
	expect 1 bash -c 'mcedecode <log' <<'END'
skip src=mcedecode reason=missed count=17 scope=kmsg t=2026-11-21T21:00:43.000000001Z
skip src=mcedecode reason=missed count=23 scope=trace t=2026-11-21T21:00:44.000000001Z
skip src=mcedecode reason=missed count=18446744073709551615 vm=web\x201 scope=qmp
done src=early skipped=57
skip src=mcedecode reason=missed scope=trace t=2026-11-21T21:00:45.000000001Z
END
	expect 1 bash -c 'mcedecode --from records <log' < <(mcedecode <log)
	# as trace_pipe has it
	echo 'CPU:0 [LOST 5 EVENTS]' >log
	expect 1 bash -c 'mcedecode <log' <<<'skip src=mcedecode reason=missed count=5 scope=trace'
	run -1 --separate-stderr mcedecode <<<'raw t=1 src=kmsg text= missed=some'
	[ "$stderr" = 'mcedecode: read standard input: line 1: missed is no number' ]
	# what is long stays a record
	name=$(printf '%02000d' 0)
	run -1 mcedecode <<<"raw t=2026-11-21T21:00:43.000000001Z src=$name text= missed=1 vm=$name"
	[ "${#output}" -gt 4000 ]
	[ "$(mcedecode --from records <<<"$output")" = "$output" ]
}

# The lines of a log as records of it.
as_raw()
{
	sed -E 's/ /\\x20/g; s/.*/raw t=2026-11-21T21:00:43.000000001Z src=kmsg text=&/'
}

@test "raw records: a machine check is never put together over lines that are missed" {
	lost='raw t=2026-11-21T21:00:43.000000001Z src=SOURCE text= missed=3'
	split() # SOURCE
	{
		block 1 7 9c00004001010090 'ADDR 12345000 MISC 86' | as_raw | sed "2i${lost/SOURCE/$1}"
	}
	[ "$(split trace | mcedecode | key flags | paste -sd ' ')" = '- -' ]
	run -1 --separate-stderr mcedecode < <(split kmsg)
	[ "${lines[0]:0:4} $(key flags <<<"$output" | paste -sd ' ')" = 'err  truncated,no_cpuid -' ]
	[[ $output != *addr* ]]
	[ "$stderr" = 'mcedecode: read standard input: line 1: block is cut short
mcedecode: read standard input: line 3: registers of no machine check
mcedecode: read standard input: line 4: registers of no machine check' ]
}

@test "raw records: what is decoded of a text that is cut says so" {
	text='Memory\x20failure:\x200x12345:\x20recovery\x20action\x20for\x20free\x20buddy\x20page:\x20Delay'
	line="raw t=2026-11-21T21:00:43.000000001Z src=kmsg text=$text"
	[ "$(mcedecode <<<"$line" | key flags)" = - ]
	run -1 --separate-stderr mcedecode < <(printf '%s cut=1\n%s\ndone src=x skipped=0\n' "$line" "$line")
	[ "$stderr" = 'mcedecode: read standard input: line 1: text is cut short' ]
	[ "$(key flags <<<"$output" | paste -sd ' ')" = 'truncated -' ]
	[[ $output != *done* ]]
	# the line of a block
	block 1 7 9c00004001010090 'ADDR 12345000 MISC 86' | as_raw | sed '2s/$/ cut=1/' >log
	run -1 --separate-stderr mcedecode <log
	[ "$(key flags <<<"$output")" = truncated,no_cpuid ]
	# the trace is no part of the log
	block 1 7 9c00004001010090 'ADDR 12345000 MISC 86' | as_raw | sed '2iraw t=1 src=trace text=x cut=1' >log
	run -1 --separate-stderr mcedecode <log
	[ "$(key flags <<<"$output")" = - ]
	[ "$stderr" = 'mcedecode: read standard input: line 2: text is cut short' ]
}

@test "other records pass through, and done does not when something was lost" {
	[ "$(mcedecode <<<'page addr=0x1 size=4096 state=poisoned')" = 'page addr=0x1 size=4096 state=poisoned' ]
	run -1 mcedecode < <(printf 'mce: [Hardware Error]: TSC 1\npage addr=1\ndone src=x\n')
	[ "${lines[1]}" = 'page addr=1' ]
	[ "${#lines[@]}" = 2 ]
}

@test "every type of records(5) is known to be a record's" {
	sed -n '/^\.Ss Types/,/^\.Ss Keys/s/^\.It Cm //p' "$BATS_TEST_DIRNAME/../man/records.5" >types
	[ "$(wc -l <types)" -gt 30 ]
	grep -vxF raw types | sed 's/$/ src=x/' >log
	run -0 --separate-stderr mcedecode <log
	diff log <(echo "$output")
	[ -z "$stderr" ]
	run -0 mcedecode <<<'none src=x'
	[ -z "$output" ]
}

@test "records of another version end the program" {
	run -3 --separate-stderr mcedecode < <(printf '#rec 1\npage addr=1\n#rec 2\npage addr=2\n')
	[ "$output" = 'page addr=1' ]
	[ "$stderr" = 'mcedecode: read standard input: line 3: records of another version' ]
	run -3 --separate-stderr mcedecode --from records < <(printf '#rec 1\npage addr=1\n#rec 2\npage addr=2\n')
	[ "$output" = 'page addr=1' ]
	# what was open by then is handed over
	{ sed 's/.*kernel: //' "$golden/cper-mem-ce-prom.in"; echo '#rec 10'; } >log
	run -3 --separate-stderr mcedecode <log
	[ "$output" = "$(cat "$golden/cper-mem-ce-prom.out")" ]
	run -0 mcedecode --from text <<<'#rec 2'
	[ -z "$output" ]
}

@test "--merge: all reports of one error are one record" {
	for row in 'amd-umc-zen3-deferred|deferred|amd,edac,memory-failure' \
		'amd-umc-3900x-ce|corrected|amd,edac' 'amd-f10h-nb-siliconmech|corrected|amd,edac'; do
		IFS='|' read -r name sev from <<<"$row"
		run -0 mcedecode --merge <"$golden/$name.in"
		[ "${#lines[@]}" = 1 ]
		[ "$(key sev <<<"$output")" = "$sev" ]
		[ "$(key from <<<"$output")" = "$from" ]
	done
	# the page that the kernel took by mistake is not where the error is
	run -0 mcedecode --merge <"$golden/amd-umc-zen3-deferred.in"
	[ "$(key addr <<<"$output") $(key kernel_page <<<"$output")" = \
		'0x0000001ab10c09c0 0x00000006a0430000' ]
}

@test "--merge: a machine check, its trace event, firmware's copy and the kernel's decision" {
	{
		block 0 7 bd000000000000c0 'ADDR 12345000 MISC 8c' 0:50657 5
		echo 'a-1 [000] ..... 1.0: mce_record: CPU: 0, MCGc/s: f000c15/5, MC7: bd000000000000c0, IPID: 0, ADDR/MISC/SYND: 12345000/8c/0, RIP: 00:<0>, TSC: 12, PROCESSOR: 0:50657, TIME: 1600000000, SOCKET: 0, APIC: 0'
		echo 'Memory failure: 0x12345: recovery action for free buddy page: Recovered'
		echo 'a-1 [000] ..... 1.0: memory_failure_event: pfn 0x12345: recovery action for free buddy page: Recovered'
	} >log
	run -0 mcedecode --merge <log
	[ "${#lines[@]}" = 1 ]
	[[ $output == *' sev=srao '*' result=recovered '* ]]
	[ "$(key from <<<"$output")" = mce,mce_record,memory-failure,memory_failure_event ]
	[ "$(mcedecode <log | grep -c .)" = 4 ]
	# firmware's report, and the machine check that the kernel makes of it
	sed 's/.*kernel: //' "$golden/cper-mem-ce-prom.in" >log
	block 0 255 9c0000000000009f 'ADDR 6a47d1f540 MISC 86' >>log
	run -0 mcedecode --merge <log
	[ "${#lines[@]}" = 1 ]
	[[ $output == *' src=apei '*' row=40948 '*' flags=synthetic '* ]]
}

# ... not that of block 0 7 STATUS DETAILS, given as EDAC or memory-failure lines
different=(
	'EDAC MC0: 1 CE error on A1 (channel:0 slot:0 page:0x99999 offset:0x0 grain:64)'
	'EDAC MC0: 1 UE error on A1 (channel:0 slot:0 page:0x12345 offset:0x0 grain:64)'
	'EDAC MC0: 1 CE error on A1 (channel:1 slot:0 page:0x0 offset:0x0 grain:64)'
	'Memory failure: 0x12345: recovery action for free buddy page: Recovered'
	'2023-05-31T10:06:19Z host kernel: EDAC MC0: 1 CE error on A1 (channel:0 slot:0 page:0x12345 offset:0x0 grain:64)'
)

@test "--merge: two different errors stay two" {
	for line in "${different[@]}"; do
		{ block 0 7 9c00004001010090 'ADDR 12345000 MISC 86'; echo "$line"; } >log
		echo "$line"
		[ "$(mcedecode --merge <log | grep -c .)" = 2 ]
	done
	# the same error twice, each with its copy
	line='EDAC MC0: 1 CE error on A1 (channel:0 slot:0 page:0x12345 offset:0x0 grain:64)'
	for i in 1 2; do block 0 7 9c00004001010090 'ADDR 12345000 MISC 86'; echo "$line"; done >log
	run -0 mcedecode --merge <log
	[ "$(key from <<<"$output")" = $'mce,edac\nmce,edac' ]
	# of other CPUs, banks or addresses
	{
		block 0 7 9c00004001010090 'ADDR 12345000 MISC 86'
		for row in '1 7 12345000' '0 8 12345000' '0 7 12346000'; do
			read -r cpu bank addr <<<"$row"
			echo "a-1 [000] ..... 1.0: mce_record: CPU: $cpu, MCGc/s: 0/0, MC$bank: 9c00004001010090, IPID: 0, ADDR/MISC/SYND: $addr/86/0, RIP: 00:<0>, TSC: 12, PROCESSOR: 0:50657, TIME: 1600000000, SOCKET: 0, APIC: 0"
		done
	} >log
	[ "$(mcedecode --merge <log | grep -c .)" = 4 ]
}

# The trace event of block 0 7 STATUS 'ADDR 12345000 MISC 8c' 0:50657 7
event() # STATUS MCGCAP CS
{
	echo "a-1 [000] ..... 1.0: mce_record: CPU: 0, MCGc/s: $2/7, MC7: $1, IPID: 0, ADDR/MISC/SYND: 12345000/8c/0, RIP: $3:<1000>, TSC: 12, PROCESSOR: 0:50657, TIME: 1600000000, SOCKET: 0, APIC: 0"
}

@test "a PCIe error of firmware's is as bad as the lines behind it tell" {
	head='pcieport 0000:20:01.1: AER: aer_status: 0x00004000, aer_mask: 0x00006000'
	layer='pcieport 0000:20:01.1: AER: aer_layer=Transaction Layer, aer_agent=Requester ID'
	severity='pcieport 0000:20:01.1: AER: aer_uncor_severity: 0x'
	told() { printf '%s\n' "$@" | mcedecode >out && for k in sev name flags; do key $k <out; done | paste -sd ' '; }
	[ "$(told "$head" "$layer")" = 'corrected CorrIntErr -' ]
	[ "$(told "$head" "$layer" "${severity}00004000")" = 'fatal CmpltTO -' ]
	[ "$(told "$head" "$layer" "${severity}00002000")" = 'uncorrected CmpltTO -' ]
	[ "$(told "$head")" = 'uncorrected CmpltTO no_severity' ]
}

@test "--merge: an error of a PCIe device, as log, trace and firmware tell of it" {
	run -0 mcedecode --merge <"$golden/aer-firmware.in"
	[ "$(key from <<<"$output")" = $'-\napei,aer' ]
	[ "$(key name <<<"$output")" = $'UnsupReq\nBadDLLP' ]
	event='a-1 [000] ..... 1.0: aer_event: 0000:00:1c.5 PCIe Bus Error: severity=Corrected, Receiver Error, TLP Header=Not available'
	cat "$golden/aer-corr-rxerr-old.in" - <<<"$event" | mcedecode --merge | key from >from
	[ "$(cat from)" = aer,aer_event ]
	# of another device, or as bad as another
	for other in "${event/1c.5/1c.4}" "${event/Corrected/Fatal}"; do
		[ "$(cat "$golden/aer-corr-rxerr-old.in" - <<<"$other" | mcedecode --merge | wc -l)" = 2 ]
	done
}

@test "--merge: what one copy had to assume and another knew is known" {
	status=bd80000000000134
	registers() { block 0 7 "$status" 'ADDR 12345000 MISC 8c' 0:50657 7; }
	judged()
	{
		mcedecode --merge >out
		for k in sev reason flags; do key "$k" <out; done | paste -sd ' '
	}
	[ "$(registers | judged)" = 'srar data-load ser_assumed,no_context' ]
	[ "$( (registers; event "$status" 1000c15 33) | judged)" = 'srar data-load-user -' ]
	[ "$( (event "$status" 1000c15 33; registers) | judged)" = 'srar data-load-user -' ]
	[ "$( (registers; event "$status" 0 10) | judged)" = 'fatal data-load-kernel ser_assumed' ]
	# without recovery the same bits mean nothing
	[ "$( (registers; event "$status" c15 33) | judged)" = 'uncorrected uncorrected -' ]
}

# What tests/merge.awk told of -v count=$1 errors, by the kinds of reports and the address.
told() # COUNT
{
	awk -v count="$1" 'BEGIN {
		from[0] = "mce,mce_record"
		from[1] = "mce,mce_record,edac,mc_event"
		from[2] = "apei,mce_copy,mce_record_copy"
		from[3] = "mce,mce_record,apei,mce_copy,mce_record_copy"
		from[4] = "edac,mc_event"
		for (i = 0; i < count; i++)
			printf "0x%013x%03x %s%s\n", 74565 + int(i / 2), i % 2 * 64, from[i % 5],
				i % 5 || i % 2 ? "" : ",memory-failure,memory_failure_event"
	}'
}

@test "--merge: however two sources mix, each error is one record with all that is told of it" {
	told 40 | sort >want
	for seed in {1..12}; do
		awk -v count=40 -v seed="$seed" -f "$BATS_TEST_DIRNAME/merge.awk" >log
		mcedecode --merge <log >out
		echo "seed $seed"
		paste -d ' ' <(key addr <out) <(key from <out) | sort | diff want -
	done
	# a copy is never flagged as the bank that has the error, nor the other way round
	[ "$(grep -c ' bank=14 .*synthetic' out)" = 0 ]
	[ "$(grep -c ' bank=255 .*synthetic' out)" = 8 ]
}

@test "--merge: no error of a storm is lost" {
	for ((i = 0; i < 2000; i++)); do block 0 7 9c00004001010090 "ADDR $((i % 7))2345000 MISC 86"; done >log
	[ "$(mcedecode --merge <log | grep -c ^err)" = 2000 ]
}

@test "--raw keeps all registers: decoded again they give the same records" {
	for input in "$golden"/*.in; do
		mcedecode --raw <"$input" >once
		mcedecode --raw <once | diff once -
		mcedecode --raw <once | mcedecode --raw | diff once -
	done
	# of bytes as well
	for input in "$golden"/*.mce; do
		mcedecode --raw --binary <"$input" >once
		mcedecode --raw <once | diff once -
	done
	for input in "$golden"/*.cper; do
		mcedecode --raw --cper <"$input" >once
		mcedecode --raw <once | diff once -
	done
	block 0 7 fd80000001010134 'ADDR 1000 MISC 86 PPIN 12' 0:50657 7 |
		sed '1amce: [Hardware Error]: RIP 33:<0000000000401000>' | mcedecode --raw >once
	grep -q 'tsc=.*microcode=.*ppin=.*ip=.*cs=' once
	mcedecode --raw <once | diff once -
	# it is decoded, not copied
	sed 's/ unit=[a-z0-9]*//' once | mcedecode --raw | diff once -
}

# mc_event of a module that EDAC calls $1
called()
{
	echo "a-1 [000] ..... 1.0: mc_event: 1 Corrected error: memory read error on $1 (mc:0 location:2:0:-1 address:0x849923380 grain:32 syndrome:0x0)"
}

# A report of firmware about the module with handle $1
handled()
{
	for line in 'Error 0, type: corrected' 'section_type: memory error' "DIMM location: not present. DMI handle: $1"; do
		echo "{1}[Hardware Error]: $line"
	done
}

@test "--labels: modules get the names of SMBIOS, by handle or by their whole label" {
	root=$(unpack_root dimms)
	named() { mcedecode --labels --sysroot "$root" | key "$1"; }
	[ "$(handled 0x1101 | named dimm)" = CPU1_DIMM_B1 ]
	[ "$(handled 0x1101 | named bank_locator)" = 'NODE\x202' ]
	[ "$(handled 0x1101 | named loc)" = smbios ]
	[ "$(handled 0x1101 | mcedecode | key dimm)" = - ]
	# a handle that nothing has, or something else
	[ "$(handled 0x1fff | named dimm)" = - ]
	[ "$(handled 0x1000 | named dimm)" = - ]
	[ "$(called CPU2_DIMM_A1 | named module_handle)" = 0x1102 ]
	[ "$(called 'NODE 2 CPU1_DIMM_B1' | named dimm)" = CPU1_DIMM_B1 ]
	[ "$(called 'NODE 1 CPU1_DIMM_B1' | named module_handle)" = - ]
	[ "$(called CPU1_DIMM | named dimm)" = CPU1_DIMM ]
	[ "$(called CPU1_DIMM | named loc)" = edac ]
	mcedecode --cper --labels --sysroot "$root" <"$golden/sections.cper" |
		grep 'module_handle=0x1100' | grep -q ' dimm=CPU1_DIMM_A1 bank_locator=NODE\\x201 '
	# firmware names an array that the module is not of: then one of both is wrong
	cp "$golden/block-time.cper" other
	[ "$(mcedecode --cper --labels --sysroot "$root" <other | key dimm)" = $'CPU1_DIMM_A1\nCPU1_DIMM_A1\n-' ]
	printf '\x01\x10' | dd of=other bs=1 seek=168 conv=notrunc status=none
	[ "$(mcedecode --cper --labels --sysroot "$root" <other | key dimm)" = $'-\nCPU1_DIMM_A1\n-' ]
}

@test "--labels: tables that are not there or malformed end the program" {
	run -4 mcedecode --labels --sysroot "$BATS_TEST_TMPDIR" </dev/null
	[ "$output" = 'mcedecode: read /sys/firmware/dmi/tables/smbios_entry_point: No such file or directory' ]
	root=$(unpack_root dimms)
	truncate -s 100 "$root/sys/firmware/dmi/tables/DMI"
	run -3 mcedecode --labels --sysroot "$root" </dev/null
	[ "$output" = 'mcedecode: read /sys/firmware/dmi/tables: structure is cut short' ]
	truncate -s 20 "$root/sys/firmware/dmi/tables/smbios_entry_point"
	run -3 mcedecode --labels --sysroot "$root" </dev/null
	[ "$output" = 'mcedecode: read /sys/firmware/dmi/tables: no entry point' ]
}

@test "records are printed when input pauses" {
	mkfifo in out
	mcedecode <in >out &
	exec 7>in 8<out
	sed 's/.*kernel: //' "$golden/cper-mem-ce-prom.in" >&7
	IFS= read -r -t 10 line <&8
	[ "$line" = "$(cat "$golden/cper-mem-ce-prom.out")" ]
	exec 7>&- 8<&-
	wait $!
}

@test "a last line without its end is not decoded" {
	run -3 --separate-stderr mcedecode < <(block 0 7 9c00004001010090; printf 'mce: [Hardware Error]: CPU 1')
	[ "$(grep -c ^err <<<"$output")" = 1 ]
	[ "$stderr" = 'mcedecode: read standard input: line 4: cut short, no end of line' ]
}

@test "--from takes three words" {
	echo 'page addr=1' | mcedecode --from text >out
	! [ -s out ]
	run -1 --separate-stderr mcedecode --from records <<<'EDAC MC0: 1 CE'
	[ "$stderr" = 'mcedecode: read standard input: line 1: not a type word' ]
	run -2 mcedecode --from xml </dev/null
}

@test "output that cannot be written and input that cannot be read are status 3" {
	run -3 bash -c 'mcedecode <"$0" >/dev/full' "$golden/amd-umc-3900x-ce.in"
	[ "$output" = 'mcedecode: write standard output: No space left on device' ]
	run -3 mcedecode </
	[ "$output" = 'mcedecode: read standard input: Is a directory' ]
}

@test "bash completes every option" {
	for option in $(mcedecode --help | grep -o -- ' --[a-z-]*'); do
		bash -c '. "$0"; COMP_WORDS=(mcedecode "$1"); COMP_CWORD=1; _mcedecode mcedecode "$1" mcedecode
			printf "%s\n" "${COMPREPLY[@]}"' \
			"$BATS_TEST_DIRNAME/../completions/bash/mcedecode" "$option" | grep -qx -- "$option"
	done
}

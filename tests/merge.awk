# SPDX-License-Identifier: GPL-2.0-or-later
#
# merge - a log of COUNT errors, each told of in several ways by the kernel's log and by trace events,
# in an order that SEED decides: -v count=10 -v seed=1.  As raw records, whose times differ.
#
# What one source tells stays in its order, as the kernel's do: lines of a block follow each
# other.  The two sources mix at any line, and errors overlap: at most four at a time.

function add(source, line) { text[source, ++n[source]] = line }
function hw(line) { add("kmsg", "mce: [Hardware Error]: " line) }
function mce(cpu, bank, status, addr, mcg) {
	hw("CPU " cpu ": Machine Check: " mcg " Bank " bank ": " status)
	hw("TSC 0 ADDR " addr " MISC 86 ")
	hw("PROCESSOR 0:50657 TIME 1600000000 SOCKET 0 APIC 0 microcode 1")
}
function event(cpu, bank, status, addr, mcg) {
	add("trace", "               a-1       [000] .....     1.000000: mce_record: CPU: " cpu ", MCGc/s: f000c15/" mcg ", MC" bank ": " status \
		", IPID: 0000000000000000, ADDR/MISC/SYND: " addr "/0000000000000086/0000000000000000" \
		", RIP: 00:<0000000000000000>, TSC: 0, PROCESSOR: 0:50657, TIME: 1600000000, SOCKET: 0, APIC: 0")
}
function apei(number, sev, addr) {
	number = "{" number "}[Hardware Error]: "
	add("kmsg", number "Hardware error from APEI Generic Hardware Error Source: 1")
	add("kmsg", number "event severity: " sev)
	add("kmsg", number " Error 0, type: " sev)
	add("kmsg", number "  section_type: memory error")
	add("kmsg", number "  physical_address: 0x" addr)
}
function page(addr) { return substr(addr, 1, length(addr) - 3) }
function poison(addr) {
	add("kmsg", "Memory failure: 0x" page(addr) ": recovery action for dirty LRU page: Recovered")
	add("trace", "               a-1       [000] .....     1.000000: memory_failure_event: pfn 0x" page(addr) \
		": recovery action for dirty LRU page: Recovered")
}
function edac(mc, addr) {
	add("kmsg", "EDAC MC" mc ": 1 CE memory read error on A1 (channel:0 slot:0 page:0x" page(addr) \
		" offset:0x" substr(addr, length(addr) - 2) " grain:32 syndrome:0x0)")
	add("trace", "               a-1       [000] .....     1.000000: mc_event: 1 Corrected error: memory read error on A1 (mc:" mc \
		" location:0:0:-1 address:0x" addr " grain:32 syndrome:0x0)")
}
function tell(i,   kind, addr, cpu) {
	kind = i % 5
	# Neighbours of one page, of one CPU and bank, or with one status: all but the address agree.
	addr = sprintf("%x%03x", 74565 + int(i / 2), i % 2 * 64)
	cpu = i % 3
	if (kind == 0) {	# uncorrected, found by the scrubber
		mce(cpu, 13, "bd000000000000c0", addr, 5)
		event(cpu, 13, "bd000000000000c0", addr, 5)
		if (i % 2 == 0) poison(addr)
	} else if (kind == 1) {	# corrected, decoded by EDAC
		mce(cpu, 13, "9c00004001010090", addr, 0)
		event(cpu, 13, "9c00004001010090", addr, 0)
		edac(0, addr)
	} else if (kind == 2) {	# firmware first, and the machine check made of it
		apei(i + 1, "corrected", addr)
		mce(0, 255, "9c0000000000009f", addr, 0)
		event(0, 255, "9c0000000000009f", addr, 0)
	} else if (kind == 3) {	# a bank has it, and firmware tells of it as well
		mce(cpu, 14, "9c00004001010091", addr, 0)
		apei(i + 1, "corrected", addr)
		mce(0, 255, "9c0000000000009f", addr, 0)
		event(cpu, 14, "9c00004001010091", addr, 0)
		event(0, 255, "9c0000000000009f", addr, 0)
	} else {		# EDAC alone
		edac(1, addr)
	}
}
# The next line of SOURCE, a tenth of a second behind the other source's of that error.
function put(source,   line) {
	line = text[source, ++done[source]]
	gsub(/ /, "\\x20", line)
	gsub(/\t/, "\\x09", line)
	printf "raw t=2020-09-13T12:26:40.%d00000000Z src=%s text=%s\n", 1 + (source == "trace"), source, line
}
BEGIN {
	srand(seed)
	for (i = 0; i < count; i++) {
		tell(i)
		# Some of what is there is read now, the rest when more has come.
		left = i % 4 == 3 || i == count - 1 ? 0 : 1
		while ((kmsg = n["kmsg"] - done["kmsg"]) + (trace = n["trace"] - done["trace"]) > 0) {
			if (left && rand() < 0.1) break
			put(rand() * (kmsg + trace) < kmsg ? "kmsg" : "trace")
		}
	}
}

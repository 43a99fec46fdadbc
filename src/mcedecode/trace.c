/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace - lines of tracefs: "comm-pid [cpu] flags time: event: text".  What each event
 * prints is in include/trace/events/mce.h and include/ras/ras_event.h of the kernel.
 */
#include "aer.h"
#include "mca.h"
#include "poison.h"
#include "tables.h"

struct part {
	const char *name;
	uint8_t field, dec;
};

/* mce_record: until 6.10 three registers share a name; later each has its own. */
static const struct part parts[] = {
	{"CPU: ", E_CPU, 1},
	{"IPID: ", E_IPID, 0},
	{"ADDR: ", E_ADDR_REG, 0},
	{"MISC: ", E_MISC, 0},
	{"SYND: ", E_SYND, 0},
	{"TSC: ", E_TSC, 0},
	{"PPIN: ", E_PPIN, 0},
	{"vendor: ", E_VENDOR, 1},
	{"CPUID: ", E_CPUID, 0},
	{"TIME: ", E_T, 1},
	{"time: ", E_T, 1},
	{"SOCKET: ", E_SOCKET, 1},
	{"socket: ", E_SOCKET, 1},
	{"APIC: ", E_APIC, 0},
	{"microcode: ", E_MICROCODE, 0},
};

static bool put_part(struct scan *s, struct err *err)
{
	for (size_t i = 0; i < ROWS(parts); i++) {
		uint64_t n;

		if (!scan_bytes(s, parts[i].name, strlen(parts[i].name)))
			continue;
		if (parts[i].dec ? !scan_dec(s, &n) : !scan_hex(s, &n))
			return false;
		err_set(err, (enum err_field)parts[i].field, n);
		return true;
	}
	return false;
}

static bool put_mcg(struct scan *s, struct err *err)
{
	uint64_t cap, status;

	if (!scan_hex(s, &cap) || !SCAN(s, "/") || !scan_hex(s, &status))
		return false;
	if (cap)
		err_set(err, E_MCGCAP, cap);
	err_set(err, E_MCGSTATUS, status);
	return true;
}

/* "MC13: 8c00004200800090"; -1 is a bank that somebody made up. */
static bool put_bank(struct scan *s, struct err *err)
{
	uint64_t bank, status;

	if (SCAN(s, "-1"))
		bank = 255;
	else if (!scan_dec(s, &bank) || bank > 255)
		return false;
	if (!SCAN(s, ": ") || !scan_hex(s, &status))
		return false;
	err_set(err, E_BANK, bank);
	err_set(err, E_STATUS, status);
	return true;
}

static bool put_three(struct scan *s, struct err *err)
{
	static const enum err_field fields[] = {E_ADDR_REG, E_MISC, E_SYND};
	uint64_t n;

	for (size_t i = 0; i < ROWS(fields); i++) {
		if ((i && !SCAN(s, "/")) || !scan_hex(s, &n))
			return false;
		err_set(err, fields[i], n);
	}
	return true;
}

static bool put_rip(struct scan *s, struct err *err)
{
	uint64_t cs, ip;

	if (!scan_hex(s, &cs) || !SCAN(s, ":<") || !scan_hex(s, &ip) || !SCAN(s, ">"))
		return false;
	err_set(err, E_CS, cs);
	err_set(err, E_IP, ip);
	return true;
}

static bool put_processor(struct scan *s, struct err *err)
{
	uint64_t vendor, cpuid;

	if (!scan_dec(s, &vendor) || !SCAN(s, ":") || !scan_hex(s, &cpuid))
		return false;
	err_set(err, E_VENDOR, vendor);
	err_set(err, E_CPUID, cpuid);
	return true;
}

/*
 * "vendor data: {0x50,0x30,...}": the bytes of AMD's two further syndrome registers, or in
 * another print the registers themselves, which have more digits.
 */
static bool put_vendor_data(struct scan *s, struct err *err)
{
	static const enum err_field fields[] = {E_SYND1, E_SYND2};
	uint64_t n, regs[2] = {0, 0};
	unsigned int count = 0;
	bool bytes = true;

	for (SCAN(s, "{"); scan_hex(s, &n); SCAN(s, ",")) {
		bytes = bytes && n <= 255;
		if (bytes && count < 16)
			regs[count / 8] |= n << count % 8 * 8;
		else if (!bytes && count < 2)
			regs[count] = n;
		count++;
	}
	for (size_t i = 0; i < ROWS(fields) && count; i++)
		err_set(err, fields[i], regs[i]);
	s->p = s->end;
	return true;
}

static const struct {
	const char *name;
	bool (*put)(struct scan *s, struct err *err);
} specials[] = {{"MCGc/s: ", put_mcg}, {"MC", put_bank}, {"ADDR/MISC/SYND: ", put_three},
	{"RIP: ", put_rip}, {"PROCESSOR: ", put_processor}, {"vendor data: ", put_vendor_data}};

static bool put_any(struct scan *s, struct err *err)
{
	for (size_t i = 0; i < ROWS(specials); i++)
		if (scan_bytes(s, specials[i].name, strlen(specials[i].name)))
			return specials[i].put(s, err);
	return put_part(s, err);
}

/* The event has all registers, those that hold nothing as 0. */
static void drop_empty(struct err *err)
{
	static const struct {
		enum err_field field;
		uint64_t valid;
	} fields[] = {{E_ADDR_REG, STATUS_ADDRV}, {E_MISC, STATUS_MISCV}, {E_SYND, 0}, {E_IPID, 0},
		{E_PPIN, 0}, {E_TSC, 0}, {E_T, 0}, {E_MICROCODE, 0}};
	uint64_t status = reg(err, E_STATUS);

	for (size_t i = 0; i < ROWS(fields); i++)
		if (reg(err, fields[i].field) == 0 && !(status & fields[i].valid))
			err_drop(err, fields[i].field);
	if (reg(err, E_IP) == 0 && reg(err, E_CS) == 0) {
		err_drop(err, E_IP);
		err_drop(err, E_CS);
	}
}

static bool read_mce(struct scan *s)
{
	static struct err err;

	err_clear(&err);
	err_word(&err, E_SRC, "mce_record");
	err.t_nsec = 0;
	while (put_any(s, &err))
		if (!SCAN(s, ", ") && s->p == s->end)
			break;
	if (s->p != s->end || !err_has(&err, E_STATUS) || !err_has(&err, E_CPUID)) {
		out_bad(line_now.number, "not a whole mce_record");
		return true;
	}
	drop_empty(&err);
	line_time(&err);
	mca_decode(&err);
	out_err(&err);
	return true;
}

/* "pfn 0x12345: recovery action for free buddy page: Recovered" */
static bool read_memory_failure(struct scan *s)
{
	uint64_t pfn;

	if (SCAN(s, "pfn ") && scan_hex(s, &pfn) && SCAN(s, ": ") &&
		poison_recovery(s, pfn, "memory_failure_event"))
		return true;
	out_bad(line_now.number, "not a memory_failure_event");
	return true;
}

/* "0000:00:1c.5 PCIe Bus Error: severity=Corrected, RxErr|BadTLP, TLP Header=..." */
static bool read_aer(struct scan *s)
{
	struct err err;
	const char *bdf, *names;
	size_t len;
	enum sev sev;

	err_clear(&err);
	if (!scan_word(s, &bdf, &len) || !SCAN(s, " PCIe Bus Error: severity=") ||
		!aer_severity(s, &sev)) {
		out_bad(line_now.number, "not an aer_event");
		return true;
	}
	err_word(&err, E_SRC, "aer_event");
	err_set(&err, E_SEV, sev);
	err_set(&err, E_CLASS, CLASS_PCIE);
	err_text(&err, E_BDF, bdf, len);
	if (SCAN(s, ", ") && scan_until(s, ',', &names, &len))
		err_text(&err, E_NAME, names, len);
	line_time(&err);
	err_advise(&err);
	out_err(&err);
	return true;
}

/* --- mc_event: "1 Corrected error: memory read error on LABEL (mc:0 location:0:1:-1 ...)" --- */

static bool put_location(struct scan *s, struct err *err)
{
	/* What the layers are the event does not say: with two, channel and slot are usual. */
	static const enum err_field layers[] = {E_CHANNEL, E_SLOT};
	uint64_t n;

	for (size_t i = 0; i < 3; i++) {
		if (i && !SCAN(s, ":"))
			return false;
		if (SCAN(s, "-1"))
			continue;
		if (!scan_dec(s, &n))
			return false;
		if (i < ROWS(layers))
			err_set(err, layers[i], n);
	}
	return true;
}

static bool put_mc_details(struct scan *s, struct err *err)
{
	uint64_t mc, address, grain, syndrome;

	if (!scan_dec(s, &mc) || !SCAN(s, " location:") || !put_location(s, err) ||
		!SCAN(s, " address:") || !scan_hex(s, &address) || !SCAN(s, " grain:") ||
		!scan_dec(s, &grain) || !SCAN(s, " syndrome:") || !scan_hex(s, &syndrome))
		return false;
	err_set(err, E_MC, mc);
	if (syndrome)
		err_set(err, E_SYNDROME, syndrome);
	if (address && grain && !(grain & (grain - 1)) && grain <= 1 << 30) {
		err_set(err, E_ADDR, address & ~(grain - 1));
		err_set(err, E_SIZE, grain);
	}
	return true;
}

static bool mc_severity(struct scan *s, enum sev *sev)
{
	static const struct {
		const char *text;
		enum sev sev;
	} rows[] = {{" Corrected error", SEV_CORRECTED}, {" Uncorrected error", SEV_UNCORRECTED},
		{" Deferred error", SEV_DEFERRED}, {" Fatal error", SEV_FATAL},
		{" Info error", SEV_INFO}};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (scan_bytes(s, rows[i].text, strlen(rows[i].text))) {
			*sev = rows[i].sev;
			return true;
		}
	return false;
}

static bool read_mc(struct scan *s)
{
	struct err err;
	struct scan label;
	uint64_t count;
	enum sev sev;

	err_clear(&err);
	if (!scan_dec(s, &count) || !mc_severity(s, &sev))
		goto bad;
	err_word(&err, E_SRC, "mc_event");
	err_set(&err, E_SEV, sev);
	err_set(&err, E_CLASS, CLASS_MEMORY);
	err_set(&err, E_COUNT, count);
	if (!SCAN_TO(s, " on "))
		goto bad;
	label = *s;
	if (!SCAN_TO(s, " (mc:"))
		goto bad;
	err_text(&err, E_DIMM, label.p, (size_t)(s->p - 5 - label.p));
	if (!put_mc_details(s, &err))
		goto bad;
	err_source(&err, SOURCE_EDAC);
	line_time(&err);
	err_advise(&err);
	out_err(&err);
	return true;
bad:
	out_bad(line_now.number, "not an mc_event");
	return true;
}

/* "sig=7 errno=0 code=4 comm=qemu pid=147 grp=0 res=0": of SIGBUS those about memory errors */
static bool read_signal(struct scan *s)
{
	enum { CODE_AR = 4, CODE_AO = 5 };
	struct err err;
	struct scan comm;
	uint64_t code, pid;

	if (!SCAN(s, "sig=7 ") || !SCAN_TO(s, "code=") || !scan_dec(s, &code) ||
		(code != CODE_AR && code != CODE_AO) || !SCAN(s, " comm="))
		return false;
	comm = *s;
	if (!SCAN_TO(s, " pid=") || !scan_dec(s, &pid)) {
		out_bad(line_now.number, "not a signal_generate event");
		return true;
	}
	comm.end = memmem(comm.p, (size_t)(s->p - comm.p), " pid=", 5);
	err_clear(&err);
	err_word(&err, E_SRC, "signal_generate");
	err_set(&err, E_SEV, SEV_INFO);
	err_set(&err, E_CLASS, CLASS_SIGNAL);
	err_set(&err, E_PID, pid);
	err_text(&err, E_COMM, comm.p, scan_left(&comm));
	err_word(&err, E_SI, code == CODE_AR ? "mceerr_ar" : "mceerr_ao");
	line_time(&err);
	err_advise(&err);
	out_err(&err);
	return true;
}

static const struct {
	const char *mark;
	bool (*read)(struct scan *s);
} events[] = {{" mce_record: ", read_mce}, {" memory_failure_event: ", read_memory_failure},
	{" aer_event: ", read_aer}, {" mc_event: ", read_mc}, {" signal_generate: ", read_signal}};

bool trace_line(const char *text, size_t len)
{
	/* Other lines are told by how events end their names. */
	if (!memmem(text, len, "_event: ", 8) && !memmem(text, len, "mce_record: ", 12) &&
		!memmem(text, len, "signal_generate: ", 17))
		return false;
	for (size_t i = 0; i < ROWS(events); i++) {
		struct scan s = {text, text + len};

		if (!scan_to_bytes(&s, events[i].mark, strlen(events[i].mark)))
			continue;
		while (s.end > s.p && s.end[-1] == ' ')
			s.end--;
		return events[i].read(&s);
	}
	return false;
}

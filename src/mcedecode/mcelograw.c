/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mcelograw.h"
#include "formats.h"
#include "mca.h"
#include "tables.h"

static struct {
	bool open;
	uint64_t line;
	struct err err;
} raw;

static const struct {
	const char *name;
	enum err_field first, second; /* with a colon between them */
} registers[] = {
	{"BANK ", E_BANK, ERR_FIELDS},
	{"TSC ", E_TSC, ERR_FIELDS},
	{"RIP ", E_CS, E_IP},
	{"MISC ", E_MISC, ERR_FIELDS},
	{"ADDR ", E_ADDR_REG, ERR_FIELDS},
	{"STATUS ", E_STATUS, ERR_FIELDS},
	{"MCGSTATUS ", E_MCGSTATUS, ERR_FIELDS},
	{"PROCESSOR ", E_VENDOR, E_CPUID},
	{"TIME ", E_T, ERR_FIELDS},
	{"SOCKETID ", E_SOCKET, ERR_FIELDS},
	{"APICID ", E_APIC, ERR_FIELDS},
	{"MCGCAP ", E_MCGCAP, ERR_FIELDS},
};

/* Registers that hold nothing are printed as well. */
static void drop_empty(struct err *err)
{
	static const enum err_field fields[] = {E_TSC, E_T, E_MCGCAP};
	uint64_t status = reg(err, E_STATUS);

	for (size_t i = 0; i < ROWS(fields); i++)
		if (reg(err, fields[i]) == 0)
			err_drop(err, fields[i]);
	if (!(status & STATUS_MISCV) && reg(err, E_MISC) == 0)
		err_drop(err, E_MISC);
	if (!(status & STATUS_ADDRV) && reg(err, E_ADDR_REG) == 0)
		err_drop(err, E_ADDR_REG);
	if (reg(err, E_IP) == 0 && reg(err, E_CS) == 0) {
		err_drop(err, E_IP);
		err_drop(err, E_CS);
	}
}

void mcelograw_flush(void)
{
	if (!raw.open)
		return;
	raw.open = false;
	/* Without a bank it was but a line that looked like the first. */
	if (!err_has(&raw.err, E_BANK))
		return;
	if (!err_has(&raw.err, E_STATUS)) {
		out_bad(raw.line, "mcelog's machine check has no status");
		return;
	}
	drop_empty(&raw.err);
	err_word(&raw.err, E_SRC, "mcelog");
	mca_decode(&raw.err);
	out_err(&raw.err);
}

/* "CPU 4", and nothing behind it */
static bool begin(struct scan s)
{
	uint64_t cpu;

	if (!SCAN(&s, "CPU ") || !scan_dec(&s, &cpu) || s.p != s.end)
		return false;
	mcelograw_flush();
	raw.open = true;
	raw.line = line_now.number;
	err_clear(&raw.err);
	raw.err.t_nsec = 0;
	err_set(&raw.err, E_CPU, cpu);
	return true;
}

static bool put_register(struct scan s)
{
	uint64_t first, second = 0;

	for (size_t i = 0; i < ROWS(registers); i++) {
		bool pair = registers[i].second != ERR_FIELDS;

		if (!scan_bytes(&s, registers[i].name, strlen(registers[i].name)))
			continue;
		/* Some versions print this one without 0x. */
		bool hex = registers[i].first == E_MCGCAP;

		if ((hex ? !scan_hex(&s, &first) : !scan_number(&s, &first)) ||
			(pair && (!SCAN(&s, ":") || !scan_number(&s, &second))) || s.p != s.end)
			return false;
		err_set(&raw.err, registers[i].first, first);
		if (pair)
			err_set(&raw.err, registers[i].second, second);
		return true;
	}
	return false;
}

bool mcelograw_line(const char *text, size_t len)
{
	struct scan s = {text, text + len};

	if (len && text[0] == 'C' && begin(s))
		return true;
	if (!raw.open)
		return false;
	if (put_register(s))
		return true;
	mcelograw_flush();
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rasdaemon - machine checks as rasdaemon and ras-mc-ctl --errors print them: prose, then
 * "status=0x..., addr=0x..., ..." over one line, or over several where it was wrapped.
 */
#include "formats.h"
#include "mca.h"
#include "prefix.h"
#include "rasevent.h"
#include "raslist.h"
#include "tables.h"

#include "ras_cpu.inc"

enum { TEXT_MAX = 4096 };

static struct {
	bool open;
	bool listed; /* by ras-mc-ctl */
	uint64_t line;
	bool has_t;
	uint64_t t;
	uint32_t t_nsec;
	size_t len;
	char text[TEXT_MAX];
} ras;

/* Numbers with 0x are hexadecimal anyway, and in ras-mc-ctl's lists all of those are. */
static const struct {
	const char *name;
	enum err_field field;
	bool hex; /* without it, too */
} names[] = {
	{"mcgcap", E_MCGCAP, true},
	{"mcgstatus", E_MCGSTATUS, true},
	{"status", E_STATUS, true},
	{"addr", E_ADDR_REG, true},
	{"misc", E_MISC, true},
	{"ip", E_IP, true},
	{"tsc", E_TSC, true},
	{"walltime", E_T, false},
	{"cpu", E_CPU, false},
	{"cpuid", E_CPUID, true},
	{"apicid", E_APIC, true},
	{"socketid", E_SOCKET, false},
	{"cs", E_CS, true},
	{"bank", E_BANK, true},
	{"cpuvendor", E_VENDOR, false},
	{"synd", E_SYND, true},
	{"ipid", E_IPID, true},
	{"ppin", E_PPIN, true},
	{"microcode", E_MICROCODE, true},
	{"CPU", E_CPU, false},
};

/* "cpu_type= Sandy Bridge EP, cpu= 0": the stepping is never told. */
static void put_cpu_type(struct err *err, struct scan s)
{
	const char *name;
	size_t len;

	scan_blanks(&s);
	scan_until(&s, ',', &name, &len);
	for (size_t i = 0; i < ROWS(ras_cpu_rows); i++) {
		const struct ras_cpu_row *row = &ras_cpu_rows[i];

		if (!scan_is(name, len, row->name))
			continue;
		err_set(err, E_VENDOR, row->vendor);
		if (!row->cpuid)
			return;
		err_set(err, E_CPUID, row->cpuid);
		err_flag(err, FLAG_NO_STEPPING);
	}
}

/* "name=" or "name= " before a number; of AMD's banks "Load Store Unit (bank=10)", a decimal. */
static void put_pair(struct err *err, const char *name, size_t len, struct scan *s)
{
	bool inside = name > ras.text && name[-1] == '(';
	uint64_t n;

	if (scan_is(name, len, "cpu_type"))
		put_cpu_type(err, *s);
	for (size_t i = 0; i < ROWS(names); i++) {
		struct scan copy = *s;

		if (!scan_is(name, len, names[i].name))
			continue;
		scan_blanks(&copy);
		if (names[i].hex && !inside ? scan_hex(&copy, &n) : scan_number(&copy, &n)) {
			err_set(err, names[i].field, n);
			*s = copy;
		}
		return;
	}
}

static void read_pairs(struct err *err)
{
	struct scan s = {ras.text, ras.text + ras.len};

	for (;;) {
		const char *equals = memchr(s.p, '=', scan_left(&s)), *name = equals;

		if (!equals)
			return;
		while (name > s.p &&
			((name[-1] >= 'a' && name[-1] <= 'z') ||
				(name[-1] >= 'A' && name[-1] <= 'Z') || name[-1] == '_'))
			name--;
		s.p = equals + 1;
		put_pair(err, name, (size_t)(equals - name), &s);
	}
}

void rasdaemon_flush(void)
{
	static struct err err;

	if (!ras.open)
		return;
	ras.open = false;
	err_clear(&err);
	read_pairs(&err);
	if (!err_has(&err, E_STATUS) || !(err.value[E_STATUS].n >> 63)) {
		out_bad(ras.line, "rasdaemon's machine check has no status");
		return;
	}
	err_word(&err, E_SRC, "rasdaemon");
	/* Registers that hold 0 are left out of lists. */
	if (!err_has(&err, E_BANK) && ras.listed)
		err_set(&err, E_BANK, 0);
	err.t_nsec = 0;
	if (!err_has(&err, E_T) && ras.has_t) {
		err_set(&err, E_T, ras.t);
		err.t_nsec = ras.t_nsec;
	}
	mca_decode(&err);
	out_err(&err);
}

static void append(const char *text, size_t len)
{
	size_t room = sizeof(ras.text) - ras.len;

	if (room && ras.len) {
		ras.text[ras.len++] = ' ';
		room--;
	}
	if (len > room)
		len = room;
	memcpy(ras.text + ras.len, text, len);
	ras.len += len;
}

static void begin(bool listed)
{
	rasdaemon_flush();
	ras.open = true;
	ras.listed = listed;
	ras.line = line_now.number;
	ras.has_t = line_now.has_t;
	ras.t = line_now.t;
	ras.t_nsec = line_now.t_nsec;
	ras.len = 0;
}

/* "112 2023-05-31 10:06:19 -0400 ": an entry of a list; S is then behind it. */
static bool take_stamp(struct scan *s)
{
	struct scan copy = *s;
	uint64_t id, t;
	uint32_t nsec;
	const char *word;
	size_t len;

	if (!scan_dec(&copy, &id) || !SCAN(&copy, " ") ||
		!prefix_time(copy.p, scan_left(&copy), &t, &nsec))
		return false;
	for (int i = 0; i < 3; i++)
		if (!scan_word(&copy, &word, &len) || !SCAN(&copy, " "))
			return false;
	line_now.has_t = true;
	line_now.t = t;
	line_now.t_nsec = nsec;
	*s = copy;
	return true;
}

/*
 * Registers are what an entry ends with, and a comma stands behind each but the last: where lines
 * were wrapped, too.
 */
static void close_if_whole(void)
{
	size_t len = ras.len;

	while (len && ras.text[len - 1] == ' ')
		len--;
	if (len == sizeof(ras.text) ||
		(memmem(ras.text, len, " status=", 8) && ras.text[len - 1] != ','))
		rasdaemon_flush();
}

static bool has_registers(const char *text, size_t len)
{
	return memmem(text, len, "mcgstatus=", 10) && memmem(text, len, "status=", 7);
}

void rasdaemon_mce(const struct scan *s)
{
	begin(false);
	append(s->p, scan_left(s));
	rasdaemon_flush();
}

bool rasdaemon_line(const char *text, size_t len)
{
	struct scan s = {text, text + len};

	if (len && text[0] >= '0' && text[0] <= '9' && take_stamp(&s)) {
		rasdaemon_flush();
		if (raslist_line(s))
			return true;
		/* Machine checks are the only ones that people wrap over several lines. */
		if (!memmem(s.p, scan_left(&s), "error: ", 7))
			return false;
		begin(true);
		append(text, len);
		close_if_whole();
		return true;
	}
	if (ras.open) {
		if (len == 0)
			rasdaemon_flush();
		return len == 0;
	}
	/* rasdaemon itself, in one line */
	if (!memchr(text, '=', len) || !has_registers(text, len))
		return false;
	rasdaemon_mce(&s);
	return true;
}

void rasdaemon_more(const char *text, size_t len)
{
	if (!ras.open)
		return;
	append(text, len);
	close_if_whole();
}

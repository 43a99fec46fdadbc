/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * amdtext - what the kernel's decoder of AMD machine checks prints (drivers/edac/mce_amd.c),
 * over several lines.  Only its registers are believed: words and the order of flags changed from
 * kernel to kernel, and pagers cut lines.
 */
#include "formats.h"
#include "mca.h"

static struct {
	bool open;
	bool complete; /* its last line came; held because it may be another's */
	bool suspect;  /* the one before was cut short by this one's head */
	bool mixed;    /* lines of another are among these */
	bool has_node; /* a line before the head named the node of the error to come */
	uint64_t node;
	uint64_t line;
	struct err err;
} amd;

static void close_amd(bool whole)
{
	static const enum err_field details[] = {
		E_ADDR_REG, E_IPID, E_SYND, E_SYND1, E_SYND2, E_PPIN};

	if (!amd.open)
		return;
	amd.open = false;
	if (amd.mixed) {
		for (size_t i = 0; i < sizeof(details) / sizeof(*details); i++)
			err_drop(&amd.err, details[i]);
		err_flag(&amd.err, FLAG_INTERLEAVED);
		out_bad(amd.line, "block is mixed with another");
	} else if (!whole) {
		err_flag(&amd.err, FLAG_TRUNCATED);
		out_bad(amd.line, "block is cut short");
	}
	mca_decode(&amd.err);
	out_err(&amd.err);
}

void amd_flush(void)
{
	close_amd(amd.complete);
}

/* "(19:21:0) ": family, model and stepping, which kernels before 3.9 do not print. */
static bool read_cpuid(struct scan *s, bool *known, uint32_t *cpuid)
{
	uint64_t family, model, step;

	scan_blanks(s);
	*known = SCAN(s, "(");
	if (!*known)
		return true;
	if (!scan_hex(s, &family) || !SCAN(s, ":") || !scan_hex(s, &model) || !SCAN(s, ":") ||
		!scan_hex(s, &step) || !SCAN(s, ") ") || family < 15 || family > 270 ||
		model > 255 || step > 15)
		return false;
	*cpuid = mca_signature((unsigned int)family, (unsigned int)model, (unsigned int)step);
	return true;
}

static void begin(bool known, uint32_t cpuid)
{
	amd.suspect = amd.open && !amd.complete;
	amd_flush();
	err_clear(&amd.err);
	amd.open = true;
	amd.complete = amd.mixed = false;
	amd.line = line_now.number;
	err_word(&amd.err, E_SRC, "amd");
	line_time(&amd.err);
	if (amd.has_node)
		err_set(&amd.err, E_NODE, amd.node);
	amd.has_node = false;
	err_set(&amd.err, E_VENDOR, known && cpuid >> 20 == 0x18 - 0xf ? VENDOR_HYGON : VENDOR_AMD);
	if (known)
		err_set(&amd.err, E_CPUID, cpuid);
}

/* "CPU:21 (19:21:0) MC5_STATUS[-|UE|...]: 0xbea0000000000108" */
static bool read_head(struct scan *s)
{
	uint64_t cpu, bank, status;
	uint32_t cpuid = 0;
	bool known;
	const char *digits;

	if (!SCAN(s, "CPU:"))
		return false;
	if (!scan_dec(s, &cpu) || !read_cpuid(s, &known, &cpuid) || !SCAN(s, "MC") ||
		!scan_dec(s, &bank) || bank > 255 || !SCAN(s, "_STATUS[") || !SCAN_TO(s, "]: 0x")) {
		out_bad(line_now.number, "not an AMD status");
		return true;
	}
	digits = s->p;
	if (!scan_hex(s, &status) || s->p - digits != 16) {
		out_bad(line_now.number, "not an AMD status");
		return true;
	}
	begin(known, cpuid);
	err_set(&amd.err, E_CPU, cpu);
	err_set(&amd.err, E_BANK, bank);
	err_set(&amd.err, E_STATUS, status);
	return true;
}

/* "Northbridge Error (node 0): DRAM ECC error detected on the NB", behind the status: before 3.7 */
static bool read_northbridge(struct scan *s)
{
	uint64_t node;

	if (!SCAN(s, "Northbridge Error (node ") || !scan_dec(s, &node))
		return false;
	if (amd.open && !amd.complete)
		err_set(&amd.err, E_NODE, node);
	return true;
}

/* "MC4 Error (node 1): DRAM ECC error detected on the NB." */
static bool read_node(struct scan *s)
{
	uint64_t bank;

	if (!SCAN(s, "MC") || !scan_dec(s, &bank))
		return false;
	if (SCAN(s, " Error (node ") && scan_dec(s, &amd.node)) {
		amd_flush();
		amd.has_node = true;
		return true;
	}
	return SCAN(s, " Error: ");
}

static bool put(struct scan *s, enum err_field field)
{
	uint64_t n;

	scan_blanks(s);
	if (!amd.open) {
		out_bad(line_now.number, "registers of no machine check");
	} else if (!scan_hex(s, &n)) {
		out_bad(line_now.number, "not a register's value");
	} else if (err_has(&amd.err, field) || amd.complete) {
		amd.mixed = true;
	} else {
		err_set(&amd.err, field, n);
	}
	return true;
}

/* "MC4_ADDR: 0x...", "MC4 Error Address: 0x...", of older kernels */
static bool read_old_address(struct scan *s)
{
	struct scan copy = *s;
	uint64_t bank;

	if (!SCAN(&copy, "MC") || !scan_dec(&copy, &bank) ||
		!(SCAN(&copy, "_ADDR:") || SCAN(&copy, " Error Address:")))
		return false;
	return put(&copy, E_ADDR_REG);
}

/* "FRU Text: P0_DIMM_A1": the two registers that the kernel made the text of. */
static bool read_fru(struct scan *s)
{
	uint64_t synd[2] = {0, 0};
	size_t len = scan_left(s);

	if (!amd.open) {
		out_bad(line_now.number, "registers of no machine check");
		return true;
	}
	if (amd.complete || err_has(&amd.err, E_SYND1)) {
		amd.mixed = true;
		return true;
	}
	memcpy(synd, s->p, len < sizeof(synd) ? len : sizeof(synd));
	err_set(&amd.err, E_SYND1, le64toh(synd[0]));
	err_set(&amd.err, E_SYND2, le64toh(synd[1]));
	return true;
}

static bool read_detail(struct scan *s)
{
	if (SCAN(s, "Error Addr: ") || SCAN(s, "Error Address: "))
		return put(s, E_ADDR_REG);
	if (SCAN(s, "PPIN: "))
		return put(s, E_PPIN);
	if (SCAN(s, "IPID: ")) {
		put(s, E_IPID);
		if (SCAN(s, ", Syndrome: "))
			put(s, E_SYND);
		return true;
	}
	if (SCAN(s, "Syndrome: "))
		return put(s, E_SYND);
	if (SCAN(s, "FRU Text: "))
		return read_fru(s);
	return read_old_address(s);
}

/* The decoder's last line is always that of the architectural code. */
static bool is_last(struct scan *s)
{
	return SCAN(s, "cache level: ") || SCAN(s, "Internal '");
}

bool amd_line(struct scan *s)
{
	struct scan copy = *s;

	scan_blanks(&copy);
	*s = copy;
	if (read_head(s) || read_northbridge(s) || read_detail(s))
		return true;
	if (is_last(s)) {
		amd.mixed |= amd.complete;
		amd.complete = true;
		if (!amd.suspect)
			amd_flush();
		return true;
	}
	return read_node(&copy);
}

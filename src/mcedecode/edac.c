/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * edac - errors as the EDAC core prints them (drivers/edac/edac_mc.c), of kernels old and new,
 * and the registers that some drivers print in front (block.c).
 */
#include "edac_pair.h"
#include "mca.h"
#include "tables.h"

/* Of no page the core prints page 0. */
static void put_address(struct err *err, const struct edac_details *d)
{
	uint64_t grain = d->grain && d->grain <= UINT64_C(1) << 30 ? d->grain : 8;

	if (!d->key.page || d->key.page > UINT64_MAX >> 12 || d->offset > 4095 ||
		grain & (grain - 1))
		return;
	err_set(err, E_ADDR, (d->key.page << 12 | d->offset) & ~(grain - 1));
	err_set(err, E_SIZE, grain);
}

static const struct {
	const char *text, *op;
} ops[] = {
	{"read", "read"}, {"write", "write"}, {"scrub", "scrub"}, {"addr/cmd", "address-command"}};

static void put_op(struct err *err, const char *message, size_t len)
{
	for (size_t i = 0; i < ROWS(ops); i++)
		if (memmem(message, len, ops[i].text, strlen(ops[i].text))) {
			err_word(err, E_OP, ops[i].op);
			return;
		}
}

static void begin(struct err *err, uint64_t mc, bool corrected)
{
	err_clear(err);
	err_word(err, E_SRC, "edac");
	err_set(err, E_SEV, corrected ? SEV_CORRECTED : SEV_UNCORRECTED);
	err_set(err, E_CLASS, CLASS_MEMORY);
	err_set(err, E_MC, mc);
	err_source(err, SOURCE_EDAC);
	line_time(err);
}

/*
 * The driver printed the registers before: then they and this line are one report.
 * EDAC's channel comes from decoding the address, the code's is kept beside it.
 */
static void join_registers(struct err *err, const struct edac_key *key)
{
	static const enum err_field mine[] = {
		E_MC, E_SLOT, E_CSROW, E_RANK, E_ROW, E_COL, E_DRAM_BANK, E_BANK_GROUP, E_COUNT};
	static const enum err_field texts[] = {E_DIMM, E_EDAC_CODE};
	static struct err regs;

	if (!block_take_edac(key, &regs))
		return;
	if (err_has(err, E_CHANNEL)) {
		if (err_has(&regs, E_CHANNEL))
			err_set(&regs, E_CHANNEL_MCA, regs.value[E_CHANNEL].n);
		err_set(&regs, E_CHANNEL, err->value[E_CHANNEL].n);
	}
	for (size_t i = 0; i < ROWS(mine); i++)
		if (err_has(err, mine[i]))
			err_set(&regs, mine[i], err->value[mine[i]].n);
	for (size_t i = 0; i < ROWS(texts); i++)
		if (err_has(err, texts[i]))
			err_text(&regs, texts[i], err->text + err->value[texts[i]].text.start,
				err->value[texts[i]].text.len);
	if (!err_has(&regs, E_ADDR) && err_has(err, E_ADDR)) {
		err_set(&regs, E_ADDR, err->value[E_ADDR].n);
		err_set(&regs, E_SIZE, err->value[E_SIZE].n);
	}
	err_source(&regs, SOURCE_EDAC);
	*err = regs;
}

/*
 * "channel:2 ", "node:0 ", " page:0x0 " where nothing else is known, or the label once more where
 * firmware knows nothing else (edac_mc.c, ghes_edac.c).
 */
static bool begins_location(struct scan s)
{
	const char *start;

	SCAN(&s, " ");
	if (SCAN(&s, "DIMM location:") || SCAN(&s, "DIMM DMI handle:"))
		return true;
	start = s.p;
	while (s.p < s.end && ((*s.p >= 'a' && *s.p <= 'z') || *s.p == '_'))
		s.p++;
	return s.p > start && SCAN(&s, ":") && s.p < s.end && *s.p >= '0' && *s.p <= '9';
}

/*
 * Behind the first " (" that is followed by a location: labels may hold parentheses of their own,
 * and both the location and what a driver adds to it may repeat the label.
 */
static const char *find_location(const struct scan *s)
{
	struct scan rest = *s;

	while (SCAN_TO(&rest, " ("))
		if (begins_location(rest))
			return rest.p;
	return NULL;
}

/* "4 CE memory read error on LABEL (channel:2 slot:0 page:0x0 ... grain:8 syndrome:0x0 - detail)"
 */
static bool read_new(struct scan *s, uint64_t mc)
{
	struct err err;
	struct edac_details d = {.key.mc = mc};
	uint64_t count;
	bool corrected;
	struct scan message, label;

	if (!scan_dec(s, &count))
		return false;
	corrected = SCAN(s, " CE ");
	if (!corrected && !SCAN(s, " UE "))
		return false;
	begin(&err, mc, corrected);
	err_set(&err, E_COUNT, count);

	const char *location = find_location(s);

	message = (struct scan){s->p, location ? location - 2 : s->end};
	label = message;
	if (SCAN(&label, "on ") || SCAN_TO(&label, " on "))
		err_text(&err, E_DIMM, label.p, scan_left(&label));
	message.end = label.p;
	if (location) {
		struct scan pairs = {location, s->end};

		/* The closing parenthesis would be part of the last value. */
		if (pairs.end > pairs.p && pairs.end[-1] == ')')
			pairs.end--;
		edac_pairs(&pairs, &err, &d);
	} else {
		out_bad(line_now.number, "EDAC error without a location");
	}
	put_address(&err, &d);
	join_registers(&err, &d.key);
	if (!err_has(&err, E_OP))
		put_op(&err, message.p, scan_left(&message));
	err_advise(&err);
	out_err(&err);
	return true;
}

/* "CE page 0xf075b2, offset 0x410, grain 0, syndrome 0xa082, row 6, channel 0, label "": driver" */
static bool read_old(struct scan *s, uint64_t mc)
{
	struct err err;
	struct edac_details d = {0};
	bool corrected = SCAN(s, "CE page ");
	const char *text;
	size_t len;

	if (!corrected && !SCAN(s, "UE page "))
		return false;
	begin(&err, mc, corrected);
	err_set(&err, E_COUNT, 1);
	if (!scan_hex(s, &d.key.page))
		out_bad(line_now.number, "EDAC error without a page");
	while (SCAN(s, ", ")) {
		struct scan pair;

		if (SCAN(s, "label") && SCAN_TO(s, "\"")) {
			scan_until(s, '"', &text, &len);
			if (len)
				err_text(&err, E_DIMM, text, len);
			break;
		}
		scan_until(s, ',', &text, &len);
		if (s->p < s->end)
			s->p--;
		pair = (struct scan){text, text + len};
		if (!scan_word(&pair, &text, &len))
			break;
		scan_blanks(&pair);
		/* Before there were slots, a row was one of chip selects. */
		if (scan_is(text, len, "row"))
			edac_pair(&err, &d, "csrow", 5, pair);
		else
			edac_pair(&err, &d, text, len, pair);
	}
	put_address(&err, &d);
	err_advise(&err);
	out_err(&err);
	return true;
}

/* Behind "EDAC ": "MC1: ..." of the core, "sbridge MC1: ..." of a driver. */
bool edac_line(struct scan *s)
{
	const char *driver;
	size_t len;
	uint64_t mc;
	struct scan copy = *s;

	if (SCAN(&copy, "MC") && scan_dec(&copy, &mc) && SCAN(&copy, ": ")) {
		struct scan again = copy;

		return read_new(&copy, mc) || read_old(&again, mc);
	}
	copy = *s;
	if (!scan_word(&copy, &driver, &len) || !SCAN(&copy, " MC") || !scan_dec(&copy, &mc) ||
		!SCAN(&copy, ": ") || mc > 1000)
		return false;
	/* It prints the address of its own error, which is no machine check, and the core the rest.
	 */
	if (scan_is(driver, len, "igen6"))
		return true;
	return block_line(&copy, BLOCK_EDAC, (int)mc);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mcelog - what mcelog(8) prints: registers over several lines, from "CPU 0 BANK 7" on.
 */
#include "formats.h"
#include "mca.h"
#include "tables.h"
#include "words.h"

static struct {
	bool open;
	uint64_t line; /* of the head */
	struct err err;
} block;

void mcelog_flush(void)
{
	if (!block.open)
		return;
	block.open = false;
	if (!err_has(&block.err, E_STATUS)) {
		out_bad(block.line, "block is cut short");
		return;
	}
	err_word(&block.err, E_SRC, "mcelog");
	if (reg(&block.err, E_T) == 0)
		err_drop(&block.err, E_T);
	else
		block.err.t_nsec = 0;
	line_time(&block.err);
	mca_decode(&block.err);
	out_err(&block.err);
}

static void open_block(struct scan *s)
{
	block_flush();
	mcelog_flush();
	err_clear(&block.err);
	block.open = true;
	block.line = line_now.number;
	words_read(s, &block.err);
}

/* "CPUID Vendor Intel Family 6 Model 85 Step 4": numbers of people, in decimal. */
static bool read_cpuid(struct scan *s)
{
	static const struct {
		const char *name;
		enum vendor vendor;
	} vendors[] = {{"Intel ", VENDOR_INTEL}, {"AMD ", VENDOR_AMD}, {"Hygon ", VENDOR_HYGON},
		{"Zhaoxin ", VENDOR_ZHAOXIN}, {"Centaur ", VENDOR_CENTAUR}};
	uint64_t family, model, step = 0;

	if (!SCAN(s, "CPUID Vendor "))
		return false;
	for (size_t i = 0; i < ROWS(vendors); i++)
		if (scan_bytes(s, vendors[i].name, strlen(vendors[i].name)))
			err_set(&block.err, E_VENDOR, vendors[i].vendor);
	if (!SCAN(s, "Family ") || !scan_dec(s, &family) || !SCAN(s, " Model ") ||
		!scan_dec(s, &model) || family > 270 || model > 255)
		return true;
	if (!SCAN(s, " Step ") || !scan_dec(s, &step))
		err_flag(&block.err, FLAG_NO_STEPPING);
	if (!err_has(&block.err, E_CPUID))
		err_set(&block.err, E_CPUID,
			mca_signature(
				(unsigned int)family, (unsigned int)model, (unsigned int)step));
	return true;
}

static bool starts_with_registers(const struct scan *s)
{
	struct scan copy = *s;

	return words_are_details(s) || SCAN(&copy, "TIME ") || SCAN(&copy, "STATUS ") ||
	       SCAN(&copy, "MCGCAP ");
}

/* "CPU 0 BANK 7 TSC b98e63765d2" opens one; "STATUS ..." to "CPUID ..." end it. */
bool mcelog_line(struct scan *s)
{
	struct scan copy = *s;
	uint64_t n;

	if (SCAN(&copy, "CPU ") && scan_dec(&copy, &n) && SCAN(&copy, " BANK ")) {
		open_block(s);
		return true;
	}
	if (SCAN(&copy, "Hardware event. ") || SCAN(&copy, "HARDWARE ERROR")) {
		mcelog_flush();
		return true;
	}
	if (!block.open)
		return false;
	if (read_cpuid(s)) {
		mcelog_flush();
		return true;
	}
	if (!starts_with_registers(s))
		return false;
	if (words_read(s, &block.err) & (WORDS_BAD | WORDS_TWICE))
		out_bad(line_now.number, "not one register and value after another");
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block - the registers of a machine check over several lines, as the kernel prints them
 * (arch/x86/kernel/cpu/mce/core.c), as the EDAC drivers repeat them, and as mcelog does.
 *
 * A head names CPU, bank and status; lines of register names and values follow.  The
 * lines do not say whose they are.  When blocks of two CPUs mix, what follows the heads
 * cannot be told apart: it is dropped and said so rather than given to the wrong one.
 */
#include "formats.h"
#include "mca.h"
#include "tables.h"

enum number { HEX, DEC, PROCESSOR };

/* A name before a value.  OWN_LINE: one of the names that the head's lines are made of. */
struct word {
	const char *name;
	uint8_t len, field, number;
};

#define WORD(name, field, number)                     \
	{                                             \
		name, sizeof(name) - 1, field, number \
	}

static const struct word words[] = {
	WORD("TSC", E_TSC, HEX),
	WORD("ADDR", E_ADDR_REG, HEX),
	WORD("MISC", E_MISC, HEX),
	WORD("PROCESSOR", E_CPUID, PROCESSOR),
	WORD("TIME", E_T, DEC),
	WORD("SOCKET", E_SOCKET, DEC),
	WORD("APIC", E_APIC, HEX),
	WORD("microcode", E_MICROCODE, HEX),
	WORD("PPIN", E_PPIN, HEX),
	WORD("SYND", E_SYND, HEX),
	WORD("IPID", E_IPID, HEX),
	WORD("SYND1", E_SYND1, HEX),
	WORD("SYND2", E_SYND2, HEX),
	WORD("STATUS", E_STATUS, HEX),
	WORD("MCGSTATUS", E_MCGSTATUS, HEX),
	WORD("MCGCAP", E_MCGCAP, HEX),
	WORD("APICID", E_APIC, HEX),
	WORD("SOCKETID", E_SOCKET, HEX),
	WORD("BANK", E_BANK, DEC),
	WORD("CPU", E_CPU, DEC),
};

static struct block {
	bool open;
	bool complete; /* held because it may be mixed with the one before */
	bool suspect;  /* the one before was cut short by this one's head */
	bool mixed;    /* it is known to be */
	enum block_style style;
	int mc;
	uint64_t line; /* of the head */
	struct err err;
} block;

static void forget_details(struct err *err)
{
	static const enum err_field details[] = {E_TSC, E_ADDR_REG, E_MISC, E_CPUID, E_VENDOR, E_T,
		E_SOCKET, E_APIC, E_MICROCODE, E_PPIN, E_SYND, E_IPID, E_SYND1, E_SYND2, E_IP,
		E_CS};

	for (size_t i = 0; i < ROWS(details); i++)
		err_drop(err, details[i]);
}

static bool is_whole(void)
{
	if (!err_has(&block.err, E_STATUS))
		return false;
	return block.style == BLOCK_MCELOG || err_has(&block.err, E_CPUID);
}

static void hand_over(struct err *err)
{
	static const char *const sources[] = {"mce", "edac", "mcelog"};

	err_word(err, E_SRC, sources[block.style]);
	/* The kernel leaves registers out that hold 0: here it says that the bank is reserved. */
	if (block.style == BLOCK_KERNEL && mca_is_smca(err) && !err_has(err, E_IPID))
		err_set(err, E_IPID, 0);
	if (reg(err, E_T) == 0)
		err_drop(err, E_T);
	else
		err->t_nsec = 0;
	line_time(err);
	mca_decode(err);
}

static void close_block(void)
{
	if (!block.open)
		return;
	block.open = false;
	if (block.mixed) {
		forget_details(&block.err);
		err_flag(&block.err, FLAG_INTERLEAVED);
		out_bad(block.line, "block is mixed with another");
	} else if (!is_whole()) {
		err_flag(&block.err, FLAG_TRUNCATED);
		out_bad(block.line, "block is cut short");
	}
	if (!err_has(&block.err, E_STATUS))
		return;
	hand_over(&block.err);
	out_err(&block.err);
}

void block_flush(void)
{
	close_block();
}

static void open_block(enum block_style style, int mc)
{
	bool cut = block.open && !block.complete && !is_whole();

	close_block();
	err_clear(&block.err);
	block.open = true;
	block.complete = block.mixed = false;
	block.suspect = cut && style != BLOCK_MCELOG;
	block.style = style;
	block.mc = mc;
	block.line = line_now.number;
}

bool block_take_edac(uint64_t mc, uint64_t mscod, uint64_t mcacod, bool has_code, struct err *out)
{
	uint64_t status = reg(&block.err, E_STATUS);

	if (!block.open || block.style != BLOCK_EDAC || (uint64_t)block.mc != mc || !is_whole() ||
		block.mixed)
		return false;
	if (has_code && (status & 0xffffffff) != (mscod << 16 | mcacod))
		return false;
	block.open = false;
	*out = block.err;
	hand_over(out);
	return true;
}

/* --- Lines --- */

static const struct word *find_word(const char *name, size_t len)
{
	for (size_t i = 0; i < ROWS(words); i++)
		if (words[i].len == len && words[i].name[0] == name[0] &&
			memcmp(words[i].name, name, len) == 0)
			return &words[i];
	return NULL;
}

static bool put_number(struct scan *s, const struct word *word, struct err *err)
{
	uint64_t n;

	if (word->number == PROCESSOR) {
		uint64_t vendor;

		if (!scan_dec(s, &vendor) || !SCAN(s, ":") || !scan_hex(s, &n) || vendor > 254 ||
			n > UINT32_MAX)
			return false;
		err_set(err, E_VENDOR, vendor);
	} else if (word->number == HEX ? !scan_hex(s, &n) : !scan_number(s, &n)) {
		return false;
	}
	err_set(err, (enum err_field)word->field, n);
	return true;
}

/* A second message on the same line: "... 0EDAC sbridge MC0: ADDR ...". */
static void skip_edac(struct scan *s)
{
	if (scan_left(s) > 5 && memcmp(s->p, "EDAC ", 5) == 0)
		SCAN_TO(s, ": ");
}

enum found { FOUND_NONE = 0, FOUND = 1, FOUND_BAD = 2, FOUND_TWICE = 4 };

/* Read names and values; stops at the first word that is no name. */
static unsigned int read_words(struct scan *s, struct err *err)
{
	unsigned int found = FOUND_NONE;

	for (;;) {
		const char *name;
		size_t len;

		scan_blanks(s);
		skip_edac(s);
		if (!scan_word(s, &name, &len))
			return found;

		const struct word *word = find_word(name, len);

		if (!word)
			return found;
		if (err_has(err, (enum err_field)word->field))
			found |= FOUND_TWICE;
		scan_blanks(s);
		if (!put_number(s, word, err))
			return found | FOUND_BAD;
		found |= FOUND;
	}
}

static void read_details(struct scan *s)
{
	bool had_cpuid = err_has(&block.err, E_CPUID);
	unsigned int found = read_words(s, &block.err);

	if (found & FOUND_BAD)
		out_bad(line_now.number, "not a register's value");
	if (found & FOUND_TWICE || had_cpuid || (block.complete && found & FOUND))
		block.mixed = true;
	/* A kernel that prints PROCESSOR prints TSC before it. */
	if (!had_cpuid && err_has(&block.err, E_CPUID) && block.suspect &&
		!err_has(&block.err, E_TSC))
		block.mixed = true;
	if (!err_has(&block.err, E_CPUID) || block.style != BLOCK_KERNEL)
		return;
	block.complete = true;
	if (!block.suspect && !block.mixed)
		close_block();
}

/* "RIP 10:<ffffffffac58472a> {symbol}", with "!INEXACT!" when EIPV is clear. */
static bool read_rip(struct scan *s)
{
	uint64_t cs, ip;

	if (!SCAN(s, "RIP "))
		return false;
	SCAN(s, "!INEXACT! ");
	if (!block.open || block.style == BLOCK_MCELOG)
		return true;
	if (!scan_hex(s, &cs) || !SCAN(s, ":<") || !scan_hex(s, &ip)) {
		out_bad(line_now.number, "not an instruction pointer");
		return true;
	}
	if (err_has(&block.err, E_IP))
		block.mixed = true;
	err_set(&block.err, E_CS, cs);
	err_set(&block.err, E_IP, ip);
	return true;
}

/* "CPU 4: Machine Check[ Exception| Event]: 0 Bank 0: 9400004000040150" */
bool block_head(struct scan *s, enum block_style style, int mc)
{
	uint64_t cpu, mcgstatus, bank, status;
	struct scan start = *s;

	if (!SCAN(s, "CPU ") || !scan_dec(s, &cpu) || !SCAN(s, ": Machine Check")) {
		*s = start;
		return false;
	}
	if (!SCAN(s, ": ") && !SCAN(s, " Exception: ") && !SCAN(s, " Event: "))
		return false;
	scan_blanks(s);
	if (!scan_hex(s, &mcgstatus) || !SCAN(s, " Bank ")) {
		out_bad(line_now.number, "machine check without a bank");
		return true;
	}
	if (SCAN(s, "-1"))
		bank = 255;
	else if (!scan_dec(s, &bank) || bank > 255) {
		out_bad(line_now.number, "not a bank");
		return true;
	}
	SCAN(s, ":");
	scan_blanks(s);

	SCAN(s, "0x");

	const char *digits = s->p;

	if (!scan_hex(s, &status) || s->p - digits != 16) {
		out_bad(line_now.number, "status is not of 16 digits");
		return true;
	}
	open_block(style, mc);
	err_set(&block.err, E_CPU, cpu);
	err_set(&block.err, E_MCGSTATUS, mcgstatus);
	err_set(&block.err, E_BANK, bank);
	err_set(&block.err, E_STATUS, status);
	scan_blanks(s);
	skip_edac(s);
	if (s->p < s->end)
		read_details(s);
	return true;
}

static bool starts_like_details(const struct scan *s)
{
	static const char *const starts[] = {
		"TSC ", "ADDR ", "MISC ", "PROCESSOR ", "SYND ", "IPID "};

	for (size_t i = 0; i < ROWS(starts); i++) {
		size_t len = strlen(starts[i]);

		if (scan_left(s) > len && *s->p == *starts[i] && memcmp(s->p, starts[i], len) == 0)
			return true;
	}
	return false;
}

bool block_line(struct scan *s, enum block_style style, int mc)
{
	if (block_head(s, style, mc) || read_rip(s))
		return true;
	if (!starts_like_details(s))
		return false;
	if (block.open && block.style == style && block.mc == mc)
		read_details(s);
	else
		out_bad(line_now.number, "registers of no machine check");
	return true;
}

/* --- What mcelog prints --- */

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

/* "CPU 0 BANK 7 TSC b98e63765d2" opens one; "STATUS ..." to "CPUID ..." end it. */
bool mcelog_line(struct scan *s)
{
	struct scan copy = *s;
	uint64_t n;

	if (SCAN(&copy, "CPU ") && scan_dec(&copy, &n) && SCAN(&copy, " BANK ")) {
		open_block(BLOCK_MCELOG, -1);
		read_words(s, &block.err);
		return true;
	}
	if (SCAN(&copy, "Hardware event. ") || SCAN(&copy, "HARDWARE ERROR")) {
		close_block();
		return true;
	}
	if (!block.open || block.style != BLOCK_MCELOG)
		return false;
	if (read_cpuid(s)) {
		close_block();
		return true;
	}
	if (starts_like_details(s) || SCAN(&copy, "TIME ") || SCAN(&copy, "STATUS ") ||
		SCAN(&copy, "MCGCAP ")) {
		if (read_words(s, &block.err) & (FOUND_BAD | FOUND_TWICE))
			out_bad(line_now.number, "not one register and value after another");
		return true;
	}
	return false;
}

/* HPE's integrated management log: "... Bank 0x00000004, Status 0xBA000000'00400405, ...". */

static bool read_quoted(struct scan *s, uint64_t *out)
{
	uint64_t high, low;
	const char *digits;

	if (!scan_hex(s, &high))
		return false;
	*out = high;
	if (!SCAN(s, "'"))
		return true;
	digits = s->p;
	if (!scan_hex(s, &low) || s->p - digits != 8)
		return false;
	*out = high << 32 | low;
	return true;
}

bool iml_line(struct scan *s)
{
	static const struct {
		const char *name;
		enum err_field field;
	} parts[] = {{"APIC ID 0x", E_APIC}, {"Bank 0x", E_BANK}, {"Status 0x", E_STATUS},
		{"Address 0x", E_ADDR_REG}, {"Misc 0x", E_MISC}};
	struct err err;

	if (!memmem(s->p, scan_left(s), "Machine Check Exception (", 25))
		return false;
	err_clear(&err);
	for (size_t i = 0; i < ROWS(parts); i++) {
		struct scan part = *s;
		uint64_t n;

		if (!scan_to_bytes(&part, parts[i].name, strlen(parts[i].name)))
			continue;
		if (!read_quoted(&part, &n)) {
			out_bad(line_now.number, "not a register's value");
			return true;
		}
		err_set(&err, parts[i].field, n);
	}
	if (!err_has(&err, E_STATUS))
		return false;
	err_word(&err, E_SRC, "iml");
	line_time(&err);
	mca_decode(&err);
	out_err(&err);
	return true;
}

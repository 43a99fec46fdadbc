/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block - the registers of a machine check over several lines, as the kernel prints them
 * (arch/x86/kernel/cpu/mce/core.c), and as the EDAC drivers repeat them.
 *
 * A head names CPU, bank and status; lines of register names and values follow.  The
 * lines do not say whose they are.  When blocks of two CPUs mix, what follows the heads
 * cannot be told apart: it is dropped and said so rather than given to the wrong one.
 */
#include "formats.h"
#include "mca.h"
#include "tables.h"
#include "words.h"

static struct block {
	bool open;
	bool ended;    /* an old kernel said that it was all */
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
	return err_has(&block.err, E_CPUID) || block.ended;
}

static void hand_over(struct err *err)
{
	err_word(err, E_SRC, block.style == BLOCK_KERNEL ? "mce" : "edac");
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
	mcelog_flush();
	err_clear(&block.err);
	block.open = true;
	block.complete = block.ended = block.mixed = false;
	block.suspect = cut;
	block.style = style;
	block.mc = mc;
	block.line = line_now.number;
}

/* The driver may find that the error is another controller's: then code and page must agree. */
static bool is_edac_copy(const struct edac_key *key)
{
	uint64_t status = reg(&block.err, E_STATUS), addr = reg(&block.err, E_ADDR_REG);
	bool same_page = key->page && addr >> 12 == key->page;

	if (key->has_code && (status & 0xffffffff) != (key->mscod << 16 | key->mcacod))
		return false;
	if ((uint64_t)block.mc != key->mc)
		return key->has_code && same_page;
	return same_page || !key->page || !addr;
}

bool block_take_edac(const struct edac_key *key, struct err *out)
{
	if (!block.open || block.style != BLOCK_EDAC || !is_whole() || block.mixed ||
		!is_edac_copy(key))
		return false;
	block.open = false;
	*out = block.err;
	hand_over(out);
	return true;
}

/* --- Lines --- */

static void read_details(struct scan *s)
{
	bool had_cpuid = err_has(&block.err, E_CPUID);
	unsigned int found = words_read(s, &block.err);

	if (found & WORDS_BAD)
		out_bad(line_now.number, "not a register's value");
	if (found & WORDS_TWICE || had_cpuid || (block.complete && found & WORDS_FOUND))
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
	if (!block.open)
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

/*
 * "... Bank 4: b200000000070f0f[0000000000000086] at 0000000012345000": kernels that print MISC and
 * ADDR so print nothing else.
 */
static void read_rest(struct scan *s)
{
	uint64_t n;

	if (SCAN(s, "[") && scan_hex(s, &n) && SCAN(s, "]")) {
		err_set(&block.err, E_MISC, n);
		block.ended = true;
	}
	if (SCAN(s, " at ") && scan_hex(s, &n)) {
		err_set(&block.err, E_ADDR_REG, n);
		block.ended = true;
	}
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
	read_rest(s);
	if (s->p < s->end)
		read_details(s);
	return true;
}

/* Kernels before 2.6.33 do not name the CPU's kind: the block ends with this instead. */
static bool read_end(struct scan *s)
{
	if (!block.open || block.style != BLOCK_KERNEL ||
		!SCAN(s, "This is not a software problem!"))
		return false;
	block.ended = true;
	if (block.complete)
		block.mixed = true;
	if (!block.suspect || block.mixed)
		close_block();
	return true;
}

bool block_line(struct scan *s, enum block_style style, int mc)
{
	if (read_end(s) || block_head(s, style, mc) || read_rip(s))
		return true;
	if (!words_are_details(s))
		return false;
	if (block.open && block.style == style && block.mc == mc)
		read_details(s);
	else
		out_bad(line_now.number, "registers of no machine check");
	return true;
}

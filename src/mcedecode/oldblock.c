/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oldblock - machine checks as the 32-bit kernels of old print them (arch/i386/kernel/cpu/mcheck,
 * later arch/x86/kernel/cpu/mcheck/p4.c, p6.c, k7.c): a head that names no bank, and a
 * line for each bank with all that was read from it.
 *
 *	CPU 1: Machine Check Exception: 0000000000000004
 *	CPU 1: Bank 1: f200000000000115[0000000000000086] at 0000000012345000
 *
 * The oldest leave the CPU out of the second line.  Nothing names the kind of CPU.
 */
#include "formats.h"
#include "mca.h"

static struct {
	bool open, used; /* used: a bank followed */
	uint64_t cpu, mcgstatus, line;
} head;

void oldblock_flush(void)
{
	if (head.open && !head.used)
		out_bad(head.line, "machine check without a bank");
	head.open = false;
}

static bool scan_hex16(struct scan *s, uint64_t *out)
{
	const char *start = s->p;

	return scan_hex(s, out) && s->p - start == 16;
}

/* The global status with all its digits, and nothing behind it. */
static bool read_head(struct scan *s, uint64_t cpu)
{
	uint64_t mcgstatus;

	if (!SCAN(s, "Machine Check Exception: ") || !scan_hex16(s, &mcgstatus) || s->p != s->end)
		return false;
	oldblock_flush();
	head.open = true;
	head.used = false;
	head.cpu = cpu;
	head.mcgstatus = mcgstatus;
	head.line = line_now.number;
	return true;
}

static bool read_bank(struct scan *s, bool has_cpu, uint64_t cpu)
{
	static struct err err;
	uint64_t bank, n;

	if (!SCAN(s, "Bank ") || !scan_dec(s, &bank) || bank > 255 || !SCAN(s, ": ") ||
		!scan_hex16(s, &n))
		return false;
	err_clear(&err);
	err_word(&err, E_SRC, "mce");
	err_set(&err, E_BANK, bank);
	err_set(&err, E_STATUS, n);
	if (SCAN(s, "[") && scan_hex16(s, &n) && SCAN(s, "]"))
		err_set(&err, E_MISC, n);
	if (SCAN(s, " at ") && scan_hex16(s, &n))
		err_set(&err, E_ADDR_REG, n);
	if (has_cpu)
		err_set(&err, E_CPU, cpu);
	if (head.open && (!has_cpu || head.cpu == cpu)) {
		err_set(&err, E_CPU, head.cpu);
		err_set(&err, E_MCGSTATUS, head.mcgstatus);
		head.used = true;
	}
	line_time(&err);
	mca_decode(&err);
	out_err(&err);
	return true;
}

bool oldblock_line(struct scan *s)
{
	struct scan copy = *s;
	uint64_t cpu = 0;
	bool has_cpu = SCAN(&copy, "CPU ");

	if (has_cpu && (!scan_dec(&copy, &cpu) || !SCAN(&copy, ": ")))
		return false;
	if (has_cpu && read_head(&copy, cpu))
		return true;
	/* Without a CPU it is anybody's bank, unless a head stands before it. */
	return (has_cpu || head.open) && read_bank(&copy, has_cpu, cpu);
}

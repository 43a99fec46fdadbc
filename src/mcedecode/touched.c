/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * touched - bad memory that somebody touched: what the kernel says of a process
 * (kill_me_maybe() of arch/x86/kernel/cpu/mce/core.c, do_sigbus() of arch/x86/mm/fault.c), and
 * QEMU of a guest or of itself (kvm_arch_on_sigbus_vcpu() of target/i386/kvm/kvm.c).
 */
#include "poison.h"

/* "Uncorrected hardware memory error in user-access at 3f5d1a2c0": a physical address */
static bool by_process(struct scan s, struct err *err)
{
	uint64_t addr;

	if (!scan_hex(&s, &addr))
		return false;
	err_word(err, E_SRC, "user-access");
	err_set(err, E_CLASS, CLASS_POISON);
	err_set(err, E_SEV, SEV_SRAR);
	err_set(err, E_ADDR, addr & ~UINT64_C(0xfff));
	err_set(err, E_SIZE, 4096);
	err_set(err, E_ADDR_REG, addr);
	return true;
}

/* "MCE: Killing qemu:1234 due to hardware memory corruption fault at 7f0000000000" */
static bool by_victim(struct scan s, struct err *err)
{
	uint64_t va;

	if (!poison_victim(&s, err) || !SCAN(&s, " fault at ") || !scan_hex(&s, &va))
		return false;
	err_word(err, E_SRC, "page-fault");
	err_set(err, E_VA, va);
	return true;
}

/* " of type BUS_MCEERR_AR", wherever it is: other words may stand before it. */
static bool put_type(struct scan s, struct err *err)
{
	if (!SCAN_TO(&s, " of type BUS_MCEERR_A") || (!SCAN(&s, "R") && !SCAN(&s, "O")))
		return false;
	err_word(err, E_SRC, "qemu");
	err_set(err, E_CLASS, CLASS_MEMORY);
	err_set(err, E_SEV, s.p[-1] == 'R' ? SEV_SRAR : SEV_SRAO);
	return true;
}

/* "Guest MCE Memory Error at QEMU addr 0x7f... and GUEST addr 0x3f5d1000 of type ..." */
static bool by_guest(struct scan s, struct err *err)
{
	uint64_t va, gpa;

	if (!scan_hex(&s, &va) || !SCAN(&s, " and GUEST addr ") || !scan_hex(&s, &gpa) ||
		!put_type(s, err))
		return false;
	err_word(err, E_RECIPIENT, "guest");
	err_set(err, E_VA, va);
	err_set(err, E_GPA, gpa);
	return true;
}

/* "Hardware memory error at addr 0x7f... of type ... in QEMU itself instead of guest system!" */
static bool by_qemu(struct scan s, struct err *err)
{
	uint64_t va;

	if (!scan_hex(&s, &va) || !put_type(s, err))
		return false;
	err_word(err, E_RECIPIENT, "hypervisor");
	err_set(err, E_VA, va);
	return true;
}

static const struct {
	const char *mark; /* what every such line has, wherever its prefix ends */
	bool (*read)(struct scan s, struct err *err); /* from behind it */
} readers[] = {
	{"Uncorrected hardware memory error in user-access at", by_process},
	{"MCE: Killing", by_victim},
	{"Guest MCE Memory Error at QEMU addr", by_guest},
	{"Guest Memory Error at QEMU addr", by_guest}, /* other processors than x86 */
	{"Hardware memory error at addr", by_qemu},
};

static void decode(struct scan *s, bool (*read)(struct scan, struct err *))
{
	struct err err;

	scan_blanks(s);
	err_clear(&err);
	if (!read(*s, &err)) {
		out_bad(line_now.number, "not whole: bad memory that was touched");
		return;
	}
	line_time(&err);
	err_advise(&err);
	out_err(&err);
}

bool touched_line(const char *text, size_t len)
{
	struct scan line = {text, text + len};

	/* All marks have it: of most lines nothing else is looked for. */
	if (!memmem(text, len, "emory ", strlen("emory ")))
		return false;
	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
		struct scan s = line;

		if (scan_to_bytes(&s, readers[i].mark, strlen(readers[i].mark))) {
			decode(&s, readers[i].read);
			return true;
		}
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * section_cpu - sections about processors: structures of error information, each of which is an
 * error, then contexts of registers (UEFI specification, N.2.4.2 and N.2.4.4).
 */
#include "binary.h"
#include "mca.h"
#include "section.h"
#include "tables.h"

/* --- x86: a dump of scalable MCA registers is a machine check like any other --- */

enum { X86_HEADER = 64, X86_INFO = 64, CONTEXT_HEADER = 16, CONTEXT_MSR = 1 };

#define SMCA_STATUS UINT64_C(0xc0002001)

/* MCA_CONFIG and what else lies between says nothing of the error (mce/apei.c of the kernel). */
static const struct {
	uint8_t number, field;
} smca[] = {{0, E_STATUS}, {1, E_ADDR_REG}, {2, E_MISC}, {4, E_IPID}, {5, E_SYND}, {13, E_SYND1},
	{14, E_SYND2}};

static bool put_smca(struct err *err, const unsigned char *context, uint64_t size)
{
	uint64_t msr = little(context + 4, 4);

	if (little(context, 2) != CONTEXT_MSR || size < 8 ||
		(msr & ~UINT64_C(0xff0)) != SMCA_STATUS)
		return false;
	for (size_t i = 0; i < ROWS(smca); i++) {
		size_t at = 8 * (size_t)smca[i].number;

		if (at + 8 <= size)
			err_set(err, (enum err_field)smca[i].field,
				little(context + CONTEXT_HEADER + at, 8));
	}
	err_set(err, E_BANK, msr >> 4 & 0xff);
	err_set(err, E_VENDOR, VENDOR_AMD);
	mca_decode(err);
	return true;
}

static bool put_x86_info(struct err *err, const unsigned char *p, size_t len)
{
	enum { VALID_CHECK = 1, CHECK = 24 };
	enum section_kind kind;
	char guid[GUID_TEXT + 1];

	if (!section_fields(err, SECTION_X86_INFO, p, len))
		return false;
	kind = section_of(p);
	if (kind < SECTION_X86_CACHE || kind > SECTION_X86_MS) {
		section_guid(guid, p);
		err_text(err, E_TEXT, guid, GUID_TEXT);
		err_flag(err, FLAG_RESERVED);
	} else if (little(p + 16, 8) & VALID_CHECK) {
		section_fields(err, kind, p + CHECK, 8);
	} else {
		section_fields(err, kind, p + CHECK, 0);
	}
	return true;
}

static bool put_x86_infos(struct err *err, const struct section *s, uint64_t infos)
{
	static struct err base;

	base = *err;
	for (uint64_t i = 0; i < infos; i++) {
		size_t at = X86_HEADER + (size_t)i * X86_INFO;

		if (i)
			section_out(err);
		*err = base;
		if (at + X86_INFO > s->len || !put_x86_info(err, s->p + at, X86_INFO))
			return false;
	}
	return true;
}

bool section_x86(struct err *err, const struct section *s)
{
	static struct err base;
	uint64_t infos, contexts, kinds = 0;
	bool any = false, whole = true;
	size_t at;

	if (!section_fields(err, SECTION_X86, s->p, s->len))
		return false;
	infos = little(s->p, 8) >> 2 & 63;
	contexts = little(s->p, 8) >> 8 & 63;
	base = *err;
	err_drop(&base, E_TEXT);
	at = X86_HEADER + (size_t)infos * X86_INFO;
	for (; contexts && whole; contexts--) {
		uint64_t size, type;

		whole = at + CONTEXT_HEADER <= s->len;
		if (!whole)
			break;
		type = little(s->p + at, 2);
		size = little(s->p + at + 2, 2);
		whole = at + CONTEXT_HEADER + size <= s->len;
		if (!whole)
			break;
		kinds |= UINT64_C(1) << (type < 63 ? type : 63);

		struct err next = base;

		if (put_smca(&next, s->p + at, size)) {
			if (any)
				section_out(err);
			*err = next;
			any = true;
		}
		at += CONTEXT_HEADER + (size_t)size;
	}
	if (any)
		return whole;
	section_list(err, E_CONTEXT, WORDS_X86_CONTEXT, kinds);
	return put_x86_infos(err, s, infos) && whole;
}

/* --- ARM --- */

enum { ARM_HEADER = 40, ARM_INFO = 32, ARM_CONTEXT = 8 };

/*
 * What the type means changed: a number until UEFI 2.9, since then a set of bits 4:1.  Only 2
 * is in both: a bus error, or one of a cache; what only bus errors have tells it, where it is.
 */
static const struct {
	uint8_t type;
	enum section_kind kind;
} arm_types[] = {{0, SECTION_ARM_CACHE}, {1, SECTION_ARM_TLB}, {2, SECTION_ARM_CACHE},
	{3, SECTION_UNKNOWN}, {4, SECTION_ARM_TLB}, {8, SECTION_ARM_BUS}, {16, SECTION_UNKNOWN}};

static void put_arm_type(struct err *err, const unsigned char *p)
{
	enum { VALID_INFO = 4, INFO = 8, BUS_ONLY = 0xf80 };
	static const char micro[] = "micro-architectural error";
	bool has_info = little(p + 2, 2) & VALID_INFO;
	unsigned int type = p[4];

	if (type == 2 && has_info && little(p + INFO, 2) & BUS_ONLY)
		type = 8;
	for (size_t i = 0; i < ROWS(arm_types); i++) {
		if (arm_types[i].type != type)
			continue;
		if (type == 2)
			err_flag(err, FLAG_AMBIGUOUS);
		if (arm_types[i].kind == SECTION_UNKNOWN)
			err_text(err, E_TEXT, micro, sizeof(micro) - 1);
		else
			section_fields(err, arm_types[i].kind, p + INFO, has_info ? 8 : 0);
		return;
	}
	err_flag(err, FLAG_RESERVED);
}

static void put_arm_info(struct err *err, const unsigned char *p)
{
	enum { VALID_MULTIPLE = 1, MULTIPLE = 5 };

	section_fields(err, SECTION_ARM_INFO, p, ARM_INFO);
	if (little(p + 2, 2) & VALID_MULTIPLE)
		err_set(err, E_COUNT, little(p + MULTIPLE, 2) + 1);
	put_arm_type(err, p);
	section_range(err);
}

bool section_arm_infos(struct err *err, const unsigned char *p, size_t len, uint64_t count)
{
	static struct err base;

	base = *err;
	for (uint64_t i = 0; i < count; i++) {
		if (i)
			section_out(err);
		*err = base;
		if (len < ARM_INFO || p[1] > len || (p[1] && p[1] < ARM_INFO))
			return false;
		put_arm_info(err, p);
		len -= p[1] ? p[1] : ARM_INFO;
		p += p[1] ? p[1] : ARM_INFO;
	}
	return true;
}

/* The kinds of contexts behind COUNT structures of error information. */
static bool arm_contexts(const struct section *s, uint64_t infos, uint64_t *kinds)
{
	uint64_t contexts = little(s->p + 6, 2);
	size_t at = ARM_HEADER;

	for (; infos; infos--) {
		if (at + ARM_INFO > s->len)
			return false;
		at += s->p[at + 1] > ARM_INFO ? s->p[at + 1] : ARM_INFO;
	}
	for (; contexts; contexts--) {
		uint64_t type, size;

		if (at > s->len || s->len - at < ARM_CONTEXT)
			return false;
		type = little(s->p + at + 2, 2);
		size = little(s->p + at + 4, 4);
		if (size > s->len - at - ARM_CONTEXT)
			return false;
		*kinds |= UINT64_C(1) << (type < 63 ? type : 63);
		at += ARM_CONTEXT + (size_t)size;
	}
	return true;
}

bool section_arm(struct err *err, const struct section *s)
{
	uint64_t infos, kinds = 0;
	bool whole;

	if (!section_fields(err, SECTION_ARM, s->p, s->len))
		return false;
	infos = little(s->p + 4, 2);
	whole = arm_contexts(s, infos, &kinds);
	section_list(err, E_CONTEXT, WORDS_ARM_CONTEXT, kinds);
	return section_arm_infos(err, s->p + ARM_HEADER, s->len - ARM_HEADER, infos) && whole;
}

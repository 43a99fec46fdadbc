/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cper - common platform error records (UEFI specification, appendix N) and generic error
 * status blocks (ACPI specification, "APEI"), which hold the same sections in another frame.
 */
#include "aer.h"
#include "binary.h"
#include "mca.h"
#include "tables.h"

#include <stdio.h>

#include "cper_memory.inc"

enum {
	RECORD_HEADER = 128,
	DESCRIPTOR = 72,
	BLOCK_HEADER = 20,
	ENTRY = 64,     /* of a status block */
	ENTRY_300 = 72, /* of revision 3 on, with a time */
	FRU_TEXT = 20,
};

/* A section, whichever frame it came in. */
struct section {
	const unsigned char *guid, *fru; /* fru: NULL, or FRU_TEXT bytes */
	const unsigned char *p;
	size_t len;
	uint64_t severity;
};

static void put_severity(struct err *err, uint64_t severity)
{
	static const struct {
		enum sev sev;
		const char *reason;
	} words[] = {{SEV_UNCORRECTED, "recoverable"}, {SEV_FATAL, "fatal"},
		{SEV_CORRECTED, "corrected"}, {SEV_INFO, "info"}};

	if (severity >= ROWS(words)) {
		err_set(err, E_SEV, SEV_UNCORRECTED);
		err_flag(err, FLAG_RESERVED);
		return;
	}
	err_set(err, E_SEV, words[severity].sev);
	err_word(err, E_REASON, words[severity].reason);
}

/* --- Memory --- */

static const struct {
	uint8_t valid, offset, size, field;
} memory_fields[] = {
	{0, 8, 8, E_ERR_STATUS},
	{1, 16, 8, E_ADDR},
	{3, 32, 2, E_NODE},
	{4, 34, 2, E_CARD},
	{5, 36, 2, E_MODULE},
	{6, 38, 2, E_DRAM_BANK},
	{7, 40, 2, E_DEVICE},
	{8, 42, 2, E_ROW},
	{9, 44, 2, E_COL},
	{10, 46, 2, E_BIT},
	{14, 72, 1, E_ETYPE},
	{15, 74, 2, E_RANK},
};

enum {
	MEMORY_OLD = 73,
	MEMORY_MASK = 2,
	MEMORY_ROW_EXT = 18,
	MEMORY_BANK_GROUP = 19,
	MEMORY_BANK_ADDRESS = 20,
	MEMORY_CHIP = 21,
};

static void put_extended(struct err *err, const struct section *s, uint64_t valid)
{
	unsigned int bank = (unsigned int)little(s->p + 38, 2);

	if (valid >> MEMORY_BANK_GROUP & 1)
		err_set(err, E_BANK_GROUP, bank >> 8);
	if (valid >> MEMORY_BANK_ADDRESS & 1)
		err_set(err, E_DRAM_BANK, bank & 255);
	if (s->len <= MEMORY_OLD)
		return;
	if (valid >> MEMORY_ROW_EXT & 1)
		err_set(err, E_ROW, little(s->p + 42, 2) | (s->p[73] & 3u) << 16);
	if (valid >> MEMORY_CHIP & 1)
		err_set(err, E_CHIP, s->p[73] >> 5);
}

static void put_range(struct err *err, const struct section *s, uint64_t valid)
{
	uint64_t mask = little(s->p + 24, 8), size = 64;

	if (valid >> MEMORY_MASK & 1) {
		err_set(err, E_MASK, mask);
		if (mask && (~mask & (~mask + 1)) == 0 && ~mask < UINT64_C(1) << 30)
			size = ~mask + 1;
	}
	if (!err_has(err, E_ADDR))
		return;
	err->value[E_ADDR].n &= ~(size - 1);
	err_set(err, E_SIZE, size);
}

static void read_memory(struct err *err, const struct section *s)
{
	uint64_t valid;

	err_set(err, E_CLASS, CLASS_MEMORY);
	if (s->len < MEMORY_OLD) {
		err_flag(err, FLAG_TRUNCATED);
		out_bad(line_now.number, "memory section is cut short");
		return;
	}
	valid = little(s->p, 8);
	for (size_t i = 0; i < ROWS(memory_fields); i++)
		if (valid >> memory_fields[i].valid & 1 &&
			(size_t)memory_fields[i].offset + memory_fields[i].size <= s->len)
			err_set(err, (enum err_field)memory_fields[i].field,
				little(s->p + memory_fields[i].offset, memory_fields[i].size));
	put_extended(err, s, valid);
	put_range(err, s, valid);
	err_source(err, SOURCE_CPER);
	for (size_t i = 0; err_has(err, E_ETYPE) && i < ROWS(cper_memory_rows); i++)
		if (cper_memory_rows[i].type == err->value[E_ETYPE].n)
			err_text(err, E_TEXT, cper_memory_rows[i].text,
				strlen(cper_memory_rows[i].text));
}

/* --- PCIe --- */

enum { PCIE_LEN = 208, PCIE_DEVICE = 3, PCIE_AER = 7 };

static void read_pcie(struct err *err, const struct section *s)
{
	char text[32];
	bool corrected = err_sev(err) == SEV_CORRECTED;
	uint64_t valid;
	int n;

	err_set(err, E_CLASS, CLASS_PCIE);
	if (s->len < PCIE_LEN) {
		err_flag(err, FLAG_TRUNCATED);
		out_bad(line_now.number, "PCIe section is cut short");
		return;
	}
	valid = little(s->p, 8);
	if (valid >> PCIE_DEVICE & 1) {
		n = snprintf(text, sizeof(text), "%04x:%02x:%02x.%x",
			(unsigned int)little(s->p + 33, 2), s->p[35], s->p[32], s->p[31]);
		err_text(err, E_BDF, text, (size_t)n);
		n = snprintf(text, sizeof(text), "%04x:%04x", (unsigned int)little(s->p + 24, 2),
			(unsigned int)little(s->p + 26, 2));
		err_text(err, E_PCI_ID, text, (size_t)n);
	}
	if (!(valid >> PCIE_AER & 1))
		return;
	err_set(err, E_AER_STATUS, little(s->p + 112 + (corrected ? 16 : 4), 4));
	err_set(err, E_AER_MASK, little(s->p + 112 + (corrected ? 20 : 8), 4));
	aer_put_bits(err, err->value[E_AER_STATUS].n, !corrected);
}

/* --- x86 processors: a dump of scalable MCA registers is a machine check like any other --- */

enum { X86_HEADER = 64, X86_INFO = 64, CONTEXT_HEADER = 16, CONTEXT_MSR = 1, SMCA_LEN = 48 };

#define SMCA_STATUS UINT64_C(0xc0002001)

static bool put_smca(struct err *err, const unsigned char *context, uint64_t size)
{
	static const enum err_field registers[] = {E_STATUS, E_ADDR_REG, E_MISC, 0, E_IPID, E_SYND};
	uint64_t msr = little(context + 4, 4);

	if (little(context, 2) != CONTEXT_MSR || size < SMCA_LEN ||
		(msr & ~UINT64_C(0xff0)) != SMCA_STATUS)
		return false;
	for (size_t i = 0; i < ROWS(registers); i++)
		if (i != 3) /* MCA_CONFIG says nothing of the error */
			err_set(err, registers[i], little(context + CONTEXT_HEADER + 8 * i, 8));
	err_set(err, E_BANK, msr >> 4 & 0xff);
	return true;
}

static void read_x86(struct err *err, const struct section *s)
{
	uint64_t valid, infos, contexts;
	size_t at;

	err_set(err, E_CLASS, CLASS_INTERNAL);
	if (s->len < X86_HEADER) {
		err_flag(err, FLAG_TRUNCATED);
		out_bad(line_now.number, "processor section is cut short");
		return;
	}
	valid = little(s->p, 8);
	infos = valid >> 2 & 63;
	contexts = valid >> 8 & 63;
	if (valid & 1)
		err_set(err, E_APIC, little(s->p + 8, 8));
	if (valid & 2)
		err_set(err, E_CPUID, little(s->p + 16, 4));
	at = X86_HEADER + (size_t)infos * X86_INFO;
	for (; contexts && at + CONTEXT_HEADER <= s->len; contexts--) {
		uint64_t size = little(s->p + at + 2, 2);

		if (at + CONTEXT_HEADER + size > s->len)
			break;
		if (put_smca(err, s->p + at, size)) {
			err_set(err, E_VENDOR, VENDOR_AMD);
			mca_decode(err);
			return;
		}
		at += CONTEXT_HEADER + (size_t)size;
	}
	err_text(err, E_TEXT, "processor error", 15);
}

static void read_arm(struct err *err, const struct section *s)
{
	(void)s;
	err_set(err, E_CLASS, CLASS_INTERNAL);
	err_text(err, E_TEXT, "ARM processor error", 19);
}

static void read_processor(struct err *err, const struct section *s)
{
	(void)s;
	err_set(err, E_CLASS, CLASS_INTERNAL);
	err_text(err, E_TEXT, "processor error", 15);
}

static void read_cxl(struct err *err, const struct section *s)
{
	(void)s;
	err_set(err, E_CLASS, CLASS_CXL);
}

/* GUIDs as they lie in memory: the first three parts little-endian. */
static const struct {
	unsigned char guid[16];
	void (*read)(struct err *err, const struct section *s);
} kinds[] = {
	{{0x14, 0x11, 0xbc, 0xa5, 0x64, 0x6f, 0xde, 0x4e, 0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c, 0x83,
		 0xb1},
		read_memory},
	{{0x54, 0xe9, 0x95, 0xd9, 0xc1, 0xbb, 0x0f, 0x43, 0xad, 0x91, 0xb4, 0x4d, 0xcb, 0x3c, 0x6f,
		 0x35},
		read_pcie},
	{{0xb0, 0xa0, 0x3e, 0xdc, 0x44, 0xa1, 0x97, 0x47, 0xb9, 0x5b, 0x53, 0xfa, 0x24, 0x2b, 0x6e,
		 0x1d},
		read_x86},
	{{0xad, 0xcc, 0x76, 0x98, 0xb4, 0x47, 0xdb, 0x4b, 0xb6, 0x5e, 0x16, 0xf1, 0x93, 0xc4, 0xf3,
		 0xdb},
		read_processor},
	{{0x16, 0x3d, 0x9e, 0xe1, 0x11, 0xbc, 0xe4, 0x11, 0x9c, 0xaa, 0xc2, 0x05, 0x1d, 0x5d, 0x46,
		 0xb0},
		read_arm},
	{{0xb4, 0xef, 0xb9, 0x80, 0xb5, 0x52, 0xe3, 0x4d, 0xa7, 0x77, 0x68, 0x78, 0x4b, 0x77, 0x10,
		 0x48},
		read_cxl},
	{{0x77, 0x0a, 0xcd, 0xfb, 0x60, 0xc2, 0x7f, 0x41, 0x85, 0xa9, 0x08, 0x8b, 0x16, 0x21, 0xeb,
		 0xa6},
		read_cxl},
	{{0xb3, 0xcb, 0x1d, 0x60, 0x06, 0x9c, 0xab, 0x4e, 0xb8, 0xaf, 0x4e, 0x9b, 0xfb, 0x5c, 0x96,
		 0x24},
		read_cxl},
	{{0x75, 0x74, 0x92, 0xfe, 0x59, 0xdd, 0x39, 0x43, 0xa5, 0x86, 0x79, 0xba, 0xb1, 0x13, 0xb7,
		 0x74},
		read_cxl},
};

static void put_guid(struct err *err, const unsigned char *g)
{
	char text[64];
	int n = snprintf(text, sizeof(text),
		"unknown section %08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		(unsigned int)little(g, 4), (unsigned int)little(g + 4, 2),
		(unsigned int)little(g + 6, 2), g[8], g[9], g[10], g[11], g[12], g[13], g[14],
		g[15]);

	err_set(err, E_CLASS, CLASS_UNKNOWN);
	err_text(err, E_TEXT, text, (size_t)n);
}

static void put_fru(struct err *err, const unsigned char *fru)
{
	size_t len = strnlen((const char *)fru, FRU_TEXT);

	if (len)
		err_text(err, E_FRU, (const char *)fru, len);
}

static void read_section(const struct section *s)
{
	static struct err err;
	bool known = false;

	err_clear(&err);
	err_word(&err, E_SRC, "cper");
	put_severity(&err, s->severity);
	if (s->fru)
		put_fru(&err, s->fru);
	for (size_t i = 0; i < ROWS(kinds) && !known; i++)
		if (memcmp(kinds[i].guid, s->guid, sizeof(kinds[i].guid)) == 0) {
			kinds[i].read(&err, s);
			known = true;
		}
	if (!known)
		put_guid(&err, s->guid);
	err_advise(&err);
	out_err(&err);
}

/* --- Frames --- */

static bool is_record(const unsigned char *p)
{
	return memcmp(p, "CPER", 4) == 0 && little(p + 6, 4) == 0xffffffff;
}

/* A status block has no signature: its severity and lengths must make sense. */
size_t cper_length(const unsigned char *p, size_t len)
{
	uint64_t n;

	if (len < CPER_HEADER_MIN)
		return 0;
	if (is_record(p)) {
		n = little(p + 20, 4);
		return n >= RECORD_HEADER ? (size_t)n : 0;
	}
	n = BLOCK_HEADER + little(p + 12, 4);
	if (little(p + 16, 4) > 3 || little(p, 4) > 0x3fff || n < BLOCK_HEADER + ENTRY)
		return 0;
	/* Raw data lies behind the sections, where it is. */
	if (little(p + 8, 4) && little(p + 4, 4) + little(p + 8, 4) > n)
		n = little(p + 4, 4) + little(p + 8, 4);
	return n <= UINT32_MAX ? (size_t)n : 0;
}

static void read_record(const unsigned char *p, size_t len)
{
	size_t sections = little(p + 10, 2);

	for (size_t i = 0; i < sections; i++) {
		const unsigned char *d = p + RECORD_HEADER + i * DESCRIPTOR;
		uint64_t offset, size;

		if (RECORD_HEADER + (i + 1) * DESCRIPTOR > len) {
			out_bad(line_now.number, "record ends before its sections");
			return;
		}
		offset = little(d, 4);
		size = little(d + 4, 4);
		if (offset > len || size > len - offset) {
			out_bad(line_now.number, "section ends behind its record");
			continue;
		}
		read_section(&(struct section){.guid = d + 16,
			.fru = d[10] & 2 ? d + 52 : NULL,
			.p = p + offset,
			.len = (size_t)size,
			.severity = little(d + 48, 4)});
	}
}

static void read_block(const unsigned char *p, size_t len)
{
	size_t end = BLOCK_HEADER + (size_t)little(p + 12, 4), at = BLOCK_HEADER;

	if (end > len)
		end = len;
	while (at + ENTRY <= end) {
		const unsigned char *e = p + at;
		size_t header = little(e + 20, 2) >= 0x300 ? ENTRY_300 : ENTRY;
		uint64_t size = little(e + 24, 4);

		if (at + header > end || size > end - at - header) {
			out_bad(line_now.number, "section ends behind its block");
			return;
		}
		read_section(&(struct section){.guid = e,
			.fru = e[22] & 2 ? e + 44 : NULL,
			.p = e + header,
			.len = (size_t)size,
			.severity = little(e + 16, 4)});
		at += header + (size_t)size;
	}
}

void cper_record(const unsigned char *p, size_t len)
{
	if (is_record(p))
		read_record(p, len);
	else
		read_block(p, len);
}

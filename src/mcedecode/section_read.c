/* SPDX-License-Identifier: GPL-2.0-or-later */
/* section_read - what tables of fields do not say of sections: ranges, registers, severities. */
#include "aer.h"
#include "binary.h"
#include "section.h"
#include "tables.h"

#include <stdio.h>

static const struct {
	enum sev sev;
	const char *reason;
} severities[] = {{SEV_UNCORRECTED, "recoverable"}, {SEV_FATAL, "fatal"},
	{SEV_CORRECTED, "corrected"}, {SEV_INFO, "info"}};

void section_severity(struct err *err, uint64_t severity)
{
	if (severity >= ROWS(severities)) {
		err_set(err, E_SEV, SEV_UNCORRECTED);
		err_flag(err, FLAG_RESERVED);
		return;
	}
	err_set(err, E_SEV, severities[severity].sev);
	err_word(err, E_REASON, severities[severity].reason);
}

void section_out(struct err *err)
{
	if (!err_has(err, E_CLASS))
		err_set(err, E_CLASS, CLASS_UNKNOWN);
	err_advise(err);
	out_err(err);
}

void section_range(struct err *err)
{
	uint64_t mask = err_has(err, E_MASK) ? err->value[E_MASK].n : 0, size = 64;

	/* A mask of high ones is a range; anything else is not one we can name. */
	if (mask && (~mask & (~mask + 1)) == 0 && ~mask < UINT64_C(1) << 30)
		size = ~mask + 1;
	if (!err_has(err, E_ADDR))
		return;
	err->value[E_ADDR].n &= ~(size - 1);
	err_set(err, E_SIZE, size);
}

void section_bdf(
	struct err *err, uint64_t segment, uint64_t bus, uint64_t device, uint64_t function)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%04x:%02x:%02x.%x", (unsigned int)segment,
		(unsigned int)bus, (unsigned int)device, (unsigned int)function);

	err_text(err, E_BDF, text, (size_t)n);
}

void section_pci_id(struct err *err, uint64_t vendor, uint64_t device)
{
	char text[16];
	int n = snprintf(
		text, sizeof(text), "%04x:%04x", (unsigned int)vendor, (unsigned int)device);

	err_text(err, E_PCI_ID, text, (size_t)n);
}

/* --- Memory: bits 17:16 of the row came late, and stand in another byte --- */

static bool read_memory(struct err *err, const struct section *s)
{
	enum { ROW_EXT = 18, ROW = 42, EXTENDED = 73 };

	if (!section_fields(err, SECTION_MEMORY, s->p, s->len))
		return false;
	if (little(s->p, 8) >> ROW_EXT & 1 && s->len > EXTENDED)
		err_set(err, E_ROW, little(s->p + ROW, 2) | (s->p[EXTENDED] & 3u) << 16);
	section_range(err);
	err_source(err, SOURCE_CPER);
	return true;
}

static bool read_memory2(struct err *err, const struct section *s)
{
	if (!section_fields(err, SECTION_MEMORY2, s->p, s->len))
		return false;
	section_range(err);
	err_source(err, SOURCE_CPER);
	return true;
}

/* --- Generic processors: the error's type is a set of bits, the version's meaning a matter of kind
 */

static bool read_processor(struct err *err, const struct section *s)
{
	enum { VALID_TYPE = 1, VALID_ERROR = 4, VALID_VERSION = 64, TYPE_ARM = 2 };
	static const enum err_class classes[] = {
		[1] = CLASS_CACHE, [2] = CLASS_TLB, [4] = CLASS_BUS, [8] = CLASS_INTERNAL};
	uint64_t valid;

	if (!section_fields(err, SECTION_PROCESSOR, s->p, s->len))
		return false;
	valid = little(s->p, 8);
	if (valid & VALID_ERROR && s->p[10] < ROWS(classes) && classes[s->p[10]])
		err_set(err, E_CLASS, classes[s->p[10]]);
	if (valid & VALID_VERSION && valid & VALID_TYPE)
		err_set(err, s->p[8] == TYPE_ARM ? E_MIDR : E_CPUID, little(s->p + 16, 8));
	return true;
}

/* --- PCIe: an image of the capability for advanced error reporting (PCIe 7.8.4) --- */

static void put_aer(struct err *err, const unsigned char *aer)
{
	bool corrected = err_sev(err) == SEV_CORRECTED;
	char tlp[40];
	int n;

	err_set(err, E_AER_STATUS, little(aer + (corrected ? 16 : 4), 4));
	err_set(err, E_AER_MASK, little(aer + (corrected ? 20 : 8), 4));
	aer_put_bits(err, err->value[E_AER_STATUS].n, !corrected);
	if (corrected || (little(aer + 28, 8) | little(aer + 36, 8)) == 0)
		return;
	n = snprintf(tlp, sizeof(tlp), "%08x %08x %08x %08x", (unsigned int)little(aer + 28, 4),
		(unsigned int)little(aer + 32, 4), (unsigned int)little(aer + 36, 4),
		(unsigned int)little(aer + 40, 4));
	err_text(err, E_TLP, tlp, (size_t)n);
}

static bool read_pcie(struct err *err, const struct section *s)
{
	enum { VALID_DEVICE = 8, VALID_AER = 128, AER = 112 };
	const unsigned char *p = s->p;

	if (!section_fields(err, SECTION_PCIE, p, s->len))
		return false;
	if (little(p, 8) & VALID_DEVICE) {
		section_bdf(err, little(p + 33, 2), p[35], p[32], p[31]);
		section_pci_id(err, little(p + 24, 2), little(p + 26, 2));
	}
	if (little(p, 8) & VALID_AER)
		put_aer(err, p + AER);
	return true;
}

/* --- Firmware: by which name its own record goes depends on the revision --- */

static bool read_firmware(struct err *err, const struct section *s)
{
	enum { REVISION = 1, IDENTIFIER = 16 };
	char text[64];
	int n = snprintf(text, sizeof(text), "firmware error record ");

	if (!section_fields(err, SECTION_FIRMWARE, s->p, s->len))
		return false;
	if (s->p[REVISION] == 0)
		return true;
	err_drop(err, E_RECORD_ID);
	if (s->len < IDENTIFIER + GUID_LEN)
		return false;
	section_guid(text + n, s->p + IDENTIFIER);
	err_text(err, E_TEXT, text, (size_t)n + GUID_TEXT);
	return true;
}

static bool (*const readers[SECTION_UNKNOWN])(struct err *err, const struct section *s) = {
	[SECTION_PROCESSOR] = read_processor,
	[SECTION_X86] = section_x86,
	[SECTION_ARM] = section_arm,
	[SECTION_MEMORY] = read_memory,
	[SECTION_MEMORY2] = read_memory2,
	[SECTION_PCIE] = read_pcie,
	[SECTION_FIRMWARE] = read_firmware,
	[SECTION_CXL_PROTOCOL] = section_cxl_protocol,
	[SECTION_CXL_MEDIA] = section_cxl_event,
	[SECTION_CXL_DRAM] = section_cxl_event,
	[SECTION_CXL_MODULE] = section_cxl_event,
};

/* What the frame says of the section. */
static void begin(struct err *err, const struct section *s)
{
	enum { THRESHOLD = 8 };
	char guid[GUID_TEXT + 1];

	err_clear(err);
	if (s->frame)
		*err = *s->frame;
	err_word(err, E_SRC, s->src);
	section_severity(err, s->severity);
	if (err_has(err, E_RECORD_SEV) && err->value[E_RECORD_SEV].n == err->value[E_SEV].n)
		err_drop(err, E_RECORD_SEV);
	section_list(err, E_SECTION_FLAGS, WORDS_SECTION_FLAGS, s->flags);
	if (s->flags & THRESHOLD)
		err_word(err, E_TRACKING, "threshold");
	if (s->fru_len)
		err_text(err, E_FRU, s->fru, s->fru_len);
	if (!s->fru_id)
		return;
	section_guid(guid, s->fru_id);
	err_text(err, E_FRU_ID, guid, GUID_TEXT);
}

static void put_unknown(struct err *err, const unsigned char *guid)
{
	char text[64];
	int n;

	n = snprintf(text, sizeof(text), "unknown section ");
	section_guid(text + n, guid);
	err_set(err, E_CLASS, CLASS_UNKNOWN);
	err_text(err, E_TEXT, text, (size_t)n + GUID_TEXT);
}

void section_read(const struct section *s)
{
	static struct err err;
	enum section_kind kind = section_of(s->guid);

	begin(&err, s);
	if (kind == SECTION_UNKNOWN) {
		put_unknown(&err, s->guid);
	} else if (readers[kind] ? !readers[kind](&err, s)
				 : !section_fields(&err, kind, s->p, s->len)) {
		err_flag(&err, FLAG_TRUNCATED);
		out_bad(line_now.number, "section is cut short");
	}
	section_out(&err);
}

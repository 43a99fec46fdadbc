/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * section - the sections of common platform error records (UEFI specification, appendix N),
 * by the tables cper_section.tsv, cper_field.tsv and cper_word.tsv.
 */
#ifndef MEMPATROL_SECTION_H
#define MEMPATROL_SECTION_H

#include "formats.h"

enum section_kind {
	SECTION_PROCESSOR,
	SECTION_X86,
	SECTION_X86_INFO,
	SECTION_X86_CACHE,
	SECTION_X86_TLB,
	SECTION_X86_BUS,
	SECTION_X86_MS,
	SECTION_ARM,
	SECTION_ARM_INFO,
	SECTION_ARM_CACHE,
	SECTION_ARM_TLB,
	SECTION_ARM_BUS,
	SECTION_MEMORY,
	SECTION_MEMORY2,
	SECTION_PCIE,
	SECTION_PCI_BUS,
	SECTION_PCI_DEVICE,
	SECTION_DMAR,
	SECTION_DMAR_VTD,
	SECTION_DMAR_IOMMU,
	SECTION_FIRMWARE,
	SECTION_CXL_PROTOCOL,
	SECTION_CXL_RAS,
	SECTION_CXL_DEVICE,
	SECTION_CXL_MEDIA,
	SECTION_CXL_DRAM,
	SECTION_CXL_MODULE,
	SECTION_MCE,
	SECTION_LOG,
	SECTION_LOG_COMPRESSED,
	SECTION_UNKNOWN, /* also the number of kinds */
};

/* Lists of cper_word.tsv. */
enum section_words {
	WORDS_ANY, /* none */
	WORDS_TX,
	WORDS_OP,
	WORDS_CACHE_OP,
	WORDS_ARM_CACHE_OP,
	WORDS_ARM_TLB_OP,
	WORDS_PROCESSOR_OP,
	WORDS_PROCESSOR_ERROR,
	WORDS_LEVEL,
	WORDS_PART,
	WORDS_X86_SPACE,
	WORDS_ARM_SPACE,
	WORDS_CAPTURE,
	WORDS_MS,
	WORDS_X86_CONTEXT,
	WORDS_ARM_CONTEXT,
	WORDS_MEMORY_TYPE,
	WORDS_ERROR_STATUS,
	WORDS_PORT,
	WORDS_FIRMWARE,
	WORDS_SECTION_FLAGS,
	WORDS_RECORD_FLAGS,
	WORDS_AGENT,
	WORDS_RAS_UNCORRECTABLE,
	WORDS_RAS_CORRECTABLE,
	WORDS_CXL_FLAGS,
	WORDS_MEDIA_EVENT,
	WORDS_DRAM_EVENT,
	WORDS_TRANSACTION,
	WORDS_MODULE_EVENT,
	WORDS_CXL_HEALTH,
	WORDS_MEDIA_STATUS,
	WORDS_POISON_SOURCE,
};

enum { GUID_LEN = 16, GUID_TEXT = 36 };

/* A section, whatever frame it came in. */
struct section {
	const char *src;             /* the kind of report */
	const unsigned char *guid;   /* GUID_LEN bytes */
	const unsigned char *fru_id; /* GUID_LEN bytes, or NULL */
	const char *fru;             /* FRU_LEN bytes, or NULL */
	size_t fru_len;
	const unsigned char *p;
	size_t len;
	uint64_t severity;
	uint32_t flags;
	const struct err *frame; /* fields of the record around it, or NULL */
};

/* section_read - decode a section, and hand the errors in it to out_err(). */
void section_read(const struct section *s);

/* section_severity - that of a record or section, and the reason; other numbers are reserved. */
void section_severity(struct err *err, uint64_t severity);

/* section_guid - GUID as people write it: GUID_TEXT characters and a NUL. */
void section_guid(char out[GUID_TEXT + 1], const unsigned char *guid);

/* section_of - the kind a GUID names, or SECTION_UNKNOWN. */
enum section_kind section_of(const unsigned char *guid);

/* section_fields - set what the table says of KIND; false when LEN bytes are too few. */
bool section_fields(struct err *err, enum section_kind kind, const unsigned char *p, size_t len);

/* section_word - what the table calls VALUE, or NULL. */
const char *section_word(enum section_words words, uint64_t value);

/* section_find_word - the table's copy of a word of LEN bytes, or NULL. */
const char *section_find_word(enum section_words words, const char *word, size_t len);

/* section_list - FIELD with the words of all bits of BITS, unless there are none. */
void section_list(struct err *err, enum err_field field, enum section_words words, uint64_t bits);

/*
 * section_range - with E_ADDR there is E_SIZE: what E_MASK says, or a line of 64 bytes where
 * firmware says nothing of the extent or what is no range.
 */
void section_range(struct err *err);

/* section_out - the error is complete. */
void section_out(struct err *err);

/* section_arm_infos - one error for each structure of error information; the last stays in ERR. */
bool section_arm_infos(struct err *err, const unsigned char *p, size_t len, uint64_t count);

/*
 * Readers of the sections that are more than fields.  False: the section is cut short.
 * Errors but the last, which stays in ERR, have gone to section_out().
 */
bool section_x86(struct err *err, const struct section *s);
bool section_arm(struct err *err, const struct section *s);
bool section_cxl_protocol(struct err *err, const struct section *s);
bool section_cxl_event(struct err *err, const struct section *s);

/* section_bdf - segment, bus, device and function, as the kernel writes them. */
void section_bdf(
	struct err *err, uint64_t segment, uint64_t bus, uint64_t device, uint64_t function);

/* section_pci_id - PCI vendor and device. */
void section_pci_id(struct err *err, uint64_t vendor, uint64_t device);

#endif

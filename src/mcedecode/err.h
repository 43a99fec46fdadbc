/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * err - one hardware error, whatever told of it, and the record that says so.
 *
 * Every field is a key of the record; absent ones are unknown.  The order of
 * enum err_field is that of the record.
 */
#ifndef MEMPATROL_ERR_H
#define MEMPATROL_ERR_H

#include "escape.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <stdio.h>

enum sev {
	SEV_ANY, /* in tables */
	SEV_INFO,
	SEV_CORRECTED,
	SEV_DEFERRED,
	SEV_UCNA,
	SEV_SRAO,
	SEV_SRAR,
	SEV_UNCORRECTED,
	SEV_FATAL,
};

enum err_class {
	CLASS_ANY, /* in tables */
	CLASS_MEMORY,
	CLASS_CACHE,
	CLASS_TLB,
	CLASS_BUS,
	CLASS_INTERNAL,
	CLASS_PCIE,
	CLASS_CXL,
	CLASS_POISON,
	CLASS_SIGNAL,
	CLASS_UNKNOWN,
};

/* What a reader must know before believing the rest: bits of E_FLAGS. */
enum err_flag {
	FLAG_TRUNCATED = 1,      /* lines of the block are missing */
	FLAG_INTERLEAVED = 2,    /* lines of several blocks could not be told apart */
	FLAG_SYNTHETIC = 4,      /* made up by firmware or the kernel, no bank holds it */
	FLAG_NO_CPUID = 8,       /* the CPU is not known: only what all CPUs share is decoded */
	FLAG_RESERVED = 16,      /* a code or field that the manual does not define */
	FLAG_IMPOSSIBLE = 32,    /* bits that exclude each other are set */
	FLAG_SER_ASSUMED = 64,   /* that software can recover follows from the model, not MCG_CAP */
	FLAG_NO_CONTEXT = 128,   /* not known whether user or kernel was interrupted */
	FLAG_COARSE = 256,       /* the address says too little to name a range */
	FLAG_FIRMWARE = 512,     /* firmware saw the error first */
	FLAG_NO_STEPPING = 1024, /* the stepping within cpuid is not known */
	FLAG_LOCAL_TIME = 2048,  /* t is the machine's local time, taken for UTC */
	FLAG_IMPRECISE = 4096,   /* t is when the error was found or written down */
	FLAG_AMBIGUOUS = 8192,   /* versions of the format disagree about a field */
	FLAG_NO_SEVERITY = 16384 /* the input does not say how bad it is: sev is the worse case */
};

/* Where parts of the location come from: bits of E_LOCATION. */
enum err_source {
	SOURCE_MCACOD = 1,
	SOURCE_BANK = 2,
	SOURCE_MISC = 4,
	SOURCE_IPID = 8,
	SOURCE_SYND = 16,
	SOURCE_EDAC = 32,
	SOURCE_CPER = 64,
	SOURCE_TEXT = 128,
	SOURCE_SMBIOS = 256
};

/* What told of the error: bits of E_MERGED. */
enum err_origin {
	ORIGIN_MCE = 1,
	ORIGIN_TRACE = 2,
	ORIGIN_AMD = 4,
	ORIGIN_EDAC = 8,
	ORIGIN_MC_EVENT = 16,
	ORIGIN_APEI = 32,
	ORIGIN_POISON = 64,
	ORIGIN_POISON_EVENT = 128,
	ORIGIN_AER = 256,
	ORIGIN_AER_EVENT = 512,
	ORIGIN_MCE_COPY = 1024,   /* a machine check that the kernel made of firmware's report */
	ORIGIN_TRACE_COPY = 2048, /* and its trace event */
	ORIGIN_USER_ACCESS = 4096 /* the kernel, of the process that touched it */
};

enum err_field {
	E_ADDR,
	E_SIZE,
	E_SEV,
	E_CLASS,
	E_ACTION,
	E_REASON,
	E_T,
	E_SRC,
	E_CPU,
	E_SOCKET,
	E_NODE,
	E_BANK,
	E_UNIT,
	E_OP,
	E_TX,
	E_LEVEL,
	E_PP,
	E_II,
	E_TIMEOUT,
	E_NAME,
	E_MCACOD,
	E_MSCOD,
	E_XEC,
	E_HWID,
	E_MCATYPE,
	E_MC,
	E_CHANNEL,
	E_SUB_CHANNEL,
	E_CHANNEL_MCA,
	E_SLOT,
	E_DIMM,
	E_BANK_LOCATOR,
	E_CSROW,
	E_CARD,
	E_MODULE,
	E_CARD_HANDLE,
	E_MODULE_HANDLE,
	E_RANK,
	E_SUBRANK,
	E_DEVICE,
	E_BANK_GROUP,
	E_DRAM_BANK,
	E_ROW,
	E_COL,
	E_BIT,
	E_NIBBLES,
	E_CHIP,
	E_ECCMODE,
	E_MIRROR,
	E_FRU,
	E_FRU_ID,
	E_LOCATION,
	E_SYNDROME,
	E_COUNT,
	E_OVERFLOW,
	E_PCC,
	E_PRECISE,
	E_RESTARTABLE,
	E_TCC,
	E_FILTERED,
	E_POISON,
	E_SCRUB,
	E_TRACKING,
	E_FLAGS,
	E_BDF,
	E_PCI_ID,
	E_LAYER,
	E_BITS,
	E_AER_STATUS,
	E_AER_MASK,
	E_PORT,
	E_TLP,
	E_RECIPIENT,
	E_QMP_ACTION,
	E_ACTION_REQUIRED,
	E_RECURSIVE,
	E_RESULT,
	E_PAGE_KIND,
	E_KERNEL_PAGE,
	E_PID,
	E_COMM,
	E_VM,
	E_MEMDEV,
	E_SERIAL,
	E_DPA,
	E_REGION,
	E_RAS_STATUS,
	E_RAS_MASK,
	E_HEALTH,
	E_MEDIA_STATUS,
	E_LIFE_USED,
	E_TEMP,
	E_DIRTY_SHUTDOWNS,
	E_VOLATILE_ERRORS,
	E_PERSISTENT_ERRORS,
	E_POISON_SOURCE,
	E_SI,
	E_VA,
	E_GPA,
	E_APEI,
	E_MASK,
	E_ERR_STATUS,
	E_ETYPE,
	E_SECTION_FLAGS,
	E_RECORD_SEV,
	E_RECORD_FLAGS,
	E_RECORD_ID,
	E_PERSISTENCE,
	E_REQUESTOR,
	E_RESPONDER,
	E_TARGET,
	E_CAPTURE,
	E_CONTEXT,
	E_MPIDR,
	E_MIDR,
	E_AFFINITY,
	E_RUNNING,
	E_PSCI,
	E_STATUS,
	E_MISC,
	E_ADDR_REG,
	E_ADDR_KIND,
	E_SYND,
	E_IPID,
	E_MCGSTATUS,
	E_VENDOR,
	E_CPUID,
	E_MCGCAP,
	E_TSC,
	E_APIC,
	E_MICROCODE,
	E_PPIN,
	E_IP,
	E_CS,
	E_SYND1,
	E_SYND2,
	E_EDAC_CODE,
	E_MERGED,
	E_TEXT,
	ERR_FIELDS,
};

enum { ERR_WORDS = (ERR_FIELDS + 63) / 64, ERR_TEXT_MAX = 640 };

struct err_text {
	uint16_t start, len; /* within err.text */
};

struct err {
	uint64_t has[ERR_WORDS]; /* a bit for each field */
	union {
		uint64_t n;
		const char *word;
		struct err_text text;
	} value[ERR_FIELDS];
	uint64_t line;   /* of the input at which it was complete; not printed */
	uint32_t t_nsec; /* beside value[E_T].n */
	uint16_t text_len;
	char text[ERR_TEXT_MAX + ESCAPE_READ];
};

static inline bool err_has(const struct err *err, enum err_field field)
{
	return err->has[field >> 6] >> (field & 63) & 1;
}

static inline void err_mark(struct err *err, enum err_field field)
{
	err->has[field >> 6] |= UINT64_C(1) << (field & 63);
}

static inline void err_set(struct err *err, enum err_field field, uint64_t n)
{
	err->value[field].n = n;
	err_mark(err, field);
}

/* err_word - WORD must never change nor move: it is kept, and its length remembered. */
static inline void err_word(struct err *err, enum err_field field, const char *word)
{
	err->value[field].word = word;
	err_mark(err, field);
}

static inline void err_drop(struct err *err, enum err_field field)
{
	err->has[field >> 6] &= ~(UINT64_C(1) << (field & 63));
}

static inline enum sev err_sev(const struct err *err)
{
	return (enum sev)err->value[E_SEV].n;
}

/* err_clear - nothing is known. */
static inline void err_clear(struct err *err)
{
	memset(err->has, 0, sizeof(err->has));
	err->text_len = 0;
}

/* err_flag - add a bit of E_FLAGS. */
void err_flag(struct err *err, enum err_flag flag);

/* err_source - add a bit of E_LOCATION. */
void err_source(struct err *err, enum err_source source);

/*
 * err_text - FIELD with LEN bytes, which are copied, and cut when there is no room.
 * err_add - the same, behind what FIELD holds already, with ", " between them.
 */
void err_text(struct err *err, enum err_field field, const char *bytes, size_t len);
void err_add(struct err *err, enum err_field field, const char *bytes, size_t len);

/* err_advise - set the action, once all else is known. */
void err_advise(struct err *err);

/* err_field_of - the field of a key of LEN bytes, or ERR_FIELDS. */
enum err_field err_field_of(const char *key, size_t len);

/* err_is_text - its value is bytes within err.text, not a number or word. */
bool err_is_text(enum err_field field);

/* err_is_register - the field is one that --raw shows and decoding starts from. */
bool err_is_register(enum err_field field);

/* err_print - the record, to OUT; with RAW all registers.  0, or -1 with errno. */
int err_print(const struct err *err, bool raw, FILE *out);

extern const char *const sev_words[];
extern const char *const class_words[];

#endif

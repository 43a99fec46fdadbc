/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record of an error.  What rec_put_*() would do, but for keys that are known to be
 * keys and a line that is known to be long enough: most of the program's time goes here.
 */
#include "err.h"
#include "digits.h"
#include "escape.h"
#include "rec.h"
#include "tables.h"

#include <string.h>

enum kind {
	DEC,      /* value.n as a decimal */
	SIGNED,   /* value.n, of two's complement, as a decimal */
	REG,      /* value.n as 0x and 16 digits */
	CODE,     /* value.n as 0x and 4 digits */
	WORD,     /* value.word */
	TEXT,     /* value.text */
	SEV,      /* value.n, an enum sev */
	CLASS,    /* value.n, an enum err_class */
	TIME,     /* value.n seconds and t_nsec */
	FLAGS,    /* value.n, bits of enum err_flag */
	LOCATION, /* value.n, bits of enum err_source */
	ORIGINS,  /* value.n, bits of enum err_origin */
};

enum {
	KEY_MAX = 24, /* blank, key and = */
	RAW = 1,      /* shown with --raw only */
	REGISTER = 2, /* decoding starts from it */
};

struct field_info {
	char key[KEY_MAX]; /* all KEY_MAX bytes are copied, key_len of them count */
	uint8_t key_len, kind, use;
} __attribute__((aligned(32))); /* cheap to index */

#define FIELD(name, kind, use)                            \
	{                                                 \
		" " name "=", sizeof(name) + 1, kind, use \
	}

static const struct field_info fields[ERR_FIELDS] = {
	[E_ADDR] = FIELD("addr", REG, 0),
	[E_SIZE] = FIELD("size", DEC, 0),
	[E_SEV] = FIELD("sev", SEV, 0),
	[E_CLASS] = FIELD("class", CLASS, 0),
	[E_ACTION] = FIELD("action", WORD, 0),
	[E_REASON] = FIELD("reason", WORD, 0),
	[E_T] = FIELD("t", TIME, 0),
	[E_SRC] = FIELD("src", WORD, 0),
	[E_CPU] = FIELD("cpu", DEC, REGISTER),
	[E_SOCKET] = FIELD("socket", DEC, REGISTER),
	[E_NODE] = FIELD("node", DEC, 0),
	[E_BANK] = FIELD("bank", DEC, REGISTER),
	[E_UNIT] = FIELD("unit", WORD, 0),
	[E_OP] = FIELD("op", WORD, 0),
	[E_TX] = FIELD("tx", WORD, 0),
	[E_LEVEL] = FIELD("level", WORD, 0),
	[E_PP] = FIELD("part", WORD, 0),
	[E_II] = FIELD("space", WORD, 0),
	[E_TIMEOUT] = FIELD("timeout", DEC, 0),
	[E_NAME] = FIELD("name", TEXT, 0),
	[E_MCACOD] = FIELD("mcacod", CODE, 0),
	[E_MSCOD] = FIELD("mscod", CODE, 0),
	[E_XEC] = FIELD("xec", DEC, 0),
	[E_HWID] = FIELD("hwid", CODE, 0),
	[E_MCATYPE] = FIELD("mcatype", CODE, 0),
	[E_MC] = FIELD("mc", DEC, 0),
	[E_CHANNEL] = FIELD("channel", DEC, 0),
	[E_SUB_CHANNEL] = FIELD("sub_channel", DEC, 0),
	[E_CHANNEL_MCA] = FIELD("channel_mca", DEC, 0),
	[E_SLOT] = FIELD("slot", DEC, 0),
	[E_DIMM] = FIELD("dimm", TEXT, 0),
	[E_BANK_LOCATOR] = FIELD("bank_locator", TEXT, 0),
	[E_CSROW] = FIELD("csrow", DEC, 0),
	[E_CARD] = FIELD("card", DEC, 0),
	[E_MODULE] = FIELD("module", DEC, 0),
	[E_CARD_HANDLE] = FIELD("card_handle", CODE, 0),
	[E_MODULE_HANDLE] = FIELD("module_handle", CODE, 0),
	[E_RANK] = FIELD("rank", DEC, 0),
	[E_SUBRANK] = FIELD("subrank", DEC, 0),
	[E_DEVICE] = FIELD("device", DEC, 0),
	[E_BANK_GROUP] = FIELD("bank_group", DEC, 0),
	[E_DRAM_BANK] = FIELD("dram_bank", DEC, 0),
	[E_ROW] = FIELD("row", DEC, 0),
	[E_COL] = FIELD("col", DEC, 0),
	[E_BIT] = FIELD("bit", DEC, 0),
	[E_NIBBLES] = FIELD("nibbles", REG, 0),
	[E_CHIP] = FIELD("chip", DEC, 0),
	[E_ECCMODE] = FIELD("eccmode", WORD, 0),
	[E_MIRROR] = FIELD("mirror", WORD, 0),
	[E_FRU] = FIELD("fru", TEXT, 0),
	[E_FRU_ID] = FIELD("fru_id", TEXT, 0),
	[E_LOCATION] = FIELD("loc", LOCATION, 0),
	[E_SYNDROME] = FIELD("syndrome", REG, 0),
	[E_COUNT] = FIELD("count", DEC, 0),
	[E_OVERFLOW] = FIELD("overflow", DEC, 0),
	[E_PCC] = FIELD("pcc", DEC, 0),
	[E_PRECISE] = FIELD("precise", DEC, 0),
	[E_RESTARTABLE] = FIELD("restartable", DEC, 0),
	[E_TCC] = FIELD("tcc", DEC, 0),
	[E_FILTERED] = FIELD("filtered", DEC, 0),
	[E_POISON] = FIELD("poison", DEC, 0),
	[E_SCRUB] = FIELD("scrub", DEC, 0),
	[E_TRACKING] = FIELD("tracking", WORD, 0),
	[E_FLAGS] = FIELD("flags", FLAGS, 0),
	[E_BDF] = FIELD("bdf", TEXT, 0),
	[E_PCI_ID] = FIELD("pci_id", TEXT, 0),
	[E_LAYER] = FIELD("layer", WORD, 0),
	[E_BITS] = FIELD("bits", TEXT, 0),
	[E_AER_STATUS] = FIELD("aer_status", REG, 0),
	[E_AER_MASK] = FIELD("aer_mask", REG, 0),
	[E_PORT] = FIELD("port", WORD, 0),
	[E_TLP] = FIELD("tlp", TEXT, 0),
	[E_RECIPIENT] = FIELD("recipient", WORD, 0),
	[E_QMP_ACTION] = FIELD("qmp_action", WORD, 0),
	[E_ACTION_REQUIRED] = FIELD("action_required", DEC, 0),
	[E_RECURSIVE] = FIELD("recursive", DEC, 0),
	[E_RESULT] = FIELD("result", WORD, 0),
	[E_PAGE_KIND] = FIELD("page_kind", TEXT, 0),
	[E_KERNEL_PAGE] = FIELD("kernel_page", REG, 0),
	[E_PID] = FIELD("pid", DEC, 0),
	[E_COMM] = FIELD("comm", TEXT, 0),
	[E_VM] = FIELD("vm", TEXT, 0),
	[E_MEMDEV] = FIELD("memdev", TEXT, 0),
	[E_SERIAL] = FIELD("serial", REG, 0),
	[E_DPA] = FIELD("dpa", REG, 0),
	[E_REGION] = FIELD("region", TEXT, 0),
	[E_RAS_STATUS] = FIELD("ras_status", REG, 0),
	[E_RAS_MASK] = FIELD("ras_mask", REG, 0),
	[E_HEALTH] = FIELD("health", TEXT, 0),
	[E_MEDIA_STATUS] = FIELD("media_status", WORD, 0),
	[E_LIFE_USED] = FIELD("life_used", DEC, 0),
	[E_TEMP] = FIELD("temp_c", SIGNED, 0),
	[E_DIRTY_SHUTDOWNS] = FIELD("dirty_shutdowns", DEC, 0),
	[E_VOLATILE_ERRORS] = FIELD("volatile_errors", DEC, 0),
	[E_PERSISTENT_ERRORS] = FIELD("persistent_errors", DEC, 0),
	[E_POISON_SOURCE] = FIELD("poison_source", WORD, 0),
	[E_SI] = FIELD("si", WORD, 0),
	[E_VA] = FIELD("va", REG, 0),
	[E_APEI] = FIELD("apei", DEC, 0),
	[E_MASK] = FIELD("addr_mask", REG, 0),
	[E_ERR_STATUS] = FIELD("error_status", REG, 0),
	[E_ETYPE] = FIELD("error_type", DEC, 0),
	[E_SECTION_FLAGS] = FIELD("section_flags", TEXT, 0),
	[E_RECORD_SEV] = FIELD("record_sev", SEV, 0),
	[E_RECORD_FLAGS] = FIELD("record_flags", TEXT, 0),
	[E_RECORD_ID] = FIELD("record_id", REG, 0),
	[E_PERSISTENCE] = FIELD("persistence", REG, 0),
	[E_REQUESTOR] = FIELD("requestor", REG, 0),
	[E_RESPONDER] = FIELD("responder", REG, 0),
	[E_TARGET] = FIELD("target", REG, 0),
	[E_CAPTURE] = FIELD("capture", TEXT, 0),
	[E_CONTEXT] = FIELD("context", TEXT, 0),
	[E_MPIDR] = FIELD("mpidr", REG, 0),
	[E_MIDR] = FIELD("midr", REG, 0),
	[E_AFFINITY] = FIELD("affinity", DEC, 0),
	[E_RUNNING] = FIELD("running", DEC, 0),
	[E_PSCI] = FIELD("psci", DEC, 0),
	[E_STATUS] = FIELD("status", REG, REGISTER),
	[E_MISC] = FIELD("misc", REG, REGISTER),
	[E_ADDR_REG] = FIELD("addr_reg", REG, REGISTER),
	[E_ADDR_KIND] = FIELD("addr_kind", WORD, 0),
	[E_SYND] = FIELD("synd", REG, REGISTER),
	[E_IPID] = FIELD("ipid", REG, REGISTER),
	[E_MCGSTATUS] = FIELD("mcgstatus", REG, REGISTER),
	[E_VENDOR] = FIELD("vendor", DEC, RAW | REGISTER),
	[E_CPUID] = FIELD("cpuid", REG, REGISTER),
	[E_MCGCAP] = FIELD("mcgcap", REG, RAW | REGISTER),
	[E_TSC] = FIELD("tsc", REG, RAW | REGISTER),
	[E_APIC] = FIELD("apic", DEC, RAW | REGISTER),
	[E_MICROCODE] = FIELD("microcode", REG, RAW | REGISTER),
	[E_PPIN] = FIELD("ppin", REG, RAW | REGISTER),
	[E_IP] = FIELD("ip", REG, RAW | REGISTER),
	[E_CS] = FIELD("cs", REG, RAW | REGISTER),
	[E_SYND1] = FIELD("synd1", REG, RAW | REGISTER),
	[E_SYND2] = FIELD("synd2", REG, RAW | REGISTER),
	[E_EDAC_CODE] = FIELD("edac_code", TEXT, 0),
	[E_MERGED] = FIELD("from", ORIGINS, 0),
	[E_TEXT] = FIELD("text", TEXT, 0),
};

static const char *const flag_words[] = {"truncated", "interleaved", "synthetic", "no_cpuid",
	"reserved", "impossible", "ser_assumed", "no_context", "coarse", "firmware", "no_stepping",
	"local_time", "imprecise", "ambiguous", "no_severity"};

static const char *const source_words[] = {
	"mcacod", "bank", "misc", "ipid", "synd", "edac", "cper", "text", "smbios"};

static const char *const origin_words[] = {"mce", "mce_record", "amd", "edac", "mc_event", "apei",
	"memory-failure", "memory_failure_event", "aer", "aer_event", "mce_copy",
	"mce_record_copy"};

enum err_field err_field_of(const char *key, size_t len)
{
	for (int i = 0; i < ERR_FIELDS; i++)
		if (len + 2 == fields[i].key_len && memcmp(fields[i].key + 1, key, len) == 0)
			return (enum err_field)i;
	return ERR_FIELDS;
}

bool err_is_text(enum err_field field)
{
	return fields[field].kind == TEXT;
}

bool err_is_register(enum err_field field)
{
	return fields[field].use & REGISTER;
}

/*
 * A word is constant (err_word()), so that its length is counted once: from then on it is
 * copied with two moves of 16 bytes instead of a loop whose end no processor foresees.
 */
enum { WORD_MAX = 32, KNOWN_WORDS = 128 };

static char *put_word(char *p, const char *word)
{
	static struct {
		const char *word;
		size_t len;
		char bytes[WORD_MAX];
	} known[KNOWN_WORDS];
	/* Fibonacci hashing: the top bits of the product depend on all bits of the address. */
	size_t i = (uintptr_t)word * UINT64_C(0x9e3779b97f4a7c15) >> 57;

	if (known[i].word != word) {
		size_t len = strlen(word);

		if (len > WORD_MAX)
			return mempcpy(p, word, len);
		known[i].word = word;
		known[i].len = len;
		memcpy(known[i].bytes, word, len);
	}
	memcpy(p, known[i].bytes, WORD_MAX);
	return p + known[i].len;
}

static char *put_bits(char *p, uint64_t bits, const char *const words[], size_t n)
{
	const char *start = p;

	for (size_t i = 0; i < n; i++) {
		if (!(bits >> i & 1))
			continue;
		if (p != start)
			*p++ = ',';
		p = put_word(p, words[i]);
	}
	return p;
}

/* The value behind the key at START. */
static char *put_value(char *start, const char *end, const struct err *err, int field)
{
	uint64_t n = err->value[field].n;
	char *p = start + fields[field].key_len;

	switch (fields[field].kind) {
	case DEC:
		return digits_dec(p, n);
	case SIGNED:
		if (n >> 63)
			*p++ = '-';
		return digits_dec(p, n >> 63 ? -n : n);
	case REG:
		return digits_register(p, n);
	case CODE:
		return digits_code(p, n);
	case WORD:
		return put_word(p, err->value[field].word);
	case SEV:
		return put_word(p, sev_words[n]);
	case CLASS:
		return put_word(p, class_words[n]);
	case TIME:
		/* Firmware and logs hold any number: a year that no record can write is none. */
		return n > DIGITS_TIME_LAST ? start : digits_time(p, (int64_t)n, err->t_nsec);
	case FLAGS:
		return put_bits(p, n, flag_words, ROWS(flag_words));
	case LOCATION:
		return put_bits(p, n, source_words, ROWS(source_words));
	case ORIGINS:
		return put_bits(p, n, origin_words, ROWS(origin_words));
	default:
		return escape_put(p, end, err->text + err->value[field].text.start,
			err->value[field].text.len);
	}
}

/* The fields that are shown, as bits; told once, not for each field of each record. */
static uint64_t shown(unsigned int word, bool raw)
{
	static uint64_t always[ERR_WORDS];

	if (!always[0])
		for (int i = 0; i < ERR_FIELDS; i++)
			if (!(fields[i].use & RAW))
				always[i >> 6] |= UINT64_C(1) << (i & 63);
	return raw ? UINT64_MAX : always[word];
}

int err_print(const struct err *err, bool raw, FILE *out)
{
	/* Room for one more key and any value but a text behind END. */
	static char line[REC_LINE_MAX + 256];
	const char *end = line + REC_LINE_MAX - 256;
	unsigned int room = REC_KEYS_MAX;
	char *p = put_word(line, "err");

	for (unsigned int i = 0; i < ERR_WORDS; i++)
		for (uint64_t left = err->has[i] & shown(i, raw); left && p < end && room;
			left &= left - 1, room--) {
			int field = (int)i * 64 + __builtin_ctzll(left);

			memcpy(p, fields[field].key, KEY_MAX);
			p = put_value(p, end, err, field);
		}
	*p++ = '\n';

	size_t len = (size_t)(p - line);

	return fwrite_unlocked(line, 1, len, out) == len ? 0 : -1;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apei_line - one line of an error that firmware reported: a name, a colon, a value. */
#include "apei_line.h"
#include "section.h"
#include "tables.h"

/* In the order of their numbers. */
static const char *const severities[] = {"recoverable", "fatal", "corrected", "info"};

static const struct {
	const char *text;
	enum err_class class;
} sections[] = {
	{"memory error", CLASS_MEMORY},
	{"PCIe error", CLASS_PCIE},
	{"general processor error", CLASS_INTERNAL},
	{"ARM processor error", CLASS_INTERNAL},
	{"IA32/X64 processor error", CLASS_INTERNAL},
	{"CXL", CLASS_CXL},
};

bool apei_severity(struct err *err, struct scan *s)
{
	for (size_t i = 0; i < ROWS(severities); i++)
		if (scan_bytes(s, severities[i], strlen(severities[i]))) {
			section_severity(err, i);
			return true;
		}
	return false;
}

void apei_put_section(struct err *err, const struct scan *s)
{
	for (size_t i = 0; i < ROWS(sections); i++) {
		struct scan copy = *s;

		if (scan_bytes(&copy, sections[i].text, strlen(sections[i].text)))
			err_set(err, E_CLASS, sections[i].class);
	}
	if (!err_has(err, E_CLASS))
		err_set(err, E_CLASS, CLASS_UNKNOWN);
	if (err->value[E_CLASS].n != CLASS_MEMORY && err->value[E_CLASS].n != CLASS_PCIE)
		err_text(err, E_TEXT, s->p, scan_left(s));
}

struct line_row {
	const char *name;
	void (*put)(struct err *err, const struct line_row *row, struct scan s);
	enum err_field field;
	enum section_words words;
};

static void put_text(struct err *err, const struct line_row *row, struct scan s)
{
	if (scan_left(&s))
		err_text(err, row->field, s.p, scan_left(&s));
}

static void put_hex(struct err *err, const struct line_row *row, struct scan s)
{
	uint64_t n;

	if (scan_hex(&s, &n))
		err_set(err, row->field, n);
}

static void put_dec(struct err *err, const struct line_row *row, struct scan s)
{
	uint64_t n;

	if (scan_number(&s, &n))
		err_set(err, row->field, n);
}

/* "2, CXL Device": the number is looked up, whatever the kernel calls it. */
static void put_word(struct err *err, const struct line_row *row, struct scan s)
{
	uint64_t n;
	const char *word = scan_number(&s, &n) ? section_word(row->words, n) : NULL;

	if (!word)
		err_flag(err, FLAG_RESERVED);
	err_word(err, row->field, word ? word : "unknown");
}

/* "Storage error in DRAM memory (0x0000000000000400)", or the number alone. */
static void put_error_status(struct err *err, const struct line_row *row, struct scan s)
{
	struct scan bare = s;
	const char *name;
	uint64_t n;

	if (!(SCAN_TO(&s, "(0x") && scan_hex(&s, &n)) && !scan_hex(&bare, &n))
		return;
	err_set(err, row->field, n);
	name = section_word(row->words, n >> 8 & 0xff);
	if (name)
		err_text(err, E_NAME, name, strlen(name));
}

static enum err_class class_of(const struct err *err)
{
	return err_has(err, E_CLASS) ? (enum err_class)err->value[E_CLASS].n : CLASS_ANY;
}

/* "cache error", "0x02: cache error": of several the last counts for nothing more than others */
static bool put_class(struct err *err, struct scan s)
{
	static const struct {
		const char *text;
		enum err_class class;
	} classes[] = {{"cache error", CLASS_CACHE}, {"TLB error", CLASS_TLB},
		{"bus error", CLASS_BUS}, {"micro-architectural error", CLASS_INTERNAL}};
	unsigned int found = 0;

	for (size_t i = 0; i < ROWS(classes); i++)
		if (memmem(s.p, scan_left(&s), classes[i].text, strlen(classes[i].text))) {
			err_set(err, E_CLASS, found++ ? CLASS_INTERNAL : classes[i].class);
		}
	return found;
}

/* Of memory "3, multi-bit ECC"; of processors "0, cache error" or "0x02: cache error". */
static void put_error_type(struct err *err, const struct line_row *row, struct scan s)
{
	uint64_t n;

	if (class_of(err) != CLASS_MEMORY) {
		put_class(err, s);
		return;
	}
	if (scan_number(&s, &n))
		err_set(err, row->field, n);
	if (SCAN(&s, ", ") || SCAN(&s, ": "))
		err_text(err, E_TEXT, s.p, scan_left(&s));
}

static void put_structure_type(struct err *err, const struct line_row *row, struct scan s)
{
	(void)row;
	put_class(err, s);
}

/* The number holds all that the lines behind it say: row->field tells x86's from ARM's. */
static void put_check(struct err *err, const struct line_row *row, struct scan s)
{
	static const struct {
		enum err_class class;
		enum section_kind x86, arm;
	} kinds[] = {{CLASS_CACHE, SECTION_X86_CACHE, SECTION_ARM_CACHE},
		{CLASS_TLB, SECTION_X86_TLB, SECTION_ARM_TLB},
		{CLASS_BUS, SECTION_X86_BUS, SECTION_ARM_BUS},
		{CLASS_INTERNAL, SECTION_X86_MS, SECTION_UNKNOWN}};
	unsigned char bytes[8];
	uint64_t n;

	if (!scan_hex(&s, &n))
		return;
	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(n >> 8 * i);
	for (size_t i = 0; i < ROWS(kinds); i++)
		if (kinds[i].class == class_of(err))
			section_fields(err, row->field == E_CPUID ? kinds[i].x86 : kinds[i].arm,
				bytes, sizeof(bytes));
}

static void put_dimm(struct err *err, const struct line_row *row, struct scan s)
{
	(void)row;
	apei_dimm(err, s);
}

/* "0x8086, device_id: 0x2030" */
static void put_pci_id(struct err *err, const struct line_row *row, struct scan s)
{
	uint64_t vendor, device;

	(void)row;
	if (scan_hex(&s, &vendor) && SCAN(&s, ", device_id: ") && scan_hex(&s, &device))
		section_pci_id(err, vendor, device);
}

/* "0x00abcdef, upper_dw: 0x00000000" */
static void put_serial(struct err *err, const struct line_row *row, struct scan s)
{
	uint64_t lower, upper;

	if (scan_hex(&s, &lower) && SCAN(&s, ", upper_dw: ") && scan_hex(&s, &upper))
		err_set(err, row->field, upper << 32 | (lower & UINT32_MAX));
}

/* Of the two status registers the one counts that the severity is about. */
static void put_uncorrectable(struct err *err, const struct line_row *row, struct scan s)
{
	if (err_sev(err) != SEV_CORRECTED)
		put_hex(err, row, s);
}

static void put_correctable(struct err *err, const struct line_row *row, struct scan s)
{
	if (err_sev(err) == SEV_CORRECTED)
		put_hex(err, row, s);
}

static void put_section_type(struct err *err, const struct line_row *row, struct scan s)
{
	(void)row;
	apei_put_section(err, &s);
}

static void put_unknown(struct err *err, const struct line_row *row, struct scan s)
{
	char text[64] = "unknown section ";
	size_t len = scan_left(&s) < GUID_TEXT ? scan_left(&s) : GUID_TEXT;

	err_set(err, E_CLASS, CLASS_UNKNOWN);
	memcpy(text + strlen(text), s.p, len);
	err_text(err, row->field, text, 16 + len);
}

static const struct line_row rows[] = {
	{"fru_id: ", put_text, E_FRU_ID, 0},
	{"fru_text: ", put_text, E_FRU, 0},
	{"section_type: ", put_section_type, 0, 0},
	{"section type: unknown, ", put_unknown, E_TEXT, 0},
	/* cper_print_mem() */
	{"error_status: ", put_error_status, E_ERR_STATUS, WORDS_ERROR_STATUS},
	{"physical_address: ", put_hex, E_ADDR, 0},
	{"physical_address_mask: ", put_hex, E_MASK, 0},
	{"error_type: ", put_error_type, E_ETYPE, 0},
	{"DIMM location: ", put_dimm, 0, 0},
	/* cper_print_pcie() */
	{"port_type: ", put_word, E_PORT, WORDS_PORT},
	{"device_id: ", put_text, E_BDF, 0},
	{"vendor_id: ", put_pci_id, 0, 0},
	{"TLP Header: ", put_text, E_TLP, 0},
	/* cper_print_proc_generic() */
	{"operation: ", put_word, E_OP, WORDS_PROCESSOR_OP},
	{"level: ", put_word, E_LEVEL, WORDS_LEVEL},
	{"processor_id: ", put_hex, E_APIC, 0},
	{"target_address: ", put_hex, E_TARGET, 0},
	{"requestor_id: ", put_hex, E_REQUESTOR, 0},
	{"responder_id: ", put_hex, E_RESPONDER, 0},
	{"IP: ", put_hex, E_IP, 0},
	/* cper_print_proc_ia() */
	{"Local APIC_ID: ", put_hex, E_APIC, 0},
	{"Error Structure Type: ", put_structure_type, 0, 0},
	{"Check Information: ", put_check, E_CPUID, 0},
	{"Target Identifier: ", put_hex, E_TARGET, 0},
	{"Requestor Identifier: ", put_hex, E_REQUESTOR, 0},
	{"Responder Identifier: ", put_hex, E_RESPONDER, 0},
	{"Instruction Pointer: ", put_hex, E_IP, 0},
	/* cper_print_proc_arm() */
	{"MIDR: ", put_hex, E_MIDR, 0},
	{"Multiprocessor Affinity Register (MPIDR): ", put_hex, E_MPIDR, 0},
	{"error affinity level: ", put_dec, E_AFFINITY, 0},
	{"running state: ", put_hex, E_RUNNING, 0},
	{"Power State Coordination Interface state: ", put_dec, E_PSCI, 0},
	{"num errors: ", put_dec, E_COUNT, 0},
	{"error_info: ", put_check, E_MIDR, 0},
	{"virtual fault address: ", put_hex, E_VA, 0},
	{"physical fault address: ", put_hex, E_ADDR, 0},
	/* cper_print_fw_err() */
	{"Firmware Error Record Type: ", put_text, E_NAME, 0},
	/* cxl_cper_print_prot_err() */
	{"agent_type: ", put_word, E_PORT, WORDS_AGENT},
	{"agent_address: ", put_text, E_BDF, 0},
	{"rcrb_base_address: ", put_hex, E_TARGET, 0},
	{"lower_dw: ", put_serial, E_SERIAL, 0},
	{"cxl_ras_uncor_status: ", put_uncorrectable, E_RAS_STATUS, 0},
	{"cxl_ras_uncor_mask: ", put_uncorrectable, E_RAS_MASK, 0},
	{"cxl_ras_cor_status: ", put_correctable, E_RAS_STATUS, 0},
	{"cxl_ras_cor_mask: ", put_correctable, E_RAS_MASK, 0},
};

void apei_put_line(struct err *err, struct scan s)
{
	struct scan aer = s;

	for (size_t i = 0; s.p < s.end && i < ROWS(rows); i++)
		if (*s.p == rows[i].name[0] && scan_bytes(&s, rows[i].name, strlen(rows[i].name))) {
			rows[i].put(err, &rows[i], s);
			return;
		}
	if (class_of(err) == CLASS_MEMORY || SCAN(&aer, "aer_"))
		apei_numbers(err, s);
	else if (class_of(err) == CLASS_INTERNAL && SCAN_TO(&aer, "error") && aer.p == aer.end)
		put_class(err, s); /* of generic processors, on a line of its own */
}

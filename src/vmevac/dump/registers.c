/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "registers.h"

#include <stddef.h>
#include <string.h>

/* A processor that is not in 64-bit mode is shown with the names of 32 bits, and without R8 on. */
static const struct {
	const char *name, *short_name;
	bool required;
} names[REGISTERS] = {
	[REGISTER_RAX] = {"RAX", "EAX", true},
	[REGISTER_RBX] = {"RBX", "EBX", true},
	[REGISTER_RCX] = {"RCX", "ECX", true},
	[REGISTER_RDX] = {"RDX", "EDX", true},
	[REGISTER_RSI] = {"RSI", "ESI", true},
	[REGISTER_RDI] = {"RDI", "EDI", true},
	[REGISTER_RSP] = {"RSP", "ESP", true},
	[REGISTER_RBP] = {"RBP", "EBP", true},
	[REGISTER_R8] = {"R8", NULL, false},
	[REGISTER_R9] = {"R9", NULL, false},
	[REGISTER_R10] = {"R10", NULL, false},
	[REGISTER_R11] = {"R11", NULL, false},
	[REGISTER_R12] = {"R12", NULL, false},
	[REGISTER_R13] = {"R13", NULL, false},
	[REGISTER_R14] = {"R14", NULL, false},
	[REGISTER_R15] = {"R15", NULL, false},
	[REGISTER_RIP] = {"RIP", "EIP", true},
	[REGISTER_RFLAGS] = {"RFL", "EFL", true},
	[REGISTER_CR0] = {"CR0", NULL, false},
	[REGISTER_CR2] = {"CR2", NULL, false},
	[REGISTER_CR3] = {"CR3", NULL, false},
	[REGISTER_CR4] = {"CR4", NULL, false},
};

static const char *const segment_names[SEGMENTS] = {
	[SEGMENT_CS] = "CS",
	[SEGMENT_DS] = "DS",
	[SEGMENT_ES] = "ES",
	[SEGMENT_FS] = "FS",
	[SEGMENT_GS] = "GS",
	[SEGMENT_SS] = "SS",
	[SEGMENT_LDT] = "LDT",
	[SEGMENT_TR] = "TR",
	[SEGMENT_GDT] = "GDT",
	[SEGMENT_IDT] = "IDT",
};

/* What stands behind NAME, a word of its own, and "=", with or without blanks before that. */
static const char *find(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; (at = strstr(at, name)); at += len) {
		const char *p = at + len + strspn(at + len, " ");

		if (*p == '=' && (at == text || strchr(" \r\n", at[-1])))
			return p + 1;
	}
	return NULL;
}

/* A hexadecimal number behind blanks; *text moves behind it. */
static bool take_hex(const char **text, uint64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = *text + strspn(*text, " ");
	const char *digit;
	uint64_t value = 0;
	unsigned int n = 0;

	for (; *p && (digit = strchr(digits, *p)) && n < 16; p++, n++)
		value = value << 4 | (uint64_t)(digit - digits);
	*text = p;
	*out = value;
	return n > 0;
}

static bool take_register(const char *text, enum register_name name, uint64_t *out)
{
	const char *at = find(text, names[name].name);

	if (!at && names[name].short_name)
		at = find(text, names[name].short_name);
	return at && take_hex(&at, out);
}

/* "CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]", "GDT=     base limit". */
static void take_segment(const char *text, enum segment_name name, struct segment *out)
{
	const char *at = find(text, segment_names[name]);
	bool is_table = name == SEGMENT_GDT || name == SEGMENT_IDT;
	uint64_t selector = 0, base = 0, limit = 0, flags = 0;

	if (!at || (!is_table && !take_hex(&at, &selector)) || !take_hex(&at, &base) ||
		!take_hex(&at, &limit) || (!is_table && !take_hex(&at, &flags)))
		return;
	*out = (struct segment){.selector = (uint32_t)selector,
		.limit = (uint32_t)limit,
		.flags = (uint32_t)flags,
		.base = base};
}

bool registers_parse(struct registers *registers, const char *text)
{
	*registers = (struct registers){0};
	for (unsigned int i = 0; i < REGISTERS; i++)
		if (!take_register(text, i, &registers->value[i]) && names[i].required)
			return false;
	for (unsigned int i = 0; i < SEGMENTS; i++)
		take_segment(text, i, &registers->segment[i]);
	return true;
}

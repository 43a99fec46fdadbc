/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vmcoreinfo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The lines, and what is sensible: nothing later has to doubt a shift or an offset.  A line that
 * is not needed has 0 where it is missing.
 */
static const struct {
	const char *name;
	size_t to;
	int base;
	bool needed;
	uint64_t min, max;
} lines[] = {
#define INTO(member) offsetof(struct vmcoreinfo, member)
	{"PAGESIZE", INTO(page_bytes), 10, true, 4096, 4096},
	{"NUMBER(phys_base)", INTO(phys_base), 10, true, 0, UINT64_MAX},
	{"NUMBER(pgtable_l5_enabled)", INTO(five_levels), 10, false, 0, 1},
	{"NUMBER(sme_mask)", INTO(encrypted), 10, false, 0, UINT64_MAX},
	{"SYMBOL(mem_section)", INTO(sections), 16, true, 1, UINT64_MAX},
	{"LENGTH(mem_section)", INTO(section_roots), 10, true, 1, 1 << 24},
	{"SIZE(mem_section)", INTO(section_size), 10, true, 8, 4096},
	{"OFFSET(mem_section.section_mem_map)", INTO(section_map), 10, true, 0, 4088},
	{"NUMBER(SECTION_SIZE_BITS)", INTO(section_bits), 10, true, 24, 40},
	{"SIZE(page)", INTO(page_size), 10, true, 32, 256},
	{"OFFSET(page.flags)", INTO(page_flags), 10, true, 0, 248},
	{"OFFSET(page.compound_head)", INTO(page_head), 10, true, 0, 248},
	{"OFFSET(page._mapcount)", INTO(page_type), 10, true, 0, 252},
	{"NUMBER(PG_hwpoison)", INTO(hwpoison), 10, true, 0, 63},
	{"NUMBER(PG_head_mask)", INTO(head_mask), 10, false, 0, UINT64_MAX},
	{"NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)", INTO(hugetlb_type), 10, false, 0, UINT64_MAX},
};

/* The value of the line NAME=…, up to its LF or the end; NULL without. */
static const char *find(const char *text, size_t len, const char *name, size_t *value_len)
{
	size_t name_len = strlen(name);

	for (const char *line = text, *end = text + len, *next; line < end; line = next) {
		const char *lf = memchr(line, '\n', (size_t)(end - line));
		size_t line_len = (size_t)((lf ? lf : end) - line);

		next = line + line_len + 1;
		if (line_len <= name_len || line[name_len] != '=' ||
			memcmp(line, name, name_len) != 0)
			continue;
		*value_len = line_len - name_len - 1;
		return line + name_len + 1;
	}
	return NULL;
}

/* The kernel prints numbers as signed, and some addresses with 0x. */
static bool parse(const char *value, size_t len, int base, uint64_t *out)
{
	char digits[32], *end;

	if (len == 0 || len >= sizeof(digits))
		return false;
	memcpy(digits, value, len);
	digits[len] = '\0';
	if (strspn(digits, "-0123456789abcdefx") != len)
		return false;
	errno = 0;
	*out = strtoull(digits, &end, base);
	return *end == '\0' && errno == 0;
}

static bool take(struct vmcoreinfo *info, size_t i, const char *text, size_t len)
{
	uint64_t *to = (uint64_t *)((char *)info + lines[i].to);
	size_t value_len;
	const char *value = find(text, len, lines[i].name, &value_len);

	if (!value)
		return !lines[i].needed;
	return parse(value, value_len, lines[i].base, to) && *to >= lines[i].min &&
	       *to <= lines[i].max;
}

/* The same table under the names of older and newer kernels. */
static bool take_top_table(struct vmcoreinfo *info, const char *text, size_t len)
{
	size_t value_len;
	const char *value = find(text, len, "SYMBOL(init_top_pgt)", &value_len);

	if (!value)
		value = find(text, len, "SYMBOL(swapper_pg_dir)", &value_len);
	return value && parse(value, value_len, 16, &info->top_table);
}

const char *vmcoreinfo_parse(struct vmcoreinfo *info, const char *text, size_t len)
{
	*info = (struct vmcoreinfo){0};
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!take(info, i, text, len))
			return lines[i].name;
	if (!take_top_table(info, text, len))
		return "SYMBOL(init_top_pgt)";
	if (info->page_flags + 8 > info->page_size || info->page_head + 8 > info->page_size ||
		info->page_type + 4 > info->page_size)
		return "SIZE(page)";
	if (info->section_map + 8 > info->section_size)
		return "SIZE(mem_section)";
	return NULL;
}

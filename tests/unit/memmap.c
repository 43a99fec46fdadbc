/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memmap: the holes that a kernel's command line makes. */
#include "memmap.h"
#include "unit.h"

#include <inttypes.h>

static const char *holes(const char *line)
{
	static char text[256];
	struct memmap_hole hole;
	size_t at = 0, len = 0;

	text[0] = '\0';
	while (memmap_next(line, &at, &hole))
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%" PRIx64 "-%" PRIx64 " ",
			hole.start, hole.end);
	return text;
}

static const char *rest(const char *line)
{
	static char text[256];

	strcpy(text, line);
	CHECK_U64(memmap_strip(text), strlen(text));
	return text;
}

static const struct {
	const char *line, *holes, *rest;
} cases[] = {
	{"", "", ""},
	{"quiet ro\n", "", "quiet ro"},
	{"memmap=4K$0x12345000", "12345000-12346000 ", ""},
	{" a memmap=4k$0x1000  b memmap=1M$1G c\n", "1000-2000 40000000-40100000 ", "a b c"},
	{"memmap=4K$0x1000,8K$0x8000 a", "1000-2000 8000-a000 ", "a"},
	{"memmap=4096$4096", "1000-2000 ", ""},
	{"memmap=1G memmap=4K@0x1000 memmap=4K#0x1000 memmap=exactmap", "",
		"memmap=1G memmap=4K@0x1000 memmap=4K#0x1000 memmap=exactmap"},
	{"xmemmap=4K$0x1000 a=b,4K$0x1000", "", "xmemmap=4K$0x1000 a=b,4K$0x1000"},
	{"memmap=$0x1000 memmap=0$0x1000 memmap=4K$0xffffffffffffffff a", "", "a"},
	{"memmap= 4K$0x1000 memmap=-1$0x1000", "", "memmap= 4K$0x1000"},
	{"memmap=4K@0x1000,4K$0x2000", "2000-3000 ", ""},
};

static void holes_are_found(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unit_row = cases[i].line;
		CHECK_TEXT(holes(cases[i].line), cases[i].holes);
	}
}

static void the_rest_is_what_it_was(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unit_row = cases[i].line;
		CHECK_TEXT(rest(cases[i].line), cases[i].rest);
	}
}

int main(void)
{
	UNIT(holes_are_found);
	UNIT(the_rest_is_what_it_was);
	return unit_end();
}

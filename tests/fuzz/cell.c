/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever a value holds, its cell holds nothing that a terminal obeys. */
#include "../../src/rectab/cell.h"

#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		abort();
	return 0;
}

/* Read the cell the way a terminal does: every character has a place. */
static void check_cell(const struct cell *cell)
{
	const char *p = cell->text, *end = cell->text + cell->len;
	unsigned int width = 0;
	wchar_t c;

	while (p < end) {
		mbstate_t state = {0};
		size_t used = mbrtowc(&c, p, (size_t)(end - p), &state);

		if (used == 0 || used > (size_t)(end - p) || wcwidth(c) < 0)
			abort();
		width += (unsigned int)wcwidth(c);
		p += used;
	}
	if (width != cell->width)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rec_writer writer;
	static struct rec rec;
	static struct cell cell;

	rec_begin(&writer, "t");
	rec_put(&writer, "k", data, size);
	if (writer.error)
		return 0;
	writer.line[writer.len] = '\n';
	if (rec_parse(writer.line, writer.len + 1, &rec) != NULL)
		abort();
	cell_render(&cell, rec.pair[0].value, rec.pair[0].value_len);
	if (cell.len > sizeof(cell.text))
		abort();
	check_cell(&cell);
	return 0;
}

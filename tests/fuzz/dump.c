/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dump takes from a monitor and from a guest's memory, whatever they hold. */
#include "../../src/vmevac/dump/kernel_note.h"
#include "../../src/vmevac/dump/registers.h"
#include "fuzz.h"
#include "page.h"

static void take_text(const uint8_t *data, size_t size)
{
	struct registers registers;
	char *text = malloc(size + 1); /* that ends where its memory ends */

	MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';
	if (registers_parse(&registers, text))
		MUST(strstr(text, "IP"));
	free(text);
}

static void take_memory(const uint8_t *data, size_t size)
{
	static struct kernel_note note;
	size_t pages = size / PAGE_BYTES + 1;
	char *memory = calloc(pages, PAGE_BYTES);

	MUST(memory);
	memcpy(memory, data, size);
	note.found = 0;
	kernel_note_look(&note, memory, pages * PAGE_BYTES);
	MUST(note.found <= pages);
	MUST(!note.found || (note.len <= KERNEL_NOTE_MAX && !memcmp(note.text, "OSRELEASE=", 10)));
	free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	take_text(data, size);
	take_memory(data, size);
	return 0;
}

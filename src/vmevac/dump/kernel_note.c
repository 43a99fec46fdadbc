/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel_note.h"
#include "page.h"

#include <elf.h>
#include <string.h>

static const char first_line[] = "OSRELEASE=";

/* Of the note at DATA, where LEFT bytes are; NULL when there is none. */
static const char *text_of(const char *data, size_t left, size_t *len)
{
	enum { TEXT_AT = sizeof(Elf64_Nhdr) + (sizeof(KERNEL_NOTE_NAME) + 3) / 4 * 4 };
	Elf64_Nhdr head;

	memcpy(&head, data, sizeof(head));
	if (head.n_namesz != sizeof(KERNEL_NOTE_NAME) || head.n_type != 0 ||
		memcmp(data + sizeof(head), KERNEL_NOTE_NAME, sizeof(KERNEL_NOTE_NAME)) != 0)
		return NULL;
	*len = head.n_descsz;
	if (*len > KERNEL_NOTE_MAX || *len > left - TEXT_AT || *len < sizeof(first_line) ||
		memcmp(data + TEXT_AT, first_line, sizeof(first_line) - 1) != 0)
		return NULL;
	return data + TEXT_AT;
}

void kernel_note_look(struct kernel_note *note, const char *data, size_t size)
{
	for (size_t at = 0; at < size; at += PAGE_BYTES) {
		size_t len;
		const char *text = text_of(data + at, size - at, &len);

		if (!text || (note->found && len == note->len && !memcmp(text, note->text, len)))
			continue;
		note->found++;
		note->len = len;
		memcpy(note->text, text, len);
	}
}

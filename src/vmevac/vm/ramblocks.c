/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ramblocks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Names are paths in QEMU's tree of devices; what of them is known by its end. */
static const struct {
	const char *name;
	bool is_start;    /* it is the name's start, not its end */
	const char *hint; /* NULL: an equal machine has the same */
} known[] = {
	{"pc.bios", false, NULL},
	{"pc.rom", false, NULL},
	{".rom", false, NULL}, /* of a device */
	{"/rom@", true, NULL}, /* tables, made anew by an equal machine */
	{"vram", false, "-vga none"},
	{".flash0", false, "-bios FILE in the place of pflash"},
	{".flash1", false, "-bios FILE in the place of pflash"},
};

bool ramblocks_next(const char **text, struct ramblock *out)
{
	while (**text) {
		const char *line = *text;
		char form[2];

		*text += strcspn(line, "\n");
		*text += **text == '\n';
		/* "    pc.bios    4 KiB  0x0000000001000000 0x0000000000040000 0x0000000000040000"
		 */
		if (sscanf(line, " %255s %*u %1s%*s 0x%*x 0x%*x 0x%" SCNx64, out->name, form,
			    &out->size) == 3 &&
			strchr("KMG", form[0]))
			return true;
	}
	return false;
}

static bool is_backend(const char *name, const struct vmargs *args)
{
	static const char objects[] = "/objects/";

	if (strncmp(name, objects, sizeof(objects) - 1) == 0)
		name += sizeof(objects) - 1;
	for (unsigned int i = 0; i < args->backends; i++)
		if (strcmp(name, args->backend[i].id) == 0)
			return true;
	return false;
}

static bool is_called(const struct ramblock *block, size_t i)
{
	size_t len = strlen(block->name), known_len = strlen(known[i].name);
	size_t at = known[i].is_start ? 0 : len - known_len;

	return len >= known_len && memcmp(block->name + at, known[i].name, known_len) == 0;
}

static bool is_same_anywhere(const struct ramblock *block)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (is_called(block, i))
			return !known[i].hint;
	return false;
}

bool ramblocks_find_other(const char *text, const struct vmargs *args, struct ramblock *out)
{
	while (ramblocks_next(&text, out))
		if (!is_backend(out->name, args) && !is_same_anywhere(out))
			return true;
	return false;
}

const char *ramblocks_hint(const struct ramblock *block)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (is_called(block, i))
			return known[i].hint;
	return "a machine without it";
}

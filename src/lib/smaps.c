/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "smaps.h"
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What of LINE comes after START, with which it begins; NULL if it does not. */
static const char *behind(const char *line, size_t *len, const char *start)
{
	size_t n = strlen(start);

	if (*len < n || memcmp(line, start, n) != 0)
		return NULL;
	*len -= n;
	return line + n;
}

static void take_flags(struct smaps *out, const char *flags, size_t len)
{
	if (len >= sizeof(out->flags) - 1)
		len = sizeof(out->flags) - 2;
	memcpy(out->flags, flags, len);
	memcpy(out->flags + len, " ", 2);
}

/* "            2048 kB" in bytes; 0 where there is no number. */
static uint64_t parse_kib(const char *text, size_t len)
{
	uint64_t kib = 0;

	while (len && *text == ' ')
		text++, len--;
	for (; len && *text >= '0' && *text <= '9' && kib < UINT64_MAX >> 20; text++, len--)
		kib = kib * 10 + (uint64_t)(*text - '0');
	return kib << 10;
}

/* The flags are the last that is told of a mapping. */
bool smaps_take_line(struct smaps *out, uint64_t va, bool *inside, const char *line, size_t len)
{
	const char *rest;
	size_t left = len;

	if (!*inside) {
		*inside = maps_parse(line, len, &out->vma) == NULL && va >= out->vma.start &&
			  va < out->vma.end;
		return false;
	}
	if ((rest = behind(line, &left, "VmFlags:"))) {
		take_flags(out, rest, left);
		return true;
	}
	if ((rest = behind(line, &left, "KernelPageSize:")))
		out->page_size = parse_kib(rest, left);
	else if ((rest = behind(line, &left, "ShmemPmdMapped:")))
		out->huge = parse_kib(rest, left);
	return false;
}

static int look_for(struct lines *lines, uint64_t va, struct smaps *out)
{
	bool inside = false;
	const char *line;
	size_t len;
	enum lines_event event;

	while ((event = lines_next(lines, &line, &len)) == LINES_LINE)
		if (smaps_take_line(out, va, &inside, line, len))
			break;
	if (event == LINES_END)
		return 0;
	if (event == LINES_LINE && out->page_size && !(out->page_size & (out->page_size - 1)))
		return 1;
	if (event != LINES_ERROR)
		errno = EBADMSG;
	return -1;
}

int smaps_find(const struct root *root, pid_t pid, uint64_t va, struct smaps *out)
{
	static struct lines lines;
	int fd = root_openat(root, O_RDONLY, "proc/%d/smaps", pid);
	int found, error;

	if (fd < 0)
		return -1;
	out->page_size = 0;
	out->huge = 0;
	lines_open(&lines, fd);
	found = look_for(&lines, va, out);
	error = errno;
	close(fd);
	errno = error;
	return found;
}

bool smaps_has(const struct smaps *smaps, const char *flag)
{
	char word[8];

	snprintf(word, sizeof(word), " %s ", flag);
	return strstr(smaps->flags, word) != NULL;
}

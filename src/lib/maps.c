/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "maps.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What is left of the line. */
struct cursor {
	const char *p, *end;
};

static bool take_char(struct cursor *c, char wanted)
{
	if (c->p == c->end || *c->p != wanted)
		return false;
	c->p++;
	return true;
}

static bool take_number(struct cursor *c, unsigned int base, uint64_t *out)
{
	const char *start = c->p;
	uint64_t value = 0;

	for (; c->p < c->end; c->p++) {
		unsigned int digit = (unsigned char)*c->p - (unsigned int)'0';

		if (digit > 9 && *c->p >= 'a')
			digit = (unsigned char)*c->p - (unsigned int)'a' + 10;
		else if (digit > 9)
			break;
		if (digit >= base)
			break;
		if (__builtin_mul_overflow(value, base, &value) ||
			__builtin_add_overflow(value, digit, &value))
			return false;
	}
	*out = value;
	return c->p > start;
}

/* One letter of "rwxp": WORD when set, CLEAR when not. */
static bool take_flag(struct cursor *c, char word, char clear, bool *out)
{
	*out = take_char(c, word);
	return *out || take_char(c, clear);
}

static bool take_device(struct cursor *c, struct vma *out)
{
	uint64_t major, minor;

	if (!take_number(c, 16, &major) || !take_char(c, ':') || !take_number(c, 16, &minor))
		return false;
	out->major = (unsigned int)major;
	out->minor = (unsigned int)minor;
	return major <= UINT32_MAX && minor <= UINT32_MAX;
}

static bool take_path(struct cursor *c, struct vma *out)
{
	while (take_char(c, ' '))
		;
	size_t len = (size_t)(c->end - c->p);

	if (memchr(c->p, '\0', len))
		return false;
	if (len >= sizeof(out->path))
		len = sizeof(out->path) - 1;
	memcpy(out->path, c->p, len);
	out->path[len] = '\0';
	return true;
}

const char *maps_parse(const char *line, size_t len, struct vma *out)
{
	struct cursor c = {line, line + len};

	if (!take_number(&c, 16, &out->start) || !take_char(&c, '-') ||
		!take_number(&c, 16, &out->end) || !take_char(&c, ' '))
		return "not an address range";
	if (out->start >= out->end)
		return "address range is empty";
	if (!take_flag(&c, 'r', '-', &out->readable) || !take_flag(&c, 'w', '-', &out->writable) ||
		!take_flag(&c, 'x', '-', &out->executable) ||
		!take_flag(&c, 's', 'p', &out->shared) || !take_char(&c, ' '))
		return "not permissions";
	if (!take_number(&c, 16, &out->offset) || !take_char(&c, ' '))
		return "not a file offset";
	if (!take_device(&c, out) || !take_char(&c, ' '))
		return "not a device number";
	if (!take_number(&c, 10, &out->inode))
		return "not an inode number";
	if (c.p < c.end && *c.p != ' ')
		return "not a path";
	return take_path(&c, out) ? NULL : "not a path";
}

bool maps_is_replacement(const struct vma *vma)
{
	return strcmp(vma->path, "/memfd:" MAPS_REPLACEMENT " (deleted)") == 0;
}

int maps_open(struct maps *maps, const struct root *root, pid_t pid)
{
	maps->fd = root_openat(root, O_RDONLY, "proc/%d/maps", pid);
	maps->start = maps->end = 0;
	maps->at_end = maps->skipping = false;
	return maps->fd < 0 ? -1 : 0;
}

/* Read more behind what is buffered; false on error. */
static bool fill(struct maps *maps)
{
	size_t kept = maps->end - maps->start;

	memmove(maps->buffer, maps->buffer + maps->start, kept);
	maps->start = 0;
	maps->end = kept;

	ssize_t n = read(maps->fd, maps->buffer + kept, sizeof(maps->buffer) - kept);

	if (n < 0)
		return errno == EINTR;
	maps->end += (size_t)n;
	maps->at_end = n == 0;
	return true;
}

/* The first LEN bytes of the buffer as an area, and STEP bytes on. */
static int take_line(struct maps *maps, size_t len, size_t step, struct vma *out)
{
	const char *line = maps->buffer + maps->start;

	maps->start += step;
	if (maps_parse(line, len, out) == NULL)
		return 1;
	errno = EBADMSG;
	return -1;
}

int maps_next(struct maps *maps, struct vma *out)
{
	for (;;) {
		const char *line = maps->buffer + maps->start;
		size_t len = maps->end - maps->start;
		const char *lf = memchr(line, '\n', len);

		if (lf && !maps->skipping)
			return take_line(maps, (size_t)(lf - line), (size_t)(lf + 1 - line), out);
		if (lf) {
			maps->start += (size_t)(lf + 1 - line);
			maps->skipping = false;
			continue;
		}
		if (maps->at_end && (len > 0 || maps->skipping)) {
			errno = EBADMSG; /* half a line: half an address is still an address */
			return -1;
		}
		if (maps->at_end)
			return 0;
		if (maps->skipping)
			maps->start = maps->end;
		else if (len == sizeof(maps->buffer)) {
			maps->skipping = true;
			return take_line(maps, len, len, out);
		}
		if (!fill(maps))
			return -1;
	}
}

void maps_close(struct maps *maps)
{
	close(maps->fd);
	maps->fd = -1;
}

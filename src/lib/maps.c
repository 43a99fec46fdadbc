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

	if (len >= sizeof(out->path) || memchr(c->p, '\0', len))
		return false;
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

int maps_open(struct maps *maps, const struct root *root, pid_t pid)
{
	maps->fd = root_openat(root, O_RDONLY, "proc/%d/maps", pid);
	maps->start = maps->end = 0;
	maps->at_end = false;
	return maps->fd < 0 ? -1 : 0;
}

/* Read more behind what is buffered; false on error. */
static bool fill(struct maps *maps)
{
	size_t kept = maps->end - maps->start;

	memmove(maps->buffer, maps->buffer + maps->start, kept);
	maps->start = 0;
	maps->end = kept;
	if (kept == sizeof(maps->buffer)) {
		errno = EBADMSG;
		return false;
	}

	ssize_t n = read(maps->fd, maps->buffer + kept, sizeof(maps->buffer) - kept);

	if (n < 0)
		return errno == EINTR;
	maps->end += (size_t)n;
	maps->at_end = n == 0;
	return true;
}

int maps_next(struct maps *maps, struct vma *out)
{
	const char *lf;

	while (!(lf = memchr(maps->buffer + maps->start, '\n', maps->end - maps->start))) {
		if (maps->at_end && maps->start == maps->end)
			return 0;
		if (maps->at_end) {
			errno = EBADMSG; /* half a line: half an address is still an address */
			return -1;
		}
		if (!fill(maps))
			return -1;
	}

	const char *line = maps->buffer + maps->start;
	size_t len = (size_t)(lf - line);

	maps->start += len + 1;
	if (maps_parse(line, len, out) == NULL)
		return 1;
	errno = EBADMSG;
	return -1;
}

void maps_close(struct maps *maps)
{
	close(maps->fd);
	maps->fd = -1;
}

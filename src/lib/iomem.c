/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "iomem.h"
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Up to 16 hexadecimal digits at *p and what ends them; false when it is anything else. */
static bool take_address(const char **p, const char *end, const char *terminator, uint64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	const char *start = *p;
	size_t len = strlen(terminator);

	*out = 0;
	for (; *p < end; ++*p) {
		const char *digit = memchr(digits, **p, sizeof(digits) - 1);

		if (!digit)
			break;
		*out = *out << 4 | (uint64_t)(digit - digits);
	}
	if (*p == start || *p - start > 16 || (size_t)(end - *p) < len ||
		memcmp(*p, terminator, len) != 0)
		return false;
	*p += len;
	return true;
}

/* "  01000000-01ffffff : Kernel code", two blanks for each level. */
const char *iomem_parse(const char *line, size_t len, struct iomem_range *out)
{
	const char *p = line, *end = line + len;
	size_t name;

	while (p < end && *p == ' ')
		p++;
	if ((p - line) % 2)
		return "odd indentation";
	out->depth = (unsigned int)(p - line) / 2;
	if (!take_address(&p, end, "-", &out->start) || !take_address(&p, end, " : ", &out->last))
		return "not START-END : NAME";
	if (out->last < out->start)
		return "ends before it starts";
	name = (size_t)(end - p);
	if (name >= IOMEM_NAME_MAX)
		name = IOMEM_NAME_MAX - 1;
	memset(out->name, 0, IOMEM_NAME_MAX);
	memcpy(out->name, p, name);
	return NULL;
}

static const char *take_line(struct iomem *iomem, const char *line, size_t len)
{
	const char *why;

	if (iomem->ranges == IOMEM_RANGES_MAX)
		return "too many ranges";
	why = iomem_parse(line, len, &iomem->range[iomem->ranges]);
	if (!why)
		iomem->ranges++;
	return why;
}

static const char *read_lines(struct iomem *iomem, int fd)
{
	static struct lines lines;
	const char *line, *why = NULL;
	size_t len;

	lines_open(&lines, fd);
	while (!why)
		switch (lines_next(&lines, &line, &len)) {
		case LINES_LINE:
			why = take_line(iomem, line, len);
			break;
		case LINES_END:
			return NULL;
		case LINES_ERROR:
			return "read";
		default:
			why = "line is cut short or too long";
		}
	errno = 0;
	return why;
}

static bool is_hidden(const struct iomem *iomem)
{
	for (unsigned int i = 0; i < iomem->ranges; i++)
		if (iomem->range[i].last)
			return false;
	return true;
}

const char *iomem_read(struct iomem *iomem, const struct root *root)
{
	int fd = root_openat(root, O_RDONLY, "proc/iomem");
	const char *why;
	int error;

	iomem->ranges = 0;
	if (fd < 0)
		return "open";
	why = read_lines(iomem, fd);
	error = errno;
	close(fd);
	errno = error;
	if (why || !is_hidden(iomem))
		return why;
	errno = EPERM;
	return "read";
}

const struct iomem_range *iomem_find(
	const struct iomem *iomem, const char *name, uint64_t start, uint64_t last)
{
	for (unsigned int i = 0; i < iomem->ranges; i++) {
		const struct iomem_range *range = &iomem->range[i];

		if (range->start <= last && range->last >= start &&
			!strncmp(range->name, name, strlen(name)))
			return range;
	}
	return NULL;
}

bool iomem_is_ram(const struct iomem *iomem, uint64_t start, uint64_t last)
{
	for (unsigned int i = 0; i < iomem->ranges; i++) {
		const struct iomem_range *range = &iomem->range[i];

		/* "System RAM (kmem)" is what a device brought. */
		if (range->start <= start && range->last >= last &&
			!strncmp(range->name, "System RAM", strlen("System RAM")))
			return true;
	}
	return false;
}

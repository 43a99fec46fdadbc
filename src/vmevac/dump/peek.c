/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peek.h"
#include "guard.h"
#include "maps.h"
#include "page.h"
#include "process.h"
#include "window.h"

#include <errno.h>
#include <sys/param.h>
#include <unistd.h>

int peek_open(struct peek *peek, const struct root *root, pid_t pid, uint64_t start)
{
	*peek = (struct peek){.root = root, .pid = pid, .start = start, .pagemap = -1};
	peek->why = "guard holes";
	if (window_open_guard(root) != 0)
		return -1;
	peek->why = "guard errors";
	if (guard_open() != 0)
		return -1;
	peek->why = "open its page map";
	peek->pagemap = pagemap_open(root, pid);
	return peek->pagemap < 0 ? -1 : 0;
}

void peek_close(struct peek *peek)
{
	if (peek->pagemap >= 0)
		close(peek->pagemap);
	peek->pagemap = -1;
}

int peek_hand_over(const struct peek_visitor *visitor, uint64_t va, const char *data, size_t size,
	const bool *zero)
{
	size_t pages = size / PAGE_BYTES, end;

	for (size_t i = 0; i < pages; i = end) {
		for (end = i + 1; end < pages && zero[end] == zero[i]; end++)
			;
		if (!zero[i] && visitor->data(visitor->context, va + i * PAGE_BYTES,
					data + i * PAGE_BYTES, (end - i) * PAGE_BYTES) != 0)
			return -1;
	}
	return 0;
}

int peek_words(struct peek *peek, uint64_t va, uint64_t *words, size_t n)
{
	ssize_t got = pagemap_read(peek->pagemap, va, words, n);

	if (got == (ssize_t)n)
		return 0;
	peek->why = "read its page map";
	if (got >= 0)
		errno = ESRCH; /* it has ended */
	return -1;
}

/* A process that ends has no memory any more, which is another thing than a gap. */
static int check_there(struct peek *peek)
{
	if (process_is(peek->root, peek->pid, peek->start))
		return 0;
	peek->why = "look at its memory";
	errno = ESRCH;
	return -1;
}

/* Nothing is mapped there. */
static int lose_gap(
	struct peek *peek, const struct peek_visitor *visitor, uint64_t start, uint64_t end)
{
	if (start >= end)
		return 0;
	if (check_there(peek) != 0)
		return -1;
	return visitor->lost(visitor->context, start, end - start, false);
}

static int read_vmas(struct peek *peek, struct maps *maps, uint64_t va, uint64_t end,
	const struct peek_visitor *visitor)
{
	static struct vma vma;
	int more = 0, result = 0;

	while (va < end && result == 0 && (more = maps_next(maps, &vma)) > 0 && vma.start < end) {
		uint64_t start = MAX(va, vma.start), stop = MIN(end, vma.end);

		if (vma.end <= va)
			continue;
		result = lose_gap(peek, visitor, va, start);
		if (result == 0)
			result = (vma.shared ? peek_shared : peek_private)(
				peek, &vma, start, stop, visitor);
		va = stop;
	}
	if (result != 0 || more < 0)
		return -1;
	if (lose_gap(peek, visitor, va, end) != 0)
		return -1;
	return check_there(peek);
}

int peek_read(struct peek *peek, uint64_t va, uint64_t size, const struct peek_visitor *visitor)
{
	static struct maps maps;
	int result;

	peek->why = "read its maps";
	if (maps_open(&maps, peek->root, peek->pid) != 0)
		return -1;
	result = read_vmas(peek, &maps, va, va + size, visitor);

	int error = errno;

	maps_close(&maps);
	errno = error;
	return result;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* feed - any bytes as the lines that rastail would take them for. */
#ifndef MEMPATROL_FUZZ_FEED_H
#define MEMPATROL_FUZZ_FEED_H

#include "../../src/rastail/feed.h"
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

static inline size_t fuzz_line(const struct feed_line *line, void (*check)(const char *, size_t))
{
	char *copy = fuzz_copy(line->text, line->len);

	MUST(line->len <= FEED_LINE_MAX + FEED_READ_MIN);
	check(copy, line->len);
	free(copy);
	return line->len;
}

/* Every line once, at memory that ends with it; without cuts, no byte is lost but the LFs. */
static inline void fuzz_feed(
	const uint8_t *data, size_t size, bool folded, void (*check)(const char *, size_t))
{
	static struct feed feed;
	static int fd = -1;
	size_t seen = 0, ends = 0;
	struct feed_line line;
	enum feed_event event;
	bool cut = false;

	if (fd < 0)
		fd = memfd_create("fuzz", 0);
	MUST(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	MUST(lseek(fd, 0, SEEK_SET) == 0);
	feed_open(&feed, folded);
	do {
		event = feed_read(&feed, fd);
		while (feed_next(&feed, &line)) {
			seen += fuzz_line(&line, check);
			ends += !line.cut;
			cut |= line.cut;
		}
	} while (event == FEED_DATA);
	if (feed_rest(&feed, &line))
		seen += fuzz_line(&line, check);
	MUST(event == FEED_END);
	MUST(cut ? seen + ends <= size : seen + ends == size);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "salvage.h"
#include "page.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <unistd.h>

/* What one read(2) may cover: it ends at what is bad, so less is no gain. */
enum { CHUNK = 1 << 20 };

/* Shared with children: what one of them drops is gone. */
static void *room(uint64_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

int salvage_open(struct salvage *salvage, uint64_t size)
{
	*salvage = (struct salvage){.size = size};
	salvage->data = room(size);
	salvage->state = room(size / PAGE_BYTES);
	return salvage->data && salvage->state ? 0 : -1;
}

void salvage_close(struct salvage *salvage)
{
	if (salvage->data)
		munmap(salvage->data, salvage->size);
	if (salvage->state)
		munmap(salvage->state, salvage->size / PAGE_BYTES);
	*salvage = (struct salvage){0};
}

void salvage_drop(struct salvage *salvage, uint64_t at, uint64_t size)
{
	madvise(salvage->data + at, size, MADV_REMOVE);
}

void salvage_reset(struct salvage *salvage)
{
	memset(salvage->state, SALVAGE_UNREAD, salvage->size / PAGE_BYTES);
	salvage->good = 0;
}

static void set_state(struct salvage *salvage, uint64_t at, uint64_t size, enum salvage_state state)
{
	memset(salvage->state + at / PAGE_BYTES, (int)state, size / PAGE_BYTES);
	if (state == SALVAGE_GOOD)
		salvage->good += size;
}

/* Pages not looked at yet from AT on, up to END. */
static uint64_t unread_run(const struct salvage *salvage, uint64_t at, uint64_t end)
{
	uint64_t size = 0;

	while (at + size < end && size < CHUNK &&
		salvage->state[(at + size) / PAGE_BYTES] == SALVAGE_UNREAD)
		size += PAGE_BYTES;
	return size;
}

/* Read what has not been read from AT to END, both relative to the page at OFFSET; 0 or -1. */
static int read_range(struct salvage *salvage, int fd, uint64_t offset, uint64_t at, uint64_t end)
{
	while (at < end) {
		uint64_t size = unread_run(salvage, at, end);

		if (size == 0) {
			at += PAGE_BYTES;
			continue;
		}

		ssize_t n = pread(fd, salvage->data + at, size, (off_t)(offset + at));

		if (n >= PAGE_BYTES) {
			n -= n % PAGE_BYTES;
			set_state(salvage, at, (uint64_t)n, SALVAGE_GOOD);
			at += (uint64_t)n;
		} else if (n < 0 && errno == EIO) {
			set_state(salvage, at, PAGE_BYTES, SALVAGE_LOST);
			at += PAGE_BYTES;
		} else if (n >= 0 || errno != EINTR) {
			errno = n >= 0 ? ENODATA : errno; /* the file has been cut */
			return -1;
		}
	}
	return 0;
}

/* The part of FIRST to FIRST + SIZE of the file that is of whole pages within the page at OFFSET.
 */
static void clip(const struct salvage *salvage, uint64_t offset, uint64_t first, uint64_t size,
	uint64_t *at, uint64_t *end)
{
	uint64_t last = first + size < first ? UINT64_MAX : first + size;

	*at = roundup(MAX(first, offset) - offset, PAGE_BYTES);
	*end = last > offset ? MIN(last - offset, salvage->size) & ~(uint64_t)(PAGE_BYTES - 1) : 0;
}

static bool may_read_verified(const struct salvage_hint *hint, uint64_t max_age_ns)
{
	return hint->verified_size && hint->verified_ns <= max_age_ns;
}

static bool may_read_rest(const struct salvage_hint *hint, uint64_t max_age_ns)
{
	return max_age_ns == SALVAGE_ANY_AGE || (hint->has_age && hint->age_ns <= max_age_ns);
}

const char *salvage_judge(const struct salvage_hint *hint, uint64_t max_age_ns)
{
	return may_read_verified(hint, max_age_ns) || may_read_rest(hint, max_age_ns)
		       ? NULL
		       : "unverified";
}

static bool has_lost(const struct salvage *salvage)
{
	return memchr(salvage->state, SALVAGE_LOST, salvage->size / PAGE_BYTES) != NULL;
}

const char *salvage_read(struct salvage *salvage, int fd, uint64_t offset,
	const struct salvage_hint *hint, uint64_t max_age_ns)
{
	uint64_t at, end, bad = (hint->bad - offset) & ~(uint64_t)(PAGE_BYTES - 1);
	const char *reason = salvage_judge(hint, max_age_ns);

	if (reason)
		return reason;
	if (hint->has_bad && hint->bad >= offset && bad < salvage->size) {
		if (read_range(salvage, fd, offset, bad, bad + PAGE_BYTES) != 0)
			return "failed";
		if (!has_lost(salvage))
			return "no-poison";
	}
	clip(salvage, offset, hint->verified_off, hint->verified_size, &at, &end);
	if (may_read_verified(hint, max_age_ns) && read_range(salvage, fd, offset, at, end) != 0)
		return "failed";
	if (may_read_rest(hint, max_age_ns) &&
		read_range(salvage, fd, offset, 0, salvage->size) != 0)
		return "failed";
	if (!has_lost(salvage))
		return "no-poison";
	return salvage->good ? NULL : "nothing-left";
}

bool salvage_next(const struct salvage *salvage, bool good, uint64_t *at, uint64_t *size)
{
	uint64_t pages = salvage->size / PAGE_BYTES, first = (*at + *size) / PAGE_BYTES, n = 0;

	while (first < pages && (salvage->state[first] == SALVAGE_GOOD) != good)
		first++;
	while (first + n < pages && (salvage->state[first + n] == SALVAGE_GOOD) == good)
		n++;
	*at = first * PAGE_BYTES;
	*size = n * PAGE_BYTES;
	return n > 0;
}

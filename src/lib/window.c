/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "window.h"
#include "page.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FRAMES = 512 }; /* pagemap words looked at in one read */

static int guard_fd = -1;   /* the userfaultfd */
static int pagemap_fd = -1; /* of our own */

const char *window_open_guard(const struct root *root)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_SIGBUS | UFFD_FEATURE_MISSING_SHMEM |
			    UFFD_FEATURE_MISSING_HUGETLBFS,
	};

	pagemap_fd = pagemap_open(root, 0);
	if (pagemap_fd < 0)
		return "open its own page map";
	guard_fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
	if (guard_fd < 0 || ioctl(guard_fd, UFFDIO_API, &api) != 0)
		return "guard holes with userfaultfd";
	return NULL;
}

static int guard_holes(const struct window *window)
{
	struct uffdio_register range = {
		.range = {.start = (uintptr_t)window->start, .len = window->size},
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	return ioctl(guard_fd, UFFDIO_REGISTER, &range);
}

int window_open(struct window *window, const struct area *area, uint64_t offset, size_t size)
{
	/* Without MAP_NORESERVE the holes of a hugetlb file would be taken out of the pool for it.
	 */
	char *start =
		mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_NORESERVE, area->fd, (off_t)offset);

	if (start == MAP_FAILED)
		return -1;
	*window = (struct window){.area = area, .start = start, .offset = offset, .size = size};
	/*
	 * Sequential access is not taken for use: without this every page swept would be marked
	 * referenced at the unmapping, and reclaim would throw out the owner's own working set.
	 */
	madvise(start, size, MADV_SEQUENTIAL);
	if (area->memory == AREA_PAGE_CACHE || guard_holes(window) == 0)
		return 0;
	window_close(window);
	return -1;
}

void window_close(struct window *window)
{
	int error = errno;

	munmap(window->start, window->size);
	errno = error;
}

/* madvise(2) that is not put off by signals or by memory being short for a moment. */
static int populate(const struct window *window, size_t position, size_t size)
{
	int result;

	do
		result = madvise(window->start + position, size, MADV_POPULATE_READ);
	while (result != 0 && (errno == EINTR || errno == EAGAIN));
	return result;
}

int window_frames(const struct window *window, size_t position, uint64_t *words, size_t n)
{
	ssize_t got = pagemap_read(pagemap_fd, (uintptr_t)window->start + position, words, n);

	if (got == (ssize_t)n)
		return 0;
	if (got >= 0)
		errno = EIO;
	return -1;
}

/* How much from POSITION on, but not beyond END, is mapped now; -1 with errno. */
static ssize_t count_mapped(const struct window *window, size_t position, size_t end)
{
	uint64_t words[FRAMES];
	size_t p = position;

	while (p < end) {
		size_t n = (end - p) / PAGE_BYTES;

		if (n > FRAMES)
			n = FRAMES;
		if (window_frames(window, p, words, n) != 0)
			return -1;
		for (size_t i = 0; i < n; i++, p += PAGE_BYTES)
			if (!pagemap_is_present(words[i]))
				return (ssize_t)(p - position);
	}
	return (ssize_t)(p - position);
}

/* The one page at POSITION, which was not mapped a moment ago. */
static struct run probe_page(const struct window *window, size_t position)
{
	struct run run = {.kind = RUN_READABLE, .size = window->area->page};

	if (populate(window, position, run.size) == 0)
		return run;
	if (errno == EFAULT)
		run.kind = RUN_HOLE;
	else if (errno == EHWPOISON)
		run.kind = RUN_POISONED;
	else
		run.kind = RUN_FAILED;
	return run;
}

static struct run screen_mapped(const struct window *window, size_t position, size_t end)
{
	if (populate(window, position, end - position) == 0)
		return (struct run){RUN_READABLE, end - position};

	ssize_t mapped = count_mapped(window, position, end);

	if (mapped < 0)
		return (struct run){RUN_FAILED, end - position};
	/* Whole pages: a huge page is mapped in one piece or not at all. */
	if (mapped > 0)
		return (struct run){RUN_READABLE, (size_t)mapped};
	return probe_page(window, position);
}

/*
 * A file on storage: only what the page cache holds is in memory.  Up to
 * FRAMES pages are looked at, so a run may end where nothing changes.
 */
static struct run screen_page_cache(const struct window *window, size_t position)
{
	unsigned char resident[FRAMES];
	size_t size = window->size - position;
	size_t n = 1;

	if (size > sizeof(resident) * PAGE_BYTES)
		size = sizeof(resident) * PAGE_BYTES;
	if (mincore(window->start + position, size, resident) != 0)
		return (struct run){RUN_FAILED, size};
	while (n < size / PAGE_BYTES && (resident[n] & 1) == (resident[0] & 1))
		n++;
	if (!(resident[0] & 1))
		return (struct run){RUN_HOLE, n * PAGE_BYTES};
	return screen_mapped(window, position, position + n * PAGE_BYTES);
}

struct run window_screen(const struct window *window, size_t position)
{
	if (window->area->memory == AREA_PAGE_CACHE)
		return screen_page_cache(window, position);
	return screen_mapped(window, position, window->size);
}

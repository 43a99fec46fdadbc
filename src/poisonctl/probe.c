/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe.h"
#include "bad.h"
#include "owners.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

static struct maps maps;
static struct vma vma;
static enum status status;

static __attribute__((format(printf, 2, 3))) void complain(uint64_t pfn, const char *format, ...)
{
	char reason[256];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	say("probe huge page 0x%016" PRIx64 ": %s", pfn << PAGE_SHIFT, reason);
	status = STATUS_SOME;
}

/* The file that process HIT is of has mapped at its address, or -1 with errno. */
static int open_file(const struct root *root, const struct owner_hit *hit)
{
	pid_t pid = hit->process->pid;
	int more;

	if (maps_open(&maps, root, pid) != 0)
		return -1;
	while ((more = maps_next(&maps, &vma)) > 0 && vma.end <= hit->va)
		;
	maps_close(&maps);
	if (more <= 0 || vma.start > hit->va || vma.inode != hit->inode) {
		errno = ESTALE;
		return -1;
	}
	return root_openat(
		root, O_RDONLY, "proc/%d/map_files/%" PRIx64 "-%" PRIx64, pid, vma.start, vma.end);
}

/* Read FRAMES of a file from OFFSET on; those that cannot be are bad.  Returns how many. */
static uint64_t read_around(int fd, const struct owner_hit *hit)
{
	static char buffer[2 << 20];
	uint64_t at = 0, refused = 0;

	while (at < hit->frames) {
		size_t size = MIN(sizeof(buffer), (hit->frames - at) * PAGE_BYTES);
		ssize_t n = pread(fd, buffer, size, (off_t)(hit->offset + at * PAGE_BYTES));

		if (n == 0 || (n < 0 && errno != EIO && errno != EINTR))
			break; /* the file has become shorter; or there is nothing to learn */
		if (n > 0)
			at += (uint64_t)n / PAGE_BYTES;
		if (n >= 0 || errno == EINTR)
			continue;
		bad_add(hit->pfn + at++);
		refused++;
	}
	return refused;
}

static void probe(const struct root *root, const struct owner_hit *hit)
{
	int fd = open_file(root, hit);

	if (fd < 0) {
		complain(hit->pfn, "open its file in process %d: %s", hit->process->pid,
			strerror(errno));
		return;
	}
	if (read_around(fd, hit) == 0)
		complain(hit->pfn, "all of its file can be read");
	close(fd);
}

static const struct owner_hit *find_hit(
	const struct owners *owners, const struct wanted_range *range)
{
	for (size_t i = 0; i < owners->hits; i++) {
		const struct owner_hit *hit = &owners->hit[i];

		if (hit->pfn == range->first && hit->pfn + hit->frames == range->end &&
			hit->inode && !hit->is_doubtful)
			return hit;
	}
	return NULL;
}

enum status probe_pages(const struct root *root, const struct wanted *wanted, int flags_fd)
{
	static struct owners *owners;

	owners = owners_open(root, wanted);
	if (!owners)
		die_errno(STATUS_FAILED, "list owners");
	owners->flags_fd = flags_fd;
	if (wanted->count && owners_find(owners) != 0)
		die_errno(STATUS_FAILED, "list /proc");
	for (size_t i = 0; i < wanted->count; i++) {
		const struct owner_hit *hit = find_hit(owners, &wanted->range[i]);

		if (hit)
			probe(root, hit);
		else
			complain(wanted->range[i].first, "whose it is cannot be told");
	}
	return status;
}

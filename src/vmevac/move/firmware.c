/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware.h"
#include "mtree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>

enum { RANGES_MAX = 256 };

/* Parts of it show at other addresses, too; whole, it is the longest. */
static bool find_range(const char *text, struct mtree_range *out)
{
	static struct mtree_range range[RANGES_MAX];
	size_t n = mtree_parse(text, range, RANGES_MAX);

	out->size = 0;
	for (size_t i = 0; i < n && i < RANGES_MAX; i++)
		if (strcmp(range[i].region, "pc.bios") == 0 && range[i].size > out->size)
			*out = range[i];
	return out->size && out->size <= FIRMWARE_MAX;
}

int firmware_find(struct qmp *qmp, struct firmware *out)
{
	struct mtree_range range = {0};
	char *text, line[64];
	bool found;

	*out = (struct firmware){0};
	if (qmp_monitor(qmp, "info mtree -f", &text) != 0)
		return -1;
	found = find_range(text, &range);
	free(text);
	if (!found)
		return 0;
	snprintf(line, sizeof(line), "gpa2hva 0x%" PRIx64, range.gpa);
	if (qmp_monitor(qmp, line, &text) != 0)
		return -1;
	found = mtree_hva(text, range.gpa, &out->va);
	free(text);
	if (found)
		out->size = range.size;
	return 0;
}

static int write_out(const struct firmware *firmware, struct inject *in, int fd)
{
	int theirs = inject_give_fd(in, fd);
	int64_t n;

	if (theirs < 0)
		return -1;
	n = inject_call(in, SYS_pwrite64, (uint64_t)theirs, firmware->va, firmware->size, 0);
	if (n >= 0 && (uint64_t)n != firmware->size)
		errno = EIO;
	return n >= 0 && (uint64_t)n == firmware->size ? 0 : -1;
}

int firmware_read(const struct firmware *firmware, struct inject *in, const struct root *root,
	pid_t pid, int fd)
{
	int result, error;

	if (inject_stop(in, root, pid) != 0)
		return -1;
	result = write_out(firmware, in, fd);
	error = errno;
	inject_release(in);
	errno = error;
	return result;
}

int firmware_write(const struct firmware *firmware, pid_t pid, int fd)
{
	static char piece[65536];

	for (uint64_t at = 0; at < firmware->size;) {
		ssize_t n = read_at(fd, piece, sizeof(piece), (off_t)at);
		struct iovec from = {piece, n > 0 ? (size_t)n : 0};
		struct iovec to = {(void *)(uintptr_t)(firmware->va + at), from.iov_len};

		if (n == 0)
			errno = EIO;
		if (n <= 0 || process_vm_writev(pid, &from, 1, &to, 1, 0) != n)
			return -1;
		at += (uint64_t)n;
	}
	return 0;
}

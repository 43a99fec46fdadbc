/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bad_page - what the kernel does when a page of hugetlbfs with an error in it is read:
 *
 *	BAD_PAGE=OFFSET LD_PRELOAD=bad_page.so hugesplit …
 *
 * pread(2) ends before the 4 KiB at OFFSET of any file there, and from it on fails with EIO.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { PAGE = 4096 };

/* Its other name in the C library, with offsets of 64 bits. */
ssize_t pread64(int fd, void *buffer, size_t size, off_t offset)
{
	static ssize_t (*real)(int, void *, size_t, off_t);
	off_t bad = strtoll(getenv("BAD_PAGE"), NULL, 10);
	struct statfs fs;

	if (!real)
		real = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread64");
	if (fstatfs(fd, &fs) == 0 && fs.f_type == HUGETLBFS_MAGIC && offset < bad + PAGE &&
		offset + (off_t)size > bad) {
		if (offset >= bad) {
			errno = EIO;
			return -1;
		}
		size = (size_t)(bad - offset);
	}
	return real(fd, buffer, size, offset);
}

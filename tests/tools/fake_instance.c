/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_instance - what tracefs does when a directory is made in "instances": there are
 * files in it at once, and rmdir(2) takes them along.
 *
 *	FAKE_INSTANCE=DIR LD_PRELOAD=fake_instance.so rastail …
 *
 * mkdirat(2) puts DIR, which the test has filled, in the place of the new directory, and
 * unlinkat(2) puts it back.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int mkdirat(int dir, const char *name, mode_t mode)
{
	(void)mode;
	if (faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(AT_FDCWD, getenv("FAKE_INSTANCE"), dir, name);
}

int unlinkat(int dir, const char *name, int flags)
{
	(void)flags;
	return renameat(dir, name, AT_FDCWD, getenv("FAKE_INSTANCE"));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What it tells of a machine is for root alone. */
enum { FOLDER_MODE = 0700, MASK = 0077 };

static int make_folder(const struct root *root)
{
	int parent = root_openat(root, O_RDONLY | O_DIRECTORY, "%.*s",
		(int)(strrchr(KEEP_FOLDER, '/') - KEEP_FOLDER), KEEP_FOLDER);
	int result, error;

	if (parent < 0)
		return -1;
	result = mkdirat(parent, strrchr(KEEP_FOLDER, '/') + 1, FOLDER_MODE);
	error = errno;
	/* A folder that is not on the disk takes its files with it. */
	if (result == 0 && fsync(parent) != 0)
		result = -1, error = errno;
	close(parent);
	errno = error;
	return result == 0 || error == EEXIST ? 0 : -1;
}

/* The path is that of an open folder, so that no link leads out of a captured tree. */
static void usual_path(char *path, size_t size, const struct root *root, bool create)
{
	int folder = root_openat(root, O_RDONLY | O_DIRECTORY, KEEP_FOLDER);

	if (folder < 0 && errno == ENOENT && create && make_folder(root) == 0)
		folder = root_openat(root, O_RDONLY | O_DIRECTORY, KEEP_FOLDER);
	if (folder < 0)
		die_errno(STATUS_FAILED, "open /" KEEP_FOLDER);
	snprintf(path, size, "/proc/self/fd/%d/" KEEP_FILE, folder);
}

void keep_open(struct ledger *ledger, const struct root *root, const char *file, bool create)
{
	char path[64];

	umask(MASK);
	if (!file)
		usual_path(path, sizeof(path), root, create);
	if (ledger_open(ledger, file ? file : path, create) != 0)
		die(STATUS_FAILED, "open %s: %s", file ? file : "/" KEEP_FOLDER "/" KEEP_FILE,
			ledger->why);
}

int keep_check(const struct ledger *ledger, int result, const char *action)
{
	if (result < 0)
		die(STATUS_FAILED, "%s ledger: %s", action, ledger->why);
	return result;
}

const struct smbios *keep_modules(const struct root *root, enum status *status)
{
	static struct smbios smbios;
	const char *why = smbios_read(&smbios, root);

	*status = STATUS_DONE;
	if (!why)
		return &smbios;
	if (errno == ENOENT)
		return NULL; /* a machine without SMBIOS */
	*status = STATUS_SOME;
	if (errno)
		say_errno("read /sys/firmware/dmi/tables/%s", why);
	else
		say("read /sys/firmware/dmi/tables: %s", why);
	return NULL;
}

void keep_iomem(struct iomem *iomem, const struct root *root)
{
	const char *why = iomem_read(iomem, root);

	if (why && errno)
		die_errno(errno == ENOENT ? STATUS_UNSUPPORTED : STATUS_FAILED, "%s /proc/iomem",
			why);
	if (why)
		die(STATUS_FAILED, "read /proc/iomem: %s", why);
}

void keep_put(struct rec_writer *record, const char *key, const char *text)
{
	if (*text)
		rec_put_text(record, key, text);
}

void keep_put_dimm(struct rec_writer *record, const struct dimm *dimm)
{
	keep_put(record, "dimm", *dimm->label ? dimm->label : dimm->locator);
	keep_put(record, "bank_locator", dimm->bank);
	keep_put(record, "dimm_serial", dimm->serial);
}

void keep_send(struct rec_writer *record)
{
	if (rec_send(record, stdout) != 0)
		exit(say_output_failed());
}

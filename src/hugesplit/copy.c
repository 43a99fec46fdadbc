/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy.h"
#include "page.h"
#include "rec.h"
#include "salvage.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

struct copy {
	const char *from, *to;
	int in, out, folder; /* that of to */
	bool nameless;
	uint64_t size; /* of the file */
	uint64_t page; /* size of its pages */
	uint64_t lost;
	struct salvage salvage;
	struct rec_writer record;
};

static void open_source(struct copy *copy)
{
	struct statfs fs;
	struct stat st;

	copy->in = open(copy->from, O_RDONLY | O_CLOEXEC);
	if (copy->in < 0 || fstat(copy->in, &st) != 0 || fstatfs(copy->in, &fs) != 0)
		die_errno(STATUS_FAILED, "open %s", copy->from);
	if (!S_ISREG(st.st_mode) || fs.f_type != HUGETLBFS_MAGIC)
		die(STATUS_FAILED, "copy %s: not a file of hugetlbfs", copy->from);
	copy->size = (uint64_t)st.st_size;
	copy->page = (uint64_t)fs.f_bsize;
	if (salvage_open(&copy->salvage, copy->page) != 0)
		die_errno(STATUS_FAILED, "get memory");
}

static const char *unfinished; /* NULL before it has its name, and when it is whole */

static void remove_unfinished(void)
{
	if (unfinished && unlink(unfinished) != 0)
		say_errno("remove %s, which is not whole", unfinished);
}

static void open_folder(struct copy *copy)
{
	char *path = strdup(copy->to);

	copy->folder = path ? open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (copy->folder < 0)
		die_errno(STATUS_FAILED, "create %s", copy->to);
	free(path);
}

/* Its name may be no link to nowhere, either. */
static void check_name(const struct copy *copy)
{
	struct stat st;

	if (lstat(copy->to, &st) == 0)
		errno = EEXIST;
	if (errno != ENOENT)
		die_errno(STATUS_FAILED, "create %s", copy->to);
}

/* Without a name until it is whole: whatever ends us, nothing is left.  Not all file systems can.
 */
static void open_destination(struct copy *copy)
{
	open_folder(copy);
	check_name(copy);
	copy->out = openat(copy->folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	copy->nameless = copy->out >= 0;
	if (!copy->nameless && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
		copy->out = open(copy->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		unfinished = copy->out >= 0 ? copy->to : NULL;
	}
	atexit(remove_unfinished);
	if (copy->out < 0 || ftruncate(copy->out, (off_t)copy->size) != 0)
		die_errno(STATUS_FAILED, "create %s", copy->to);
}

static void send(struct copy *copy)
{
	if (rec_send(&copy->record, stdout) != 0)
		exit(say_output_failed());
}

static bool is_zero(const char *data, size_t size)
{
	return data[0] == 0 && memcmp(data, data + 1, size - 1) == 0;
}

static int write_page(int fd, const char *data, uint64_t at)
{
	for (size_t done = 0; done < PAGE_BYTES;) {
		ssize_t n = pwrite(fd, data + done, PAGE_BYTES - done, (off_t)(at + done));

		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Page by page: where there are only zeros the copy has a hole. */
static void write_piece(const struct copy *copy, uint64_t offset, uint64_t at, uint64_t size)
{
	for (uint64_t end = at + size; at < end; at += PAGE_BYTES) {
		const char *data = copy->salvage.data + at;

		if (!is_zero(data, PAGE_BYTES) && write_page(copy->out, data, offset + at) != 0)
			die_errno(STATUS_FAILED, "write %s", copy->to);
	}
}

/* The copy may be memory, too. */
static void write_run(struct copy *copy, uint64_t offset, uint64_t at, uint64_t size)
{
	for (uint64_t n; size; at += n, size -= n) {
		n = MIN(size, SALVAGE_PIECE);
		write_piece(copy, offset, at, n);
		salvage_drop(&copy->salvage, at, n);
	}
}

static void report_lost(struct copy *copy, uint64_t offset, uint64_t size)
{
	rec_begin(&copy->record, "lost");
	rec_put_u64(&copy->record, "off", offset);
	rec_put_u64(&copy->record, "size", size);
	rec_put_head(&copy->record, "file", copy->from, strlen(copy->from), 1);
	send(copy);
	copy->lost += size;
}

static void copy_page(struct copy *copy, uint64_t offset)
{
	const struct salvage_hint nothing = {0};
	uint64_t at = 0, size = 0;
	const char *why;

	salvage_reset(&copy->salvage);
	why = salvage_read(&copy->salvage, copy->in, offset, &nothing, SALVAGE_ANY_AGE);
	if (why && strcmp(why, "failed") == 0)
		die_errno(STATUS_FAILED, "read %s", copy->from);
	while (salvage_next(&copy->salvage, true, &at, &size))
		write_run(copy, offset, at, size);
	at = size = 0;
	while (salvage_next(&copy->salvage, false, &at, &size))
		report_lost(copy, offset + at, size);
}

static int give_name(const struct copy *copy)
{
	char path[64];

	if (!copy->nameless)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", copy->out);
	if (linkat(AT_FDCWD, path, AT_FDCWD, copy->to, AT_SYMLINK_FOLLOW) != 0)
		return -1;
	unfinished = copy->to;
	return 0;
}

/* What is said to be there is there after a power cut, too. */
static void keep(const struct copy *copy)
{
	if (fsync(copy->out) != 0 || give_name(copy) != 0 || fsync(copy->folder) != 0 ||
		close(copy->out) != 0 || close(copy->folder) != 0)
		die_errno(STATUS_FAILED, "write %s", copy->to);
}

static void finish(struct copy *copy)
{
	keep(copy);
	rec_begin(&copy->record, "done");
	rec_put_text(&copy->record, "src", "hugesplit");
	rec_put_text(&copy->record, "scope", "file");
	rec_put_u64(&copy->record, "scanned", copy->size - copy->lost);
	rec_put_u64(&copy->record, "skipped", 0);
	rec_put_u64(&copy->record, "lost", copy->lost);
	rec_put_head(&copy->record, "file", copy->from, strlen(copy->from), 1);
	send(copy);
	unfinished = NULL;
}

enum status copy_file(const char *from, const char *to)
{
	static struct copy copy;

	copy = (struct copy){.from = from, .to = to};
	open_source(&copy);
	open_destination(&copy);
	for (uint64_t offset = 0; offset < copy.size; offset += copy.page)
		copy_page(&copy, offset);
	finish(&copy);
	return copy.lost ? STATUS_SOME : STATUS_DONE;
}

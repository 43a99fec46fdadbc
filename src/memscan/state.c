/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state.h"
#include "clock.h"
#include "history.h"
#include "page.h"
#include "rec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int state_now(struct state_now *now, const struct root *root)
{
	if (root_read(root, now->boot, sizeof(now->boot), "proc/sys/kernel/random/boot_id") < 0)
		return -1;
	now->boot[strcspn(now->boot, "\n")] = '\0';
	now->now = clock_now();
	return 0;
}

/* --- Reading --- */

/* Where in the file a record stands. */
enum part { PART_HEAD, PART_PAGES, PART_END };

static const char *take_page(const struct rec *rec, const struct state_now *now, bool is_stale)
{
	uint64_t addr, when;

	if (rec_addr(rec, "addr", &addr) != 0 || rec_u64(rec, "mono_ns", &when) != 0)
		return "no addr or no mono_ns";
	if (addr == 0 || addr % HISTORY_PAGE_MIN)
		return "not the address of a huge page";
	if (is_stale)
		return NULL;
	if (when > now->now)
		return "a time that has not come yet";
	history_note(addr >> PAGE_SHIFT, when);
	return NULL;
}

static const char *take_record(
	const struct rec *rec, const struct state_now *now, enum part *part, bool *is_stale)
{
	switch (*part) {
	case PART_HEAD:
		if (!rec_is(rec, "history") || !rec_find(rec, "boot"))
			return "not a state file";
		*is_stale = !rec_value_is(rec, "boot", now->boot);
		*part = PART_PAGES;
		return NULL;
	case PART_PAGES:
		if (rec_is(rec, "clean"))
			return take_page(rec, now, *is_stale);
		*part = PART_END;
		return rec_is(rec, "done") ? NULL : "neither clean nor done";
	case PART_END:
		break;
	}
	return "something behind the end";
}

const char *state_read(int fd, const struct state_now *now, uint64_t *line, bool *is_stale)
{
	static struct rec_reader reader;
	static struct rec rec;
	enum part part = PART_HEAD;
	enum rec_event event;
	const char *why = NULL;

	*is_stale = false;
	rec_open(&reader, fd);
	while (!why && (event = rec_next(&reader, &rec)) != REC_END) {
		if (event == REC_RECORD)
			why = take_record(&rec, now, &part, is_stale);
		else if (event == REC_MALFORMED)
			why = reader.why;
		else if (event == REC_ERROR)
			why = strerror(errno);
		else if (event != REC_NOTE)
			why = event == REC_CUT ? "cut short" : "another version";
		*line = reader.lines.number;
	}
	if (!why && part != PART_END) {
		*line = 0;
		why = "ends before its done record";
	}
	return why;
}

/* Whoever may write to it may have memscan call pages clean. */
static const char *distrust(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return "somebody else's";
	return st.st_mode & (S_IWGRP | S_IWOTH) ? "others may write to it" : NULL;
}

const char *state_load(
	const char *path, const struct state_now *now, uint64_t *line, bool *is_stale)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*line = 0;
	*is_stale = false;
	if (fd < 0)
		return errno == ENOENT ? NULL : strerror(errno);

	const char *why = distrust(fd);

	if (!why)
		why = state_read(fd, now, line, is_stale);
	close(fd);
	return why;
}

/* --- Writing --- */

static void write_records(FILE *out, const struct state_now *now)
{
	static struct rec_writer record;
	uint64_t place = 0, pfn, when;

	fputs("#rec 1\n", out);
	rec_begin(&record, "history");
	rec_put_text(&record, "src", "memscan");
	rec_put_text(&record, "boot", now->boot);
	rec_send(&record, out);
	while (history_next(&place, &pfn, &when)) {
		rec_begin(&record, "clean");
		rec_put_addr(&record, "addr", pfn << PAGE_SHIFT);
		rec_put_u64(&record, "mono_ns", when);
		rec_send(&record, out);
	}
	rec_begin(&record, "done");
	rec_put_text(&record, "src", "memscan");
	rec_send(&record, out);
}

/* All of it to FD, which is closed; -1 with errno.  What could not be written sticks to OUT. */
static int write_file(int fd, const struct state_now *now)
{
	FILE *out = fdopen(fd, "w");

	if (!out) {
		close(fd);
		return -1;
	}
	write_records(out, now);

	bool failed = fflush(out) != 0 || ferror(out) || fsync(fd) != 0;
	int error = errno;

	if (fclose(out) != 0 && !failed)
		return -1;
	errno = error;
	return failed ? -1 : 0;
}

int state_save(const char *path, const struct state_now *now)
{
	char new[PATH_MAX];

	if (snprintf(new, sizeof(new), "%s.new", path) >= (int)sizeof(new)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	/* What a memscan that was killed has left there is of no use, whatever it is. */
	if (unlink(new) != 0 && errno != ENOENT)
		return -1;

	int fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	if (write_file(fd, now) == 0 && rename(new, path) == 0)
		return 0;

	int error = errno;

	unlink(new);
	errno = error;
	return -1;
}

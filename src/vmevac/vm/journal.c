/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "journal.h"
#include "rec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

int journal_make_id(char id[JOURNAL_ID_LEN + 1])
{
	unsigned char bytes[JOURNAL_ID_LEN / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -1;
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

bool journal_is_id(const char *text)
{
	return strlen(text) == JOURNAL_ID_LEN && strspn(text, "0123456789abcdef") == JOURNAL_ID_LEN;
}

bool journal_path(const struct journal *journal, const char *suffix, char *out, size_t size)
{
	int len = snprintf(out, size, "%s/%s.%s", journal->dir, journal->id, suffix);

	return len > 0 && (size_t)len < size;
}

static int open_file(struct journal *journal, int flags)
{
	char path[JOURNAL_PATH_MAX];

	if (!journal_path(journal, journal->side, path, sizeof(path))) {
		errno = ENAMETOOLONG;
		return -1;
	}
	journal->fd = open(path, flags | O_CLOEXEC, 0600);
	return journal->fd < 0 ? -1 : 0;
}

/* What has failed is closed, with its errno kept. */
static int close_file(struct journal *journal)
{
	int error = errno;

	close(journal->fd);
	journal->fd = -1;
	errno = error;
	return -1;
}

static int open_locked(struct journal *journal, int flags)
{
	if (open_file(journal, O_RDWR | O_APPEND | flags) != 0)
		return -1;
	return flock(journal->fd, LOCK_EX | LOCK_NB) == 0 ? 0 : close_file(journal);
}

int journal_create(struct journal *journal)
{
	if (mkdir(journal->dir, 0700) != 0 && errno != EEXIST)
		return -1;
	return open_locked(journal, O_CREAT | O_EXCL);
}

/* --- Reading --- */

static void take(struct journal *journal, const struct rec *rec)
{
	uint64_t pid = 0;

	rec_text(rec, "vm", journal->vm, sizeof(journal->vm));
	rec_text(rec, "state", journal->state, sizeof(journal->state));
	rec_text(rec, "qmp", journal->qmp, sizeof(journal->qmp));
	rec_text(rec, "host", journal->was_host, sizeof(journal->was_host));
	journal->was_to[0] = '\0';
	rec_text(rec, "to", journal->was_to, sizeof(journal->was_to));
	rec_u64(rec, "pid", &pid);
	journal->pid = (pid_t)pid;
	journal->start = 0;
	rec_u64(rec, "start", &journal->start);
	journal->t = (struct timespec){0};
	rec_time(rec, "t", &journal->t);
}

/* The last record holds; one that was cut short was never acted on. */
static int read_file(struct journal *journal)
{
	static struct rec_reader reader;
	enum rec_event event;
	struct rec rec;

	journal->state[0] = '\0';
	rec_open(&reader, journal->fd);
	while ((event = rec_next(&reader, &rec)) == REC_RECORD)
		if (rec_is(&rec, "move"))
			take(journal, &rec);
	if ((event == REC_END || event == REC_CUT) && journal->state[0])
		return 0;
	if (event != REC_ERROR)
		errno = event == REC_END || event == REC_CUT ? ENODATA : EBADMSG;
	return -1;
}

int journal_open(struct journal *journal)
{
	if (open_locked(journal, 0) != 0)
		return -1;
	return read_file(journal) == 0 ? 0 : close_file(journal);
}

/* Whoever works on one has it locked before it says anything. */
int journal_look(struct journal *journal, bool *in_work)
{
	if (open_file(journal, O_RDONLY) != 0)
		return -1;
	if (read_file(journal) != 0)
		return close_file(journal);
	*in_work = flock(journal->fd, LOCK_SH | LOCK_NB) != 0;
	close_file(journal);
	return 0;
}

/* Locks end a moment after their owner has closed something else. */
int journal_reopen(struct journal *journal)
{
	for (unsigned int i = 0; i < 500; i++) {
		if (journal_open(journal) == 0)
			return 0;
		if (errno != EAGAIN)
			return -1;
		usleep(10000);
	}
	return -1;
}

/* --- Writing --- */

/* Room for what comes behind a command that may be of any length. */
enum { REST_OF_RECORD = 64 };

/* It is run once more by who goes on: half of it is another command. */
static void put_command(struct rec_writer *record, const char *command)
{
	size_t before = record->len, len = strlen(command);

	if (rec_put_head(record, "to", command, len, REST_OF_RECORD) < len)
		record->len = before;
}

/* Half a line would spoil the next one, and with it all of the journal. */
static int append(int fd, const char *line, size_t len)
{
	off_t end = lseek(fd, 0, SEEK_END);
	ssize_t n = end < 0 ? -1 : write(fd, line, len);
	int error = n < 0 ? errno : ENOSPC;

	if (n == (ssize_t)len)
		return 0;
	if (n > 0 && ftruncate(fd, end) != 0)
		error = errno;
	errno = error;
	return -1;
}

int journal_put(struct journal *journal, const char *state)
{
	struct rec_writer record;

	snprintf(journal->state, sizeof(journal->state), "%s", state);
	rec_begin(&record, "move");
	rec_put_text(&record, "vm", journal->vm);
	rec_put_text(&record, "id", journal->id);
	rec_put_text(&record, "side", journal->side);
	rec_put_text(&record, "state", state);
	if (journal->pid) {
		rec_put_u64(&record, "pid", (uint64_t)journal->pid);
		rec_put_u64(&record, "start", journal->start);
	}
	if (journal->qmp[0])
		rec_put_text(&record, "qmp", journal->qmp);
	if (journal->host)
		rec_put_text(&record, "host", journal->host);
	if (journal->to)
		put_command(&record, journal->to);
	rec_put_now(&record, "t");
	errno = record.error;
	record.line[record.len] = '\n';
	return record.error ? -1 : append(journal->fd, record.line, record.len + 1);
}

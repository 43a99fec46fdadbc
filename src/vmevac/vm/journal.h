/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal - what one side of a move remembers of it: DIR/ID.send or DIR/ID.recv, a file of
 * "move" records (records(5)) of which the last one holds.
 *
 * Whoever works on the move has the file locked; what is in a file that nobody has locked
 * was left so.  It is not synced to a disk: a host that goes down takes the machine with it.
 */
#ifndef MEMPATROL_VMEVAC_JOURNAL_H
#define MEMPATROL_VMEVAC_JOURNAL_H

#include "rec.h"
#include "targets.h"

#include <sys/types.h>

/* The options of both ends of a move, for a table of struct cli_option. */
#define JOURNAL_OPTIONS(stall_ns, dir)                                         \
	{.name = "stall",                                                      \
		.arg = "TIME",                                                 \
		.kind = CLI_DURATION,                                          \
		.to = &(stall_ns),                                             \
		.min = 1000000,                                                \
		.max = 3600 * CLOCK_SECOND,                                    \
		.help = "give up when the other end is silent for so long"},   \
	{                                                                      \
		.name = "state", .arg = "DIR", .kind = CLI_TEXT, .to = &(dir), \
		.help = "where the journal is"                                 \
	}

enum { JOURNAL_ID_LEN = 32, JOURNAL_STATE_MAX = 16, JOURNAL_PATH_MAX = 96 };

#define JOURNAL_DIR "/run/mempatrol"

struct journal {
	int fd;
	const char *dir;
	const char *side; /* "send" or "recv" */
	char id[JOURNAL_ID_LEN + 1];
	char vm[TARGET_LABEL_MAX];
	const char *to, *host;      /* VMEVAC_TO of drain; NULL: not known */
	pid_t pid;                  /* of QEMU, 0: not known */
	uint64_t start;             /* of that process, see process_start() */
	char qmp[JOURNAL_PATH_MAX]; /* where it listens; "": not known */
	char state[JOURNAL_STATE_MAX];
	char was_to[REC_LINE_MAX]; /* what TO was, when it was written; "": it was too long */
	char was_host[TARGET_LABEL_MAX];
	struct timespec t; /* of that, in one that was read */
};

/* journal_make_id - a name for a move that no other has; 0 or -1. */
int journal_make_id(char id[JOURNAL_ID_LEN + 1]);

/* journal_is_id - TEXT may be one: it comes from afar, and becomes a part of a path. */
bool journal_is_id(const char *text);

/* journal_path - of a file beside it, ending in .SUFFIX; false where that is too long. */
bool journal_path(const struct journal *journal, const char *suffix, char *out, size_t size);

/* journal_create - a new file, locked; dir, side, id and vm are set.  0, or -1 with errno. */
int journal_create(struct journal *journal);

/*
 * journal_open - an old one, as soon as nobody has it locked, and what its last record says.
 * EAGAIN: somebody has it.  ENOENT: there is none.  ENODATA: it says nothing yet.  EBADMSG: it is
 * none.
 */
int journal_open(struct journal *journal);

/*
 * journal_look - what an old one says, whoever has it; somebody does if *in_work.  0, or -1 with
 * errno.
 */
int journal_look(struct journal *journal, bool *in_work);

/* journal_reopen - journal_open() of one that this process has not opened, soon after who had has
 * died.
 */
int journal_reopen(struct journal *journal);

/* journal_put - that the move has come to STATE. */
int journal_put(struct journal *journal, const char *state);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journals - what those of this host tell of a machine. */
#ifndef MEMPATROL_VMEVAC_JOURNALS_H
#define MEMPATROL_VMEVAC_JOURNALS_H

#include "journal.h"

/* The option --state of who asks, a const char *, for a table of struct cli_option. */
#define JOURNALS_OPTION(dir)                                                  \
	{                                                                     \
		.name = "state", .arg = "DIR", .kind = CLI_TEXT, .to = (dir), \
		.help = "where the journals of moves are"                     \
	}

struct journals_news {
	const char *word; /* of journal= in records(5); NULL: nothing */
	char id[JOURNAL_ID_LEN + 1];
};

/*
 * journals_ask - what the last journal in DIR of the machine called NAME tells.  VM is its
 * QEMU, of which alone is told then, or NULL when there is none here.  0, or -1 with errno.
 */
int journals_ask(
	const char *dir, const char *name, const struct vm *vm, struct journals_news *news);

/*
 * journals_may_be_away - by what a journal in DIR says, the guest of the QEMU that is process PID
 * and began at START may run elsewhere.  1, 0, or -1 with errno.
 */
int journals_may_be_away(const char *dir, pid_t pid, uint64_t start);

/*
 * journals_in_work - somebody is about to move that guest, by a journal in DIR other than OWN
 * (NULL: none).  1, 0, or -1 with errno.
 */
int journals_in_work(const char *dir, pid_t pid, uint64_t start, const struct journal *own);

/* journals_find_away - the same, and what that move is called, or "". */
int journals_find_away(const char *dir, pid_t pid, uint64_t start, char id[JOURNAL_ID_LEN + 1]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * same - the command line of a QEMU of another host, made one that waits here for its machine.
 *
 * It comes from afar, and whatever is in it is run: a QEMU can be told to run any program.
 */
#ifndef MEMPATROL_VMEVAC_SAME_H
#define MEMPATROL_VMEVAC_SAME_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SAME_WORDS_MAX = 64 << 10,    /* bytes of words that are taken */
	SAME_COMMAND_MAX = 120 << 10, /* sh takes no more (MAX_ARG_STRLEN in linux/binfmts.h) */
};

struct same {
	const char *qmp; /* the path of the socket that it is to make */
	const char *id;  /* of the move: files that must not be those of the source end in it */
	bool (*is_directory)(const char *path);
	char why[256]; /* it cannot be */
};

/*
 * same_command - a command of the shell from WORDS, LEN bytes with a NUL behind each: the program,
 * the directory it is started in, and its arguments.  What listens, and what shows something, is
 * left out; memory in files gets files of its own.
 * 0, or -1 with same->why, when an option cannot be had here.
 */
int same_command(struct same *same, const char *words, size_t len, char out[SAME_COMMAND_MAX]);

#endif

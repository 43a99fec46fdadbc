/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keep - what the verbs that work on the ledger share: where it is, and how it is told of.
 *
 * For programs only: a ledger that cannot be used ends the program with STATUS_FAILED.
 */
#ifndef MEMPATROL_KEEP_H
#define MEMPATROL_KEEP_H

#include "iomem.h"
#include "ledger.h"
#include "root.h"
#include "say.h"

#define KEEP_FOLDER "var/lib/mempatrol"
#define KEEP_FILE   "ledger.db"

/* The option that all of them have: --ledger FILE, into FILE. */
#define KEEP_OPTION(file)                                                                       \
	{                                                                                       \
		.name = "ledger", .letter = 'l', .arg = "FILE", .kind = CLI_TEXT, .to = (file), \
		.help = "not /" KEEP_FOLDER "/" KEEP_FILE ": FILE"                              \
	}

/* keep_open - open the ledger FILE, or below ROOT the usual one when it is NULL. */
void keep_open(struct ledger *ledger, const struct root *root, const char *file, bool create);

/* keep_check - end the program when RESULT is below 0: ACTION on the ledger has failed. */
int keep_check(const struct ledger *ledger, int result, const char *action);

/*
 * keep_modules - the memory modules of this machine, or NULL when it does not tell.  *status is
 * STATUS_SOME when it does, but cannot be understood; that is said.
 */
const struct smbios *keep_modules(const struct root *root, enum status *status);

/* keep_iomem - what physical addresses are used for now; or end the program. */
void keep_iomem(struct iomem *iomem, const struct root *root);

/* keep_put - a text as a key of a record, when it is known. */
void keep_put(struct rec_writer *record, const char *key, const char *text);

/* keep_put_dimm - what is known of a module, as keys of a record. */
void keep_put_dimm(struct rec_writer *record, const struct dimm *dimm);

/* keep_send - print a record, or end the program. */
void keep_send(struct rec_writer *record);

#endif

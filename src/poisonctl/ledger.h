/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledger - the bad pages that survive a reboot: a database of SQLite.
 *
 * What a call has changed is on the disk when it returns: each is a transaction, with a
 * rollback journal and synchronous=EXTRA (sqlite.org/pragma.html), so that a loss of power
 * at any time leaves the state before it or the one after it.  Not a write-ahead log: one
 * needs a second file for good and shared memory, and cannot be read where nothing may be
 * written, all for readers beside a writer, of which there are none.
 *
 * The file is not trusted: one that was not made by ledger_open(), byte for byte of its
 * schema, is refused, and nothing that stands in it is ever run.
 */
#ifndef MEMPATROL_LEDGER_H
#define MEMPATROL_LEDGER_H

#include "dimm.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#define LEDGER_ADDR_MAX ((UINT64_C(1) << 52) - 4096) /* 52 bits: x86-64 and arm64 have no more */

enum {
	LEDGER_WORD_MAX = 64,      /* bytes of a word with its NUL */
	LEDGER_TIME_MAX = 31,      /* REC_TIME_LEN and a NUL */
	LEDGER_SIZE_MAX = 1 << 30, /* the largest huge page */
};

/* A range of physical memory: whole pages of 4 KiB, the last of them at LEDGER_ADDR_MAX. */
struct ledger_page {
	uint64_t addr, size;
	char state[LEDGER_WORD_MAX]; /* poisoned, mismatched */
	struct dimm dimm;
	uint64_t sightings;
	char first[LEDGER_TIME_MAX], last[LEDGER_TIME_MAX]; /* when it was seen, as in records(5) */
};

/* One time that a range was seen to be bad.  Texts that are not known are empty. */
struct ledger_sighting {
	uint64_t addr, size; /* set when it is read */
	char t[LEDGER_TIME_MAX];
	bool is_event;                /* t is when it happened; or else only when it was saved */
	char src[LEDGER_WORD_MAX];    /* who saw it */
	char boot[LEDGER_WORD_MAX];   /* identifier of the boot it was saved in */
	char record[LEDGER_WORD_MAX]; /* type of the record that told of it */
	char result[LEDGER_WORD_MAX]; /* and what had become of it */
	char serial[DIMM_TEXT_MAX];   /* of the memory module then */
};

struct ledger {
	sqlite3 *db;
	sqlite3_stmt *statement; /* that ledger_next() or ledger_next_sighting() is at */
	char why[256];           /* the reason of the last failure */
};

/*
 * ledger_open - open the ledger at PATH, and with CREATE make one where there is none.
 * Returns 0; or -1, and ledger->why says the reason.
 */
int ledger_open(struct ledger *ledger, const char *path, bool create);

void ledger_close(struct ledger *ledger);

/*
 * ledger_save - remember that PAGE was seen to be bad.
 *
 * The same event again, or again the same state within a boot, is no further sighting.
 * What is known of the memory module replaces what was known; what is not known does not.
 * Afterwards page->sightings is their number, and *is_new tells that it was not there.
 */
int ledger_save(struct ledger *ledger, struct ledger_page *page,
	const struct ledger_sighting *sighting, bool *is_new);

/*
 * ledger_forget - forget all ranges, and their history, that lie within SIZE bytes from ADDR.
 * *forgotten is their number, *kept that of ranges that lie within in part only.
 */
int ledger_forget(
	struct ledger *ledger, uint64_t addr, uint64_t size, uint64_t *forgotten, uint64_t *kept);

/* ledger_pages - begin to list the ranges, by address. */
int ledger_pages(struct ledger *ledger);

/* ledger_next - the next of them: 1; 0 behind the last; or -1. */
int ledger_next(struct ledger *ledger, struct ledger_page *out);

/* ledger_sightings, ledger_next_sighting - the same for the history, by address and time. */
int ledger_sightings(struct ledger *ledger);
int ledger_next_sighting(struct ledger *ledger, struct ledger_sighting *out);

#endif

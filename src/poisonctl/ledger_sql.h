/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ledger_sql - what the parts of the ledger need of SQLite.  Failures set ledger->why. */
#ifndef MEMPATROL_LEDGER_SQL_H
#define MEMPATROL_LEDGER_SQL_H

#include "ledger.h"

/* ledger_fail - set the reason; returns -1.  ledger_fail_sqlite takes SQLite's. */
int ledger_fail(struct ledger *ledger, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int ledger_fail_sqlite(struct ledger *ledger);

/*
 * ledger_prepare - a statement, with an argument for each ? of SQL and letter of TYPES: i, a
 * uint64_t below 2^63, or t, a text.  NULL is a failure.
 */
sqlite3_stmt *ledger_prepare(struct ledger *ledger, const char *sql, const char *types, ...);

/* ledger_finish - run a statement that gives one number at most, to *out, and free it. */
int ledger_finish(struct ledger *ledger, sqlite3_stmt *statement, uint64_t *out);

/* ledger_run - run statements that give nothing. */
int ledger_run(struct ledger *ledger, const char *sql);

/* ledger_number - run a statement that gives one number. */
int ledger_number(struct ledger *ledger, const char *sql, uint64_t *out);

/* ledger_end - end the transaction: keep all of it when RESULT is 0, none of it otherwise. */
int ledger_end(struct ledger *ledger, int result);

#endif

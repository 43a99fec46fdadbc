/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ledger_sql.h"

#include <stdarg.h>
#include <stdio.h>

int ledger_fail(struct ledger *ledger, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ledger->why, sizeof(ledger->why), format, args);
	va_end(args);
	return -1;
}

int ledger_fail_sqlite(struct ledger *ledger)
{
	return ledger_fail(ledger, "%s", sqlite3_errmsg(ledger->db));
}

/* What stands at each ? of a statement, of the type that its letter in TYPES tells. */
static int bind(sqlite3_stmt *statement, const char *types, va_list args)
{
	int result = SQLITE_OK;

	for (int i = 1; *types && result == SQLITE_OK; i++, types++)
		if (*types == 'i')
			result = sqlite3_bind_int64(statement, i, (int64_t)va_arg(args, uint64_t));
		else
			result = sqlite3_bind_text(
				statement, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
	return result;
}

/*
 * Prepare SQL, with an argument for each letter of TYPES: i, a uint64_t below 2^63, or t, a
 * text.  NULL is a failure.
 */
sqlite3_stmt *ledger_prepare(struct ledger *ledger, const char *sql, const char *types, ...)
{
	sqlite3_stmt *statement = NULL;
	va_list args;
	int result = sqlite3_prepare_v2(ledger->db, sql, -1, &statement, NULL);

	va_start(args, types);
	if (result == SQLITE_OK)
		result = bind(statement, types, args);
	va_end(args);
	if (result == SQLITE_OK)
		return statement;
	ledger_fail_sqlite(ledger);
	sqlite3_finalize(statement);
	return NULL;
}

/* Step a statement that returns at most one number, which goes to *out, and end it. */
int ledger_finish(struct ledger *ledger, sqlite3_stmt *statement, uint64_t *out)
{
	int result;

	if (!statement)
		return -1;
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW && out)
		*out = (uint64_t)sqlite3_column_int64(statement, 0);
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		ledger_fail_sqlite(ledger);
	sqlite3_finalize(statement);
	return result == SQLITE_ROW || result == SQLITE_DONE ? 0 : -1;
}

int ledger_run(struct ledger *ledger, const char *sql)
{
	return sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK
		       ? 0
		       : ledger_fail_sqlite(ledger);
}

int ledger_number(struct ledger *ledger, const char *sql, uint64_t *out)
{
	return ledger_finish(ledger, ledger_prepare(ledger, sql, ""), out);
}

/* End the transaction: keep all of it when RESULT is 0, none of it otherwise. */
int ledger_end(struct ledger *ledger, int result)
{
	if (result == 0 && ledger_run(ledger, "COMMIT") == 0)
		return 0;
	/* The reason is that of what failed, not of the way back. */
	sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

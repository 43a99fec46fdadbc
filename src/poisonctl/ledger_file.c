/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ledger_sql.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	APPLICATION_ID = 0x4d50444c, /* "MPDL" */
	VERSION = 1,
	PAGES_MAX = 1 << 16, /* of the file: 256 MiB are no ledger */
	WAIT_MS = 60000,     /* for another process that writes */
};

#define LAST_PAGE "4503599627366400" /* LEDGER_ADDR_MAX */
#define A_TIME                                         \
	"'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T" \
	"[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]Z'"
#define NO_WORD "'*[^a-z0-9_-]*'"

/* The whole schema, as it stands in the file: any other text there is not ours. */
static const char *const schema[] = {
	"CREATE TABLE page (\n"
	" addr INTEGER NOT NULL CHECK (addr BETWEEN 0 AND " LAST_PAGE " AND addr % 4096 = 0),\n"
	" size INTEGER NOT NULL CHECK (size BETWEEN 4096 AND 1073741824 AND size % 4096 = 0),\n"
	" state TEXT NOT NULL CHECK (state IN ('poisoned', 'mismatched')),\n"
	" first TEXT NOT NULL CHECK (first GLOB " A_TIME "),\n"
	" last TEXT NOT NULL CHECK (last GLOB " A_TIME "),\n"
	" label TEXT NOT NULL,\n"
	" bank TEXT NOT NULL,\n"
	" locator TEXT NOT NULL,\n"
	" serial TEXT NOT NULL,\n"
	" PRIMARY KEY (addr, size)\n"
	") STRICT, WITHOUT ROWID",
	"CREATE TABLE sighting (\n"
	" id INTEGER PRIMARY KEY,\n"
	" addr INTEGER NOT NULL,\n"
	" size INTEGER NOT NULL,\n"
	" t TEXT NOT NULL CHECK (t GLOB " A_TIME "),\n"
	" event INTEGER NOT NULL CHECK (event IN (0, 1)),\n"
	" src TEXT NOT NULL CHECK (src NOT GLOB " NO_WORD "),\n"
	" boot TEXT NOT NULL,\n"
	" record TEXT NOT NULL CHECK (record NOT GLOB " NO_WORD "),\n"
	" result TEXT NOT NULL CHECK (result NOT GLOB " NO_WORD "),\n"
	" serial TEXT NOT NULL,\n"
	" FOREIGN KEY (addr, size) REFERENCES page ON DELETE CASCADE\n"
	") STRICT",
	"CREATE INDEX sighting_of ON sighting (addr, size)",
};

enum { OBJECTS = sizeof(schema) / sizeof(*schema) };

/* Nothing that stands in the file may act: neither triggers and views, nor its schema. */
static int defend(struct ledger *ledger)
{
	static const struct {
		int option, value;
	} options[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
		{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
		{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
		{SQLITE_DBCONFIG_DQS_DDL, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},
		{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (sqlite3_db_config(ledger->db, options[i].option, options[i].value, NULL) !=
			SQLITE_OK)
			return ledger_fail_sqlite(ledger);
	sqlite3_limit(ledger->db, SQLITE_LIMIT_LENGTH, 1 << 20);
	sqlite3_limit(ledger->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_busy_timeout(ledger->db, WAIT_MS);
	return ledger_run(ledger, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; "
				  "PRAGMA synchronous=EXTRA; PRAGMA temp_store=MEMORY");
}

/* Not yet a ledger: no table, and no program has written its number into it. */
static int is_blank(struct ledger *ledger, bool *blank)
{
	uint64_t objects, id, version;

	if (ledger_number(ledger, "SELECT count(*) FROM sqlite_schema", &objects) != 0 ||
		ledger_number(ledger, "PRAGMA application_id", &id) != 0 ||
		ledger_number(ledger, "PRAGMA user_version", &version) != 0)
		return -1;
	*blank = !objects && !id && !version;
	return 0;
}

static int write_schema(struct ledger *ledger)
{
	char sql[128];

	for (size_t i = 0; i < OBJECTS; i++)
		if (ledger_run(ledger, schema[i]) != 0)
			return -1;
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d",
		APPLICATION_ID, VERSION);
	return ledger_run(ledger, sql);
}

/* In one transaction with the look whether it is blank: two may come to create it at once. */
static int make_schema(struct ledger *ledger)
{
	bool blank;

	if (is_blank(ledger, &blank) != 0)
		return -1;
	if (!blank)
		return 0;
	if (ledger_run(ledger, "BEGIN IMMEDIATE") != 0)
		return -1;
	if (is_blank(ledger, &blank) != 0)
		return ledger_end(ledger, -1);
	return ledger_end(ledger, blank ? write_schema(ledger) : 0);
}

static int check_marks(struct ledger *ledger)
{
	uint64_t id = 0, version = 0, pages = 0;

	if (ledger_number(ledger, "PRAGMA application_id", &id) != 0 ||
		ledger_number(ledger, "PRAGMA user_version", &version) != 0 ||
		ledger_number(ledger, "PRAGMA page_count", &pages) != 0)
		return -1;
	if (id != APPLICATION_ID)
		return ledger_fail(ledger, "a database, but not a ledger");
	if (version != VERSION)
		return ledger_fail(ledger, "a ledger of version %lld; this program knows %d",
			(long long)version, VERSION);
	return pages > PAGES_MAX ? ledger_fail(ledger, "too large for a ledger") : 0;
}

static bool is_ours(const unsigned char *sql)
{
	for (size_t i = 0; sql && i < OBJECTS; i++)
		if (!strcmp((const char *)sql, schema[i]))
			return true;
	return false;
}

/* All texts of the schema are ours, and as many: none stands twice, or SQLite would not open it. */
static int check_schema(struct ledger *ledger)
{
	sqlite3_stmt *statement = ledger_prepare(ledger, "SELECT sql FROM sqlite_schema", "");
	size_t known = 0, all = 0;
	int result;

	if (!statement)
		return -1;
	for (; (result = sqlite3_step(statement)) == SQLITE_ROW; all++)
		known += is_ours(sqlite3_column_text(statement, 0));
	if (result != SQLITE_DONE)
		ledger_fail_sqlite(ledger);
	else if (known != OBJECTS || all != OBJECTS)
		ledger_fail(ledger, "not the tables of a ledger");
	sqlite3_finalize(statement);
	return result == SQLITE_DONE && known == OBJECTS && all == OBJECTS ? 0 : -1;
}

/* Another word than "delete" would put what is written elsewhere, or leave it unsafe. */
static int check_journal(struct ledger *ledger)
{
	sqlite3_stmt *statement = ledger_prepare(ledger, "PRAGMA journal_mode", "");
	const unsigned char *mode;
	bool good = false;

	if (!statement)
		return -1;
	if (sqlite3_step(statement) == SQLITE_ROW) {
		mode = sqlite3_column_text(statement, 0);
		good = mode && !strcmp((const char *)mode, "delete");
		if (!good)
			ledger_fail(ledger, "not a ledger: its journal is of another kind");
	} else {
		ledger_fail_sqlite(ledger);
	}
	sqlite3_finalize(statement);
	return good ? 0 : -1;
}

/* What SQLite finds stands below a heading. */
static const char *last_line(const char *text)
{
	const char *end = strrchr(text, '\n');

	return end ? end + 1 : text;
}

static int check_integrity(struct ledger *ledger)
{
	sqlite3_stmt *statement = ledger_prepare(ledger, "PRAGMA integrity_check(1)", "");
	const char *text;
	bool good = false;

	if (!statement)
		return -1;
	if (sqlite3_step(statement) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(statement, 0);
		good = text && !strcmp(text, "ok");
		if (!good)
			ledger_fail(ledger, "damaged: %.200s", text ? last_line(text) : "");
	} else {
		ledger_fail_sqlite(ledger);
	}
	sqlite3_finalize(statement);
	return good ? 0 : -1;
}

static int prepare_file(struct ledger *ledger)
{
	return defend(ledger) != 0 || make_schema(ledger) != 0 || check_marks(ledger) != 0 ||
			       check_schema(ledger) != 0 || check_journal(ledger) != 0 ||
			       check_integrity(ledger) != 0
		       ? -1
		       : 0;
}

int ledger_open(struct ledger *ledger, const char *path, bool create)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

	*ledger = (struct ledger){0};
	if (sqlite3_open_v2(path, &ledger->db, flags | (create ? SQLITE_OPEN_CREATE : 0), NULL) !=
		SQLITE_OK) {
		int error = ledger->db ? sqlite3_system_errno(ledger->db) : ENOMEM;

		ledger_fail(ledger, "%s", error ? strerror(error) : sqlite3_errmsg(ledger->db));
	} else if (prepare_file(ledger) == 0) {
		return 0;
	}
	ledger_close(ledger);
	return -1;
}

void ledger_close(struct ledger *ledger)
{
	sqlite3_finalize(ledger->statement);
	sqlite3_close(ledger->db);
	ledger->statement = NULL;
	ledger->db = NULL;
}

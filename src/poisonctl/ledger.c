/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ledger.h"
#include "ledger_sql.h"

#include <stdio.h>
#include <string.h>

/* --- Writing --- */

static int add_page(struct ledger *ledger, const struct ledger_page *page, const char *t)
{
	const struct dimm *dimm = &page->dimm;

	return ledger_finish(ledger,
		ledger_prepare(ledger, "INSERT OR IGNORE INTO page VALUES (?,?,?,?,?,?,?,?,?)",
			"iittttttt", page->addr, page->size, page->state, t, t, dimm->label,
			dimm->bank, dimm->locator, dimm->serial),
		NULL);
}

/* Each text that is known now replaces the one that was; a place goes as a whole. */
static int learn_dimm(struct ledger *ledger, const struct ledger_page *page)
{
	const struct dimm *dimm = &page->dimm;

	if (dimm->label[0] &&
		ledger_finish(ledger,
			ledger_prepare(ledger, "UPDATE page SET label=? WHERE addr=? AND size=?",
				"tii", dimm->label, page->addr, page->size),
			NULL) != 0)
		return -1;
	if (!dimm->locator[0])
		return 0;
	return ledger_finish(ledger,
		ledger_prepare(ledger,
			"UPDATE page SET bank=?, locator=?, serial=? WHERE addr=? AND size=?",
			"tttii", dimm->bank, dimm->locator, dimm->serial, page->addr, page->size),
		NULL);
}

static int set_times(struct ledger *ledger, const struct ledger_page *page, const char *t)
{
	return ledger_finish(ledger,
		ledger_prepare(ledger,
			"UPDATE page SET first=min(first,?), last=max(last,?), state=? "
			"WHERE addr=? AND size=?",
			"tttii", t, t, page->state, page->addr, page->size),
		NULL);
}

/* An event is known by its time, a state by the boot in which it was seen. */
static int add_sighting(struct ledger *ledger, const struct ledger_page *page,
	const struct ledger_sighting *sighting)
{
	return ledger_finish(ledger,
		ledger_prepare(ledger,
			"INSERT INTO sighting (addr,size,t,event,src,boot,record,result,serial) "
			"SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9 WHERE NOT EXISTS (SELECT 1 FROM "
			"sighting "
			"WHERE addr=?1 AND size=?2 AND event=?4 AND src=?5 AND record=?7 "
			"AND result=?8 AND CASE WHEN ?4 THEN t=?3 ELSE boot=?6 END)",
			"iititttt"
			"t",
			page->addr, page->size, sighting->t, (uint64_t)sighting->is_event,
			sighting->src, sighting->boot, sighting->record, sighting->result,
			page->dimm.serial),
		NULL);
}

static int count(
	struct ledger *ledger, const struct ledger_page *page, const char *table, uint64_t *out)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s WHERE addr=? AND size=?", table);
	return ledger_finish(
		ledger, ledger_prepare(ledger, sql, "ii", page->addr, page->size), out);
}

static int save(struct ledger *ledger, struct ledger_page *page,
	const struct ledger_sighting *sighting, bool *is_new)
{
	uint64_t known = 0;

	if (count(ledger, page, "page", &known) != 0 || add_page(ledger, page, sighting->t) != 0 ||
		learn_dimm(ledger, page) != 0 || set_times(ledger, page, sighting->t) != 0 ||
		add_sighting(ledger, page, sighting) != 0 ||
		count(ledger, page, "sighting", &page->sightings) != 0)
		return -1;
	*is_new = !known;
	return 0;
}

int ledger_save(struct ledger *ledger, struct ledger_page *page,
	const struct ledger_sighting *sighting, bool *is_new)
{
	if (ledger_run(ledger, "BEGIN IMMEDIATE") != 0)
		return -1;
	return ledger_end(ledger, save(ledger, page, sighting, is_new));
}

static int forget(
	struct ledger *ledger, uint64_t addr, uint64_t last, uint64_t *forgotten, uint64_t *kept)
{
	uint64_t before = 0, after = 0;

	if (ledger_number(ledger, "SELECT count(*) FROM page", &before) != 0 ||
		ledger_finish(ledger,
			ledger_prepare(ledger, "DELETE FROM page WHERE addr>=? AND addr+size-1<=?",
				"ii", addr, last),
			NULL) != 0 ||
		ledger_number(ledger, "SELECT count(*) FROM page", &after) != 0)
		return -1;
	*forgotten = before - after;
	return ledger_finish(ledger,
		ledger_prepare(ledger, "SELECT count(*) FROM page WHERE addr+size-1>=? AND addr<=?",
			"ii", addr, last),
		kept);
}

int ledger_forget(
	struct ledger *ledger, uint64_t addr, uint64_t size, uint64_t *forgotten, uint64_t *kept)
{
	if (ledger_run(ledger, "BEGIN IMMEDIATE") != 0)
		return -1;
	return ledger_end(ledger, forget(ledger, addr, addr + size - 1, forgotten, kept));
}

/* --- Reading --- */

static int begin_listing(struct ledger *ledger, sqlite3_stmt *statement)
{
	sqlite3_finalize(ledger->statement);
	ledger->statement = statement;
	return statement ? 0 : -1;
}

/* 1 for a row; at the end, or a failure, the listing is over. */
static int step(struct ledger *ledger)
{
	int result = sqlite3_step(ledger->statement);

	if (result == SQLITE_ROW)
		return 1;
	if (result != SQLITE_DONE)
		ledger_fail_sqlite(ledger);
	sqlite3_finalize(ledger->statement);
	ledger->statement = NULL;
	return result == SQLITE_DONE ? 0 : -1;
}

static void text(struct ledger *ledger, int column, char *out, size_t size)
{
	const unsigned char *found = sqlite3_column_text(ledger->statement, column);

	snprintf(out, size, "%s", found ? (const char *)found : "");
}

int ledger_pages(struct ledger *ledger)
{
	return begin_listing(ledger,
		ledger_prepare(ledger,
			"SELECT addr,size,state,first,last,label,bank,locator,serial,"
			"(SELECT count(*) FROM sighting s WHERE s.addr=p.addr AND s.size=p.size) "
			"FROM page p ORDER BY addr,size",
			""));
}

int ledger_next(struct ledger *ledger, struct ledger_page *out)
{
	int result = step(ledger);

	if (result != 1)
		return result;
	*out = (struct ledger_page){0};
	out->addr = (uint64_t)sqlite3_column_int64(ledger->statement, 0);
	out->size = (uint64_t)sqlite3_column_int64(ledger->statement, 1);
	text(ledger, 2, out->state, sizeof(out->state));
	text(ledger, 3, out->first, sizeof(out->first));
	text(ledger, 4, out->last, sizeof(out->last));
	text(ledger, 5, out->dimm.label, sizeof(out->dimm.label));
	text(ledger, 6, out->dimm.bank, sizeof(out->dimm.bank));
	text(ledger, 7, out->dimm.locator, sizeof(out->dimm.locator));
	text(ledger, 8, out->dimm.serial, sizeof(out->dimm.serial));
	out->sightings = (uint64_t)sqlite3_column_int64(ledger->statement, 9);
	return 1;
}

int ledger_sightings(struct ledger *ledger)
{
	return begin_listing(ledger,
		ledger_prepare(ledger,
			"SELECT addr,size,t,event,src,boot,record,result,serial FROM sighting "
			"ORDER BY addr,size,t,id",
			""));
}

int ledger_next_sighting(struct ledger *ledger, struct ledger_sighting *out)
{
	int result = step(ledger);

	if (result != 1)
		return result;
	*out = (struct ledger_sighting){0};
	out->addr = (uint64_t)sqlite3_column_int64(ledger->statement, 0);
	out->size = (uint64_t)sqlite3_column_int64(ledger->statement, 1);
	text(ledger, 2, out->t, sizeof(out->t));
	out->is_event = sqlite3_column_int(ledger->statement, 3);
	text(ledger, 4, out->src, sizeof(out->src));
	text(ledger, 5, out->boot, sizeof(out->boot));
	text(ledger, 6, out->record, sizeof(out->record));
	text(ledger, 7, out->result, sizeof(out->result));
	text(ledger, 8, out->serial, sizeof(out->serial));
	return 1;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledger: what it keeps, what it refuses, and that no loss of power loses anything.
 *
 *	build/unit/ledger            power is lost at every 1009th byte
 *	build/unit/ledger 1          at every one (an hour)
 */
#include "disk.h"
#include "ledger.h"
#include "unit.h"

static uint64_t stride = 1009;

static struct ledger ledger;

static struct ledger_sighting sighting(const char *t, const char *src)
{
	struct ledger_sighting s = {.is_event = true, .record = "ue", .boot = "this"};

	snprintf(s.t, sizeof(s.t), "2026-11-22T%s.000000000Z", t);
	snprintf(s.src, sizeof(s.src), "%s", src);
	return s;
}

static int save_sighting(
	uint64_t addr, uint64_t size, const struct ledger_sighting *s, bool *is_new)
{
	struct ledger_page page = {.addr = addr, .size = size, .state = "poisoned"};
	int result = ledger_save(&ledger, &page, s, is_new);

	return result < 0 ? -1 : (int)page.sightings;
}

static int save(uint64_t addr, uint64_t size)
{
	const struct ledger_sighting s = sighting("05:00:00", "memscan");
	bool is_new;

	return save_sighting(addr, size, &s, &is_new);
}

/* All that is in it, as one text. */
static const char *content(void)
{
	static char text[4096];
	struct ledger_page page;
	size_t len = 0;
	int result = ledger_pages(&ledger);

	text[0] = '\0';
	while (result == 0 && ledger_next(&ledger, &page) == 1)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%llx+%llx*%llu ",
			(unsigned long long)page.addr, (unsigned long long)page.size,
			(unsigned long long)page.sightings);
	return result == 0 ? text : ledger.why;
}

static void open_new(void)
{
	disk_clear();
	CHECK(ledger_open(&ledger, "ledger", true) == 0);
}

static void ranges_are_kept_by_address(void)
{
	open_new();
	CHECK_TEXT(content(), "");
	CHECK(save(0x5000, 0x1000) == 1 && save(0x200000, 0x200000) == 1);
	CHECK(save(0x200000, 0x1000) == 1 && save(LEDGER_ADDR_MAX, 0x1000) == 1);
	ledger_close(&ledger);
	CHECK(ledger_open(&ledger, "ledger", false) == 0);
	CHECK_TEXT(content(), "5000+1000*1 200000+1000*1 200000+200000*1 ffffffffff000+1000*1 ");
	ledger_close(&ledger);
}

static void one_event_is_one_sighting(void)
{
	struct ledger_sighting s = sighting("05:00:00", "memscan");
	struct ledger_sighting other = sighting("05:00:01", "memscan");
	bool is_new = false;

	open_new();
	CHECK(save_sighting(0x5000, 0x1000, &s, &is_new) == 1 && is_new);
	CHECK(save_sighting(0x5000, 0x1000, &s, &is_new) == 1 && !is_new);
	CHECK(save_sighting(0x5000, 0x1000, &other, &is_new) == 2 && !is_new);
	strcpy(other.src, "trace");
	CHECK(save_sighting(0x5000, 0x1000, &other, &is_new) == 3);
	/* A state that is seen again in the same boot is no event, whatever the time. */
	s.is_event = other.is_event = false;
	strcpy(other.src, "memscan");
	CHECK(save_sighting(0x5000, 0x1000, &s, &is_new) == 4);
	CHECK(save_sighting(0x5000, 0x1000, &other, &is_new) == 4);
	strcpy(other.boot, "next");
	CHECK(save_sighting(0x5000, 0x1000, &other, &is_new) == 5);
	ledger_close(&ledger);
}

static void first_and_last_are_those_of_all(void)
{
	static const char *const times[] = {"05:00:00", "04:00:00", "06:00:00"};
	struct ledger_page page;

	open_new();
	for (int i = 0; i < 3; i++) {
		struct ledger_sighting s = sighting(times[i], "memscan");
		bool is_new;

		CHECK(save_sighting(0x5000, 0x1000, &s, &is_new) == i + 1);
	}
	CHECK(ledger_pages(&ledger) == 0 && ledger_next(&ledger, &page) == 1);
	CHECK_TEXT(page.first, "2026-11-22T04:00:00.000000000Z");
	CHECK_TEXT(page.last, "2026-11-22T06:00:00.000000000Z");
	CHECK(ledger_next(&ledger, &page) == 0);
	ledger_close(&ledger);
}

static void what_is_not_known_of_a_module_replaces_nothing(void)
{
	const struct ledger_sighting s = sighting("05:00:00", "memscan");
	struct ledger_page page = {.addr = 0x5000, .size = 0x1000, .state = "poisoned"}, out;
	bool is_new;

	open_new();
	strcpy(page.dimm.label, "mc#0");
	strcpy(page.dimm.locator, "DIMM_A1");
	strcpy(page.dimm.serial, "1234");
	CHECK(ledger_save(&ledger, &page, &s, &is_new) == 0);
	page.dimm = (struct dimm){.locator = "DIMM_A1", .bank = "NODE 1", .serial = "5678"};
	CHECK(ledger_save(&ledger, &page, &s, &is_new) == 0);
	page.dimm = (struct dimm){0};
	CHECK(ledger_save(&ledger, &page, &s, &is_new) == 0);
	CHECK(ledger_pages(&ledger) == 0 && ledger_next(&ledger, &out) == 1);
	CHECK_TEXT(out.dimm.label, "mc#0");
	CHECK_TEXT(out.dimm.bank, "NODE 1");
	CHECK_TEXT(out.dimm.serial, "5678");
	ledger_close(&ledger);
}

static void ranges_are_forgotten_whole_with_their_history(void)
{
	struct ledger_sighting s;
	uint64_t forgotten = 0, kept = 0;

	open_new();
	save(0x5000, 0x1000);
	save(0x200000, 0x200000);
	CHECK(ledger_forget(&ledger, 0x201000, 0x1000, &forgotten, &kept) == 0);
	CHECK(forgotten == 0 && kept == 1);
	CHECK(ledger_forget(&ledger, 0x6000, 0x1000, &forgotten, &kept) == 0);
	CHECK(forgotten == 0 && kept == 0);
	CHECK(ledger_forget(&ledger, 0, 0x200000, &forgotten, &kept) == 0);
	CHECK(forgotten == 1 && kept == 0);
	CHECK_TEXT(content(), "200000+200000*1 ");
	CHECK(ledger_forget(&ledger, 0x200000, 0x200000, &forgotten, &kept) == 0);
	CHECK(forgotten == 1 && kept == 0);
	CHECK(ledger_sightings(&ledger) == 0 && ledger_next_sighting(&ledger, &s) == 0);
	ledger_close(&ledger);
}

static void what_is_no_range_of_pages_is_not_kept(void)
{
	open_new();
	CHECK(save(0x5001, 0x1000) == -1 && save(0x5000, 0x1001) == -1 && save(0x5000, 0) == -1);
	CHECK(save(LEDGER_ADDR_MAX + 4096, 0x1000) == -1);
	CHECK(save(0x5000, 2 * (uint64_t)LEDGER_SIZE_MAX) == -1);
	CHECK_TEXT(content(), "");
	ledger_close(&ledger);
}

/* --- Files that are no ledgers --- */

static const char *why_not(void)
{
	static char why[sizeof(ledger.why)];

	if (ledger_open(&ledger, "ledger", true) == 0) {
		ledger_close(&ledger);
		return NULL;
	}
	strcpy(why, ledger.why);
	return why;
}

/* Do SQL to a good ledger as somebody who owns the file may. */
static void spoil(const char *sql)
{
	sqlite3 *db;

	open_new();
	save(0x5000, 0x1000);
	ledger_close(&ledger);
	CHECK(sqlite3_open("ledger", &db) == SQLITE_OK);
	unit_row = sql;
	CHECK_TEXT(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? NULL : sqlite3_errmsg(db),
		NULL);
	sqlite3_close(db);
}

static void other_databases_are_refused(void)
{
	static const struct {
		const char *sql, *why;
	} cases[] = {
		{"PRAGMA user_version=2", "a ledger of version 2; this program knows 1"},
		{"PRAGMA user_version=0", "a ledger of version 0; this program knows 1"},
		{"PRAGMA application_id=7", "a database, but not a ledger"},
		{"DROP TABLE sighting", "not the tables of a ledger"},
		{"CREATE TABLE more (a)", "not the tables of a ledger"},
		{"CREATE VIEW more AS SELECT 1", "not the tables of a ledger"},
		{"CREATE TRIGGER more AFTER INSERT ON page BEGIN DELETE FROM page; END",
			"not the tables of a ledger"},
		{"ALTER TABLE page ADD COLUMN more TEXT", "not the tables of a ledger"},
		{"PRAGMA writable_schema=ON; UPDATE sqlite_schema SET "
		 "sql=replace(sql, 'serial TEXT NOT', 'serial ANY NOT')",
			"not the tables of a ledger"},
		{"PRAGMA ignore_check_constraints=ON; UPDATE page SET addr=addr+1",
			"damaged: CHECK constraint failed in page"},
		{"PRAGMA ignore_check_constraints=ON; UPDATE page SET state='x'",
			"damaged: CHECK constraint failed in page"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		spoil(cases[i].sql);
		CHECK_TEXT(why_not(), cases[i].why);
	}
}

static void files_that_are_none_are_refused(void)
{
	unsigned char noise[5000];

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (unsigned char)disk_hash(i);
	disk_clear();
	disk_put("ledger", noise, sizeof(noise));
	CHECK_TEXT(why_not(), "file is not a database");
	CHECK(!memcmp(disk_find("ledger", false)->written.bytes, noise, sizeof(noise)));
	disk_clear();
	disk_put("ledger", "", 0);
	CHECK_TEXT(why_not(), NULL); /* as a loss of power can leave it */
	disk_clear();
	CHECK(ledger_open(&ledger, "ledger", false) == -1);
}

static void files_that_were_cut_are_refused(void)
{
	static struct disk_content whole;

	open_new();
	for (uint64_t i = 1; i < 100; i++)
		save(i << 12, 0x1000);
	ledger_close(&ledger);
	whole = disk_find("ledger", false)->written;
	CHECK(whole.size > 5 * 4096);
	for (size_t len = 1; len < whole.size; len += 509) {
		disk_clear();
		disk_put("ledger", whole.bytes, len);
		CHECK(why_not() != NULL);
	}
}

/* --- Loss of power --- */

struct change {
	const char *name;
	void (*make)(void);
	int (*run)(void);
	const char *before, *after;
};

static int save_new(void)
{
	return save(0x7000, 0x1000) < 0 ? -1 : 0;
}

static int save_known(void)
{
	const struct ledger_sighting s = sighting("06:00:00", "memscan");
	bool is_new;

	return save_sighting(0x5000, 0x1000, &s, &is_new) < 0 ? -1 : 0;
}

static int forget_one(void)
{
	uint64_t forgotten, kept;

	return ledger_forget(&ledger, 0x5000, 0x1000, &forgotten, &kept);
}

static int do_nothing(void)
{
	return 0;
}

static void make_none(void)
{
	disk_clear();
}

static void make_two(void)
{
	open_new();
	save(0x5000, 0x1000);
	save(0x6000, 0x1000);
	ledger_close(&ledger);
}

static const struct change changes[] = {
	{"create", make_none, do_nothing, "", ""},
	{"create and save", make_none, save_new, "", "7000+1000*1 "},
	{"save new", make_two, save_new, "5000+1000*1 6000+1000*1 ",
		"5000+1000*1 6000+1000*1 7000+1000*1 "},
	{"save known", make_two, save_known, "5000+1000*1 6000+1000*1 ",
		"5000+1000*2 6000+1000*1 "},
	{"forget", make_two, forget_one, "5000+1000*1 6000+1000*1 ", "6000+1000*1 "},
};

/* Make the change with so much power; returns whether all of it was done, and said to be. */
static bool run_with(const struct change *change, uint64_t power)
{
	bool done;

	change->make();
	disk.used = 0;
	disk.power = power;
	if (ledger_open(&ledger, "ledger", true) != 0)
		return false;
	done = change->run() == 0;
	ledger_close(&ledger);
	return done;
}

static void check_what_is_left(const struct change *change, bool done)
{
	const char *now;

	if (ledger_open(&ledger, "ledger", true) != 0) {
		CHECK_TEXT(ledger.why, NULL);
		return;
	}
	now = content();
	if (done)
		CHECK_TEXT(now, change->after);
	else if (strcmp(now, change->after) != 0)
		CHECK_TEXT(now, change->before);
	ledger_close(&ledger);
}

static void lose_power_during(const struct change *change, enum disk_loss loss, uint64_t seed)
{
	uint64_t needed;

	CHECK(run_with(change, UINT64_MAX));
	needed = disk.used;
	CHECK(needed > 10000);
	/* The four passes go over different bytes. */
	for (uint64_t power = disk_hash(loss + seed) % stride; power <= needed; power += stride) {
		bool done = run_with(change, power);

		disk_lose_power(loss, disk_hash(seed + power));
		check_what_is_left(change, done);
	}
}

static void no_loss_of_power_loses_what_was_said_to_be_saved(void)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		unit_row = changes[i].name;
		lose_power_during(&changes[i], DISK_KEPT, 0);
		lose_power_during(&changes[i], DISK_LOST, 0);
		lose_power_during(&changes[i], DISK_MIXED, 1);
		lose_power_during(&changes[i], DISK_MIXED, 2);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		stride = strtoull(argv[1], NULL, 10);
	disk_open();
	UNIT(ranges_are_kept_by_address);
	UNIT(one_event_is_one_sighting);
	UNIT(first_and_last_are_those_of_all);
	UNIT(what_is_not_known_of_a_module_replaces_nothing);
	UNIT(ranges_are_forgotten_whole_with_their_history);
	UNIT(what_is_no_range_of_pages_is_not_kept);
	UNIT(other_databases_are_refused);
	UNIT(files_that_are_none_are_refused);
	UNIT(files_that_were_cut_are_refused);
	UNIT(no_loss_of_power_loses_what_was_said_to_be_saved);
	return unit_end();
}

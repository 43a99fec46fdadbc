/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl save - remember bad pages beyond the next boot. */
#include "cli.h"
#include "intake.h"
#include "keep.h"
#include "page.h"
#include "poisonctl.h"
#include "targets.h"

#include <errno.h>
#include <string.h>

#define BOOT_ID "proc/sys/kernel/random/boot_id"

static struct root root;
static const char *file;

static const struct cli_option options[] = {KEEP_OPTION(&file), {0}};

static const struct cli cli = {
	.usage = "[--ledger FILE]",
	.summary = "Remember the bad pages that records on standard input tell of.",
	.options = options,
	.root = &root,
};

/* The table of poisonctl(8), SAVE. */
static const struct target_rule rules[] = {
	{.type = "page", .key = "state", .value = "poisoned"},
	{.type = "page", .key = "state", .value = "mismatched"},
	{.type = "ue"},
	{.type = "offline", .key = "result", .value = "done"},
	{.type = "offline", .key = "result", .value = "already"},
	{.type = "err", .key = "action", .value = "offline-page"},
	{.type = "err", .key = "action", .value = "offline-soft"},
	/* The kernel has acted, so that nothing is left to do; yet the page is bad. */
	{.type = "err", .key = "result", .value = "recovered"},
	{.type = "err", .key = "result", .value = "delayed"},
	{.type = "err", .key = "result", .value = "failed"},
	{.type = "err", .key = "result", .value = "ignored"},
	/* What stopped the machine, as firmware tells it at the next boot. */
	{.type = "err", .key = "sev", .value = "fatal"},
	{0},
};

struct saving {
	struct ledger ledger;
	bool is_open;
	const struct smbios *modules;
	enum status status;
	char boot[LEDGER_WORD_MAX];
};

/* Without a record to save no ledger is made. */
static void open_once(struct saving *saving)
{
	if (saving->is_open)
		return;
	keep_open(&saving->ledger, &root, file, true);
	saving->modules = keep_modules(&root, &saving->status);
	if (root_read(&root, saving->boot, sizeof(saving->boot), BOOT_ID) < 0) {
		if (errno != ENOENT) /* without it sightings of two boots would be taken for one */
			die_errno(STATUS_FAILED, "read /" BOOT_ID);
		saving->boot[0] = '\0';
	}
	saving->boot[strcspn(saving->boot, "\n")] = '\0';
	saving->is_open = true;
}

/* A value that is a word and has room; anything else is as if it were not there. */
static void take_word(char *out, const struct rec *record, const char *key)
{
	const struct rec_pair *pair = rec_find(record, key);

	if (!pair || pair->value_len >= LEDGER_WORD_MAX)
		return;
	for (unsigned int i = 0; i < pair->value_len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", pair->value[i]))
			return;
	memcpy(out, pair->value, pair->value_len);
}

static bool is_time(const struct rec_pair *pair)
{
	static const char form[] = "0000-00-00T00:00:00.000000000Z";

	if (!pair || pair->value_len != strlen(form))
		return false;
	for (unsigned int i = 0; i < pair->value_len; i++)
		if (form[i] == '0' ? pair->value[i] < '0' || pair->value[i] > '9'
				   : pair->value[i] != form[i])
			return false;
	return true;
}

static void take_time(struct ledger_sighting *sighting, const struct rec *record)
{
	const struct rec_pair *t = rec_find(record, "t");
	static struct rec_writer now;

	sighting->is_event = is_time(t);
	if (sighting->is_event) {
		memcpy(sighting->t, t->value, REC_TIME_LEN);
		return;
	}
	rec_begin(&now, "now");
	rec_put_now(&now, "t");
	memcpy(sighting->t, now.line + strlen("now t="), REC_TIME_LEN);
}

static struct ledger_sighting describe(const struct saving *saving, const struct target *target)
{
	struct ledger_sighting sighting = {0};

	take_time(&sighting, target->record);
	take_word(sighting.src, target->record, "src");
	take_word(sighting.result, target->record, "result");
	snprintf(sighting.record, sizeof(sighting.record), "%s", target->rule->type);
	memcpy(sighting.boot, saving->boot, sizeof(sighting.boot));
	return sighting;
}

/*
 * Hardware that knows no better gives the address of an error with few bits: what is bad is
 * somewhere in that range, and all of it would be taken out of use after each boot.
 */
static bool is_vague(const struct target *target)
{
	const struct rec *rec = target->record;

	return (rec_is(rec, "err") || rec_is(rec, "ue")) && target->size > PAGE_BYTES &&
	       !rec_value_is(rec, "kind", "hugetlb");
}

/* Whole pages around what is bad.  Returns false when that is no range of memory. */
static bool cover(struct ledger_page *page, const struct target *target)
{
	uint64_t last = target->addr + target->size - 1;

	if (!target->size || last < target->addr ||
		last / PAGE_BYTES > LEDGER_ADDR_MAX / PAGE_BYTES)
		return false;
	page->addr = target->addr / PAGE_BYTES * PAGE_BYTES;
	page->size = last / PAGE_BYTES * PAGE_BYTES + PAGE_BYTES - page->addr;
	return page->size <= LEDGER_SIZE_MAX;
}

static void begin(struct rec_writer *record, uint64_t addr, uint64_t size)
{
	rec_begin(record, "ledger");
	rec_put_addr(record, "addr", addr);
	rec_put_u64(record, "size", size);
	rec_put_text(record, "mode", "save");
}

static enum status refuse(const struct target *target)
{
	static struct rec_writer record;

	begin(&record, target->addr, target->size);
	rec_put_text(&record, "result", "refused");
	rec_put_text(&record, "reason", "range");
	keep_send(&record);
	return STATUS_SOME;
}

static void tell(const struct ledger_page *page, bool is_new)
{
	static struct rec_writer record;

	begin(&record, page->addr, page->size);
	rec_put_text(&record, "result", is_new ? "done" : "already");
	rec_put_u64(&record, "sightings", page->sightings);
	keep_put_dimm(&record, &page->dimm);
	keep_send(&record);
}

static enum status save_one(const struct target *target, void *context)
{
	struct saving *saving = context;
	struct ledger_page page = {.state = "poisoned"};
	struct ledger_sighting sighting;
	bool is_new;

	/* Whoever takes a memory block out of use does not say that all of it is bad. */
	if (rec_value_is(target->record, "mode", "block"))
		return intake_forward(target->record, NULL);
	if (is_vague(target) || !cover(&page, target))
		return refuse(target);
	open_once(saving);
	if (rec_value_is(target->record, "state", "mismatched"))
		snprintf(page.state, sizeof(page.state), "mismatched");
	dimm_find(&page.dimm, saving->modules, target->record, page.addr);
	sighting = describe(saving, target);
	keep_check(
		&saving->ledger, ledger_save(&saving->ledger, &page, &sighting, &is_new), "write");
	tell(&page, is_new);
	return STATUS_DONE;
}

enum status poisonctl_save(int argc, char **argv)
{
	static struct saving saving;
	const struct targets targets = {.rules = rules, .act = save_one, .context = &saving};
	int first = cli_parse(&cli, argc, argv);
	enum status status;

	cli_no_operands(first, argc, argv);
	status = targets_run(&targets, first, argc, argv);
	ledger_close(&saving.ledger);
	return status > saving.status ? status : saving.status;
}

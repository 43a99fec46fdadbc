/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memscan scrub set - set one control of the scrubbers that are named. */
#include "cli.h"
#include "num.h"
#include "scrub.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { SECOND_NS = 1000000000 };

#define NOT_GIVEN UINT64_MAX

static struct root root;
static uint64_t rate = NOT_GIVEN, cycle_ns, background = NOT_GIVEN, start = NOT_GIVEN, size;
static bool dry_run;

static const char *parse_background(const char *argument, void *to)
{
	if (strcmp(argument, "on") != 0 && strcmp(argument, "off") != 0)
		return "neither on nor off";
	*(uint64_t *)to = !strcmp(argument, "on");
	return NULL;
}

static const struct cli_option options[] = {
	{.name = "rate",
		.arg = "BYTES",
		.kind = CLI_SIZE,
		.to = &rate,
		.max = UINT32_MAX,
		.help = "let a memory controller scrub BYTES a second; 0: not at all"},
	{.name = "background",
		.arg = "on|off",
		.kind = CLI_PARSE,
		.to = &background,
		.parse = parse_background,
		.help = "let it scrub in the background, or not"},
	{.name = "cycle",
		.arg = "TIME",
		.kind = CLI_DURATION,
		.to = &cycle_ns,
		.min = SECOND_NS,
		.max = UINT32_MAX * (uint64_t)SECOND_NS,
		.help = "let it come by once in TIME, whole seconds"},
	{.name = "start",
		.arg = "ADDR",
		.kind = CLI_ADDRESS,
		.to = &start,
		.help = "scrub now, from physical address ADDR on"},
	{.name = "size",
		.arg = "BYTES",
		.kind = CLI_SIZE,
		.to = &size,
		.min = 1,
		.max = INT64_MAX,
		.help = "how much of it"},
	CLI_DRY_RUN(&dry_run),
	{0},
};

static const struct cli cli = {
	.usage = "[--dry-run] --rate BYTES | --background on|off | --cycle TIME | --start ADDR "
		 "--size BYTES SCRUBBER...",
	.summary = "Set one control of the scrubbers that are named as in 'memscan scrub list'.",
	.options = options,
	.root = &root,
};

/* What is to be set. */
struct wish {
	const char *mode; /* in records */
	const char *key;  /* of the value that holds afterwards, or NULL */
	enum scrubber_control control;
	uint64_t value;
};

static struct wish choose(void)
{
	const struct wish all[] = {
		{"rate", "rate", SCRUBBER_RATE, rate},
		{"background", "background", SCRUBBER_BACKGROUND, background},
		{"cycle", "cycle_s", SCRUBBER_CYCLE, cycle_ns ? cycle_ns / SECOND_NS : NOT_GIVEN},
		{"on-demand", NULL, SCRUBBER_ADDR, start},
	};
	struct wish chosen = {0};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (all[i].value == NOT_GIVEN)
			continue;
		if (chosen.mode)
			cli_wrong("--rate, --background, --cycle and --start exclude each other");
		chosen = all[i];
	}
	if (!chosen.mode)
		cli_wrong("nothing to set: give --rate, --background, --cycle or --start");
	return chosen;
}

static void check(const struct wish *wish)
{
	if (cycle_ns % SECOND_NS)
		cli_wrong("option --cycle: not whole seconds");
	if ((wish->control == SCRUBBER_ADDR) != (size != 0))
		cli_wrong("--start and --size go together");
	/* The kernel says with address 0 that nothing is being scrubbed. */
	if (wish->control == SCRUBBER_ADDR && (!start || start + size < start))
		cli_wrong("option --start: not a range that can be scrubbed");
}

static const struct scrubber *find(const struct scrubbers *scrubbers, const char *name)
{
	for (size_t i = 0; i < scrubbers->n; i++)
		if (!strcmp(scrubbers->scrubber[i].name, name))
			return &scrubbers->scrubber[i];
	return NULL;
}

static int write_wish(const struct scrubber *scrubber, const struct wish *wish)
{
	if (wish->control == SCRUBBER_ADDR &&
		scrubber_write(&root, scrubber, SCRUBBER_SIZE, size) != 0)
		return -1;
	return scrubber_write(&root, scrubber, wish->control, wish->value);
}

/* Why it is not to be tried, or NULL; NOW is what holds, when that can be read. */
static const char *refuse(const struct scrubber *scrubber, const struct wish *wish, uint64_t *now)
{
	uint64_t limit;

	if (!scrubber)
		return "unknown";
	if (scrubber_read(&root, scrubber, wish->control, now) != 0 &&
		(errno == ENOENT || errno == EOPNOTSUPP))
		return "unsupported";
	if (wish->control == SCRUBBER_ADDR && *now != NOT_GIVEN && *now != 0)
		return "busy";
	if (wish->control != SCRUBBER_CYCLE)
		return NULL;
	if (scrubber_read(&root, scrubber, SCRUBBER_CYCLE_MIN, &limit) == 0 && wish->value < limit)
		return "range";
	if (scrubber_read(&root, scrubber, SCRUBBER_CYCLE_MAX, &limit) == 0 && wish->value > limit)
		return "range";
	return NULL;
}

static void put_result(struct rec_writer *record, const char *result, const char *reason)
{
	rec_put_text(record, "result", result);
	if (reason)
		rec_put_text(record, "reason", reason);
}

/* A controller takes the nearest rate that it has, so what holds is read again. */
static void put_now(
	struct rec_writer *record, const struct scrubber *scrubber, const struct wish *wish)
{
	uint64_t now;

	if (wish->key && scrubber_read(&root, scrubber, wish->control, &now) == 0)
		rec_put_u64(record, wish->key, now);
}

/* Returns false when the wish was not fulfilled. */
static bool act(struct rec_writer *record, const struct scrubber *scrubber, const struct wish *wish)
{
	uint64_t now = NOT_GIVEN;
	const char *reason = refuse(scrubber, wish, &now);

	if (reason) {
		put_result(record, "refused", reason);
		return false;
	}
	if (now == wish->value) {
		put_result(record, "already", NULL);
	} else if (dry_run) {
		put_result(record, "refused", "dry-run");
		put_now(record, scrubber, wish);
		return true;
	} else if (write_wish(scrubber, wish) != 0) {
		int error = errno;

		put_result(record, "failed", NULL);
		rec_put_errno(record, "errno", error);
		return false;
	} else {
		put_result(record, "done", NULL);
	}
	put_now(record, scrubber, wish);
	return true;
}

static bool set_one(struct rec_writer *record, const struct scrubbers *scrubbers, const char *name,
	const struct wish *wish)
{
	rec_begin(record, "scrub");
	if (wish->control == SCRUBBER_ADDR) {
		rec_put_addr(record, "addr", start);
		rec_put_u64(record, "size", size);
	}
	rec_put_text(record, "scrubber", name);
	rec_put_text(record, "src", "memscan");
	rec_put_text(record, "mode", wish->mode);

	bool good = act(record, find(scrubbers, name), wish);

	scrub_send(record);
	return good;
}

enum status scrub_set(int argc, char **argv)
{
	static struct rec_writer record;
	struct scrubbers scrubbers;
	uint64_t failed = 0;
	int first = cli_parse(&cli, argc, argv);
	struct wish wish = choose();

	check(&wish);
	if (first == argc)
		cli_wrong("no scrubber named");
	scrub_open(&scrubbers, &root);
	for (int i = first; i < argc; i++)
		failed += !set_one(&record, &scrubbers, argv[i], &wish);
	scrub_done(&record, failed);
	scrubbers_free(&scrubbers);
	return failed ? STATUS_SOME : STATUS_DONE;
}

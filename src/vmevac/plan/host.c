/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const place_keys[PLACE_KEYS] = {
	[PLACE_SOCKET] = "socket",
	[PLACE_MC] = "mc",
	[PLACE_CHANNEL] = "channel",
	[PLACE_SUB_CHANNEL] = "sub_channel",
	[PLACE_SLOT] = "slot",
	[PLACE_RANK] = "rank",
	[PLACE_SUBRANK] = "subrank",
	[PLACE_CSROW] = "csrow",
	[PLACE_BANK_GROUP] = "bank_group",
	[PLACE_DRAM_BANK] = "dram_bank",
	[PLACE_ROW] = "row",
};

/* --- Values --- */

/* A decimal that may be absent; false when it is none. */
static bool read_u64(const struct rec *rec, const char *key, uint64_t *out)
{
	return rec_u64(rec, key, out) == 0 || errno == ENOENT;
}

/* A range that may be absent, and is then empty. */
static bool read_range(const struct rec *rec, uint64_t *start, uint64_t *end)
{
	uint64_t size;

	*start = *end = 0;
	if (!rec_find(rec, "addr"))
		return true;
	return rec_addr(rec, "addr", start) == 0 && rec_u64(rec, "size", &size) == 0 &&
	       !__builtin_add_overflow(*start, size, end);
}

static bool read_when(const struct rec *rec, struct error *error)
{
	struct timespec t;

	error->has_time = rec_time(rec, "t", &t) == 0;
	if (!error->has_time)
		return errno == ENOENT;
	return !__builtin_mul_overflow(t.tv_sec, INT64_C(1000000000), &error->time) &&
	       !__builtin_add_overflow(error->time, t.tv_nsec, &error->time);
}

static bool read_place(const struct rec *rec, struct place *place)
{
	for (unsigned int i = 0; i < PLACE_KEYS; i++) {
		if (rec_u64(rec, place_keys[i], &place->value[i]) == 0)
			place->known |= 1U << i;
		else if (errno != ENOENT)
			return false;
	}
	if (rec_text(rec, "dimm", place->label, sizeof(place->label)))
		place->label_len = (unsigned int)strlen(place->label);
	return true;
}

/* --- Machines --- */

/* The machine that key vm names, a new one if need be; NULL when there are too many. */
static struct machine *find_machine(struct host *host, const char *name)
{
	struct machine *machine;

	for (unsigned int i = 0; i < host->machines; i++)
		if (!strcmp(host->machine[i].name, name))
			return &host->machine[i];
	if (host->machines == HOST_MACHINES_MAX)
		return NULL;
	machine = &host->machine[host->machines++];
	memset(machine, 0, sizeof(*machine));
	machine->dirty_rate = DIRTY_RATE_UNKNOWN;
	memcpy(machine->name, name, strlen(name) + 1);
	return machine;
}

static const char *take_machine(struct host *host, const struct rec *rec, struct machine **out)
{
	char name[MACHINE_NAME_MAX];

	if (!rec_text(rec, "vm", name, sizeof(name)))
		return "vm: not a name";
	*out = find_machine(host, name);
	return *out ? NULL : "one machine too many";
}

static const char *take_vm(struct host *host, const struct rec *rec)
{
	struct machine *machine;
	const char *why = take_machine(host, rec, &machine);

	if (why)
		return why;
	if (!read_u64(rec, "ram", &machine->ram) ||
		!read_u64(rec, "poisoned", &machine->poisoned) ||
		!read_u64(rec, "dirty_rate", &machine->dirty_rate))
		return "ram, poisoned or dirty_rate: not a number";
	if (rec_find(rec, "hazards") &&
		!rec_text(rec, "hazards", machine->hazards, sizeof(machine->hazards)))
		return "hazards: not a list";
	machine->has_left =
		rec_value_is(rec, "state", "evacuated") || rec_value_is(rec, "state", "gone");
	return NULL;
}

/* --- Memory --- */

static const char *take_owner(struct host *host, const struct rec *rec)
{
	struct use *use = &host->use[host->uses];
	struct machine *machine;
	const char *why;

	if (!rec_find(rec, "vm"))
		return NULL; /* somebody else */
	if (host->uses == HOST_USES_MAX)
		return "one owner too many";
	if (!read_range(rec, &use->start, &use->end) || use->start == use->end)
		return "addr, size: not a range";
	why = take_machine(host, rec, &machine);
	if (why)
		return why;
	use->machine = (unsigned int)(machine - host->machine);
	use->explained = false;
	host->uses++;
	return NULL;
}

static const char *take_error(struct host *host, const struct rec *rec, enum cause cause)
{
	struct error *error = &host->error[host->errors];
	struct machine *machine;
	const char *why;

	if (cause == CAUSES)
		return NULL;
	if (host->errors == HOST_ERRORS_MAX)
		return "one error too many; mcedecode --merge makes fewer";
	*error = (struct error){.machine = ERROR_NOBODY, .cause = cause, .count = 1};
	if (!read_range(rec, &error->start, &error->end))
		return "addr, size: not a range";
	if (!read_when(rec, error))
		return "t: not a time";
	if (!read_u64(rec, "count", &error->count))
		return "count: not a number";
	if (!read_place(rec, &error->place))
		return "the place of the error: not a number";
	if (rec_find(rec, "vm")) {
		why = take_machine(host, rec, &machine);
		if (why)
			return why;
		error->machine = (int)(machine - host->machine);
	}
	host->errors++;
	return NULL;
}

static const char *take_err(struct host *host, const struct rec *rec)
{
	const struct rec_pair *sev = rec_find(rec, "sev");

	return sev ? take_error(host, rec, cause_of_severity(sev->value, sev->value_len))
		   : "sev: missing";
}

/* Met by a program that reads in place of the machine, which has yet to touch it. */
static const char *take_ue(struct host *host, const struct rec *rec)
{
	return take_error(host, rec, CAUSE_OPTIONAL);
}

static const struct {
	const char *type;
	const char *(*take)(struct host *host, const struct rec *rec);
} types[] = {
	{"vm", take_vm},
	{"owner", take_owner},
	{"err", take_err},
	{"ue", take_ue},
};

const char *host_take(struct host *host, const struct rec *rec)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (rec_is(rec, types[i].type))
			return types[i].take(host, rec);
	return NULL;
}

/* --- Behind the last record --- */

static int by_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_start(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int order = by_number(x->start, y->start);

	if (order == 0)
		order = by_number(x->end, y->end);
	return order ? order : by_number(x->machine, y->machine);
}

void host_sort(struct host *host)
{
	uint64_t reach = 0;

	qsort(host->use, host->uses, sizeof(*host->use), by_start);
	for (unsigned int i = 0; i < host->uses; i++) {
		if (host->use[i].end > reach)
			reach = host->use[i].end;
		host->use[i].reach = reach;
	}
}

/* How many uses begin below ADDRESS. */
static unsigned int uses_below(const struct host *host, uint64_t address)
{
	unsigned int low = 0, high = host->uses;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (host->use[middle].start < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void host_each_owner(struct host *host, struct error *error,
	void (*visit)(struct machine *machine, struct error *error, void *context), void *context)
{
	host->visits++;
	if (error->machine != ERROR_NOBODY) {
		host->machine[error->machine].visit = host->visits;
		visit(&host->machine[error->machine], error, context);
	}
	for (unsigned int i = uses_below(host, error->end); i > 0; i--) {
		struct use *use = &host->use[i - 1];
		struct machine *machine = &host->machine[use->machine];

		if (use->reach <= error->start)
			break; /* all before end before it */
		if (use->end <= error->start)
			continue;
		use->explained = true;
		if (machine->visit != host->visits)
			visit(machine, error, context);
		machine->visit = host->visits;
	}
}

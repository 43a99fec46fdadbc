/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host - what records tell of a host: its virtual machines, who uses which bad memory, and
 * the errors there.
 *
 * Records come in any order, so all of them are kept; there is room for so many of each kind.
 */
#ifndef MEMPATROL_VMEVAC_HOST_H
#define MEMPATROL_VMEVAC_HOST_H

#include "cause.h"
#include "rec.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	HOST_MACHINES_MAX = 4096,
	HOST_USES_MAX = 65536,
	HOST_ERRORS_MAX = 65536,
	MACHINE_NAME_MAX = 256,
	MACHINE_HAZARDS_MAX = 128,
	PLACE_LABEL_MAX = 128,
};

#define DIRTY_RATE_UNKNOWN UINT64_MAX

/* What a machine shares rows or a module with. */
struct neighbor {
	const struct machine *beside; /* NULL: nobody */
	const struct error *error;    /* of this machine */
	bool same_bank;               /* else only the module is the same */
	uint64_t rows;                /* between the two */
};

struct machine {
	char name[MACHINE_NAME_MAX];
	uint64_t ram;                      /* bytes; 0: not told */
	uint64_t dirty_rate;               /* bytes a second, or DIRTY_RATE_UNKNOWN */
	uint64_t poisoned;                 /* pages, as its own record has it */
	char hazards[MACHINE_HAZARDS_MAX]; /* "": not told */
	bool has_left;                     /* there is nothing to move any more */
	uint64_t count[CAUSES];            /* how often each cause applies */
	int64_t first, last;               /* time of its errors, in nanoseconds */
	uint64_t dated, earlier, later;    /* errors with a time; in each half of that */
	struct neighbor neighbor;
	uint64_t score;
	unsigned int visit; /* the last one that it was part of */
};

/* A machine uses a range of bad memory. */
struct use {
	uint64_t start, end;
	uint64_t reach; /* the highest end up to here, in order of address */
	unsigned int machine;
	bool explained; /* there is an error in it */
};

/* Numbers that say where in the memory an error is. */
enum place_key {
	PLACE_SOCKET,
	PLACE_MC,
	PLACE_CHANNEL,
	PLACE_SUB_CHANNEL,
	PLACE_SLOT,
	PLACE_MODULE_KEYS, /* those before say which module, those behind where in it */
	PLACE_RANK = PLACE_MODULE_KEYS,
	PLACE_SUBRANK,
	PLACE_CSROW,
	PLACE_BANK_GROUP,
	PLACE_DRAM_BANK,
	PLACE_ROW,
	PLACE_KEYS,
};

extern const char *const place_keys[PLACE_KEYS];

struct place {
	uint64_t value[PLACE_KEYS];
	unsigned int known; /* bits of the keys; without one the value is 0 */
	unsigned int label_len;
	char label[PLACE_LABEL_MAX]; /* of the module, filled up with 0 */
};

enum { ERROR_NOBODY = -1 };

struct error {
	uint64_t start, end; /* empty: not known */
	int machine;         /* that it is of, whatever is used where, or ERROR_NOBODY */
	enum cause cause;
	bool has_time;
	int64_t time;   /* in nanoseconds since 1970 */
	uint64_t count; /* of errors it stands for */
	struct place place;
};

struct host {
	unsigned int machines, uses, errors, visits;
	struct machine machine[HOST_MACHINES_MAX];
	struct use use[HOST_USES_MAX];
	struct error error[HOST_ERRORS_MAX];
};

/*
 * host_take - a record; those of other types than vm, owner, err and ue change nothing.
 * NULL, or the reason that it cannot be taken.
 */
const char *host_take(struct host *host, const struct rec *rec);

/* host_sort - to be called behind the last record, before what follows. */
void host_sort(struct host *host);

/* host_each_owner - call VISIT for each machine that ERROR is of, once. */
void host_each_owner(struct host *host, struct error *error,
	void (*visit)(struct machine *machine, struct error *error, void *context), void *context);

#endif

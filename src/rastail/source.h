/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source - where events come from: what each kind must be able to do, and what
 * the loop knows of each one that was asked for.
 */
#ifndef MEMPATROL_SOURCE_H
#define MEMPATROL_SOURCE_H

#include "root.h"

#include <stdbool.h>
#include <stdint.h>

struct source;

/*
 * Each function but close returns 0, or -1 after source_fail(); the source is then
 * closed, and opened again later.  Close must cope with a source that is half open.
 */
struct source_kind {
	const char *name;              /* on the command line, and as src of its records */
	bool takes_argument;           /* "qmp:SOCKET" */
	int (*open)(struct source *);  /* sets fd, wake_ns or both */
	int (*ready)(struct source *); /* fd can be read: hand over what one read brings */
	int (*wake)(struct source *);  /* wake_ns has come; it was set to 0 */
	void (*close)(struct source *);
};

struct source {
	const struct source_kind *kind;
	const char *argument; /* of the command line, or NULL */
	void *state;          /* the kind's own; kept while the source is gone */
	int fd;               /* or -1 */
	uint64_t wake_ns;     /* when to call wake, by clock_mono_ns(); 0 for never */

	/* Why it failed, set by source_fail(). */
	const char *reason; /* a word */
	int error;          /* errno, or 0 */
	char why[512];      /* "action object: reason" */

	/* The loop's own. */
	bool is_up, is_file, is_finished;
	uint64_t up_since_ns, pause_ns;
};

extern const struct source_kind source_trace, source_kmsg, source_qmp, source_edac, source_hwmon;

/* What the command line asks of all of them. */
struct source_wishes {
	struct root root;
	bool since_boot;
	uint64_t interval_ns;
};

extern struct source_wishes source_wishes;

/*
 * source_fail - keep why SOURCE failed: REASON as a word, FORMAT as "action object".  With
 * ERROR, what that value of errno means is added to FORMAT.  Returns -1.
 */
int source_fail(struct source *source, const char *reason, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* source_name - as on the command line, "qmp:/run/vm.sock"; valid until the next call. */
const char *source_name(const struct source *source);

#endif

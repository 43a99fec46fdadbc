/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources - what memscan was told to read, and the areas that makes at this moment. */
#ifndef MEMPATROL_SOURCES_H
#define MEMPATROL_SOURCES_H

#include "area.h"
#include "report.h"

#include <stdbool.h>

enum { SOURCES_MAX = 64 };

enum source_kind { SOURCE_PROCESS, SOURCE_FILE, SOURCE_VM, SOURCE_FREE };

struct source {
	enum source_kind kind;
	const char *text; /* as it was given; "all": every virtual machine */
	pid_t pid;        /* SOURCE_PROCESS */
	bool found;       /* in the walk that is going on */
};

struct sources {
	const struct root *root;
	unsigned int count;
	struct source source[SOURCES_MAX];
};

/* For struct cli_option: add a source to TO, a struct sources; NULL, or the reason why not. */
const char *sources_add_process(const char *text, void *to);
const char *sources_add_file(const char *text, void *to);
const char *sources_add_vm(const char *text, void *to);

/* sources_add_free - free memory, which claim.h deals with; here it is only named. */
const char *sources_add_free(struct sources *sources);

/* Who is told. */
struct visitor {
	void *context;
	void (*area)(void *context, const struct area *area); /* open while it lasts */
	void (*skip)(void *context, const struct skip *skip);
};

/*
 * sources_walk - find all areas of all sources.
 *
 * Each virtual machine is visited once, whatever it was called by.  What goes away in the
 * meantime is a skip with reason "gone".
 */
void sources_walk(struct sources *sources, const struct visitor *visitor);

/*
 * sources_missing - the first source that the last walk did not find, or NULL.  A file is found
 * when it can be opened, "all" machines always.
 */
const struct source *sources_missing(const struct sources *sources);

/* source_word - process, file, vm or free. */
const char *source_word(const struct source *source);

/* sources_has_free - free memory is among them. */
bool sources_has_free(const struct sources *sources);

/* source_is_all - all virtual machines, not one. */
bool source_is_all(const struct source *source);

/* sources_name - "process:4711,vm:web", or "several" when that does not fit in SIZE bytes. */
void sources_name(const struct sources *sources, char *out, size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names - a list of keys or types as the command line gives it: "addr,size,state". */
#ifndef MEMPATROL_NAMES_H
#define MEMPATROL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum { NAMES_MAX = 256 };

struct names {
	unsigned int count;
	const char *name[NAMES_MAX];
};

/*
 * names_parse_keys, names_parse_types - add what ARGUMENT lists to the struct names at TO
 * (for CLI_PARSE).  Returns NULL, or the reason it cannot be.
 */
const char *names_parse_keys(const char *argument, void *to);
const char *names_parse_types(const char *argument, void *to);

/* names_has - the LEN bytes at NAME are in the list. */
bool names_has(const struct names *names, const char *name, size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge_same - whether two reports are of one error: only when what both say agrees and something
 * that seldom agrees by chance is among it, the same registers of the same bank or the same
 * address.  No report of one kind is of the same error as another of that kind, so that an error
 * that happens twice stays two.
 */
#ifndef MEMPATROL_MERGE_SAME_H
#define MEMPATROL_MERGE_SAME_H

#include "err.h"
#include "mca.h"

/* merge_same_error - E_MERGED tells what kinds of reports each is made of. */
bool merge_same_error(const struct err *a, const struct err *b);

/* No bank holds it: the kernel made a machine check of what firmware reported. */
static inline bool merge_is_synthetic(const struct err *err)
{
	return reg(err, E_FLAGS) & FLAG_SYNTHETIC;
}

/* merge_is_poison - the kernel's decision about a page. */
static inline bool merge_is_poison(const struct err *err)
{
	return err->value[E_CLASS].n == CLASS_POISON;
}

/* merge_differ - both know FIELD, and it is not the same. */
static inline bool merge_differ(const struct err *a, const struct err *b, enum err_field field)
{
	return err_has(a, field) && err_has(b, field) && a->value[field].n != b->value[field].n;
}

#endif

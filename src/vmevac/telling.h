/* SPDX-License-Identifier: GPL-2.0-or-later */
/* telling - what is known of a virtual machine and its memory, as records. */
#ifndef MEMPATROL_VMEVAC_TELLING_H
#define MEMPATROL_VMEVAC_TELLING_H

#include "vm/blockers.h"
#include "vm/condition.h"
#include "vm/pages.h"
#include "vm/targets.h"

struct telling {
	struct vm *vm;
	char label[TARGET_LABEL_MAX];
	const char *name;
	const char *qmp; /* path of its socket, or NULL */
	struct condition condition;
	struct word_list blockers;
	struct pages pages; /* of all of its RAM */
	bool knows_poison;
	uint64_t poisoned;
	bool knows_dirty_rate;
	uint64_t dirty_rate; /* bytes a second */
};

/* telling_is_mapped - where a backend is in its QEMU is certain. */
static inline bool telling_is_mapped(const struct vm_mapping *mapping)
{
	return mapping->candidates == 1;
}

/* telling_print - its vm record and its ram records; -1 when standard output failed. */
int telling_print(const struct telling *telling, const struct root *root);

#endif

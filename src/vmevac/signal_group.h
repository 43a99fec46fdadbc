/* SPDX-License-Identifier: GPL-2.0-or-later */
/* signal_group - who of a file of records is to be told, and of which address. */
#ifndef MEMPATROL_VMEVAC_SIGNAL_GROUP_H
#define MEMPATROL_VMEVAC_SIGNAL_GROUP_H

#include <stdbool.h>
#include <stdint.h>

struct group_member {
	char *vm;
	uint64_t gpa;
	bool is_own;  /* an owner record says so */
	bool is_told; /* it has been, in a member before this one */
};

struct group {
	unsigned int n;
	struct group_member *member; /* in the order of the file */
};

/*
 * group_read - the machines of the vm and owner records of FILE, each once for each address. COMMON
 * is the address where there is no owner record that has one.  A file that cannot be read, or is
 * none of records, ends the program.
 */
void group_read(struct group *group, const char *file, uint64_t common);

#endif

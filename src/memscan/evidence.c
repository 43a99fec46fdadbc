/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 128, KIB_PER_PAGE = 4 };

static int read_corrupted(struct evidence *evidence, const struct root *root)
{
	static const char key[] = "HardwareCorrupted:";
	char text[8192];

	if (root_read(root, text, sizeof(text), "proc/meminfo") < 0)
		return -1;

	const char *line = strstr(text, key);
	char *end;

	evidence->known = line != NULL;
	if (!line)
		return 0;
	evidence->corrupted = strtoull(line + sizeof(key) - 1, &end, 10) / KIB_PER_PAGE;
	if (strncmp(end, " kB\n", 4) != 0) {
		errno = EBADMSG;
		return -1;
	}
	return 0;
}

int evidence_read(struct evidence *evidence, const struct root *root)
{
	uint64_t failures;

	*evidence = (struct evidence){0};
	for (int node = 0; node < NODES_MAX; node++) {
		if (root_read_u64(root, 10, &failures,
			    "sys/devices/system/node/node%d/memory_failure/total", node) == 0) {
			evidence->counted = true;
			evidence->failures += failures;
		} else if (errno != ENOENT) {
			return -1;
		}
	}
	return read_corrupted(evidence, root);
}

uint64_t evidence_unexplained(
	const struct evidence *before, const struct evidence *after, uint64_t hits)
{
	bool counted = before->counted && after->counted;
	uint64_t then = counted ? before->failures : before->corrupted;
	uint64_t now = counted ? after->failures : after->corrupted;

	return now > then && now - then > hits ? now - then - hits : 0;
}

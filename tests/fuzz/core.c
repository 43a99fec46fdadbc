/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any file as a core: ranges in order and within what it describes, or a refusal. */
#include "core.h"
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

enum { MEMORY_MAX = 1 << 30 }; /* time grows with the memory that is described */

struct seen {
	uint64_t end, size;
};

static void check_range(void *context, const struct core_range *range)
{
	struct seen *seen = context;

	MUST(range->size > 0 && range->size % 4096 == 0 && range->start % 4096 == 0);
	MUST(range->start >= seen->end);
	seen->end = range->start + range->size;
	if (range->kind != CORE_POISONED)
		seen->size += range->size;
}

/* All that its sections can describe. */
static uint64_t size_of(const struct core *core)
{
	const struct vmcoreinfo *info = &core->info;

	return info->section_roots * (4096 / info->section_size) << info->section_bits;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct core core;
	struct seen seen = {0};
	const char *lacks = NULL;

	if (fd < 0)
		fd = memfd_create("core", MFD_CLOEXEC);
	MUST(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);

	enum core_failure failure = core_open(&core, fd, &lacks);

	MUST((failure == CORE_INFO_LACKS) == (lacks != NULL));
	if (failure != CORE_OK)
		return 0;
	if (size_of(&core) <= MEMORY_MAX)
		MUST(core_walk(&core, check_range, &seen) + seen.size <= size_of(&core));
	core_close(&core);
	return 0;
}

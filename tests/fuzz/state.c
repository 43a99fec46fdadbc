/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as memscan's state file: whatever is made of them, nothing is remembered that cannot
 * be.
 */
#include "../../src/memscan/state.h"
#include "../../src/memscan/history.h"
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

static const struct state_now now = {"82eab938-e797-4b0c-a6f2-eff81e357113", 1000000};

static void check_history(void)
{
	uint64_t place = 0, pfn, when;

	while (history_next(&place, &pfn, &when)) {
		MUST(when <= now.now);
		MUST(pfn && pfn % (HISTORY_PAGE_MIN / 4096) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("state", MFD_CLOEXEC);
	uint64_t line;
	bool is_stale;

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	MUST(lseek(fd, 0, SEEK_SET) == 0);

	const char *why = state_read(fd, &now, &line, &is_stale);

	close(fd);
	MUST(line <= size);
	MUST(why || size > strlen(now.boot));
	if (!why)
		check_history();
	return 0;
}

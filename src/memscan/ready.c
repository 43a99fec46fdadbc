/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ready.h"
#include "guard.h"
#include "page.h"
#include "say.h"
#include "state.h"
#include "window.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* --- Rights, and what the kernel must have --- */

/* Whoever may see the frame of one page may see them all: try the stack. */
static bool may_see_frames(const struct root *root)
{
	volatile char here = 0;
	uint64_t word = 0;
	int fd = pagemap_open(root, 0);

	if (fd < 0)
		return false;

	ssize_t n = pagemap_read(fd, (uintptr_t)&here, &word, 1);

	close(fd);
	return n == 1 && pagemap_pfn(word) != 0;
}

void ready_patrol(struct patrol *patrol)
{
	const struct root *root = patrol->root;

	patrol->page_flags = -1;
	if (!page_size_is_supported())
		die(STATUS_UNSUPPORTED, "start: base pages of this kernel are not 4 KiB");
	const char *failed = window_open_guard(root);

	if (failed)
		die_errno(errno == ENOSYS || errno == EINVAL ? STATUS_UNSUPPORTED : STATUS_FAILED,
			"%s", failed);
	if (guard_open() != 0)
		die_errno(STATUS_FAILED, "take over SIGBUS");
	if (!patrol->physical)
		return;
	if (!may_see_frames(root))
		die(STATUS_FAILED, "look up physical addresses: not permitted without "
				   "CAP_SYS_ADMIN; --no-phys does without them");
	patrol->page_flags = page_flags_open(root);
	if (patrol->page_flags < 0)
		die_errno(STATUS_FAILED, "open /proc/kpageflags");
	ready_nodes(patrol);
}

void ready_nodes(struct patrol *patrol)
{
	blocks_free(&patrol->blocks);
	if (patrol->physical && blocks_read(&patrol->blocks, patrol->root) != 0)
		die_errno(STATUS_FAILED, "read /sys/devices/system/memory");
}

void ready_close(struct patrol *patrol)
{
	blocks_free(&patrol->blocks);
	if (patrol->page_flags >= 0)
		close(patrol->page_flags);
}

void ready_state(const char *file, const struct root *root)
{
	struct state_now now;
	uint64_t line;
	bool is_stale;

	if (state_now(&now, root) != 0)
		die_errno(STATUS_FAILED, "read the identifier of this boot");

	const char *why = state_load(file, &now, &line, &is_stale);

	if (why && line)
		die(STATUS_FAILED, "read %s: line %" PRIu64 ": %s", file, line, why);
	if (why)
		die(STATUS_FAILED, "read %s: %s", file, why);
	if (is_stale)
		say("read %s: of another boot; begun anew", file);
}

/* --- What was asked for --- */

static void check_file(const char *path)
{
	struct area area;
	const char *why = area_of_file(&area, path);

	if (why && !strcmp(why, "open"))
		die_errno(STATUS_FAILED, "open %s", path);
	if (why)
		die(STATUS_UNSUPPORTED, "read %s: %s", path,
			!strcmp(why, "device") ? "not a regular file" : "sealed against writing");
	area_close(&area);
}

static void check_process(const struct root *root, const char *pid)
{
	int fd = root_openat(root, O_RDONLY, "proc/%s/maps", pid);

	if (fd < 0)
		die_errno(STATUS_FAILED, "open /proc/%s/maps", pid);
	close(fd);
}

void ready_sources(const struct sources *sources)
{
	for (unsigned int i = 0; i < sources->count; i++)
		if (sources->source[i].kind == SOURCE_FILE)
			check_file(sources->source[i].text);
		else if (sources->source[i].kind == SOURCE_PROCESS)
			check_process(sources->root, sources->source[i].text);
}

void ready_machines(const struct sources *sources)
{
	const struct source *missing = sources_missing(sources);

	if (missing)
		die(STATUS_FAILED, "find virtual machine %s: none of that name or UUID runs here",
			missing->text);
}

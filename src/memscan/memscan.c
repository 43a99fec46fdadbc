/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memscan - read memory so that latent uncorrectable errors surface where nobody is hurt. */
#include "cli.h"
#include "core_report.h"
#include "guard.h"
#include "kernel_option.h"
#include "maps.h"
#include "page.h"
#include "patrol.h"
#include "report.h"
#include "say.h"
#include "scrub.h"
#include "window.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct root root;
static uint64_t pid;
static const char *file;
static const char *core;
static bool no_physical;

static const struct cli_option options[] = {
	{.name = "pid",
		.letter = 'p',
		.arg = "PID",
		.kind = CLI_COUNT,
		.to = &pid,
		.min = 1,
		.max = INT32_MAX,
		.help = "read the shared mappings of process PID"},
	{.name = "file",
		.letter = 'f',
		.arg = "FILE",
		.kind = CLI_TEXT,
		.to = &file,
		.help = "read what is in memory of FILE"},
	{.name = "core",
		.arg = "FILE",
		.kind = CLI_TEXT,
		.to = &core,
		.help = "list what the kernel in ELF core FILE knew to be bad"},
	{.name = "no-phys",
		.kind = CLI_FLAG,
		.to = &no_physical,
		.help = "do without physical addresses: print fault, not ue"},
	{.name = "kernel",
		.arg = "NAME",
		.kind = CLI_PARSE,
		.parse = kernel_option,
		.help = "load with NAME: movntdqa, avx2, avx512; ldnp; portable"},
	{0},
};

static const struct cli_verb verbs[] = {
	{"scrub", "list and set what scrubs memory in hardware", scrub},
	{0},
};

static const struct cli cli = {
	.usage = "[--no-phys] [--kernel NAME] --pid PID | --file FILE | --core FILE",
	.summary = "Read memory so that latent uncorrectable errors surface where nobody is hurt.",
	.options = options,
	.root = &root,
	.verbs = verbs,
};

static void parse(int argc, char **argv)
{
	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	if (!pid && !file && !core)
		cli_wrong("nothing to read: give --pid, --file or --core");
	if (!!pid + !!file + !!core > 1)
		cli_wrong("--pid, --file and --core exclude each other");
}

/* Whoever may see the frame of one page may see them all: try the stack. */
static bool may_see_frames(void)
{
	volatile char here = 0;
	uint64_t word = 0;
	int fd = pagemap_open(&root, 0);

	if (fd < 0)
		return false;

	ssize_t n = pagemap_read(fd, (uintptr_t)&here, &word, 1);

	close(fd);
	return n == 1 && pagemap_pfn(word) != 0;
}

static void open_patrol(struct patrol *patrol)
{
	*patrol = (struct patrol){
		.root = &root,
		.physical = !no_physical,
		.page_flags = -1,
		.owner_pagemap = -1,
	};
	if (!page_size_is_supported())
		die(STATUS_UNSUPPORTED, "start: base pages of this kernel are not 4 KiB");
	if (window_open_guard(&root) != 0)
		die_errno(errno == ENOSYS || errno == EINVAL ? STATUS_UNSUPPORTED : STATUS_FAILED,
			"guard holes with userfaultfd");
	if (guard_open() != 0)
		die_errno(STATUS_FAILED, "take over SIGBUS");
	if (!patrol->physical)
		return;
	if (!may_see_frames())
		die(STATUS_FAILED, "look up physical addresses: not permitted without "
				   "CAP_SYS_ADMIN; --no-phys does without them");
	patrol->page_flags = page_flags_open(&root);
	if (patrol->page_flags < 0)
		die_errno(STATUS_FAILED, "open /proc/kpageflags");
	if (blocks_read(&patrol->blocks, &root) != 0)
		die_errno(STATUS_FAILED, "read /sys/devices/system/memory");
}

static void close_patrol(struct patrol *patrol)
{
	blocks_free(&patrol->blocks);
	if (patrol->page_flags >= 0)
		close(patrol->page_flags);
	if (patrol->owner_pagemap >= 0)
		close(patrol->owner_pagemap);
}

/* Memory of the kernel's own, the same in every process. */
static bool is_kernel_mapping(const struct vma *vma)
{
	return !strcmp(vma->path, "[vsyscall]") || !strncmp(vma->path, "[vdso", 5) ||
	       !strncmp(vma->path, "[vvar", 5);
}

static void read_vma(struct patrol *patrol, const struct vma *vma)
{
	struct area area;
	const char *why = area_of_vma(&area, &root, (pid_t)pid, vma);
	int error = errno;

	if (why) {
		struct place place = {&area, area.offset};

		patrol->tally.skipped += area.size;
		report_skip(&place, area.size, why, strcmp(why, "open") ? 0 : error);
		return;
	}
	patrol_area(patrol, &area);
	area_close(&area);
}

static void read_process(struct patrol *patrol)
{
	static struct maps maps;
	static struct vma vma;
	uint64_t private_bytes = 0;
	int more;

	if (maps_open(&maps, &root, (pid_t)pid) != 0)
		die_errno(STATUS_FAILED, "open /proc/%" PRIu64 "/maps", pid);
	if (patrol->physical)
		patrol->owner_pagemap = pagemap_open(&root, (pid_t)pid);
	while ((more = maps_next(&maps, &vma)) > 0) {
		if (is_kernel_mapping(&vma))
			continue;
		if (vma.shared)
			read_vma(patrol, &vma);
		else
			private_bytes += vma.end - vma.start;
	}
	if (more < 0)
		die_errno(STATUS_FAILED, "read /proc/%" PRIu64 "/maps", pid);
	maps_close(&maps);
	patrol->tally.skipped += private_bytes;
	if (private_bytes)
		report_skip_private((pid_t)pid, private_bytes);
}

static void read_file(struct patrol *patrol)
{
	struct area area;
	const char *why = area_of_file(&area, file);

	if (why && !strcmp(why, "open"))
		die_errno(STATUS_FAILED, "open %s", file);
	if (why)
		die(STATUS_UNSUPPORTED, "read %s: %s", file,
			!strcmp(why, "device") ? "not a regular file" : "sealed against writing");
	patrol_area(patrol, &area);
	area_close(&area);
}

/* Silence about memory that nobody read is not a clean bill. */
static enum status verdict(const struct tally *tally)
{
	if (tally->hits || tally->known)
		return STATUS_SOME;
	return tally->skipped && !tally->scanned ? STATUS_SOME : STATUS_DONE;
}

int main(int argc, char **argv)
{
	struct patrol patrol;
	struct timespec start;

	say_open("memscan");

	const struct cli_verb *verb = cli_find_verb(verbs, argc, argv);

	if (verb)
		return (int)verb->run(argc - 1, argv + 1);
	parse(argc, argv);
	if (core)
		return core_report("memscan", core) ? STATUS_SOME : STATUS_DONE;
	open_patrol(&patrol);
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (pid)
		read_process(&patrol);
	else
		read_file(&patrol);
	report_done((pid_t)pid, file, &patrol.tally, &start);
	close_patrol(&patrol);
	return verdict(&patrol.tally);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memscan - read memory so that latent uncorrectable errors surface where nobody is hurt. */
#include "cli.h"
#include "guard.h"
#include "page.h"
#include "patrol.h"
#include "report.h"
#include "round.h"
#include "say.h"
#include "sources.h"
#include "window.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct root root;
static struct sources sources = {.root = &root};
static struct round sweep_round = {.sources = &sources};
static bool list;
static bool no_physical;

static const struct cli_option options[] = {
	{.name = "vm",
		.letter = 'v',
		.arg = "NAME",
		.kind = CLI_PARSE,
		.to = &sources,
		.parse = sources_add_vm,
		.help = "read the RAM of a virtual machine, by name or UUID, or of all"},
	{.name = "pid",
		.letter = 'p',
		.arg = "PID",
		.kind = CLI_PARSE,
		.to = &sources,
		.parse = sources_add_process,
		.help = "read the shared mappings of process PID"},
	{.name = "file",
		.letter = 'f',
		.arg = "FILE",
		.kind = CLI_PARSE,
		.to = &sources,
		.parse = sources_add_file,
		.help = "read what is in memory of FILE"},
	{.name = "list",
		.letter = 'l',
		.kind = CLI_FLAG,
		.to = &list,
		.help = "print what would be read, and read nothing"},
	{.name = "avoid-hugetlb",
		.arg = "SIZE",
		.kind = CLI_SIZE,
		.to = &sweep_round.avoid_hugetlb,
		.min = 1,
		.max = UINT64_C(1) << 40,
		.help = "leave huge pages of this size and more alone"},
	{.name = "no-phys",
		.kind = CLI_FLAG,
		.to = &no_physical,
		.help = "do without physical addresses: print fault, not ue"},
	{0},
};

static const struct cli cli = {
	.usage = "[OPTION]... --vm NAME|all | --pid PID | --file FILE ...",
	.summary = "Read memory so that latent uncorrectable errors surface where nobody is hurt.",
	.options = options,
	.root = &root,
};

static void parse(int argc, char **argv)
{
	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	if (!sources.count)
		cli_wrong("nothing to read: give --vm, --pid or --file");
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
}

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

static void check_process(const char *pid)
{
	int fd = root_openat(&root, O_RDONLY, "proc/%s/maps", pid);

	if (fd < 0)
		die_errno(STATUS_FAILED, "open /proc/%s/maps", pid);
	close(fd);
}

/* What is not there when memscan starts is a mistake; what goes away later is not. */
static void check_sources(void)
{
	for (unsigned int i = 0; i < sources.count; i++)
		if (sources.source[i].kind == SOURCE_FILE)
			check_file(sources.source[i].text);
		else if (sources.source[i].kind == SOURCE_PROCESS)
			check_process(sources.source[i].text);
}

static void check_machines(void)
{
	const struct source *missing = sources_missing(&sources);

	if (missing)
		die(STATUS_FAILED, "find virtual machine %s: none of that name or UUID runs here",
			missing->text);
}

/* Silence about memory that nobody read is not a clean bill. */
static enum status verdict(const struct tally *tally)
{
	if (tally->hits || tally->known || tally->unexplained || tally->gone)
		return STATUS_SOME;
	return tally->skipped && !tally->scanned ? STATUS_SOME : STATUS_DONE;
}

static enum status print_list(void)
{
	check_sources();
	round_plan(&sweep_round);
	check_machines();
	round_list(&sweep_round);
	return STATUS_DONE;
}

static enum status read_everything(void)
{
	static struct patrol patrol;

	open_patrol(&patrol);
	check_sources();
	sweep_round.patrol = &patrol;
	round_plan(&sweep_round);
	check_machines();
	round_sweep(&sweep_round);
	close_patrol(&patrol);
	return verdict(&patrol.tally);
}

int main(int argc, char **argv)
{
	say_open("memscan");
	parse(argc, argv);
	return (int)(list ? print_list() : read_everything());
}

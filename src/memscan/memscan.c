/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memscan - read memory so that latent uncorrectable errors surface where nobody is hurt. */
#include "cli.h"
#include "guard.h"
#include "manners.h"
#include "num.h"
#include "page.h"
#include "patrol.h"
#include "report.h"
#include "round.h"
#include "say.h"
#include "sources.h"
#include "steady.h"
#include "stop.h"
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
static struct claim claim = {.root = &root};
static struct round sweep_round = {.sources = &sources, .claim = &claim};
static struct steady steady = {.root = &root};
static bool list, once, busy;
static bool no_physical;

static const char *parse_free(const char *text, void *to)
{
	bool all = !strcmp(text, "all");
	uint64_t size = UINT64_MAX;
	const char *why = all ? NULL : num_size(text, PAGE_BYTES, INT64_MAX, &size);

	if (!why && !sources_has_free(&sources))
		why = sources_add_free(&sources);
	*(uint64_t *)to = all ? size : size / PAGE_BYTES * PAGE_BYTES;
	return why;
}

static const char *parse_node(const char *text, void *to)
{
	uint64_t *nodes = to, node;
	const char *why = num_count(text, 0, CLAIM_NODES_MAX - 1, &node);

	if (!why)
		*nodes |= UINT64_C(1) << node;
	return why;
}

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
	{.name = "free",
		.arg = "SIZE",
		.kind = CLI_PARSE,
		.to = &claim.size,
		.parse = parse_free,
		.help = "take so much free memory, or all, read it, and give it back"},
	{.name = "node",
		.letter = 'n',
		.arg = "N",
		.kind = CLI_PARSE,
		.to = &claim.nodes,
		.parse = parse_node,
		.help = "take free memory of NUMA node N only"},
	{.name = "verify",
		.kind = CLI_FLAG,
		.to = &claim.verify,
		.help = "write patterns to free memory, and read them back"},
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
	{.name = "once", .kind = CLI_FLAG, .to = &once, .help = "sweep once (the default)"},
	{.name = "every",
		.letter = 'e',
		.arg = "DURATION",
		.kind = CLI_DURATION,
		.to = &steady.pace.period,
		.min = 1000000,
		.max = UINT64_C(366) * 86400 * 1000000000,
		.help = "sweep again and again, each spread over DURATION"},
	{.name = "rate",
		.letter = 'r',
		.arg = "SIZE",
		.kind = CLI_SIZE,
		.to = &steady.pace.rate,
		.min = 1,
		.max = UINT64_C(1) << 50,
		.help = "read no more than SIZE bytes a second"},
	{.name = "max-hits",
		.letter = 'm',
		.arg = "N",
		.kind = CLI_COUNT,
		.to = &steady.max_hits,
		.min = 1,
		.max = UINT64_MAX,
		.help = "stop at the Nth error"},
	{.name = "no-idle",
		.kind = CLI_FLAG,
		.to = &busy,
		.help = "compete with others for the processor"},
	{.name = "no-phys",
		.kind = CLI_FLAG,
		.to = &no_physical,
		.help = "do without physical addresses: print fault, not ue"},
	{0},
};

static const struct cli cli = {
	.usage = "[OPTION]... --vm NAME|all | --pid PID | --file FILE | --free SIZE|all ...",
	.summary = "Read memory so that latent uncorrectable errors surface where nobody is hurt.",
	.options = options,
	.root = &root,
};

static void parse(int argc, char **argv)
{
	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	if (!sources.count)
		cli_wrong("nothing to read: give --vm, --pid, --file or --free");
	if ((claim.verify || claim.nodes) && !claim.size)
		cli_wrong("--verify and --node go with --free");
	if (claim.verify && no_physical)
		cli_wrong("--verify and --no-phys exclude each other");
	if (once && steady.pace.period)
		cli_wrong("--once and --every exclude each other");
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
		.steady = &steady,
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
	if (tally->hits || tally->known || tally->mismatched || tally->unexplained || tally->gone ||
		tally->late)
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

/*
 * A single sweep that was stopped allows no conclusion; one of many ends in the way that such
 * a program ends.
 */
static enum status stopped(enum status so_far, const struct tally *tally)
{
	if (steady.at_max_hits)
		return STATUS_SOME;
	if (!steady.pace.period)
		die(STATUS_FAILED, "sweep: stopped by a signal before its end");
	return tally->hits || tally->known ? STATUS_SOME : so_far;
}

static enum status sweep_on(struct patrol *patrol)
{
	enum status status = STATUS_DONE;
	uint64_t bytes = round_plan(&sweep_round);

	check_machines();
	for (;;) {
		if (!round_sweep(&sweep_round, bytes))
			return stopped(status, &patrol->tally);
		if (verdict(&patrol->tally) == STATUS_SOME)
			status = STATUS_SOME;
		if (!steady.pace.period || !steady_wait(&steady))
			return status;
		bytes = round_plan(&sweep_round);
	}
}

static enum status read_everything(void)
{
	static struct patrol patrol;
	enum status status;

	open_patrol(&patrol);
	check_sources();
	if (!busy && manners_idle() != 0)
		die_errno(STATUS_FAILED, "become idle; --no-idle does without");
	if (stop_open() != 0)
		die_errno(STATUS_FAILED, "take over signals");
	sweep_round.patrol = &patrol;
	status = sweep_on(&patrol);
	close_patrol(&patrol);
	return status;
}

int main(int argc, char **argv)
{
	say_open("memscan");
	parse(argc, argv);
	return (int)(list ? print_list() : read_everything());
}

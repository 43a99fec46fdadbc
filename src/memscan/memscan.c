/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memscan - read memory so that latent uncorrectable errors surface where nobody is hurt. */
#include "cli.h"
#include "core_report.h"
#include "kernel_option.h"
#include "manners.h"
#include "num.h"
#include "page.h"
#include "patrol.h"
#include "ready.h"
#include "round.h"
#include "say.h"
#include "scrub.h"
#include "sources.h"
#include "state.h"
#include "steady.h"
#include "stop.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static struct root root;
static struct sources sources = {.root = &root};
static struct claim claim = {.root = &root};
static struct round sweep_round = {.sources = &sources, .claim = &claim};
static struct steady steady = {.root = &root};
static bool list, once, busy;
static bool no_physical;
static const char *core, *state_file;

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
	{.name = "core",
		.arg = "FILE",
		.kind = CLI_TEXT,
		.to = &core,
		.help = "list what the kernel in ELF core FILE knew to be bad"},
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
	{.name = "state",
		.arg = "FILE",
		.kind = CLI_TEXT,
		.to = &state_file,
		.help = "remember in FILE which huge pages were read without an error, and when"},
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
	.usage = "[OPTION]... --vm NAME|all | --pid PID | --file FILE | --free SIZE|all | --core "
		 "FILE",
	.summary = "Read memory so that latent uncorrectable errors surface where nobody is hurt.",
	.options = options,
	.root = &root,
	.verbs = verbs,
};

static void parse(int argc, char **argv)
{
	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	if (!sources.count && !core)
		cli_wrong("nothing to read: give --vm, --pid, --file, --free or --core");
	if (sources.count && core)
		cli_wrong("--core excludes all that reads live memory");
	if ((claim.verify || claim.nodes) && !claim.size)
		cli_wrong("--verify and --node go with --free");
	if (claim.verify && no_physical)
		cli_wrong("--verify and --no-phys exclude each other");
	if (state_file && (no_physical || list || core))
		cli_wrong("--state goes with none of --no-phys, --list and --core");
	if (once && steady.pace.period)
		cli_wrong("--once and --every exclude each other");
}

/* Of a sweep, be it whole or not. */
static bool is_well(const struct tally *tally)
{
	return !tally->hits && !tally->known && !tally->mismatched && !tally->unexplained &&
	       !tally->gone && !tally->late;
}

/* Silence about memory that nobody read is not a clean bill. */
static enum status verdict(const struct tally *tally)
{
	if (!is_well(tally))
		return STATUS_SOME;
	return tally->skipped && !tally->scanned ? STATUS_SOME : STATUS_DONE;
}

static enum status print_list(void)
{
	ready_sources(&sources);
	round_plan(&sweep_round);
	ready_machines(&sources);
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
	return is_well(tally) ? so_far : STATUS_SOME;
}

/* Also when it was stopped: what it has read it has read. */
static void remember(void)
{
	struct state_now now;

	if (!state_file)
		return;
	if (state_now(&now, &root) != 0 || state_save(state_file, &now) != 0)
		die_errno(STATUS_FAILED, "write %s", state_file);
}

static enum status sweep_on(struct patrol *patrol)
{
	enum status status = STATUS_DONE;
	uint64_t bytes = round_plan(&sweep_round);

	ready_machines(&sources);
	for (;;) {
		bool done = round_sweep(&sweep_round, bytes);

		remember();
		if (!done)
			return stopped(status, &patrol->tally);
		if (verdict(&patrol->tally) == STATUS_SOME)
			status = STATUS_SOME;
		if (!steady.pace.period || !steady_wait(&steady))
			return status;
		ready_nodes(patrol);
		bytes = round_plan(&sweep_round);
	}
}

static enum status read_everything(void)
{
	static struct patrol patrol;
	enum status status;

	patrol = (struct patrol){.root = &root, .physical = !no_physical, .steady = &steady};
	ready_patrol(&patrol);
	ready_sources(&sources);
	if (!busy && manners_idle() != 0)
		die_errno(STATUS_FAILED, "become idle; --no-idle does without");
	if (stop_open() != 0)
		die_errno(STATUS_FAILED, "take over signals");
	if (state_file) {
		ready_state(state_file, &root);
		remember(); /* whether that can be done is not to be found out after a day */
	}
	sweep_round.patrol = &patrol;
	status = sweep_on(&patrol);
	ready_close(&patrol);
	return status;
}

static enum status list_core(void)
{
	return core_report("memscan", core) ? STATUS_SOME : STATUS_DONE;
}

int main(int argc, char **argv)
{
	const struct cli_verb *verb;

	say_open("memscan");
	verb = cli_find_verb(verbs, argc, argv);
	if (verb)
		return (int)verb->run(argc - 1, argv + 1);
	parse(argc, argv);
	if (core)
		return (int)list_core();
	return (int)(list ? print_list() : read_everything());
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl inject - make a page bad on purpose, to see that everybody does the right thing. */
#include "cli.h"
#include "control.h"
#include "frame.h"
#include "injector.h"
#include "num.h"
#include "outcome.h"
#include "page.h"
#include "poisonctl.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct root root;
static bool yes, really, dry_run, foreign;
static uint64_t pfn;
static int flags_fd = -1;

static const char *parse_pfn(const char *argument, void *to);

static const struct cli_option options[] = {
	{.name = "yes",
		.letter = 'y',
		.kind = CLI_FLAG,
		.to = &yes,
		.help = "yes, a page of this machine is to go bad"},
	{.name = "pfn",
		.arg = "PFN",
		.kind = CLI_PARSE,
		.to = &pfn,
		.parse = parse_pfn,
		.help = "not a page of its own, but number PFN (0x...), whoever has it"},
	{.name = "really", .kind = CLI_FLAG, .to = &really, .help = "yes, whoever has it"},
	CLI_DRY_RUN(&dry_run),
	{0},
};

static const struct cli cli = {
	.usage = "--yes [--pfn PFN --really] [--dry-run] madvise|hwpoison|einj|mce",
	.summary = "Make a page bad, for a drill: one of its own, unless told otherwise twice.",
	.options = options,
	.root = &root,
};

/* With 0x, as the kernel prints it: an address of the same digits is another page. */
static const char *parse_pfn(const char *argument, void *to)
{
	const char *why = num_address(argument, to);

	foreign = true;
	return !why && *(uint64_t *)to > UINT64_MAX >> PAGE_SHIFT ? "too large" : why;
}

static const struct injector *choose(int n, char **operands)
{
	const struct injector *injector;

	if (n != 1)
		cli_wrong("give one way: madvise, hwpoison, einj or mce");
	injector = injector_find(operands[0]);
	if (!injector)
		cli_wrong("way %s: unknown", operands[0]);
	if (!yes && !dry_run)
		cli_wrong("a page goes bad, and not all ways lead back: say --yes");
	if (foreign && injector->own_only)
		cli_wrong("--pfn: %s reaches no page but its own", injector->name);
	if (foreign && !really && !dry_run)
		cli_wrong("--pfn: whoever has that page may die of it: say --really");
	if (really && !foreign)
		cli_wrong("--really without --pfn");
	return injector;
}

/* A page that nobody else has, and that stays where it is. */
static struct victim make_page(void)
{
	struct victim victim;
	uint64_t word;
	int fd = pagemap_open(&root, 0);

	if (fd < 0)
		die_errno(STATUS_FAILED, "open /proc/self/pagemap");
	victim.own =
		mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (victim.own == MAP_FAILED || mlock(victim.own, PAGE_BYTES) != 0)
		die_errno(STATUS_FAILED, "make a page");
	memset(victim.own, 0x5a, PAGE_BYTES);
	if (pagemap_read(fd, (uintptr_t)victim.own, &word, 1) != 1 || !pagemap_pfn(word))
		die(STATUS_FAILED, "look up a page of its own: not told; needs CAP_SYS_ADMIN");
	victim.addr = pagemap_pfn(word) << PAGE_SHIFT;
	close(fd);
	return victim;
}

static void stay_alive(int signal)
{
	(void)signal;
}

/* The kernel tells the owner of what became of its page; this one knows. */
static void ignore_bus_errors(void)
{
	const struct sigaction action = {.sa_handler = stay_alive};

	sigaction(SIGBUS, &action, NULL);
}

static struct outcome inject(const struct injector *injector, const struct victim *victim)
{
	struct outcome outcome = {.addr = victim->addr, .size = PAGE_BYTES, .mode = injector->name};
	struct frame frame;

	if (!frame_look_up(&root, &flags_fd, victim->addr >> PAGE_SHIFT, &frame)) {
		outcome_refuse(&outcome, "not-memory");
		return outcome;
	}
	outcome.kind = page_kind(frame.flags);
	if (page_has(frame.flags, KPF_HWPOISON))
		outcome.result = "already";
	else if (!frame_is_handled(&frame))
		outcome_refuse(&outcome, "kernel-page");
	else if (dry_run)
		outcome_refuse(&outcome, OUTCOME_DRY_RUN);
	else if (injector->inject(&root, victim) != 0)
		outcome_fail(&outcome, errno);
	else
		outcome.result = "done";
	outcome_look_again(&outcome, flags_fd, &frame);
	return outcome;
}

enum status poisonctl_inject(int argc, char **argv)
{
	int first = cli_parse(&cli, argc, argv);
	const struct injector *injector = choose(argc - first, argv + first);
	struct victim victim = {.addr = pfn << PAGE_SHIFT};

	if (injector->control)
		control_need(&root, injector->control, injector->module);
	if (!foreign)
		victim = make_page();
	ignore_bus_errors();

	const struct outcome outcome = inject(injector, &victim);

	return outcome_send(&outcome, "inject");
}

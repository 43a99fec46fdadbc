/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * poisonctl block - take whole memory blocks out of use, and put them back
 * (/sys/devices/system/memory/memoryN/state, Documentation/admin-guide/mm/memory-hotplug.rst).
 */
#include "cli.h"
#include "clock.h"
#include "frame.h"
#include "num.h"
#include "outcome.h"
#include "page.h"
#include "poisonctl.h"
#include "targets.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define BLOCKS "sys/devices/system/memory"

/* What is wanted of a block, as the kernel spells it, and the type of the record about it. */
struct wish {
	const char *state, *type;
};

static struct root root;
static bool dry_run;
static uint64_t wait_ns = 60 * CLOCK_SECOND;
static uint64_t block_size;

static const struct cli_option options[] = {
	{.name = "wait",
		.letter = 'w',
		.arg = "TIME",
		.kind = CLI_DURATION,
		.to = &wait_ns,
		.min = 1000,
		.max = 3600 * CLOCK_SECOND,
		.help = "give up a block that is not empty after so long (default 60s)"},
	CLI_DRY_RUN(&dry_run),
	{0},
};

static const struct cli cli = {
	.usage = "[--dry-run] [--wait TIME] ADDR...",
	.summary = "Change the state of the memory blocks that hold the addresses.",
	.options = options,
	.root = &root,
};

static void read_block_size(void)
{
	if (root_read_u64(&root, 16, &block_size, BLOCKS "/block_size_bytes") != 0)
		die_errno(errno == ENOENT ? STATUS_UNSUPPORTED : STATUS_FAILED,
			"read /" BLOCKS "/block_size_bytes");
	if (block_size < PAGE_BYTES)
		die(STATUS_FAILED, "read /" BLOCKS "/block_size_bytes: less than a page");
}

/* online, offline or going-offline; NULL with errno: ENOENT when there is no such block. */
static const char *read_state(uint64_t number)
{
	static char state[32];

	if (root_read(&root, state, sizeof(state), BLOCKS "/memory%" PRIu64 "/state", number) < 0)
		return NULL;
	state[strcspn(state, "\n")] = '\0';
	return state;
}

/* As long as a block is online: the flags of its pages go with it. */
static uint64_t count_poison(uint64_t address)
{
	int fd = page_flags_open(&root);
	int64_t poisoned = fd < 0 ? -1
				  : frame_poisoned(fd, address >> PAGE_SHIFT,
					    (address + block_size) >> PAGE_SHIFT);

	if (poisoned < 0)
		die_errno(STATUS_FAILED, "read /proc/kpageflags");
	close(fd);
	return (uint64_t)poisoned;
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* The kernel tries to empty a block for ever, but for a signal. */
static void set_alarm(uint64_t ns)
{
	const time_t again = ns ? 1 : 0; /* the first may come before the write(2) it is to end */
	const struct itimerval timer = {.it_value = {.tv_sec = (time_t)(ns / CLOCK_SECOND),
						.tv_usec = (suseconds_t)(ns % CLOCK_SECOND / 1000)},
		.it_interval = {.tv_sec = again}};
	const struct sigaction action = {.sa_handler = on_alarm}; /* no SA_RESTART */

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void change(struct outcome *outcome, const struct wish *wish, uint64_t number)
{
	set_alarm(wait_ns);
	if (root_write(&root, wish->state, BLOCKS "/memory%" PRIu64 "/state", number) == 0)
		outcome->result = "done";
	else
		outcome_fail(outcome, errno);
	set_alarm(0);
}

static enum status change_one(const struct target *target, void *context)
{
	const struct wish *wish = context;
	uint64_t number = target->addr / block_size;
	struct outcome outcome = {.addr = number * block_size, .size = block_size, .mode = "block"};

	outcome.state = read_state(number);
	if (!outcome.state && errno != ENOENT)
		die_errno(STATUS_FAILED, "read /" BLOCKS "/memory%" PRIu64 "/state", number);
	if (!outcome.state) {
		outcome_refuse(&outcome, "not-memory");
		return outcome_send(&outcome, wish->type);
	}
	if (strcmp(outcome.state, "offline") != 0)
		outcome.poisoned = count_poison(outcome.addr);
	if (!strcmp(outcome.state, wish->state))
		outcome.result = "already";
	else if (dry_run)
		outcome_refuse(&outcome, OUTCOME_DRY_RUN);
	else
		change(&outcome, wish, number);
	outcome.state = read_state(number);
	if (!outcome.state)
		outcome.unseen = errno;
	return outcome_send(&outcome, wish->type);
}

/* Of blocks there are no records: one bad page should not take 128 MiB by way of a pipe. */
static enum status change_blocks(const struct wish *wish, int argc, char **argv)
{
	static const struct target_rule no_rules[] = {{0}};
	const struct targets targets = {
		.rules = no_rules, .act = change_one, .context = (void *)wish};
	int first = cli_parse(&cli, argc, argv);

	if (first == argc)
		cli_wrong("no address given");
	read_block_size();
	return targets_run(&targets, first, argc, argv);
}

static enum status take_blocks(int argc, char **argv)
{
	static const struct wish wish = {"offline", "offline"};

	return change_blocks(&wish, argc, argv);
}

static enum status return_blocks(int argc, char **argv)
{
	static const struct wish wish = {"online", "release"};

	return change_blocks(&wish, argc, argv);
}

enum status poisonctl_block(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{"offline", "take memory blocks out of use", take_blocks},
		{"online", "put memory blocks back into use", return_blocks},
		{0},
	};

	return cli_run_verb(
		"Take whole memory blocks out of use, and put them back.", verbs, argc, argv);
}

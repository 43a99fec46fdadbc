/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hugesplit - replace a huge page with an error in it, losing only what is bad. */
#include "cli.h"
#include "copy.h"
#include "fault.h"
#include "intake.h"
#include "num.h"
#include "page.h"
#include "plan.h"
#include "report.h"
#include "request.h"
#include "supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct root root;
static bool dry_run, wants_refill;
static const char *salvage_from, *salvage_to;
static struct plan_options plan = {.max_age_ns = UINT64_C(3600) * 1000000000};

static const char *parse_with(const char *argument, void *to);
static const char *parse_max_age(const char *argument, void *to);
static const char *parse_mark(const char *argument, void *to);

static const struct cli_option options[] = {
	{.name = "with",
		.letter = 'w',
		.arg = "PID",
		.kind = CLI_PARSE,
		.to = &plan,
		.parse = parse_with,
		.help = "replace the page in process PID as well, if it maps it"},
	{.name = "all-sharers",
		.letter = 'a',
		.kind = CLI_FLAG,
		.to = &plan.all_sharers,
		.help = "replace the page in all processes that map it"},
	{.name = "max-age",
		.letter = 'm',
		.arg = "DURATION",
		.kind = CLI_PARSE,
		.to = &plan.max_age_ns,
		.parse = parse_max_age,
		.help = "save also what was last read without an error so long ago (1h), or any"},
	{.name = "mark",
		.arg = "HOW",
		.kind = CLI_PARSE,
		.to = &plan.mark,
		.parse = parse_mark,
		.help = "mark what is lost by uffd or hwpoison"},
	{.name = "keep-huge",
		.letter = 'k',
		.kind = CLI_FLAG,
		.to = &plan.keep_huge,
		.help = "leave a page of 1 GiB alone if pages of 2 MiB cannot take its place"},
	{.name = "refill",
		.kind = CLI_FLAG,
		.to = &wants_refill,
		.help = "put a fresh huge page in its place; what is lost reads as zeros"},
	{.name = "salvage",
		.arg = "FILE",
		.kind = CLI_TEXT,
		.to = &salvage_from,
		.help = "copy what is not bad of a hugetlbfs file that nobody uses"},
	{.name = "to",
		.arg = "COPY",
		.kind = CLI_TEXT,
		.to = &salvage_to,
		.help = "the new file to copy it to"},
	{.name = "dry-run",
		.letter = 'n',
		.kind = CLI_FLAG,
		.to = &dry_run,
		.help = "look whether it could be done, read nothing and change nothing"},
	{0},
};

static const struct cli cli = {
	.usage = "[OPTION]... [PID:ADDR...] | --max-age any --salvage FILE --to COPY",
	.summary = "Replace a huge page with an error in it by small pages, losing only what is "
		   "bad.",
	.options = options,
	.root = &root,
};

static const char *parse_with(const char *argument, void *to)
{
	struct plan_options *into = to;

	if (into->withs == PLAN_WITH_MAX)
		return "too many processes";
	return request_pid(argument, &into->with[into->withs++]);
}

static const char *parse_max_age(const char *argument, void *to)
{
	uint64_t *age = to;

	if (strcmp(argument, "any") != 0)
		return num_duration(argument, 0, SALVAGE_ANY_AGE - 1, age);
	*age = SALVAGE_ANY_AGE;
	return NULL;
}

static const char *parse_mark(const char *argument, void *to)
{
	enum job_mark *mark = to;

	if (strcmp(argument, "uffd") == 0)
		*mark = JOB_MARK_UFFD;
	else if (strcmp(argument, "hwpoison") == 0)
		*mark = JOB_MARK_HWPOISON;
	else
		return "neither uffd nor hwpoison";
	return NULL;
}

/* --- One page --- */

static struct outcome carry_out(struct job *job, const struct request *request)
{
	const char *reason = plan_make(job, request, &plan);

	if (!reason && dry_run)
		reason = "dry-run";
	if (!reason)
		reason = plan_salvage(job, request, &plan);
	if (reason && strcmp(reason, "replaced") == 0 && plan.mark != JOB_MARK_REFILL)
		return (struct outcome){.result = "already"};
	if (reason && strcmp(reason, "failed") == 0)
		return (struct outcome){.result = "failed", .error = errno};
	if (reason)
		return (struct outcome){.result = "refused", .reason = reason};
	if (supervise(job) == 0)
		return (struct outcome){.result = "done"};
	if (job->refused)
		return (struct outcome){.result = "refused", .reason = job->refused};
	errno = job->error;
	say_errno("replace page of process %d: %s",
		job->failed_pid ? job->failed_pid : request->pid, job->failed);
	return (struct outcome){.result = "failed", .error = job->error};
}

static enum status verdict(const struct outcome *outcome)
{
	if (!strcmp(outcome->result, "done") || !strcmp(outcome->result, "already"))
		return STATUS_DONE;
	if (!outcome->reason)
		return STATUS_SOME;
	if (!strcmp(outcome->reason, "dry-run"))
		return STATUS_DONE;
	return strcmp(outcome->reason, "architecture") ? STATUS_SOME : STATUS_UNSUPPORTED;
}

/*
 * A terminal, or who stops a service, would end the worker and its supervisor together; and so
 * would a message that nobody reads.
 */
static void hold_signals(sigset_t *before)
{
	static const int numbers[] = {SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGTSTP};
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaddset(&held, numbers[i]);
	sigprocmask(SIG_BLOCK, &held, before);
}

static enum status split(const struct request *request)
{
	struct job *job = job_open(&root);
	struct outcome outcome;
	sigset_t before;

	if (!job)
		die_errno(STATUS_FAILED, "get memory");
	hold_signals(&before);
	outcome = carry_out(job, request);
	report_split(job, request, &outcome);
	sigprocmask(SIG_SETMASK, &before, NULL);
	job_close(job);
	return verdict(&outcome);
}

/* --- Where pages come from --- */

static enum status split_operands(char **operands, int n)
{
	static struct request request[1024];
	enum status worst = STATUS_DONE;

	if (n > (int)(sizeof(request) / sizeof(*request)))
		cli_wrong("more than %zu operands", sizeof(request) / sizeof(*request));
	for (int i = 0; i < n; i++) {
		const char *why = request_from_operand(operands[i], &request[i]);

		if (why)
			cli_wrong("operand %s: %s", operands[i], why);
	}
	for (int i = 0; i < n; i++) {
		enum status status = split(&request[i]);

		if (status > worst)
			worst = status;
	}
	return worst;
}

static enum status take_record(const struct rec *rec, void *context)
{
	struct request request;

	if (!request_is_in(rec))
		return intake_forward(rec, context);
	if (request_from_record(rec, &request) != 0) {
		say("read standard input: a %.*s record whose addr, pid, va or off is none",
			(int)rec->type_len, rec->line);
		return STATUS_FAILED;
	}
	return split(&request);
}

static void prepare(void)
{
	const char *step = getenv("HUGESPLIT_FAULT");
	const char *why = step ? fault_set(step) : NULL;

	if (why)
		die(STATUS_USAGE, "use HUGESPLIT_FAULT %s: %s", step, why);
	if (wants_refill && plan.mark != JOB_MARK_BEST)
		cli_wrong("--refill leaves nothing to --mark");
	if (wants_refill)
		plan.mark = JOB_MARK_REFILL;
	if (root.captured)
		die(STATUS_USAGE, "use --sysroot: there are no processes in a captured tree");
	if (!page_size_is_supported())
		die(STATUS_UNSUPPORTED, "use base pages: not of %d bytes", PAGE_BYTES);
}

/* Nothing is known of when the file was last read: that it is read is somebody's decision. */
static enum status salvage(int first, int argc, char **argv)
{
	cli_no_operands(first, argc, argv);
	if (!salvage_from || !salvage_to)
		cli_wrong("--salvage and --to go together");
	if (plan.all_sharers || plan.withs || plan.mark != JOB_MARK_BEST || plan.keep_huge ||
		dry_run)
		cli_wrong("--salvage goes with --to and --max-age only");
	if (plan.max_age_ns != SALVAGE_ANY_AGE)
		cli_wrong("--salvage takes the risk of reading what may be bad: say --max-age any");
	return copy_file(salvage_from, salvage_to);
}

int main(int argc, char **argv)
{
	const struct intake records = {
		.role = INTAKE_ACTOR, .record = take_record, .note = intake_forward};
	int first;

	say_open("hugesplit");
	signal(SIGCHLD, SIG_DFL); /* who started us may ignore it: then waitpid(2) tells nothing */
	first = cli_parse(&cli, argc, argv);
	prepare();
	if (salvage_from || salvage_to)
		return (int)salvage(first, argc, argv);
	return (int)(first < argc ? split_operands(argv + first, argc - first)
				  : intake_run(&records));
}

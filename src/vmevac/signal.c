/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac signal - tell a guest of an error in its memory, as if the hardware did. */
#include "vm/action.h"
#include "cli.h"
#include "dump/layout.h"
#include "mce.h"
#include "num.h"
#include "dump/processors.h"
#include "signal_group.h"
#include "vmevac.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct root root;
static struct targets targets = {.root = &root, .timeout_ns = 10 * CLOCK_SECOND};
static enum mce_severity severity = MCE_SRAO;
static const char *group_file;

static const char *parse_severity(const char *argument, void *to)
{
	for (unsigned int i = 0; i < MCE_SEVERITIES; i++) {
		if (strcmp(mce_severity_words[i], argument) == 0) {
			*(enum mce_severity *)to = i;
			return NULL;
		}
	}
	return "neither srao nor srar";
}

static const struct cli_option options[] = {
	{.name = "group",
		.letter = 'g',
		.arg = "FILE",
		.kind = CLI_TEXT,
		.to = &group_file,
		.help = "tell all machines that have a vm or owner record there"},
	{.name = "severity",
		.arg = "SEVERITY",
		.kind = CLI_PARSE,
		.to = &severity,
		.parse = parse_severity,
		.help = "srao: nobody has used it yet (default); srar: somebody is about to"},
	TARGETS_OPTIONS(targets),
	{0},
};

static const struct cli cli = {
	.usage = "[--severity SEVERITY] [--qmp VM=SOCKET] [--timeout TIME] {VM | --group FILE} GPA",
	.summary = "Tell a guest of an error in its memory.",
	.options = options,
	.root = &root,
};

static struct action action;
static uint64_t gpa;
static struct mce_cpu cpu;
static struct processors processors;

/* What QEMU did, of the events that it sends for each processor; the gravest counts. */
static enum { UNTOLD, INJECTED, IGNORED, RESET } outcome;

static void on_event(const json_t *event, void *context)
{
	static const char *const words[] = {
		[INJECTED] = "inject", [IGNORED] = "ignore", [RESET] = "reset"};
	const char *name = qmp_message_text(event, "event");
	const char *word = qmp_message_text(json_object_get(event, "data"), "action");

	(void)context;
	if (!name || strcmp(name, "MEMORY_FAILURE") != 0 || !word)
		return;
	for (unsigned int i = INJECTED; i <= RESET; i++)
		if (!strcmp(words[i], word) && i > outcome)
			outcome = i;
}

/* --- Steps: each returns 0, or -1 with errno and qmp.why --- */

static int fail(int error, const char *why)
{
	return qmp_fail(&action.qmp, error, why);
}

static int ask_property(const char *path, const char *property, json_t **answer)
{
	return qmp_execute_with(&action.qmp, "qom-get",
		json_pack("{s:s, s:s}", "path", path, "property", property), answer);
}

static int take_model(const json_t *vendor, const json_t *family, const json_t *model)
{
	if (!json_is_string(vendor) || !json_is_integer(family) || !json_is_integer(model))
		return fail(EBADMSG, "its processors have no model");
	snprintf(cpu.vendor, sizeof(cpu.vendor), "%s", json_string_value(vendor));
	cpu.family = (uint64_t)json_integer_value(family);
	cpu.model = (uint64_t)json_integer_value(model);
	return 0;
}

/* Processors other than x86 have no such properties. */
static int ask_properties(const char *path)
{
	json_t *vendor = NULL, *family = NULL, *model = NULL;
	int result = -1;

	if (ask_property(path, "vendor", &vendor) == 0 &&
		ask_property(path, "family", &family) == 0 &&
		ask_property(path, "model", &model) == 0)
		result = take_model(vendor, family, model);
	else if (errno == EREMOTEIO)
		fail(ENOTSUP, "its processors are no x86");

	int error = errno;

	json_decref(vendor);
	json_decref(family);
	json_decref(model);
	errno = error;
	return result;
}

static int ask_model(void)
{
	json_t *cpus;
	const char *path;
	int result;

	if (qmp_execute(&action.qmp, "query-cpus-fast", &cpus) != 0)
		return -1;
	path = qmp_message_text(json_array_get(cpus, 0), "qom-path");
	result = path ? ask_properties(path) : fail(EBADMSG, "it has no processors");
	json_decref(cpus);
	return result;
}

static int find_memory(void)
{
	static struct layout layout;

	if (layout_ask(&layout, &action.qmp) != 0)
		return -1;
	for (unsigned int i = 0; i < layout.ranges; i++)
		if (gpa >= layout.range[i].gpa && gpa - layout.range[i].gpa < layout.range[i].size)
			return 0;
	return fail(ENXIO, "no memory of the guest is there");
}

/* QEMU resets a guest that gets what it has not enabled. */
static int check_enabled(void)
{
	enum { CR4_MCE = 1 << 6 };

	if (!mce_is_exception(&cpu, severity))
		return 0;
	if (processors_ask(&processors, &action.qmp, EM_X86_64) != 0)
		return -1;
	for (unsigned int i = 0; i < (mce_is_broadcast(&cpu) ? processors.count : 1); i++)
		if (!(processors.of[i].value[REGISTER_CR4] & CR4_MCE))
			return fail(EPERM, "the guest has not enabled machine checks");
	return 0;
}

static int send_line(void)
{
	char line[MCE_LINE_MAX], *text;

	mce_line(line, &cpu, severity, gpa);
	outcome = UNTOLD;
	if (qmp_monitor(&action.qmp, line, &text) != 0)
		return -1;
	/* The monitor for people tells only of failures. */
	text[strcspn(text, "\r\n")] = '\0';
	if (text[0])
		fail(EIO, text);
	else if (outcome != INJECTED)
		fail(EIO, outcome == RESET ? "the guest was reset"
					   : "QEMU tells of no machine check");

	bool sent = !text[0] && outcome == INJECTED;

	free(text);
	return sent ? 0 : -1;
}

static const struct {
	const char *name;
	int (*run)(void);
} steps[] = {
	{"ask-model", ask_model},
	{"find-memory", find_memory},
	{"check-enabled", check_enabled},
	{"send", send_line},
};

static void put_target(struct rec_writer *record)
{
	rec_put_addr(record, "gpa", gpa);
	rec_put_text(record, "mode", mce_severity_words[severity]);
}

static enum status take_steps(void)
{
	const char *step = action_open(&action);

	if (step)
		return action_failed(&action, step, errno, action.qmp.why);
	action.qmp.event = on_event;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (steps[i].run() != 0)
			return action_failed(&action, steps[i].name, errno, action.qmp.why);
	return action_done(&action, "done");
}

static enum status tell(const char *name)
{
	enum status status;

	action = (struct action){
		.type = "signal", .name = name, .targets = &targets, .put_target = put_target};
	status = take_steps();
	processors_free(&processors);
	return status;
}

/*
 * A guest that is still busy with a machine check does not survive the next one, and nobody outside
 * can see that it is.
 */
enum { BETWEEN_S = 1 };

static enum status tell_group(uint64_t common)
{
	struct group group = {0};
	enum status status = STATUS_DONE;

	group_read(&group, group_file, common);
	for (unsigned int i = 0; i < group.n; i++) {
		if (group.member[i].is_told)
			sleep(BETWEEN_S);
		gpa = group.member[i].gpa;
		if (tell(group.member[i].vm) != STATUS_DONE)
			status = STATUS_SOME;
	}
	return status;
}

enum status vmevac_signal(int argc, char **argv)
{
	int first = cli_parse(&cli, argc, argv), operands = group_file ? 1 : 2;
	const char *why;

	if (argc - first < operands)
		cli_wrong(argc - first < operands - 1 ? "no virtual machine given"
						      : "no guest physical address given");
	cli_no_operands(first + operands, argc, argv);
	why = num_address(argv[first + operands - 1], &gpa);
	if (why)
		cli_wrong("address %s: %s", argv[first + operands - 1], why);
	return group_file ? tell_group(gpa) : tell(argv[first]);
}

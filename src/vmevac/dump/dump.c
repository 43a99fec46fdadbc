/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac dump - the memory of a virtual machine as an ELF core, past what is bad of it. */
#include "vm/action.h"
#include "cli.h"
#include "dump.h"
#include "output.h"
#include "processors.h"
#include "vmevac.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct root root;
static struct targets targets = {.root = &root, .timeout_ns = 10 * CLOCK_SECOND};
static bool live, force;
static enum sink_kind kind = SINK_PLAIN;

static const char *parse_kind(const char *argument, void *to)
{
	if (strcmp(argument, "zstd") != 0)
		return "not zstd";
	*(enum sink_kind *)to = SINK_ZSTD;
	return NULL;
}

static const struct cli_option options[] = {
	{.name = "compress",
		.arg = "zstd",
		.kind = CLI_PARSE,
		.to = &kind,
		.parse = parse_kind,
		.help = "compress the file"},
	{.name = "force", .kind = CLI_FLAG, .to = &force, .help = "replace a file that is there"},
	{.name = "live",
		.kind = CLI_FLAG,
		.to = &live,
		.help = "let the guest run on while its memory is read"},
	TARGETS_OPTIONS(targets),
	{0},
};

static const struct cli cli = {
	.usage = "[--compress zstd] [--force] [--live] [--qmp VM=SOCKET] [--timeout TIME] VM FILE",
	.summary = "Write the memory of a virtual machine to a file, past what is bad of it.",
	.options = options,
	.root = &root,
};

static void put_dump(const struct action *done, struct rec_writer *record);

static struct action action = {.type = "dump", .targets = &targets, .put = put_dump};
static struct output output;
static uint16_t machine;
static struct processors processors;
static struct dump dump;
static bool stopped; /* by us, and to be continued */
static uint64_t stop_ns, stopped_ns;

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static bool is_interrupted(void)
{
	return interrupted;
}

/* What would end us must not leave the machine standing still, nor half a file. */
static void take_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	const struct sigaction stop = {.sa_handler = on_signal};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], &stop, NULL);
	sigaction(SIGXFSZ, &ignore, NULL); /* a limit is an error of write(2), too */
}

static int fail_if_interrupted(void)
{
	action.qmp.why[0] = '\0';
	errno = EINTR;
	return interrupted ? -1 : 0;
}

/* --- Steps: each returns 0, or -1 with errno, and qmp.why unless that is "" --- */

static int ask_machine(void)
{
	static const struct {
		const char *name;
		uint16_t machine;
	} known[] = {{"x86_64", EM_X86_64}, {"aarch64", EM_AARCH64}};
	const char *name;
	json_t *answer;

	if (qmp_execute(&action.qmp, "query-target", &answer) != 0)
		return -1;
	name = qmp_message_text(answer, "arch");
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (name && !strcmp(known[i].name, name))
			machine = known[i].machine;
	json_decref(answer);
	if (machine)
		return 0;
	snprintf(action.qmp.why, sizeof(action.qmp.why), "neither x86_64 nor aarch64");
	errno = ENOTSUP;
	return -1;
}

static int stop(void)
{
	if (live || action.condition.state != VM_RUNNING)
		return 0;
	stopped = true; /* also when its answer is lost */
	stop_ns = clock_now();
	return qmp_execute(&action.qmp, "stop", NULL);
}

static int ask_memory(void)
{
	return layout_ask(&dump.layout, &action.qmp);
}

static int ask_registers(void)
{
	return processors_ask(&processors, &action.qmp, machine);
}

static int open_file(void)
{
	size_t notes = processors_notes_size(&processors) +
		       elf_head_note_size(KERNEL_NOTE_NAME, KERNEL_NOTE_MAX);

	action.qmp.why[0] = '\0';
	if (elf_head_open(&dump.head, &dump.layout, machine, notes) != 0)
		return -1;
	processors_put(&processors, &dump.head);
	return sink_open(&dump.sink, kind, output.fd, dump.head.size, elf_head_end(&dump.head));
}

static int copy(void)
{
	int error;

	if (dump_copy(&dump, &root) == 0)
		return 0;
	error = errno;
	snprintf(action.qmp.why, sizeof(action.qmp.why), "%s: %s", dump.peek.why, strerror(error));
	errno = error;
	return -1;
}

static int go_on(void)
{
	if (!stopped)
		return 0;
	if (qmp_execute(&action.qmp, "cont", NULL) != 0)
		return -1;
	stopped = false;
	stopped_ns = clock_now() - stop_ns;
	return action_look(&action);
}

/* Of several notes nobody knows which is of the kernel that runs, and which of one before it. */
static int finish_file(void)
{
	action.qmp.why[0] = '\0';
	if (dump.kernel_note.found == 1)
		elf_head_add(&dump.head, KERNEL_NOTE_NAME, 0, dump.kernel_note.text,
			dump.kernel_note.len);
	if (elf_head_finish(&dump.head) != 0 || sink_finish(&dump.sink, dump.head.bytes) != 0)
		return -1;
	return output_commit(&output);
}

/* --- All of it --- */

static const struct {
	const char *name;
	int (*run)(void);
} steps[] = {
	{"ask-machine", ask_machine},
	{"stop", stop},
	{"ask-memory", ask_memory},
	{"ask-registers", ask_registers},
	{"open-file", open_file},
	{"copy", copy},
	{"cont", go_on},
	{"finish-file", finish_file},
};

static void close_all(void)
{
	output_close(&output);
	sink_close(&dump.sink);
	elf_head_close(&dump.head);
	processors_free(&processors);
}

static enum status give_up(const char *step)
{
	char why[sizeof(action.qmp.why)];
	int error = errno;

	snprintf(why, sizeof(why), "%s", action.qmp.why);
	if (stopped && (action_look_anew(&action) != 0 || go_on() != 0) &&
		action.condition.state != VM_GONE)
		say("resume %s: %s; it may stand still", action.name, action.qmp.why);
	close_all();
	return action_failed(&action, step, error, why);
}

static void put_dump(const struct action *done, struct rec_writer *record)
{
	(void)done;
	rec_put_text(record, "mode", live ? "live" : "still");
	rec_put_text(record, "file", output.path);
	rec_put_u64(record, "size", layout_size(&dump.layout));
	rec_put_u64(record, "bytes", dump.sink.data);
	rec_put_u64(record, "lost", elf_head_lost(&dump.head));
	rec_put_u64(record, "cpus", processors.count);
	rec_put_u64(record, "vmcoreinfo", dump.kernel_note.found == 1);
	if (stopped_ns)
		rec_put_u64(record, "stopped_ns", stopped_ns);
}

static enum status take_steps(void)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (fail_if_interrupted() != 0 || steps[i].run() != 0)
			return give_up(steps[i].name);

	enum status status = action_done(&action, "done");

	if (status == STATUS_DONE && dump.head.losses)
		status = STATUS_SOME;
	close_all();
	return status;
}

enum status vmevac_dump(int argc, char **argv)
{
	int first = cli_parse(&cli, argc, argv);

	if (first + 1 >= argc)
		cli_wrong(first == argc ? "no virtual machine given" : "no file given");
	cli_no_operands(first + 2, argc, argv);
	action.name = argv[first];
	action_begin(&action);
	dump.name = action.name;
	dump.vm = &action.vm;
	dump.is_interrupted = is_interrupted;
	take_signals();
	if (output_open(&output, argv[first + 1], force) != 0)
		die_errno(STATUS_FAILED, "create %s", argv[first + 1]);
	return take_steps();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl who - whose physical pages are these? */
#include "cli.h"
#include "intake.h"
#include "num.h"
#include "owners.h"
#include "page.h"
#include "poisonctl.h"
#include "who_print.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

static struct root root;
static bool no_qmp;
static bool some_skipped, some_doubted;

static const struct cli_option options[] = {
	{.name = "no-qmp",
		.kind = CLI_FLAG,
		.to = &no_qmp,
		.help = "do not ask QEMU; know guests' addresses by their command lines"},
	{0},
};

static const struct cli cli = {
	.usage = "[--no-qmp] [ADDR...]",
	.summary = "Print a record for every owner of the physical pages at ADDR, "
		   "or in records on standard input.",
	.options = options,
	.root = &root,
};

static struct wanted *wanted;
static struct owners *owners;

/* --- What is asked --- */

static enum status want(uint64_t addr, uint64_t size, const char *what)
{
	if (wanted_add(wanted, addr, size) == 0)
		return STATUS_DONE;
	if (errno == E2BIG)
		die(STATUS_FAILED, "take %s: more than %d ranges", what, WANTED_MAX);
	say("take %s: not within physical memory", what);
	return STATUS_SOME;
}

static void want_operands(int argc, char **argv)
{
	uint64_t addr;

	for (int i = 0; i < argc; i++) {
		const char *why = num_address(argv[i], &addr);

		if (why)
			cli_wrong("address %s: %s", argv[i], why);
		want(addr, 1, argv[i]);
	}
}

/* Those whose addr and size are a place in memory, and not all that was covered. */
static bool has_place(const struct rec *rec)
{
	static const char *const types[] = {"ue", "err", "page", "offline", "release", "split"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (rec_is(rec, types[i]))
			return rec_find(rec, "addr");
	return false;
}

/* A record that says where its page was mapped tells more than can be seen afterwards. */
static void take_hint(const struct rec *rec, uint64_t addr)
{
	uint64_t pid, va;

	if (rec_u64(rec, "pid", &pid) == 0 && pid <= INT32_MAX && rec_addr(rec, "va", &va) == 0)
		owners_hint(owners, (pid_t)pid, va, addr >> PAGE_SHIFT);
}

static enum status take_record(const struct rec *rec, void *context)
{
	enum status status = intake_forward(rec, context);
	uint64_t addr, size;

	if (status != STATUS_DONE || !has_place(rec))
		return status;
	if (rec_addr(rec, "addr", &addr) != 0 || rec_u64(rec, "size", &size) != 0) {
		say("take a record: its addr and size are not those of a range");
		return STATUS_SOME;
	}
	take_hint(rec, addr);
	return want(addr, size, "a record");
}

static enum status want_records(void)
{
	static const struct intake intake = {
		.role = INTAKE_FILTER, .record = take_record, .note = intake_forward};

	return intake_run(&intake);
}

/* --- What is found --- */

static void take_skip(pid_t pid, const char *reason, int error)
{
	some_skipped = true;
	who_print_skip(pid, reason, error);
}

static void take_no_answer(const struct vm *vm, const char *why)
{
	const char *path = vm->args.qmp;

	some_doubted = true;
	say("ask process %d, virtual machine %s, %s%s: %s", vm->pid, vm->args.name,
		*path ? "at " : "through libvirt", path, why);
}

/* Without the right to see frames every page would be nobody's. */
static void check_rights(void)
{
	uint64_t word;
	int fd = pagemap_open(&root, 0);
	ssize_t n = fd < 0 ? -1 : pagemap_read(fd, (uintptr_t)&root, &word, 1);

	if (n < 0)
		die_errno(STATUS_FAILED, "read /proc/self/pagemap");
	if (n == 1 && pagemap_is_present(word) && !pagemap_pfn(word))
		die(STATUS_FAILED, "read /proc/self/pagemap: no frames without CAP_SYS_ADMIN");
	close(fd);
}

static void find_owners(void)
{
	owners->use_qmp = !no_qmp;
	owners->skip = take_skip;
	owners->no_answer = take_no_answer;
	owners->flags_fd = page_flags_open(&root);
	if (owners->flags_fd < 0)
		die_errno(errno == ENOENT ? STATUS_UNSUPPORTED : STATUS_FAILED,
			"open /proc/kpageflags");
	wanted_settle(wanted);
	if (owners_find(owners) != 0)
		die_errno(STATUS_FAILED, "list /proc");
	who_print(owners);
}

enum status poisonctl_who(int argc, char **argv)
{
	int first = cli_parse(&cli, argc, argv);
	enum status status = STATUS_DONE;

	if (!root.captured && !page_size_is_supported())
		die(STATUS_UNSUPPORTED, "look up pages: the base page is not %d bytes", PAGE_BYTES);
	wanted = calloc(1, sizeof(*wanted));
	owners = owners_open(&root, wanted);
	if (!wanted || !owners)
		die_errno(STATUS_FAILED, "list owners");
	if (first < argc)
		want_operands(argc - first, argv + first);
	else
		status = want_records();
	if (status > STATUS_SOME || !wanted->count)
		return status;
	if (!root.captured)
		check_rights();
	find_owners();
	if (!some_skipped && status == STATUS_DONE)
		who_print_done();
	return some_skipped || some_doubted ? STATUS_SOME : status;
}

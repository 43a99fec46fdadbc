/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac list - the virtual machines that run here. */
#include "cli.h"
#include "clock.h"
#include "sample.h"
#include "telling.h"
#include "vmevac.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct root root;
static struct targets targets = {.root = &root, .timeout_ns = 3 * CLOCK_SECOND};

static uint64_t sample_ns;

static const struct cli_option options[] = {
	{.name = "sample",
		.arg = "TIME",
		.kind = CLI_DURATION,
		.to = &sample_ns,
		.min = CLOCK_SECOND,
		.max = 60 * CLOCK_SECOND,
		.help = "watch each machine for so long, and say how much it writes to"},
	TARGETS_OPTIONS(targets),
	{0},
};

static const struct cli cli = {
	.usage = "[--sample TIME] [--qmp VM=SOCKET]... [--timeout TIME] [VM]...",
	.summary = "Print the virtual machines that run here, and their memory.",
	.options = options,
	.root = &root,
};

static struct rec_writer record;
static uint64_t skipped; /* machines of which not all could be told */

static void send(void)
{
	if (rec_send(&record, stdout) != 0)
		exit(say_output_failed());
}

static void skip(const struct telling *telling, const char *reason, int error, const char *hint)
{
	rec_begin(&record, "skip");
	rec_put_text(&record, "src", "vmevac");
	rec_put_text(&record, "reason", reason);
	if (error)
		rec_put_errno(&record, "errno", error);
	if (hint)
		rec_put_text(&record, "hint", hint);
	rec_put_text(&record, "vm", telling->name);
	if (telling->vm)
		rec_put_u64(&record, "pid", (uint64_t)telling->vm->pid);
	send();
	skipped++;
}

/* --- What QEMU says --- */

static void sample(struct telling *telling, struct qmp *qmp)
{
	uint64_t seconds = (sample_ns + CLOCK_SECOND - 1) / CLOCK_SECOND;

	telling->knows_dirty_rate = sample_dirty_rate(qmp, seconds, &telling->dirty_rate) == 0;
	if (!telling->knows_dirty_rate)
		skip(telling, "dirty-rate", errno, NULL);
}

static void ask(struct telling *telling)
{
	struct qmp qmp;
	int result = targets_connect(&targets, telling->vm, &qmp);

	if (result == 0) {
		result = condition_find(&telling->condition, &root, telling->vm->pid, &qmp);

		int error = errno;

		if (result == 0 && sample_ns)
			sample(telling, &qmp);

		qmp_close(&qmp);
		errno = error;
	}
	if (result == 0)
		return;
	if (errno == ENODATA)
		skip(telling, "no-socket", 0, "--qmp");
	else
		skip(telling, "no-answer", errno, NULL);
	if (condition_find(&telling->condition, &root, telling->vm->pid, NULL) != 0)
		skip(telling, "descriptors", errno, NULL);
}

/* --- What the kernel says --- */

static void look_at_pages(struct telling *telling)
{
	telling->knows_poison = true;
	for (unsigned int i = 0; i < telling->vm->args.backends; i++) {
		const struct vm_mapping *mapping = &telling->vm->mapping[i];
		struct pages pages;
		uint64_t count;

		if (!telling_is_mapped(mapping)) {
			telling->knows_poison = false;
			continue;
		}
		if (pages_find(&pages, &root, telling->vm->pid, mapping->start, mapping->end) ==
			0) {
			telling->pages.nodes |= pages.nodes;
			telling->pages.size = pages.size;
		}
		if (pages_poisoned(&root, telling->vm->pid, mapping->start, mapping->end, &count) ==
			0)
			telling->poisoned += count;
		else
			telling->knows_poison = false;
	}
}

static void look(struct telling *telling)
{
	static struct maps maps;

	if (blockers_find(&telling->blockers, &root, telling->vm) != 0)
		skip(telling, "descriptors", errno, NULL);
	if (vm_find_ram(telling->vm, &root, &maps) != 0)
		skip(telling, "maps", errno, NULL);
	else
		look_at_pages(telling);
}

static void tell(struct vm *vm)
{
	static struct telling telling;

	telling = (struct telling){.vm = vm};
	telling.name = target_label(vm, telling.label);
	telling.qmp = targets_socket(&targets, vm);
	ask(&telling);
	look(&telling);
	if (!process_is(&root, vm->pid, vm->start)) {
		skip(&telling, "gone", 0, NULL);
		return;
	}
	if (telling_print(&telling, &root) != 0)
		exit(say_output_failed());
}

/* --- Which machines --- */

static char **wanted; /* names, ended by NULL; none: all */
static bool *found;   /* of each */

static bool is_wanted(const struct vm *vm)
{
	bool is = !wanted[0];

	for (size_t i = 0; wanted[i]; i++)
		if (target_is_called(vm, wanted[i]))
			is = found[i] = true;
	return is;
}

static void skip_missing(void)
{
	for (size_t i = 0; wanted[i]; i++) {
		const struct telling missing = {.name = wanted[i]};

		if (!found[i])
			skip(&missing, "gone", 0, NULL);
	}
}

static void walk(void)
{
	static struct vms vms;
	static struct vm vm;
	int more;

	if (vms_open(&vms, &root) != 0)
		die_errno(STATUS_FAILED, "read /proc");
	while ((more = vms_next(&vms, &vm)) > 0)
		if (is_wanted(&vm))
			tell(&vm);
	if (more < 0)
		die_errno(STATUS_FAILED, "read /proc");
	vms_close(&vms);
}

static void finish(void)
{
	rec_begin(&record, "done");
	rec_put_text(&record, "src", "vmevac");
	rec_put_text(&record, "scope", "list");
	rec_put_u64(&record, "skipped", skipped);
	send();
}

enum status vmevac_list(int argc, char **argv)
{
	wanted = argv + cli_parse(&cli, argc, argv);
	found = calloc((size_t)argc, sizeof(*found));
	if (!found)
		die_errno(STATUS_FAILED, "make room");
	walk();
	skip_missing();
	finish();
	free(found);
	return STATUS_DONE;
}

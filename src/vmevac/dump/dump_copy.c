/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump: memory, into the file. */
#include "clock.h"
#include "dump.h"
#include "rec.h"
#include "say.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const char wipe_line[] = "\r\033[K";

/* On a terminal, from the second second on. */
static void show_progress(const struct dump *dump, uint64_t passed)
{
	static uint64_t next;
	uint64_t now = clock_now();

	if (now < next || !isatty(STDERR_FILENO))
		return;
	if (next)
		fprintf(stderr, "%s%s: dump %s: %u of %u MiB", wipe_line, say_program(), dump->name,
			(unsigned int)(passed >> 20),
			(unsigned int)(layout_size(&dump->layout) >> 20));
	next = now + CLOCK_SECOND;
}

static void end_progress(void)
{
	if (isatty(STDERR_FILENO))
		fputs(wipe_line, stderr);
}

static uint64_t offset_in_range(const struct dump *dump, uint64_t va)
{
	return va - dump->layout.range[dump->number].va;
}

static int take_data(void *context, uint64_t va, const void *data, size_t size)
{
	struct dump *dump = context;
	uint64_t place = elf_head_place(&dump->head, dump->number, offset_in_range(dump, va));

	if (dump->is_interrupted()) {
		dump->peek.why = "go on";
		errno = EINTR;
		return -1;
	}
	show_progress(dump, place - dump->head.size);
	kernel_note_look(&dump->kernel_note, data, size);
	dump->peek.why = "write";
	return sink_put(&dump->sink, place, data, size);
}

static int print_loss(
	const struct dump *dump, uint64_t va, uint64_t gpa, uint64_t size, const char *reason)
{
	static struct rec_writer record;

	rec_begin(&record, "skip");
	rec_put_text(&record, "src", "vmevac");
	rec_put_text(&record, "reason", reason);
	rec_put_u64(&record, "bytes", size);
	rec_put_text(&record, "vm", dump->name);
	rec_put_u64(&record, "pid", (uint64_t)dump->vm->pid);
	rec_put_addr(&record, "va", va);
	rec_put_addr(&record, "gpa", gpa);
	return rec_send(&record, stdout);
}

static int take_loss(void *context, uint64_t va, uint64_t size, bool met)
{
	struct dump *dump = context;
	uint64_t gpa = dump->layout.range[dump->number].gpa + offset_in_range(dump, va);

	dump->peek.why = "print what is lost";
	if (print_loss(dump, va, gpa, size, met ? "error" : "poisoned") != 0)
		return -1;
	dump->peek.why = "list what is lost";
	return elf_head_lose(&dump->head, gpa, size);
}

static int copy_ranges(struct dump *dump)
{
	const struct peek_visitor visitor = {.data = take_data, .lost = take_loss, .context = dump};

	for (dump->number = 0; dump->number < dump->layout.ranges; dump->number++) {
		const struct layout_range *range = &dump->layout.range[dump->number];

		if (peek_read(&dump->peek, range->va, range->size, &visitor) != 0)
			return -1;
	}
	return 0;
}

int dump_copy(struct dump *dump, const struct root *root)
{
	int result = peek_open(&dump->peek, root, dump->vm->pid, dump->vm->start) == 0
			     ? copy_ranges(dump)
			     : -1;
	int error = errno;

	peek_close(&dump->peek);
	end_progress();
	errno = error;
	return result;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a command line of QEMU: every string ends, and guest addresses are within bounds. */
#include "vmargs.h"
#include "fuzz.h"

static void must_end(const char *text, size_t size)
{
	MUST(memchr(text, '\0', size));
}

static void check_backend(const struct vmargs *args, const struct vm_backend *backend)
{
	must_end(backend->id, sizeof(backend->id));
	must_end(backend->path, sizeof(backend->path));
	MUST(!backend->is_ram || args->doubtful ||
		(backend->size <= args->ram && backend->base <= args->ram - backend->size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vmargs args;
	char *line = fuzz_copy(data, size);
	uint64_t gpa, last = 0;

	vmargs_parse(&args, line, size);
	free(line);
	must_end(args.name, sizeof(args.name));
	must_end(args.uuid, sizeof(args.uuid));
	MUST(args.backends <= VMARGS_BACKENDS_MAX);
	for (unsigned int i = 0; i < args.backends; i++)
		check_backend(&args, &args.backend[i]);
	for (uint64_t offset = 1; offset && offset < args.ram; offset <<= 1)
		if (vmargs_gpa(&args, offset, &gpa)) {
			MUST(gpa >= offset && gpa > last);
			last = gpa;
		}
	MUST(!vmargs_gpa(&args, args.ram, &gpa));
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"
#include "guard.h"

#include <stdint.h>

typedef uint64_t vector __attribute__((vector_size(16)));

struct job {
	struct load *load;
	const unsigned char *memory;
	volatile unsigned int done;
	unsigned int n;
};

int load_open(void)
{
	return guard_open();
}

/*
 * Plain loads, one behind the other: memcpy(3) would use string instructions here, which
 * do worse on an error.  Whether there was any bit in it.
 */
static bool copy_page(unsigned char *to, const unsigned char *from)
{
	const volatile vector *source = (const volatile vector *)from;
	vector *target = (vector *)to, all = {0};

	for (size_t i = 0; i < PAGE_BYTES / sizeof(vector); i++) {
		vector v = source[i];

		target[i] = v;
		all |= v;
	}
	return all[0] | all[1];
}

static void copy_pages(void *context)
{
	struct job *job = context;

	while (job->done < job->n) {
		unsigned int i = job->done;
		bool any = copy_page(job->load->data[i], job->memory + (size_t)i * PAGE_BYTES);

		job->load->content[i] = any ? PAGE_DATA : PAGE_ZERO;
		job->done = i + 1;
	}
}

unsigned int load_pages(struct load *load, const unsigned char *memory, unsigned int n)
{
	struct job job = {.load = load, .memory = memory, .n = n};
	struct guard_fault fault;

	while (!guard_run(copy_pages, &job, &fault)) {
		bool lost = guard_is_memory_error(&fault);

		load->content[job.done++] = lost ? PAGE_LOST : PAGE_ZERO;
		if (lost)
			break;
	}
	return job.done;
}

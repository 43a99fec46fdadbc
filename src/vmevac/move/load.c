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

/*
 * What could not be loaded, without a machine check: most often a hole.  What has content was a
 * hole when it was looked at first, and the guest has written to it since; but what cannot be
 * loaded twice, as its disk or swap space has failed, is lost.  1: look once more; 0; -1 with
 * errno.
 */
static int judge(const struct parts *parts, uint64_t page, bool again, enum page_content *content)
{
	int has_data = parts_has_data(parts, page);

	if (has_data < 0)
		return -1;
	*content = has_data ? PAGE_LOST : PAGE_ZERO;
	return has_data && !again;
}

int load_pages(struct load *load, const struct parts *parts, const unsigned char *memory,
	uint64_t first, unsigned int n)
{
	struct job job = {.load = load, .memory = memory + first * PAGE_BYTES, .n = n};
	unsigned int failed = n;
	struct guard_fault fault;

	while (!guard_run(copy_pages, &job, &fault)) {
		enum page_content content = PAGE_LOST;
		int again = 0;

		if (!guard_is_memory_error(&fault))
			again = judge(parts, first + job.done, job.done == failed, &content);
		if (again < 0)
			return -1;
		failed = job.done;
		if (again)
			continue;
		load->content[job.done++] = content;
		if (content == PAGE_LOST)
			break;
	}
	return (int)job.done;
}

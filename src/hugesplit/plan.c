/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"
#include "blocks.h"
#include "headroom.h"
#include "policy.h"
#include "refill.h"
#include "refuse.h"
#include "say.h"
#include "sharers.h"
#include "uffd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include <unistd.h>

/* --- Who maps the page --- */

struct collection {
	struct job *job;
	const struct plan_options *options;
	const char *reason;
};

static bool is_given(const struct plan_options *options, pid_t pid)
{
	for (unsigned int i = 0; i < options->withs; i++)
		if (options->with[i] == pid)
			return true;
	return options->all_sharers;
}

static bool is_collected(const struct job *job, pid_t pid)
{
	for (unsigned int i = 0; i < job->sharers; i++)
		if (job->sharer[i].target.pid == pid)
			return true;
	return false;
}

/* The same checks for every process. */
static const char *judge(const struct root *root, const struct target *target, enum job_mark mark)
{
	const char *reason = refuse_mapping(root, target);

	if (!reason)
		reason = refuse_process(root, target->pid);
	if (!reason && mark != JOB_MARK_REFILL)
		reason = refuse_vhost_user(root, target->pid);
	return reason;
}

static const char *collect_one(struct collection *collection, pid_t pid, uint64_t va)
{
	struct job *job = collection->job;
	struct target *target = &job->sharer[job->sharers].target;
	const char *reason;
	int found;

	if (is_collected(job, pid))
		return "mapped-twice";
	if (!is_given(collection->options, pid)) {
		say("replace page: process %d maps it, too: give --with %d or --all-sharers", pid,
			pid);
		return "shared";
	}
	if (job->sharers == JOB_SHARERS_MAX)
		return "shared";
	reason = refuse_architecture(job->root, pid);
	if (reason)
		return reason;
	found = target_find(job->root, pid, va, target);
	if (found <= 0)
		return found < 0 ? "failed" : "unmapped";
	job->sharers++;
	return judge(job->root, target, collection->options->mark);
}

static int collect(pid_t pid, uint64_t va, void *context)
{
	struct collection *collection = context;

	collection->reason = collect_one(collection, pid, va);
	return collection->reason != NULL;
}

static const char *collect_sharers(struct job *job, const struct plan_options *options)
{
	struct collection collection = {.job = job, .options = options};

	if (sharers_each(job->root, &job->sharer[0].target, collect, &collection) < 0)
		return "failed";
	return collection.reason;
}

/* --- How it is to be done --- */

/* What is saved is held by us, too, until it is filled in, which is done in pieces. */
static const char *judge_headroom(const struct job *job)
{
	const struct target *target = &job->sharer[0].target;
	uint64_t size = target->size, page_tables = size >> 6, piece = SALVAGE_PIECE;
	const char *reason = NULL;

	if (job->mark != JOB_MARK_REFILL)
		reason = headroom_group(job->root, target->pid, size);
	return reason ? reason : headroom_machine(job->root, size + page_tables + piece);
}

static const char *choose_mark(struct job *job, enum job_mark wanted)
{
	uint64_t features = 0;
	bool has_poison = uffd_features(&features) == 0 && features & UFFD_FEATURE_POISON;

	job->mark = wanted;
	if (wanted == JOB_MARK_UFFD)
		return has_poison ? NULL : "no-mark";
	if (wanted != JOB_MARK_BEST)
		return NULL;
	job->mark = has_poison ? JOB_MARK_UFFD : JOB_MARK_HWPOISON;
	if (!has_poison)
		say("mark what is lost: no UFFDIO_POISON in this kernel: each lost 4 KiB takes a "
		    "good page of memory with it (MADV_HWPOISON)");
	return NULL;
}

static int find_node(const struct job *job, const struct request *request)
{
	static struct blocks blocks;
	static bool read;

	if (request->has_addr && (read || blocks_read(&blocks, job->root) == 0)) {
		int node = blocks_node(&blocks, request->addr);

		read = true;
		if (node != BLOCKS_NODE_UNKNOWN)
			return node;
	}
	return policy_node(job->root, &job->sharer[0].target);
}

static const char *find_first(
	struct job *job, const struct request *request, const struct plan_options *options)
{
	struct target *target = &job->sharer[0].target;
	const char *reason = refuse_architecture(job->root, request->pid);
	int found;

	if (reason)
		return reason;
	found = target_find(job->root, request->pid, request->va, target);
	if (found <= 0)
		return found < 0 ? "failed" : "unmapped";
	job->sharers = 1;
	return maps_is_replacement(&target->area.vma) ? "replaced"
						      : judge(job->root, target, options->mark);
}

const char *plan_make(
	struct job *job, const struct request *request, const struct plan_options *options)
{
	const char *reason;

	job->keep_huge = options->keep_huge;
	reason = find_first(job, request, options);
	if (!reason)
		reason = collect_sharers(job, options);
	if (!reason)
		reason = choose_mark(job, options->mark);
	if (!reason)
		reason = salvage_judge(&request->hint, options->max_age_ns);
	if (!reason)
		reason = judge_headroom(job);
	if (!reason && job->mark == JOB_MARK_REFILL)
		reason = refill_claim(job, job->sharer[0].target.size);
	if (!reason)
		job->node = find_node(job, request);
	return reason;
}

/* --- What can be saved --- */

static bool is_hugetlbfs(int fd, uint64_t page)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == HUGETLBFS_MAGIC &&
	       (uint64_t)fs.f_bsize == page;
}

const char *plan_salvage(
	struct job *job, const struct request *request, const struct plan_options *options)
{
	const struct target *target = &job->sharer[0].target;

	job->file =
		target_open(job->root, target, job->mark == JOB_MARK_REFILL ? O_RDWR : O_RDONLY);
	if (job->file < 0)
		return "failed";
	if (!is_hugetlbfs(job->file, target->size))
		return "no-hugetlb";
	if (salvage_open(&job->salvage, target->size) != 0)
		return "failed";
	return salvage_read(
		&job->salvage, job->file, target->offset, &request->hint, options->max_age_ns);
}

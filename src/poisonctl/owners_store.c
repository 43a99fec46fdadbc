/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "owners_store.h"
#include "guest_ask.h"
#include "hazards.h"
#include "process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- The process that is looked at --- */

static bool is_gone(int error)
{
	return error == ENOENT || error == ESRCH;
}

static void take_comm(const struct owners *owners, struct owner_process *process)
{
	ssize_t n = root_read(
		owners->root, process->comm, sizeof(process->comm), "proc/%d/comm", process->pid);

	process->comm[n > 0 ? n - 1 : 0] = '\0'; /* it ends with an LF */
}

static void take_guest(struct owners *owners, struct owner_process *process)
{
	struct guest *guest = &owners->guest;
	const char *why = NULL;

	if (guest_enter(guest, owners->root, owners->pid) < 0 || !guest->is_vm)
		return;
	if (guest->vm.args.name[0] && !process->vm)
		process->vm = strdup(guest->vm.args.name);
	if (guest->vm.args.uuid[0] && !process->uuid)
		process->uuid = strdup(guest->vm.args.uuid);
	if (owners->use_qmp)
		why = guest_ask(guest, owners->root);
	if (why)
		owners->no_answer(&guest->vm, why);
}

static void take_hazards(struct owners *owners, struct owner_process *process)
{
	char *text = process->hazards;
	size_t size = sizeof(process->hazards);

	if (hazards_find(owners->root, owners->pid, text, size) != 0 && !is_gone(errno))
		owners->skip(owners->pid, "hazards", errno);
	size_t len = strlen(text);

	if (owners->guest.has_vhost_user)
		snprintf(text + len, size - len, "%svhost-user", len ? "," : "");
}

static struct owner_process *known_process(struct owners *owners)
{
	for (size_t i = 0; i < owners->processes; i++)
		if (owners->process[i].pid == owners->pid &&
			owners->process[i].start == owners->start)
			return &owners->process[i];
	return NULL;
}

/* More than its number is asked only of a process that has something. */
static bool need_current(struct owners *owners)
{
	if (owners->current)
		return true;

	struct owner_process *process = known_process(owners);

	if (!process && owners->processes == OWNERS_PROCESSES_MAX)
		return false;
	owners->guest.is_vm = owners->guest.has_vhost_user = false;
	if (process) {
		take_guest(owners, process);
	} else {
		process = &owners->process[owners->processes++];
		*process = (struct owner_process){.pid = owners->pid, .start = owners->start};
		take_comm(owners, process);
		take_guest(owners, process);
		take_hazards(owners, process);
	}
	owners->current = process;
	return true;
}

/* What was denied once and told is so the second time, too. */
static bool is_denied(int error)
{
	return error == EACCES || error == EPERM;
}

/* Memory of a process that has ended meanwhile is nobody's any more, so nothing is missing. */
static void look_at(struct owners *owners, int (*look)(struct owners *owners))
{
	owners->current = NULL;
	owners->is_full = false;
	owners->hits_before = owners->hits;
	if (process_start(owners->root, owners->pid, &owners->start) != 0) {
		if (!is_gone(errno))
			owners->skip(owners->pid, "failed", errno);
		return;
	}

	int error =
		look(owners) == 0 || is_gone(errno) ? 0 : errno; /* threads of the kernel: ESRCH */
	bool gone = !process_is(owners->root, owners->pid, owners->start);

	if (gone && owners->current)
		owners->current->gone = true;
	if (!gone && error && !(owners->again && is_denied(error)))
		owners->skip(owners->pid, "failed", error);
	if (!gone && owners->is_full)
		owners->skip(owners->pid, "too-many", 0);
}

int owners_each(struct owners *owners, int (*look)(struct owners *owners))
{
	struct process_list list;
	unsigned int pid;
	int more;

	if (process_list_open(&list, owners->root, "proc") != 0)
		return -1;
	while ((more = process_list_next(&list, &pid)) > 0) {
		owners->pid = (pid_t)pid;
		look_at(owners, look);
	}
	int error = errno;

	process_list_close(&list);
	errno = error;
	return more;
}

/* --- What it has --- */

static bool is_same(const struct owner_hit *hit, const struct vma *vma)
{
	return hit->major == vma->major && hit->minor == vma->minor && hit->inode == vma->inode &&
	       hit->shared == vma->shared && !strcmp(hit->path, vma->path);
}

/* The last hit goes on: nobody else's name of a file needs to be kept. */
static char *keep_path(const struct owners *owners, const struct vma *vma)
{
	const struct owner_hit *last = owners->hits ? &owners->hit[owners->hits - 1] : NULL;

	return last && !strcmp(last->path, vma->path) ? last->path : strdup(vma->path);
}

static bool fill(struct owners *owners, struct owner_hit *hit, const struct vma *vma, uint64_t va)
{
	struct guest_page page;

	if (!need_current(owners))
		return false;
	*hit = (struct owner_hit){.va = va,
		.process = owners->current,
		.major = vma->major,
		.minor = vma->minor,
		.inode = vma->inode,
		.offset = vma->offset + (va - vma->start),
		.shared = vma->shared,
		.path = keep_path(owners, vma)};
	guest_find(&owners->guest, vma, va, &page);
	hit->has_gpa = page.has_gpa;
	hit->gpa = page.gpa;
	hit->gpa_src = page.gpa_src;
	hit->has_memslot = page.has_memslot;
	hit->memslot = page.memslot;
	snprintf(hit->backend, sizeof(hit->backend), "%s", page.backend ? page.backend : "");
	return hit->path;
}

bool owners_add(struct owners *owners, const struct owner_hit *hit)
{
	if (owners->hits == OWNERS_HITS_MAX ||
		owners->hits - owners->hits_before == OWNERS_HITS_OF_PROCESS)
		return false;
	owners->hit[owners->hits++] = *hit;
	return true;
}

static bool is_of_range(const struct owners *owners, uint64_t pfn, uint64_t next)
{
	const struct wanted_range *range = wanted_find(owners->wanted, pfn);

	return range && next < range->end;
}

/* The last hit, of one wanted range and one piece of the guest's memory, goes on with NEXT. */
static bool continues(const struct owners *owners, const struct stretch *next)
{
	if (owners->hits == owners->hits_before)
		return false;

	const struct owner_hit *last = &owners->hit[owners->hits - 1];

	return last->pfn + last->frames == next->pfn &&
	       last->va + last->frames * PAGE_BYTES == next->va && is_same(last, next->vma) &&
	       is_of_range(owners, last->pfn, next->pfn) &&
	       guest_is_straight(&owners->guest, next->vma, last->va, next->va);
}

static bool keep_piece(struct owners *owners, const struct stretch *piece)
{
	struct owner_hit hit;

	if (continues(owners, piece)) {
		owners->hit[owners->hits - 1].frames += piece->frames;
		return true;
	}
	if (!fill(owners, &hit, piece->vma, piece->va))
		return false;
	hit.pfn = piece->pfn;
	hit.frames = piece->frames;
	return owners_add(owners, &hit);
}

/* How many frames of STRETCH follow each other in the guest, too. */
static uint64_t straight_frames(const struct owners *owners, const struct stretch *stretch)
{
	uint64_t frames = stretch->frames;

	while (frames > 1 && !guest_is_straight(&owners->guest, stretch->vma, stretch->va,
				     stretch->va + (frames - 1) * PAGE_BYTES))
		frames /= 2;
	return frames;
}

void owners_keep(struct owners *owners, const struct stretch *stretch)
{
	struct stretch rest = *stretch;

	owners->is_full |= !need_current(owners);
	while (rest.frames && !owners->is_full) {
		struct stretch piece = rest;

		piece.frames = straight_frames(owners, &rest);
		owners->is_full = !keep_piece(owners, &piece);
		rest.va += piece.frames * PAGE_BYTES;
		rest.pfn += piece.frames;
		rest.frames -= piece.frames;
	}
}

void owners_keep_taken(struct owners *owners, const struct taken *taken)
{
	struct owner_hit hit;

	if (owners->takens == OWNERS_TAKEN_MAX || !fill(owners, &hit, taken->vma, taken->va)) {
		owners->is_full = true;
		return;
	}
	hit.frames = taken->size / PAGE_BYTES;
	owners->taken[owners->takens++] = hit;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page of a file is also of those who have mapped the file and not touched the page yet: the
 * device server of a virtual machine, or everybody once a huge page was taken away.
 */
#include "owners_store.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/param.h>

/* Which bytes of a file are wanted frames. */
struct piece {
	unsigned int major, minor;
	uint64_t inode, first, end, pfn;
};

static struct piece *piece;
static size_t pieces;
static struct maps maps;
static struct vma vma;

static int compare_files(const struct piece *x, const struct piece *y)
{
	if (x->major != y->major)
		return x->major < y->major ? -1 : 1;
	if (x->minor != y->minor)
		return x->minor < y->minor ? -1 : 1;
	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

static int by_place(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	int files = compare_files(x, y);

	return files ? files : x->first < y->first ? -1 : x->first > y->first;
}

/* Pieces overlap where several processes have the same pages; then they go on alike. */
static void merge_pieces(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < pieces; i++) {
		struct piece *last = kept ? &piece[kept - 1] : NULL;

		if (last && compare_files(last, &piece[i]) == 0 && piece[i].first < last->end)
			last->end = MAX(last->end, piece[i].end);
		else
			piece[kept++] = piece[i];
	}
	pieces = kept;
}

/* A private mapping may have a copy of its own there, which is not the file's page. */
static int take_pieces(const struct owners *owners)
{
	pieces = 0;
	piece = calloc(owners->hits + 1, sizeof(*piece));
	if (!piece)
		return -1;
	for (size_t i = 0; i < owners->hits; i++) {
		const struct owner_hit *hit = &owners->hit[i];

		if (hit->shared && hit->inode && !hit->is_doubtful)
			piece[pieces++] = (struct piece){hit->major, hit->minor, hit->inode,
				hit->offset, hit->offset + hit->frames * PAGE_BYTES, hit->pfn};
	}
	qsort(piece, pieces, sizeof(*piece), by_place);
	merge_pieces();
	return 0;
}

/* The first piece of vma's file that ends behind byte OFFSET, or one behind the last. */
static size_t find_piece(uint64_t offset)
{
	struct piece file = {.major = vma.major, .minor = vma.minor, .inode = vma.inode};
	size_t low = 0, high = pieces;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_files(&piece[middle], &file);

		if (order > 0 || (order == 0 && piece[middle].end > offset))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Its own first hit that ends behind VA, or NULL.  Those of one process are by address. */
static const struct owner_hit *find_own(
	const struct owners *owners, const struct owner_process *process, uint64_t va)
{
	size_t low = process->first, high = process->first + process->hits;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct owner_hit *hit = &owners->hit[middle];

		if (hit->va + hit->frames * PAGE_BYTES > va)
			high = middle;
		else
			low = middle + 1;
	}
	return low < process->first + process->hits ? &owners->hit[low] : NULL;
}

static const struct owner_process *process_looked_at(const struct owners *owners)
{
	for (size_t i = 0; i < owners->processes; i++)
		if (owners->process[i].pid == owners->pid &&
			owners->process[i].start == owners->start)
			return &owners->process[i];
	return NULL;
}

/* Keep what of the process's addresses from VA to END, frames from PFN on, it has not mapped. */
static void keep_gaps(struct owners *owners, const struct owner_process *process, uint64_t va,
	uint64_t end, uint64_t pfn)
{
	while (va < end) {
		const struct owner_hit *own = process ? find_own(owners, process, va) : NULL;
		uint64_t gap_end = own ? MIN(end, MAX(own->va, va)) : end;

		if (va < gap_end) {
			struct stretch gap = {&vma, va, pfn, (gap_end - va) / PAGE_BYTES};

			owners_keep(owners, &gap);
		}
		uint64_t next = own ? own->va + own->frames * PAGE_BYTES : end;

		pfn += (next - va) / PAGE_BYTES;
		va = next;
	}
}

static void look_at_area(struct owners *owners, const struct owner_process *process)
{
	uint64_t file_end = vma.offset + (vma.end - vma.start);
	struct piece file = {.major = vma.major, .minor = vma.minor, .inode = vma.inode};

	for (size_t i = find_piece(vma.offset);
		i < pieces && piece[i].first < file_end && compare_files(&piece[i], &file) == 0;
		i++) {
		uint64_t first = MAX(piece[i].first, vma.offset),
			 last = MIN(piece[i].end, file_end);

		keep_gaps(owners, process, vma.start + (first - vma.offset),
			vma.start + (last - vma.offset),
			piece[i].pfn + (first - piece[i].first) / PAGE_BYTES);
	}
}

static int look_at_process(struct owners *owners)
{
	const struct owner_process *process = process_looked_at(owners);
	int more;

	if (maps_open(&maps, owners->root, owners->pid) != 0)
		return -1;
	while ((more = maps_next(&maps, &vma)) > 0)
		if (vma.shared && vma.inode)
			look_at_area(owners, process);
	int error = errno;

	maps_close(&maps);
	errno = error;
	return more;
}

int owners_find_sharers(struct owners *owners)
{
	if (take_pieces(owners) != 0)
		return -1;
	owners->again = true;

	int result = pieces ? owners_each(owners, look_at_process) : 0;
	int error = errno;

	free(piece);
	errno = error;
	return result;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl list - every page that the kernel has marked as poisoned. */
#include "bad.h"
#include "blocks.h"
#include "cli.h"
#include "core_report.h"
#include "num.h"
#include "page.h"
#include "poisonctl.h"
#include "probe.h"
#include "rec.h"
#include "wanted.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { CHUNK_FRAMES = 65536 }; /* kpageflags words a read: half a megabyte */

static struct root root;
static bool one_node;
static uint64_t node;
static const char *core;
static bool take_hints, want_probe;

static const char *parse_node(const char *argument, void *to);

static const struct cli_option options[] = {
	{.name = "node",
		.letter = 'n',
		.arg = "N",
		.kind = CLI_PARSE,
		.to = &node,
		.parse = parse_node,
		.help = "only memory of NUMA node N"},
	{.name = "hints",
		.kind = CLI_FLAG,
		.to = &take_hints,
		.help = "tell what is bad of huge pages by records on standard input"},
	{.name = "probe",
		.kind = CLI_FLAG,
		.to = &want_probe,
		.help = "tell it by reading around: at the risk of the machine"},
	{.name = "from-core",
		.arg = "FILE",
		.kind = CLI_TEXT,
		.to = &core,
		.help = "pages of the kernel whose memory is in ELF core FILE"},
	{0},
};

static const struct cli cli = {
	.usage = "[--node N] [--hints] [--probe] | --from-core FILE",
	.summary = "Print a record for every page that the kernel has marked as poisoned.",
	.options = options,
	.root = &root,
};

/* Pages found next to each other that are one page to the kernel. */
struct found {
	uint64_t pfn, frames; /* frames 0: nothing found */
	uint64_t flags;       /* of its first frame */
};

struct listing {
	int flags_fd;
	struct blocks blocks;
	struct found found;
	uint64_t scanned, skipped; /* bytes */
	bool is_rehearsal;         /* nothing is printed: huge pages are taken down in huge */
	struct wanted *huge;
	struct rec_writer record;
};

static const char *parse_node(const char *argument, void *to)
{
	one_node = true;
	return num_count(argument, 0, INT32_MAX, to);
}

static void open_listing(struct listing *listing)
{
	listing->flags_fd = page_flags_open(&root);
	if (listing->flags_fd < 0)
		die_errno(errno == ENOENT ? STATUS_UNSUPPORTED : STATUS_FAILED,
			"open /proc/kpageflags");
	if (blocks_read(&listing->blocks, &root) != 0)
		die_errno(STATUS_FAILED, "read /sys/devices/system/memory");
	if (one_node && !listing->blocks.ranges)
		die(STATUS_UNSUPPORTED,
			"find memory of node %" PRIu64
			": no memory blocks in /sys/devices/system/memory",
			node);
}

static void send(struct listing *listing)
{
	if (rec_send(&listing->record, stdout) != 0)
		exit(say_output_failed());
}

static void put_node(struct listing *listing, uint64_t address)
{
	int at = blocks_node(&listing->blocks, address);

	if (at != BLOCKS_NODE_UNKNOWN)
		rec_put_u64(&listing->record, "node", (uint64_t)at);
}

static void print_found(struct listing *listing)
{
	struct rec_writer *record = &listing->record;
	const struct found *found = &listing->found;
	uint64_t address = found->pfn << PAGE_SHIFT;

	rec_begin(record, "page");
	rec_put_addr(record, "addr", address);
	rec_put_u64(record, "size", found->frames << PAGE_SHIFT);
	rec_put_text(record, "state", "poisoned");
	put_node(listing, address);
	rec_put_text(record, "kind", page_kind(found->flags));
	rec_put_text(record, "src", "poisonctl");
	if (page_has(found->flags, KPF_HUGE))
		bad_put(record, found->pfn, found->frames);
	send(listing);
}

/* Have done with what was found last. */
static void flush_found(struct listing *listing)
{
	const struct found *found = &listing->found;

	if (found->frames && !listing->is_rehearsal)
		print_found(listing);
	else if (found->frames && page_has(found->flags, KPF_HUGE))
		wanted_add(listing->huge, found->pfn << PAGE_SHIFT, found->frames << PAGE_SHIFT);
	listing->found.frames = 0;
}

/*
 * A poisoned hugetlb page is unusable as a whole, and kpageflags shows the flag on all of
 * its frames: one record for all.  Every other page stands for itself.
 */
static bool is_continued(const struct found *found, uint64_t pfn, uint64_t flags)
{
	return found->frames && found->pfn + found->frames == pfn &&
	       page_has(found->flags, KPF_HUGE) && page_has(flags, KPF_HUGE) &&
	       page_has(flags, KPF_COMPOUND_TAIL);
}

static void take_frame(struct listing *listing, uint64_t pfn, uint64_t flags)
{
	if (is_continued(&listing->found, pfn, flags)) {
		listing->found.frames++;
		return;
	}
	flush_found(listing);
	listing->found = (struct found){.pfn = pfn, .frames = 1, .flags = flags};
}

/* Read the flags of frames FIRST to END - 1, or to the end of memory. */
static void list_frames(struct listing *listing, uint64_t first, uint64_t end)
{
	static uint64_t flags[CHUNK_FRAMES];

	while (first < end) {
		size_t wanted = end - first < CHUNK_FRAMES ? (size_t)(end - first) : CHUNK_FRAMES;
		ssize_t n = page_read(listing->flags_fd, first, flags, wanted);

		if (n < 0)
			die_errno(STATUS_FAILED, "read /proc/kpageflags");
		for (ssize_t i = 0; i < n; i++)
			if (page_has(flags[i], KPF_HWPOISON))
				take_frame(listing, first + (uint64_t)i, flags[i]);
		listing->scanned += (uint64_t)n << PAGE_SHIFT;
		first += (uint64_t)n;
		if ((size_t)n < wanted)
			break;
	}
	flush_found(listing);
}

/* The pages of an offline block have no flags to read: whatever is bad there is hidden. */
static void skip_offline(struct listing *listing, const struct block_range *range)
{
	struct rec_writer *record = &listing->record;

	if (listing->is_rehearsal)
		return;
	rec_begin(record, "skip");
	rec_put_text(record, "src", "poisonctl");
	rec_put_text(record, "reason", "offline-block");
	rec_put_addr(record, "addr", range->start);
	rec_put_u64(record, "size", range->end - range->start);
	rec_put_u64(record, "bytes", range->end - range->start);
	send(listing);
	listing->skipped += range->end - range->start;
}

static void list_blocks(struct listing *listing)
{
	const struct blocks *blocks = &listing->blocks;

	for (size_t i = 0; i < blocks->ranges; i++) {
		const struct block_range *range = &blocks->range[i];

		if (one_node && range->node != (int)node)
			continue;
		if (range->online)
			list_frames(listing, range->start >> PAGE_SHIFT, range->end >> PAGE_SHIFT);
		else
			skip_offline(listing, range);
	}
}

static void finish(struct listing *listing)
{
	struct rec_writer *record = &listing->record;

	rec_begin(record, "done");
	rec_put_text(record, "src", "poisonctl");
	rec_put_text(record, "scope", one_node ? "node" : "all");
	if (one_node)
		rec_put_u64(record, "node", node);
	rec_put_u64(record, "scanned", listing->scanned);
	rec_put_u64(record, "skipped", listing->skipped);
	send(listing);
}

static void list_memory(struct listing *listing)
{
	if (listing->blocks.ranges)
		list_blocks(listing);
	else
		list_frames(listing, 0, UINT64_MAX >> PAGE_SHIFT);
}

/* Which huge pages there are must be known before whose they are, and that before what is bad. */
static enum status probe_memory(struct listing *listing)
{
	listing->huge = calloc(1, sizeof(*listing->huge));
	if (!listing->huge)
		die_errno(STATUS_FAILED, "list huge pages");
	listing->is_rehearsal = true;
	list_memory(listing);
	listing->is_rehearsal = false;
	listing->scanned = 0;
	wanted_settle(listing->huge);
	return probe_pages(&root, listing->huge, listing->flags_fd);
}

static void check_options(void)
{
	if (core && one_node)
		cli_wrong(
			"--node and --from-core exclude each other: a core does not tell of nodes");
	if (core && (take_hints || want_probe))
		cli_wrong("--hints and --probe are of this kernel's pages, not of --from-core");
	if (want_probe && root.captured)
		cli_wrong("--probe reads memory, of which there is none with --sysroot");
}

enum status poisonctl_list(int argc, char **argv)
{
	static struct listing listing;
	enum status status = STATUS_DONE;

	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	check_options();
	if (core) {
		core_report("poisonctl", core);
		return STATUS_DONE;
	}
	open_listing(&listing);
	if (take_hints)
		status = bad_take_records();
	if (status > STATUS_SOME)
		return status;
	if (want_probe && probe_memory(&listing) != STATUS_DONE)
		status = STATUS_SOME;
	list_memory(&listing);
	if (one_node && !listing.scanned && !listing.skipped)
		die(STATUS_FAILED, "find memory of node %" PRIu64 ": none", node);
	finish(&listing);
	return status;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame: the kernel's page around a frame, and what can be taken away. */
#include "frame.h"
#include "page.h"
#include "tree.h"
#include "unit.h"

#define BIT(n) (UINT64_C(1) << (n))

enum { RESERVED = 32, FRAMES = 4096 };

static struct tree tree;
static uint64_t flags[FRAMES];

static int open_flags(void)
{
	tree_put_bytes(&tree, flags, sizeof(flags), "proc/kpageflags");
	return page_flags_open(&tree.root);
}

static void put_huge(uint64_t head, uint64_t frames)
{
	for (uint64_t i = 0; i < frames; i++)
		flags[head + i] = BIT(KPF_HUGE) | BIT(i ? KPF_COMPOUND_TAIL : KPF_COMPOUND_HEAD);
}

static void a_huge_page_is_found_from_any_of_its_frames(void)
{
	static const struct {
		uint64_t pfn, head, frames;
	} cases[] = {
		{1023, 1023, 1},
		{1024, 1024, 512},
		{1025, 1024, 512},
		{1300, 1024, 512},
		{1535, 1024, 512},
		{1536, 1536, 512},
		{2047, 1536, 512},
		{2048, 2048, 2048}, /* up to the last frame that there is */
		{4095, 2048, 2048},
	};
	struct frame frame;

	put_huge(1024, 512);
	put_huge(1536, 512);
	put_huge(2048, 2048);

	int fd = open_flags();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK(frame_read(fd, cases[i].pfn, &frame) == 1 && frame.head == cases[i].head &&
			frame.frames == cases[i].frames);
	close(fd);
}

/* What kpageflags never shows must not lead anywhere either. */
static void tails_without_a_head_end(void)
{
	struct frame frame;

	for (size_t i = 0; i < FRAMES; i++)
		flags[i] = BIT(KPF_HUGE) | BIT(KPF_COMPOUND_TAIL);

	int fd = open_flags();

	CHECK(frame_read(fd, 4000, &frame) == 1 && frame.head == 0);
	close(fd);
}

static void there_is_none_behind_the_end_or_in_a_hole(void)
{
	struct frame frame;

	flags[7] = BIT(KPF_NOPAGE);

	int fd = open_flags();

	CHECK(frame_read(fd, 7, &frame) == 0);
	CHECK(frame_read(fd, FRAMES, &frame) == 0);
	CHECK(frame_read(fd, UINT64_MAX >> PAGE_SHIFT, &frame) == 0);
	CHECK(frame_read(-1, 7, &frame) == -1 && errno == EBADF);
	close(fd);
}

static void memory_of_users_is_handled(void)
{
	static const struct {
		uint64_t flags;
		bool handled;
	} cases[] = {
		{0, false},
		{BIT(KPF_BUDDY), true},
		{BIT(KPF_LRU) | BIT(KPF_MMAP) | BIT(KPF_ANON), true},
		{BIT(KPF_ANON), true},
		{BIT(KPF_SWAPBACKED), true},
		{BIT(KPF_HUGE) | BIT(KPF_COMPOUND_TAIL), true},
		{BIT(KPF_SLAB), false},
		{BIT(KPF_PGTABLE), false},
		{BIT(KPF_OFFLINE), false},
		{BIT(RESERVED), false},
		{BIT(RESERVED) | BIT(KPF_MMAP), false},
		{BIT(KPF_UPTODATE), false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct frame frame = {.flags = cases[i].flags};

		CHECK(frame_is_handled(&frame) == cases[i].handled);
	}
}

static void poison_is_counted(void)
{
	flags[10] = flags[11] = flags[4095] = BIT(KPF_HWPOISON);

	int fd = open_flags();

	CHECK(frame_poisoned(fd, 0, FRAMES) == 3);
	CHECK(frame_poisoned(fd, 11, 4095) == 1);
	CHECK(frame_poisoned(fd, 4095, UINT64_MAX >> PAGE_SHIFT) == 1);
	CHECK(frame_poisoned(-1, 0, 1) == -1);
	close(fd);
}

int main(void)
{
	tree_make(&tree);
	UNIT(a_huge_page_is_found_from_any_of_its_frames);
	UNIT(tails_without_a_head_end);
	UNIT(there_is_none_behind_the_end_or_in_a_hole);
	UNIT(memory_of_users_is_handled);
	UNIT(poison_is_counted);
	tree_remove(&tree);
	return unit_end();
}

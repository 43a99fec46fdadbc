/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the physical page to its struct page: mem_section says where in virtual memory the struct
 * pages of a section are (include/linux/mmzone.h), and the kernel's own page tables where that is.
 */
#include "core.h"
#include "page.h"

#include <endian.h>
#include <string.h>
#include <sys/param.h>

/* Where the kernel's image is mapped (Documentation/arch/x86/x86_64/mm.rst). */
#define IMAGE_START UINT64_C(0xffffffff80000000)

/* Bits of page table entries (Intel SDM vol. 3A, 4.5). */
#define ENTRY_PRESENT UINT64_C(1)
#define ENTRY_LARGE   (UINT64_C(1) << 7)
#define ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)

/* Flags in the low bits of section_mem_map; the address above them is that of whole pages. */
#define SECTION_HAS_MAP (UINT64_C(1) << 1)
#define SECTION_ONLINE  (UINT64_C(1) << 2)
#define SECTION_DEVICE  (UINT64_C(1) << 4) /* ZONE_DEVICE: not the machine's own memory */
#define SECTION_ADDRESS (~(uint64_t)(PAGE_BYTES - 1))

enum { CHUNK_BYTES = 64 << 10 }; /* of struct pages, read at a time */

static bool read_word(const struct core *core, uint64_t physical, uint64_t *word)
{
	if (!core_read(core, physical, word, sizeof(*word)))
		return false;
	*word = le64toh(*word);
	return true;
}

/* The physical address of VA, and in *LEFT the bytes that are mapped from there in one piece. */
static bool translate(const struct core *core, uint64_t va, uint64_t *physical, uint64_t *left)
{
	const struct vmcoreinfo *info = &core->info;
	uint64_t table = info->top_table - IMAGE_START + info->phys_base;

	for (int level = info->five_levels ? 5 : 4; level > 0; level--) {
		int shift = PAGE_SHIFT + 9 * (level - 1);
		uint64_t span = UINT64_C(1) << shift, entry;

		if (!read_word(core, table + (va >> shift & 511) * sizeof(entry), &entry) ||
			!(entry & ENTRY_PRESENT))
			return false;
		entry &= ~info->encrypted;
		table = entry & ENTRY_ADDRESS;
		if (level > 1 && !((level == 2 || level == 3) && entry & ENTRY_LARGE))
			continue;
		/* Of a large page the low bits of the address are flags. */
		*physical = (table & ~(span - 1)) + (va & (span - 1));
		*left = span - (va & (span - 1));
		return true;
	}
	return false;
}

bool core_read_virtual(const struct core *core, uint64_t va, void *out, size_t size)
{
	char *to = out;

	while (size > 0) {
		uint64_t physical, left;

		if (!translate(core, va, &physical, &left))
			return false;

		size_t n = MIN(size, left);

		if (!core_read(core, physical, to, n))
			return false;
		va += n;
		to += n;
		size -= n;
	}
	return true;
}

static bool read_virtual_word(const struct core *core, uint64_t va, uint64_t *word)
{
	if (!core_read_virtual(core, va, word, sizeof(*word)))
		return false;
	*word = le64toh(*word);
	return true;
}

/* --- Ranges, grown until something else comes --- */

struct walk {
	const struct core *core;
	void (*found)(void *context, const struct core_range *range);
	void *context;
	struct core_range range; /* size 0: none */
	uint64_t head;           /* struct page of the hugetlb page that range is, or 0 */
	uint64_t looked_at;      /* bytes of memory */
};

static void flush(struct walk *walk)
{
	if (walk->range.size)
		walk->found(walk->context, &walk->range);
	walk->range.size = 0;
	walk->head = 0;
}

static void begin(struct walk *walk, enum core_kind kind, uint64_t start, uint64_t size)
{
	flush(walk);
	walk->range = (struct core_range){.kind = kind, .start = start, .size = size};
}

static void take_gap(struct walk *walk, enum core_kind kind, uint64_t start, uint64_t size)
{
	struct core_range *range = &walk->range;

	if (range->size && range->kind == kind && range->start + range->size == start)
		range->size += size;
	else
		begin(walk, kind, start, size);
}

static uint64_t word_at(const unsigned char *page, uint64_t offset)
{
	uint64_t word;

	memcpy(&word, page + offset, sizeof(word));
	return le64toh(word);
}

static bool is_hugetlb(const struct vmcoreinfo *info, const unsigned char *page, uint64_t flags)
{
	uint32_t type;

	memcpy(&type, page + info->page_type, sizeof(type));
	return info->hugetlb_type && flags & info->head_mask &&
	       le32toh(type) == (uint32_t)info->hugetlb_type;
}

/*
 * A poisoned hugetlb page has its flag on the first struct page only; the others point there
 * with the lowest bit set (include/linux/page-flags.h, compound_head).
 */
static void take_page(struct walk *walk, uint64_t physical, uint64_t va, const unsigned char *page)
{
	const struct vmcoreinfo *info = &walk->core->info;
	struct core_range *range = &walk->range;
	uint64_t flags = word_at(page, info->page_flags);

	if (walk->head && range->start + range->size == physical &&
		word_at(page, info->page_head) == walk->head + 1) {
		range->size += PAGE_BYTES;
		return;
	}
	/* All ones: a struct page that was never made ready (PAGE_POISON_PATTERN). */
	if (flags == UINT64_MAX || !(flags >> info->hwpoison & 1))
		return;
	begin(walk, CORE_POISONED, physical, PAGE_BYTES);
	if (is_hugetlb(info, page, flags)) {
		range->hugetlb = true;
		walk->head = va;
	}
}

/* SIZE bytes of memory at PHYSICAL, whose struct pages begin at VA and fit in a chunk. */
static void look_at_chunk(struct walk *walk, uint64_t physical, uint64_t size, uint64_t va)
{
	unsigned char chunk[CHUNK_BYTES];
	uint64_t step = walk->core->info.page_size, pages = size / PAGE_BYTES;

	if (!core_read_virtual(walk->core, va, chunk, pages * step)) {
		take_gap(walk, CORE_UNREADABLE, physical, size);
		return;
	}
	walk->looked_at += size;
	for (uint64_t i = 0; i < pages; i++)
		take_page(walk, physical + i * PAGE_BYTES, va + i * step, chunk + i * step);
}

static void look_at_section(struct walk *walk, uint64_t start, uint64_t map)
{
	const struct vmcoreinfo *info = &walk->core->info;
	uint64_t chunk = CHUNK_BYTES / info->page_size * PAGE_BYTES;
	uint64_t end = start + (UINT64_C(1) << info->section_bits);

	if (!(map & SECTION_HAS_MAP) || map & SECTION_DEVICE)
		return;
	if (!(map & SECTION_ONLINE)) {
		take_gap(walk, CORE_OFFLINE, start, end - start);
		return;
	}
	for (uint64_t at = start; at < end; at += MIN(chunk, end - at))
		look_at_chunk(walk, at, MIN(chunk, end - at),
			(map & SECTION_ADDRESS) + at / PAGE_BYTES * info->page_size);
}

/* The sections from START on that are described in one page, which root NUMBER points to. */
static void look_at_root(struct walk *walk, uint64_t number, uint64_t start)
{
	const struct vmcoreinfo *info = &walk->core->info;
	uint64_t size = UINT64_C(1) << info->section_bits;
	uint64_t per_root = PAGE_BYTES / info->section_size, sections, map;

	if (!read_virtual_word(walk->core, info->sections + number * sizeof(sections), &sections)) {
		take_gap(walk, CORE_UNREADABLE, start, per_root * size);
		return;
	}
	for (uint64_t i = 0; sections && i < per_root; i++) {
		uint64_t at = sections + i * info->section_size + info->section_map;

		if (read_virtual_word(walk->core, at, &map))
			look_at_section(walk, start + i * size, map);
		else
			take_gap(walk, CORE_UNREADABLE, start + i * size, size);
	}
}

/*
 * All sections, whatever memory is in the file: the kernel takes poisoned pages out of its direct
 * mapping and makedumpfile leaves them out, so that they are the ones that are missing in a core.
 */
uint64_t core_walk(const struct core *core,
	void (*found)(void *context, const struct core_range *range), void *context)
{
	struct walk walk = {.core = core, .found = found, .context = context};
	uint64_t span = (PAGE_BYTES / core->info.section_size) << core->info.section_bits;

	for (uint64_t i = 0; i < core->info.section_roots && i < CORE_PHYSICAL_MAX / span; i++)
		look_at_root(&walk, i, i * span);
	flush(&walk);
	return walk.looked_at;
}

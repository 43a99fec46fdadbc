/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crafted_core - a small ELF core of a kernel that never ran, to be changed by tests.
 *
 * Memory is one stretch of 32 MiB at 16 MiB: two sections of 16 MiB.  Its first page is the
 * kernel's top page table; mem_section and the struct pages have huge pages of their own.
 */
#ifndef MEMPATROL_CRAFTED_CORE_H
#define MEMPATROL_CRAFTED_CORE_H

#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CRAFTED_IMAGE   UINT64_C(0xffffffff80000000)
#define CRAFTED_DIRECT  UINT64_C(0xffff888000000000)
#define CRAFTED_VMEMMAP UINT64_C(0xffffea0000000000)

enum {
	CRAFTED_START = 16 << 20, /* of memory */
	CRAFTED_SIZE = 32 << 20,
	CRAFTED_OFFSET = 4096, /* of memory in the file; the note is before it */
	CRAFTED_NOTE = 512,
	CRAFTED_SECTIONS = 18 << 20, /* where the huge pages are */
	CRAFTED_PAGES = 20 << 20,
	CRAFTED_PHYS_BASE = 8 << 20,
	CRAFTED_HWPOISON = 21, /* bits of flags */
	CRAFTED_HEAD = 6,
};

#define CRAFTED_HUGETLB 0xf4000000u

struct crafted_core {
	Elf64_Ehdr header;
	Elf64_Phdr segment[4];
	char info[2048];
	unsigned char *memory;
	uint64_t next_table; /* a free page for page tables */
	int levels;
	uint64_t encrypted; /* bits that every entry has */
};

static inline void *crafted_at(const struct crafted_core *core, uint64_t physical)
{
	return core->memory + (physical - CRAFTED_START);
}

static inline uint64_t crafted_word(const void *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static inline void crafted_put(void *at, uint64_t word)
{
	memcpy(at, &word, sizeof(word));
}

/* Map the page of 2 MiB at VA to PHYSICAL. */
static inline void crafted_map(struct crafted_core *core, uint64_t va, uint64_t physical)
{
	uint64_t table = CRAFTED_START;
	int level = core->levels;

	for (; level > 2; level--) {
		char *entry = (char *)crafted_at(core, table) + (va >> (9 * level + 3) & 511) * 8;

		if (!crafted_word(entry)) {
			crafted_put(entry, core->next_table | core->encrypted | 0x63);
			core->next_table += 4096;
		}
		table = crafted_word(entry) & 0xfffff000;
	}
	crafted_put((char *)crafted_at(core, table) + (va >> 21 & 511) * 8,
		physical | core->encrypted | 0xe3);
}

/* The struct page of the frame PFN: 64 bytes, flags first, compound_head at 8, type at 48. */
static inline char *crafted_page(const struct crafted_core *core, uint64_t pfn)
{
	return (char *)crafted_at(core, CRAFTED_PAGES) + pfn * 64;
}

static inline uint64_t crafted_page_va(uint64_t pfn)
{
	return CRAFTED_VMEMMAP + pfn * 64;
}

static inline void crafted_poison(struct crafted_core *core, uint64_t pfn)
{
	char *page = crafted_page(core, pfn);

	crafted_put(page, crafted_word(page) | 1u << CRAFTED_HWPOISON);
}

/* A huge page of FRAMES frames whose type is TYPE. */
static inline void crafted_compound(
	struct crafted_core *core, uint64_t pfn, uint64_t frames, uint32_t type)
{
	crafted_put(crafted_page(core, pfn), UINT64_C(1) << CRAFTED_HEAD);
	memcpy(crafted_page(core, pfn) + 48, &type, sizeof(type));
	for (uint64_t i = 1; i < frames; i++)
		crafted_put(crafted_page(core, pfn + i) + 8, crafted_page_va(pfn) + 1);
}

/* section_mem_map of section NUMBER. */
static inline char *crafted_section(const struct crafted_core *core, uint64_t number)
{
	return (char *)crafted_at(core, CRAFTED_SECTIONS) + 4096 + number * 32 + 8;
}

static inline void crafted_set_info(struct crafted_core *core)
{
	snprintf(core->info, sizeof(core->info),
		"OSRELEASE=6.12.0-crafted\nPAGESIZE=4096\n"
		"SYMBOL(swapper_pg_dir)=%jx\nSYMBOL(mem_section)=%jx\n"
		"LENGTH(mem_section)=2\nSIZE(mem_section)=32\n"
		"OFFSET(mem_section.section_mem_map)=8\n"
		"NUMBER(SECTION_SIZE_BITS)=24\nNUMBER(MAX_PHYSMEM_BITS)=46\n"
		"SIZE(page)=64\nOFFSET(page.flags)=0\nOFFSET(page._mapcount)=48\n"
		"OFFSET(page.compound_head)=8\nNUMBER(PG_hwpoison)=%d\nNUMBER(PG_head_mask)=%d\n"
		"NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=%jd\nNUMBER(phys_base)=%d\n"
		"NUMBER(pgtable_l5_enabled)=%d\nNUMBER(sme_mask)=%jd\n",
		(uintmax_t)(CRAFTED_IMAGE + CRAFTED_START - CRAFTED_PHYS_BASE),
		(uintmax_t)CRAFTED_DIRECT, CRAFTED_HWPOISON, 1 << CRAFTED_HEAD,
		(intmax_t)(int32_t)CRAFTED_HUGETLB, CRAFTED_PHYS_BASE, core->levels == 5,
		(intmax_t)core->encrypted);
}

static inline void crafted_make(struct crafted_core *core, int levels, uint64_t encrypted)
{
	*core = (struct crafted_core){
		.levels = levels,
		.encrypted = encrypted,
		.next_table = CRAFTED_START + 4096,
		.memory = calloc(1, CRAFTED_SIZE),
		.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				   EV_CURRENT},
			.e_type = ET_CORE,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2},
		.segment = {{.p_type = PT_NOTE, .p_offset = CRAFTED_NOTE},
			{.p_type = PT_LOAD,
				.p_paddr = CRAFTED_START,
				.p_offset = CRAFTED_OFFSET,
				.p_filesz = CRAFTED_SIZE,
				.p_memsz = CRAFTED_SIZE}},
	};
	if (!core->memory) {
		perror("craft a core");
		exit(EXIT_FAILURE);
	}
	crafted_map(core, CRAFTED_DIRECT, CRAFTED_SECTIONS);
	crafted_map(core, CRAFTED_VMEMMAP, CRAFTED_PAGES);
	crafted_put(crafted_at(core, CRAFTED_SECTIONS), CRAFTED_DIRECT + 4096);
	for (int section = 1; section <= 2; section++)
		crafted_put(crafted_section(core, section), CRAFTED_VMEMMAP | 0xf);
	crafted_set_info(core);
}

/* The core as a file, which the caller closes; its memory is given back. */
static inline int crafted_write(struct crafted_core *core)
{
	int fd = memfd_create("core", MFD_CLOEXEC);
	Elf64_Nhdr note = {.n_namesz = 11, .n_descsz = (uint32_t)strlen(core->info)};
	char name[12] = "VMCOREINFO";
	off_t at = CRAFTED_NOTE;

	if (!core->segment[0].p_filesz)
		core->segment[0].p_filesz =
			sizeof(note) + sizeof(name) + (note.n_descsz + 3) / 4 * 4;
	pwrite(fd, &core->header, sizeof(core->header), 0);
	pwrite(fd, core->segment, sizeof(core->segment), sizeof(core->header));
	pwrite(fd, &note, sizeof(note), at);
	pwrite(fd, name, sizeof(name), at + (off_t)sizeof(note));
	pwrite(fd, core->info, sizeof(core->info), at + (off_t)(sizeof(note) + sizeof(name)));
	if (pwrite(fd, core->memory, CRAFTED_SIZE, CRAFTED_OFFSET) != CRAFTED_SIZE) {
		perror("craft a core");
		exit(EXIT_FAILURE);
	}
	free(core->memory);
	return fd;
}

#endif

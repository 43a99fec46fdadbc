/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcoreinfo - what a kernel tells of itself to readers of its memory
 * (kernel/vmcore_info.c; Documentation/admin-guide/kdump/vmcoreinfo.rst): lines such as
 * SYMBOL(mem_section)=ffff88801ffd7000, OFFSET(page.flags)=0 and NUMBER(phys_base)=-16777216.
 */
#ifndef MEMPATROL_VMCOREINFO_H
#define MEMPATROL_VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What finding poisoned pages takes. */
struct vmcoreinfo {
	uint64_t top_table;     /* virtual address of the kernel's top page table */
	uint64_t phys_base;     /* the kernel's image begins there, modulo 2^64 */
	uint64_t five_levels;   /* 1: page tables of five levels */
	uint64_t encrypted;     /* bits of a page table entry that are no address (SME) */
	uint64_t sections;      /* virtual address of the roots of mem_section */
	uint64_t section_roots; /* their number */
	uint64_t section_bits;  /* log2 of the bytes of a section */
	uint64_t section_size, section_map; /* of struct mem_section: bytes, and offset in it */
	uint64_t page_bytes;                /* of a base page */
	uint64_t page_size;                 /* bytes of struct page, and offsets in it */
	uint64_t page_flags, page_head, page_type;
	uint64_t hwpoison;     /* number of the flag's bit */
	uint64_t head_mask;    /* flags of the head of a compound page; 0: not told */
	uint64_t hugetlb_type; /* page_type of a hugetlb page; 0: not told */
};

/*
 * vmcoreinfo_parse - take what is needed from LEN bytes of TEXT.
 * Returns NULL, or the name of the first line that is missing or senseless.
 */
const char *vmcoreinfo_parse(struct vmcoreinfo *info, const char *text, size_t len);

#endif

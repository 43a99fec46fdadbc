/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elf_head - what stands before the memory in a dump: the headers of an ELF core, and its notes.
 *
 * Memory is laid out before any of it is read, and which of it is lost is known only behind it:
 * so there is room for as many program headers as can become needed.  They stand where readers
 * expect them, directly behind the ELF header, and the notes before the memory (netdump.c of
 * crash(8) reads all of that in one piece).
 */
#ifndef MEMPATROL_VMEVAC_ELF_HEAD_H
#define MEMPATROL_VMEVAC_ELF_HEAD_H

#include "layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ELF_HEAD_LOSSES_MAX = 16384, /* ranges of lost memory */
	/*
	 * The type of the note of name ELF_HEAD_VENDOR that lists them: "LOST".  Readers that do
	 * not look at the name of a note take small types for those of CORE.
	 */
	ELF_HEAD_NOTE_LOST = 0x4c4f5354,
};

#define ELF_HEAD_VENDOR "MEMPATROL"

/* An entry of that note, in the byte order of the file. */
struct elf_loss {
	uint64_t gpa, size;
};

struct elf_head {
	const struct layout *layout;
	uint16_t machine; /* EM_* */
	uint64_t size;    /* bytes before the memory */
	char *bytes;      /* of that size, mapped */
	size_t notes, notes_start, notes_max;
	unsigned int losses;
	struct elf_loss loss[ELF_HEAD_LOSSES_MAX];
};

/* elf_head_open - with room for NOTES bytes of notes of elf_head_add(); 0, or -1 with errno. */
int elf_head_open(
	struct elf_head *head, const struct layout *layout, uint16_t machine, size_t notes);

void elf_head_close(struct elf_head *head);

/* elf_head_note_size - what a note takes of that room. */
size_t elf_head_note_size(const char *name, size_t size);

/* elf_head_add - a note, if there is room for it. */
bool elf_head_add(
	struct elf_head *head, const char *name, uint32_t type, const void *data, size_t size);

/* elf_head_end - bytes of the whole file. */
uint64_t elf_head_end(const struct elf_head *head);

/* elf_head_place - where in the file byte AT of range NUMBER is. */
uint64_t elf_head_place(const struct elf_head *head, unsigned int number, uint64_t at);

/*
 * elf_head_lose - SIZE bytes from GPA on are not in the file; in order of address.
 * 0, or -1 with errno EOVERFLOW.
 */
int elf_head_lose(struct elf_head *head, uint64_t gpa, uint64_t size);

/* elf_head_lost - bytes that are lost. */
uint64_t elf_head_lost(const struct elf_head *head);

/* elf_head_finish - write the headers, and the note of what is lost; 0, or -1 with errno. */
int elf_head_finish(struct elf_head *head);

#endif

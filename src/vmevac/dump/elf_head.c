/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf_head.h"
#include "page.h"

#include <errno.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>

/* Every loss can cut a segment in two. */
static size_t segments_max(const struct layout *layout)
{
	return layout->ranges + ELF_HEAD_LOSSES_MAX;
}

size_t elf_head_note_size(const char *name, size_t size)
{
	return sizeof(Elf64_Nhdr) + roundup(strlen(name) + 1, 4) + roundup(size, 4);
}

int elf_head_open(
	struct elf_head *head, const struct layout *layout, uint16_t machine, size_t notes)
{
	size_t table = (1 + segments_max(layout)) * sizeof(Elf64_Phdr);
	size_t list = elf_head_note_size(ELF_HEAD_VENDOR, sizeof(head->loss));

	*head = (struct elf_head){.layout = layout, .machine = machine};
	if (elf_version(EV_CURRENT) == EV_NONE) {
		errno = ENOTSUP;
		return -1;
	}
	head->notes_start = sizeof(Elf64_Ehdr) + table;
	head->notes_max = notes;
	head->size = roundup(head->notes_start + notes + list, (size_t)PAGE_BYTES);
	head->bytes =
		mmap(NULL, head->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (head->bytes != MAP_FAILED)
		return 0;
	head->bytes = NULL;
	return -1;
}

void elf_head_close(struct elf_head *head)
{
	if (head->bytes)
		munmap(head->bytes, head->size);
	head->bytes = NULL;
}

/* --- Notes --- */

static void append(
	struct elf_head *head, const char *name, uint32_t type, const void *data, size_t size)
{
	char *at = head->bytes + head->notes_start + head->notes;
	Elf64_Nhdr note = {
		.n_namesz = (uint32_t)strlen(name) + 1, .n_descsz = (uint32_t)size, .n_type = type};

	memcpy(at, &note, sizeof(note));
	memcpy(at + sizeof(note), name, note.n_namesz);
	memcpy(at + sizeof(note) + roundup(note.n_namesz, 4), data, size);
	head->notes += elf_head_note_size(name, size);
}

bool elf_head_add(
	struct elf_head *head, const char *name, uint32_t type, const void *data, size_t size)
{
	if (head->notes_max - head->notes < elf_head_note_size(name, size))
		return false;
	append(head, name, type, data, size);
	return true;
}

/* --- Memory --- */

uint64_t elf_head_place(const struct elf_head *head, unsigned int number, uint64_t at)
{
	uint64_t place = head->size + at;

	for (unsigned int i = 0; i < number; i++)
		place += head->layout->range[i].size;
	return place;
}

uint64_t elf_head_end(const struct elf_head *head)
{
	return elf_head_place(head, head->layout->ranges, 0);
}

int elf_head_lose(struct elf_head *head, uint64_t gpa, uint64_t size)
{
	struct elf_loss *last = &head->loss[head->losses - 1];

	if (head->losses && last->gpa + last->size == gpa) {
		last->size += size;
		return 0;
	}
	if (head->losses == ELF_HEAD_LOSSES_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	head->loss[head->losses++] = (struct elf_loss){gpa, size};
	return 0;
}

uint64_t elf_head_lost(const struct elf_head *head)
{
	uint64_t lost = 0;

	for (unsigned int i = 0; i < head->losses; i++)
		lost += head->loss[i].size;
	return lost;
}

/* --- Headers --- */

/* The table of program headers that is being written. */
struct table {
	Elf64_Phdr *header;
	unsigned int count;
};

/* As QEMU has it, for readers that know virtual addresses only. */
static void add_segment(struct table *table, uint64_t gpa, uint64_t place, uint64_t size)
{
	if (size)
		table->header[table->count++] = (Elf64_Phdr){.p_type = PT_LOAD,
			.p_flags = PF_R | PF_W | PF_X,
			.p_offset = place,
			.p_vaddr = gpa,
			.p_paddr = gpa,
			.p_filesz = size,
			.p_memsz = size};
}

/* A range, but for what is lost of it, of which *LOSS is the next; it can go on beyond it. */
static void add_range(
	const struct elf_head *head, struct table *table, unsigned int number, unsigned int *loss)
{
	const struct layout_range *range = &head->layout->range[number];
	uint64_t at = range->gpa, end = range->gpa + range->size;

	for (; *loss < head->losses && head->loss[*loss].gpa < end; ++*loss) {
		const struct elf_loss *next = &head->loss[*loss];

		if (next->gpa > at)
			add_segment(table, at, elf_head_place(head, number, at - range->gpa),
				next->gpa - at);
		at = MAX(at, MIN(end, next->gpa + next->size));
		if (next->gpa + next->size > end)
			break;
	}
	add_segment(table, at, elf_head_place(head, number, at - range->gpa), end - at);
}

static void fill_table(const struct elf_head *head, struct table *table)
{
	unsigned int loss = 0;

	table->header[table->count++] = (Elf64_Phdr){
		.p_type = PT_NOTE, .p_offset = head->notes_start, .p_filesz = head->notes};
	for (unsigned int i = 0; i < head->layout->ranges; i++)
		add_range(head, table, i, &loss);
}

/* As it is in files, at AT of the head. */
static int write_out(struct elf_head *head, size_t at, Elf_Type type, void *from, size_t size)
{
	Elf_Data source = {.d_buf = from, .d_type = type, .d_size = size, .d_version = EV_CURRENT};
	Elf_Data target = source;

	target.d_buf = head->bytes + at;
	if (elf64_xlatetof(&target, &source, ELFDATA2LSB))
		return 0;
	errno = EINVAL;
	return -1;
}

static int write_headers(struct elf_head *head, struct table *table)
{
	Elf64_Ehdr header = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = head->machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (uint16_t)table->count,
	};

	if (write_out(head, 0, ELF_T_EHDR, &header, sizeof(header)) != 0)
		return -1;
	return write_out(head, sizeof(header), ELF_T_PHDR, table->header,
		table->count * sizeof(*table->header));
}

int elf_head_finish(struct elf_head *head)
{
	struct table table = {0};
	int result;

	append(head, ELF_HEAD_VENDOR, ELF_HEAD_NOTE_LOST, head->loss,
		head->losses * sizeof(*head->loss));
	table.header = calloc(1 + segments_max(head->layout), sizeof(*table.header));
	if (!table.header)
		return -1;
	fill_table(head, &table);
	result = write_headers(head, &table);
	free(table.header);
	return result;
}

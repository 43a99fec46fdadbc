/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core.h"
#include "root.h"

#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/stat.h>

enum {
	SEGMENTS_MAX = 1 << 20,
	NOTES_MAX = 64 << 20, /* bytes: a few hundred for each processor */
};

static int by_start(const void *a, const void *b)
{
	const struct core_segment *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static enum core_failure check_segment(const GElf_Phdr *header, uint64_t file_size)
{
	if (header->p_filesz > header->p_memsz || header->p_memsz > CORE_PHYSICAL_MAX ||
		header->p_paddr > CORE_PHYSICAL_MAX - header->p_memsz)
		return CORE_MALFORMED;
	if (header->p_offset > file_size || header->p_filesz > file_size - header->p_offset)
		return CORE_CUT;
	return CORE_OK;
}

/* Leave the part of SEGMENT that is at or behind START; nothing when that is all of it. */
static void trim(struct core_segment *segment, uint64_t start)
{
	uint64_t end = segment->start + segment->size;
	uint64_t cut = start < end ? start - segment->start : segment->size;

	segment->start += cut;
	segment->size -= cut;
	segment->offset += cut;
	segment->held -= cut < segment->held ? cut : segment->held;
}

/* Memory that is mapped more than once can be in a core more than once, as the kernel's image is.
 */
static void sort_segments(struct core *core)
{
	uint64_t end = 0;
	size_t n = 0;

	qsort(core->segment, core->segments, sizeof(*core->segment), by_start);
	for (size_t i = 0; i < core->segments; i++) {
		struct core_segment next = core->segment[i];

		if (next.start < end)
			trim(&next, end);
		if (!next.size)
			continue;
		core->segment[n++] = next;
		end = next.start + next.size;
	}
	core->segments = n;
}

static enum core_failure read_segments(struct core *core, Elf *elf, size_t n, uint64_t file_size)
{
	core->segment = calloc(n ? n : 1, sizeof(*core->segment));
	if (!core->segment)
		return CORE_SYSTEM;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr header;
		enum core_failure failure;

		if (!gelf_getphdr(elf, (int)i, &header))
			return CORE_MALFORMED;
		if (header.p_type != PT_LOAD || header.p_memsz == 0)
			continue;
		failure = check_segment(&header, file_size);
		if (failure)
			return failure;
		core->segment[core->segments++] = (struct core_segment){
			.start = header.p_paddr,
			.size = header.p_memsz,
			.offset = header.p_offset,
			.held = header.p_filesz,
		};
	}
	sort_segments(core);
	return CORE_OK;
}

/* Returns CORE_NO_INFO when it is in none of these notes. */
static enum core_failure search_notes(struct core *core, Elf_Data *notes, const char **lacks)
{
	static const char name[] = "VMCOREINFO";
	GElf_Nhdr note;
	size_t name_at, text_at, at = 0;

	while ((at = gelf_getnote(notes, at, &note, &name_at, &text_at)) > 0) {
		const char *bytes = notes->d_buf;

		if (note.n_namesz != sizeof(name) ||
			memcmp(bytes + name_at, name, sizeof(name)) != 0)
			continue;
		*lacks = vmcoreinfo_parse(&core->info, bytes + text_at, note.n_descsz);
		return *lacks ? CORE_INFO_LACKS : CORE_OK;
	}
	return CORE_NO_INFO;
}

static enum core_failure find_info(
	struct core *core, Elf *elf, size_t n, uint64_t file_size, const char **lacks)
{
	enum core_failure failure = CORE_NO_INFO;

	for (size_t i = 0; i < n && failure == CORE_NO_INFO; i++) {
		GElf_Phdr header;
		Elf_Data *notes;

		if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_NOTE ||
			header.p_filesz == 0)
			continue;
		if (header.p_offset > file_size || header.p_filesz > file_size - header.p_offset)
			return CORE_CUT;
		if (header.p_filesz > NOTES_MAX)
			return CORE_MALFORMED;
		notes = elf_getdata_rawchunk(
			elf, (int64_t)header.p_offset, header.p_filesz, ELF_T_NHDR);
		if (!notes)
			return CORE_MALFORMED;
		failure = search_notes(core, notes, lacks);
	}
	return failure;
}

static enum core_failure read_headers(
	struct core *core, Elf *elf, uint64_t file_size, const char **lacks)
{
	GElf_Ehdr header;
	enum core_failure failure;
	size_t n;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header) ||
		gelf_getclass(elf) != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
		header.e_type != ET_CORE || header.e_machine != EM_X86_64)
		return CORE_FOREIGN;
	/* libelf would call this malformed, or see fewer headers. */
	if (header.e_phoff > file_size ||
		header.e_phnum * sizeof(Elf64_Phdr) > file_size - header.e_phoff)
		return CORE_CUT;
	if (elf_getphdrnum(elf, &n) != 0 || n > SEGMENTS_MAX)
		return CORE_MALFORMED;
	failure = read_segments(core, elf, n, file_size);
	return failure ? failure : find_info(core, elf, n, file_size, lacks);
}

/* Before libelf sees it: other formats of dumps say so in their first bytes. */
static enum core_failure check_magic(int fd)
{
	static const char *const magics[] = {"KDUMP   ", "makedumpfile"};
	char magic[12] = "";

	if (read_at(fd, magic, sizeof(magic), 0) < 0)
		return CORE_SYSTEM;
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (!memcmp(magic, magics[i], strlen(magics[i])))
			return CORE_COMPRESSED;
	return CORE_OK;
}

enum core_failure core_open(struct core *core, int fd, const char **lacks)
{
	enum core_failure failure;
	struct stat st;
	Elf *elf;

	*core = (struct core){.fd = fd};
	if (fstat(fd, &st) != 0)
		return CORE_SYSTEM;
	failure = check_magic(fd);
	if (failure)
		return failure;
	if (elf_version(EV_CURRENT) == EV_NONE)
		return CORE_FOREIGN;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf)
		return CORE_FOREIGN;
	failure = read_headers(core, elf, (uint64_t)st.st_size, lacks);
	elf_end(elf);
	if (failure)
		core_close(core);
	return failure;
}

void core_close(struct core *core)
{
	int error = errno;

	free(core->segment);
	core->segment = NULL;
	core->segments = 0;
	errno = error;
}

/* The segment that holds the byte at PHYSICAL, or NULL. */
static const struct core_segment *find_segment(const struct core *core, uint64_t physical)
{
	size_t low = 0, high = core->segments;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct core_segment *segment = &core->segment[middle];

		if (physical < segment->start)
			high = middle;
		else if (physical - segment->start >= segment->size)
			low = middle + 1;
		else
			return segment;
	}
	return NULL;
}

/* What is described but not held is zero (ELF): makedumpfile leaves such pages out. */
static bool read_segment(const struct core *core, const struct core_segment *segment, uint64_t at,
	char *to, size_t size)
{
	size_t held = at >= segment->held ? 0 : MIN(size, segment->held - at);

	memset(to + held, 0, size - held);
	return read_at(core->fd, to, held, (off_t)(segment->offset + at)) == (ssize_t)held;
}

bool core_read(const struct core *core, uint64_t physical, void *out, size_t size)
{
	char *to = out;

	while (size > 0) {
		const struct core_segment *segment = find_segment(core, physical);

		if (!segment)
			return false;

		uint64_t at = physical - segment->start;
		size_t n = MIN(size, segment->size - at);

		if (!read_segment(core, segment, at, to, n))
			return false;
		physical += n;
		to += n;
		size -= n;
	}
	return true;
}

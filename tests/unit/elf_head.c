/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elf_head: segments go around what is lost. */
#include "dump/elf_head.h"
#include "unit.h"

#include <elf.h>

static const struct layout layout = {
	.ranges = 3,
	.range = {{0, 0xa0000, 0}, {0xc0000, 0x40000, 0}, {0x100000, 0x100000, 0}},
};

static struct elf_head head;

static void begin(void)
{
	CHECK_U64((uint64_t)elf_head_open(&head, &layout, EM_X86_64, 1024), 0);
}

/* The segments, as address+size pairs. */
static void check_segments(const char *wanted)
{
	char got[512] = "";
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	uint64_t place = 0;

	CHECK_U64((uint64_t)elf_head_finish(&head), 0);
	memcpy(&header, head.bytes, sizeof(header));
	for (int i = 1; i < header.e_phnum; i++) {
		memcpy(&segment, head.bytes + header.e_phoff + i * sizeof(segment),
			sizeof(segment));
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%lx+%lx ",
			(unsigned long)segment.p_paddr, (unsigned long)segment.p_filesz);
		CHECK(segment.p_offset >= place);
		place = segment.p_offset + segment.p_filesz;
	}
	CHECK(place <= elf_head_end(&head));
	CHECK_TEXT(got, wanted);
	elf_head_close(&head);
}

static void lose(uint64_t gpa, uint64_t size)
{
	CHECK_U64((uint64_t)elf_head_lose(&head, gpa, size), 0);
}

static void without_losses_each_range_is_one(void)
{
	begin();
	CHECK_U64(elf_head_place(&head, 1, 0x1000), head.size + 0xa1000);
	CHECK_U64(elf_head_end(&head), head.size + 0x1e0000);
	check_segments("0+a0000 c0000+40000 100000+100000 ");
}

static void a_loss_cuts_a_range(void)
{
	begin();
	lose(0x8000, 0x1000);
	lose(0x120000, 0x1000);
	lose(0x121000, 0x1000);
	CHECK_U64(head.losses, 2);
	CHECK_U64(elf_head_lost(&head), 0x3000);
	check_segments("0+8000 9000+97000 c0000+40000 100000+20000 122000+de000 ");
}

static void losses_at_both_ends_of_ranges(void)
{
	begin();
	lose(0, 0x1000);
	lose(0x9f000, 0x1000);
	lose(0xc0000, 0x40000);
	lose(0x1ff000, 0x1000);
	check_segments("1000+9e000 100000+ff000 ");
}

static void a_loss_goes_on_into_the_next_range(void)
{
	begin();
	lose(0xff000, 0x1000);
	lose(0x100000, 0x2000);
	lose(0x110000, 0x1000);
	CHECK_U64(head.losses, 2);
	check_segments("0+a0000 c0000+3f000 102000+e000 111000+ef000 ");
}

static void there_is_an_end_to_losses(void)
{
	begin();
	for (unsigned int i = 0; i < ELF_HEAD_LOSSES_MAX; i++)
		lose(i * UINT64_C(8192), 4096);
	CHECK(elf_head_lose(&head, ELF_HEAD_LOSSES_MAX * UINT64_C(8192), 4096) != 0);
	CHECK_U64((uint64_t)elf_head_finish(&head), 0);
	elf_head_close(&head);
}

static void a_note_that_has_no_room_is_left_out(void)
{
	char text[2048] = "";

	begin();
	CHECK(!elf_head_add(&head, "CORE", 1, text, sizeof(text)));
	CHECK(elf_head_add(&head, "CORE", 1, text, 1000));
	CHECK(!elf_head_add(&head, "CORE", 1, text, 1));
	elf_head_close(&head);
}

int main(void)
{
	UNIT(without_losses_each_range_is_one);
	UNIT(a_loss_cuts_a_range);
	UNIT(losses_at_both_ends_of_ranges);
	UNIT(a_loss_goes_on_into_the_next_range);
	UNIT(there_is_an_end_to_losses);
	UNIT(a_note_that_has_no_room_is_left_out);
	return unit_end();
}

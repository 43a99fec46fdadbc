/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arrive: what the source offers. */
#include "arrive_step.h"

#include <string.h>

static int take_block(struct arrive *arrive, unsigned int i)
{
	uint64_t *size = &arrive->block[i].size;

	if (arrive_by_wire(arrive, wire_expect(arrive->wire, "block")) != 0)
		return -1;
	if (!rec_text(&arrive->wire->rec, "backend", arrive->block[i].id, VMARGS_ID_MAX) ||
		rec_u64(&arrive->wire->rec, "size", size) != 0 || !*size || *size % PAGE_BYTES ||
		*size / 1024 > INT64_MAX / 1024 - arrive->kib)
		return arrive_refuse(arrive, "the source offers memory that cannot be");
	arrive->kib += *size / 1024;
	return 0;
}

int arrive_take_blocks(struct arrive *arrive)
{
	if (rec_u64(&arrive->wire->rec, "blocks", &arrive->blocks) != 0 || !arrive->blocks ||
		arrive->blocks > RAM_BLOCKS_MAX)
		return arrive_refuse(arrive, "the source offers memory that cannot be");
	for (unsigned int i = 0; i < arrive->blocks; i++)
		if (take_block(arrive, i) != 0)
			return -1;
	return 0;
}

/* It becomes a part of command lines: where it could be more than a name there, it is none. */
static bool is_name(const char *text)
{
	for (const char *p = text; *p; p++)
		if (*p < ' ' || *p > '~' || *p == ',')
			return false;
	return text[0] != '-';
}

int arrive_take_offer(struct arrive *arrive)
{
	struct journal *journal = &arrive->target->journal;
	const struct wire *wire = arrive->wire;

	if (!rec_text(&wire->rec, "id", journal->id, sizeof(journal->id)) ||
		!journal_is_id(journal->id) ||
		!rec_text(&wire->rec, "vm", journal->vm, sizeof(journal->vm)) ||
		!is_name(journal->vm) ||
		!rec_text(&wire->rec, "machine", arrive->type, sizeof(arrive->type))) {
		journal->vm[0] = '\0'; /* it would be printed */
		return arrive_refuse(arrive, "the source offers a machine that cannot be");
	}
	return arrive_take_blocks(arrive);
}

static void swap(struct ram_block *a, struct ram_block *b)
{
	struct ram_block c = *a;

	*a = *b;
	*b = c;
}

bool arrive_order_blocks(struct arrive *arrive)
{
	struct ram *ram = &arrive->ram;

	for (unsigned int i = 0; i < arrive->blocks && i < ram->blocks; i++) {
		unsigned int j = i;

		while (j < ram->blocks && strcmp(ram->block[j].id, arrive->block[i].id) != 0)
			j++;
		if (j == ram->blocks || ram->block[j].pages * PAGE_BYTES != arrive->block[i].size)
			return false;
		swap(&ram->block[i], &ram->block[j]);
	}
	return ram->blocks == arrive->blocks;
}

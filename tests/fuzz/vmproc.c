/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what the kernel and QEMU tell of a machine: lines of fdinfo and numa_maps, and
 * answers to query-status, query-block and "info ramblock".
 */
#include "../../src/vmevac/vm/condition.h"
#include "../../src/vmevac/vm/pages.h"
#include "../../src/vmevac/vm/ramblocks.h"
#include "fuzz.h"

static void check_line(const char *line, size_t len)
{
	struct pages pages = {0}, none = {0};

	pages_parse(&none, line, len, 0, 0);
	MUST(none.size == 0 && none.nodes == 0);
	pages_parse(&pages, line, len, 0, UINT64_MAX);
	MUST(pages.size % 1024 == 0);
	/* A range that has both bytes has those between them. */
	if (images_lock_covers(line, len, IMAGE_KEPT) &&
		images_lock_covers(line, len, IMAGE_FORBIDS_WRITES))
		MUST(images_lock_covers(line, len, IMAGE_WRITES));
}

static void check_answer(const char *text, size_t len)
{
	struct condition condition = {0};
	json_t *answer = json_loadb(text, len, JSON_DECODE_ANY, NULL);

	condition_read_status(&condition, answer);
	condition_read_disks(&condition, answer);
	json_decref(answer);
	MUST(memchr(condition.status, '\0', sizeof(condition.status)));
	MUST(condition.tells_activity || !condition.is_active);
	MUST(condition_state(&condition) < VM_STATES);
	MUST(condition_state(&condition) != VM_QUIESCED); /* there is no mark */
}

static void check_blocks(const char *bytes, size_t len)
{
	char *copy = malloc(len + 1);
	const char *text = copy, *before;
	struct ramblock block;

	MUST(copy);
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	for (before = text; ramblocks_next(&text, &block); before = text) {
		MUST(text > before && text <= copy + strlen(copy));
		MUST(*block.name && strlen(block.name) < sizeof(block.name));
		ramblocks_hint(&block);
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(data, size);

	check_line(copy, size);
	check_answer(copy, size);
	check_blocks(copy, size);
	free(copy);
	return 0;
}

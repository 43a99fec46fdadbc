/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any JSON either gives a reason or a record, which comes back from JSON unchanged. */
#include "../../src/recjson/json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const struct rec *rec)
{
	static char object[JSON_OBJECT_MAX];
	static struct rec_writer line;
	static struct rec back;
	size_t len = json_from_rec(rec, object);

	if (len > sizeof(object) || json_to_rec(object, len - 1, &line, &back) != NULL)
		abort();
	if (back.line_len != rec->line_len || memcmp(back.line, rec->line, rec->line_len) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rec_writer line;
	static struct rec rec;
	char *copy = malloc(size + 1);

	/* The input once as JSON and once as the record it may be. */
	if (json_to_rec((const char *)data, size, &line, &rec) == NULL)
		round_trip(&rec);
	memcpy(copy, data, size);
	copy[size] = '\n';
	if (!memchr(data, '\n', size) && rec_parse(copy, size + 1, &rec) == NULL)
		round_trip(&rec);
	free(copy);
	return 0;
}

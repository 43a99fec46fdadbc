/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes are a CPER record, a status block or none, and give well-formed records. */
#include "../../src/mcedecode/binary.h"
#include "err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = cper_length(data, size);
	unsigned char *copy;

	fuzz_begin();
	if (!len || len > size)
		return 0;
	copy = (unsigned char *)fuzz_copy(data, len);
	cper_record(copy, len);
	free(copy);
	fuzz_end();
	return 0;
}

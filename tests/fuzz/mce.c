/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes are machine checks of some length or none, and give well-formed records. */
#include "../../src/mcedecode/binary.h"
#include "err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = binary_mce_length(data, size, true);

	fuzz_begin();
	for (size_t n = 0; len && n + len <= size; n += len) {
		unsigned char *copy = (unsigned char *)fuzz_copy(data + n, len);

		binary_mce(copy, len);
		free(copy);
	}
	fuzz_end();
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tables - what the arrays that tools/tables makes of src/tables need. */
#ifndef MEMPATROL_TABLES_H
#define MEMPATROL_TABLES_H

#include <stddef.h>
#include <stdint.h>

#define ROWS(array) (sizeof(array) / sizeof(*(array)))

/* COUNT bits of a register from FIRST on; a field is up to three such runs, lowest first. */
struct bit_run {
	uint8_t first, count;
};

static inline uint64_t bits_of(uint64_t reg, unsigned int high, unsigned int low)
{
	return reg >> low & (~UINT64_C(0) >> (63 - (high - low)));
}

/* bits_gather - the field that RUN[3] describes. */
static inline uint64_t bits_gather(uint64_t reg, const struct bit_run run[3])
{
	uint64_t value = 0;
	unsigned int shift = 0;

	for (int i = 0; i < 3 && run[i].count; i++) {
		value |= bits_of(reg, run[i].first + run[i].count - 1u, run[i].first) << shift;
		shift += run[i].count;
	}
	return value;
}

#endif

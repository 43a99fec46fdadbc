/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * num - numbers that people type, parsed once and strictly.
 *
 * Each function reads all of TEXT or nothing: no blanks, no signs, no
 * trailing characters.  Returns NULL and stores *out, or returns the reason
 * ("too large", …) for the caller to print and leaves *out alone.
 */
#ifndef MEMPATROL_NUM_H
#define MEMPATROL_NUM_H

#include <stdint.h>

/* num_count - a decimal from MIN to MAX. */
const char *num_count(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/*
 * num_size - bytes from MIN to MAX: a decimal, alone or with one of the suffixes
 * K M G T P (powers of 1024; "KiB" and so on mean the same, "KB" is refused
 * because half the world reads it as 1000).
 */
const char *num_size(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/*
 * num_duration - nanoseconds from MIN to MAX: a decimal and one of the units
 * ns us ms s m h d.  The unit is required: a bare 30 is a guess.
 */
const char *num_duration(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/*
 * num_address - a byte address: 0x and 1 to 16 hexadecimal digits of either case.
 * The 0x is required: kernel logs print frame numbers and decimal counts in
 * the same places, and 12345 would be a different page in each reading.
 */
const char *num_address(const char *text, uint64_t *out);

#endif

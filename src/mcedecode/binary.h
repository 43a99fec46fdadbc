/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * binary - input that is no text: struct mce as /dev/mcelog and pstore hold it, CPER records,
 * and the status blocks of APEI tables.  All numbers are little-endian.
 */
#ifndef MEMPATROL_BINARY_H
#define MEMPATROL_BINARY_H

#include "say.h"

#include <stddef.h>
#include <stdint.h>

/* binary_run_mce, binary_run_cper - decode all of standard input. */
enum status binary_run_mce(void);
enum status binary_run_cper(void);

/* binary_mce - one struct mce of LEN bytes. */
void binary_mce(const unsigned char *bytes, size_t len);

/* binary_mce_length - of the records that BYTES begin with, WHOLE if nothing follows; or 0. */
size_t binary_mce_length(const unsigned char *bytes, size_t len, int whole);

/* cper_length - of the record or status block that BYTES begin with; 0: it is none. */
size_t cper_length(const unsigned char *bytes, size_t len);

/* cper_record - one of them, of LEN bytes. */
void cper_record(const unsigned char *bytes, size_t len);

enum { CPER_HEADER_MIN = 24 }; /* bytes that cper_length() wants to see */

static inline uint64_t little(const unsigned char *p, size_t bytes)
{
	uint64_t n = 0;

	while (bytes--)
		n = n << 8 | p[bytes];
	return n;
}

#endif

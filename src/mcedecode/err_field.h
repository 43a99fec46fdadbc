/* SPDX-License-Identifier: GPL-2.0-or-later */
/* err_field - how each field of an error is written. */
#ifndef MEMPATROL_ERR_FIELD_H
#define MEMPATROL_ERR_FIELD_H

#include "err.h"

enum err_kind {
	KIND_DEC,      /* value.n as a decimal */
	KIND_SIGNED,   /* value.n, of two's complement, as a decimal */
	KIND_REG,      /* value.n as 0x and 16 digits */
	KIND_CODE,     /* value.n as 0x and 4 digits */
	KIND_WORD,     /* value.word */
	KIND_TEXT,     /* value.text */
	KIND_SEV,      /* value.n, an enum sev */
	KIND_CLASS,    /* value.n, an enum err_class */
	KIND_TIME,     /* value.n seconds and t_nsec */
	KIND_FLAGS,    /* value.n, bits of enum err_flag */
	KIND_LOCATION, /* value.n, bits of enum err_source */
	KIND_BITS,     /* value.n, the numbers of its bits that are set */
	KIND_ORIGINS,  /* value.n, bits of enum err_origin */
};

enum {
	ERR_KEY_MAX = 24, /* blank, key and = */
	USE_RAW = 1,      /* shown with --raw only */
	USE_REGISTER = 2, /* decoding starts from it */
};

struct err_field_info {
	char key[ERR_KEY_MAX]; /* all ERR_KEY_MAX bytes are copied, key_len of them count */
	uint8_t key_len, kind, use;
} __attribute__((aligned(32))); /* cheap to index */

extern const struct err_field_info err_fields[ERR_FIELDS];

#endif

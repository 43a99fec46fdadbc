/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each byte may be in a record: shared by its reader and writer only. */
#ifndef MEMPATROL_REC_BYTES_H
#define MEMPATROL_REC_BYTES_H

enum {
	REC_BYTE_PLAIN = 1,      /* stands for itself in a value: ! to ~ without backslash */
	REC_BYTE_NAME = 2,       /* a-z 0-9 _ */
	REC_BYTE_NAME_START = 4, /* a-z */
};

extern const unsigned char rec_byte_class[256];

#endif

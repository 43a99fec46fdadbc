/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * formats - who reads which text, and what they hand on.
 *
 * A reader gets lines with whatever a log put in front already taken off.  Those of
 * several lines collect an error until its last one; flush functions hand over what is
 * still open, because nothing more comes or nothing came for a while.
 */
#ifndef MEMPATROL_FORMATS_H
#define MEMPATROL_FORMATS_H

#include "err.h"
#include "scan.h"

#include <stdint.h>

/* What is known of the line at hand beside its text. */
struct line {
	uint64_t number; /* of the input, from 1 */
	bool has_t;      /* its prefix, or the raw record it came in, tells the time */
	uint64_t t;
	uint32_t t_nsec;
	const char *vm; /* of the raw record, or NULL; unescaped */
	size_t vm_len;
	bool cut;    /* the end of the raw record's text is missing */
	bool traced; /* it is the kernel's trace as such, of which each event has its columns */
	bool missed; /* the raw record has said how many events are missing */
};

extern struct line line_now;

/* out_err - a decoded error is complete. */
void out_err(struct err *err);

/* out_bad - LINE of the input should mean something and does not: WHY. */
void out_bad(uint64_t line, const char *why);

/* out_missed - here the input lacks COUNT events, 0 when it is not known how many, of SCOPE. */
void out_missed(const char *scope, size_t len, uint64_t count);

/* text_line - one line of text.  text_flush - hand over all that is open. */
void text_line(const char *text, size_t len);
void text_flush(void);

/* line_time - give ERR the line's time, unless it has its own. */
void line_time(struct err *err);

/* --- Readers: false when the line is not theirs --- */

enum block_style { BLOCK_KERNEL, BLOCK_EDAC };

/* block.c: registers in words.  MC is the EDAC controller whose driver printed them, or -1. */
bool block_line(struct scan *s, enum block_style style, int mc);
bool block_head(struct scan *s, enum block_style style, int mc);
void block_flush(void);

/* What EDAC's core says of the error whose registers its driver may have printed before. */
struct edac_key {
	uint64_t mc, page; /* 0: not known */
	bool has_code;
	uint64_t mscod, mcacod;
};

/* Whether that is the open block's error; then take the block out. */
bool block_take_edac(const struct edac_key *key, struct err *out);

/* oldblock.c: a bank to a line. */
bool oldblock_line(struct scan *s);
void oldblock_flush(void);

bool mcelog_line(struct scan *s);
void mcelog_flush(void);
bool iml_line(struct scan *s);
bool amd_line(struct scan *s);
void amd_flush(void);
bool edac_line(struct scan *s);
bool apei_line(struct scan *s, uint64_t key);
bool apei_bert_line(struct scan *s);
void apei_flush(void);
bool aer_line(const char *text, size_t len);
void aer_flush(void);
bool poison_line(struct scan *s);
bool touched_line(const char *text, size_t len);
bool qmp_line(const char *text, size_t len);
bool trace_line(const char *text, size_t len);
bool rasdaemon_line(const char *text, size_t len);
/* rasdaemon_more - a line that is nobody's, and may be the rest of one that was wrapped. */
void rasdaemon_more(const char *text, size_t len);
void rasdaemon_flush(void);

#endif

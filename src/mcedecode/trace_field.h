/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_field - the fields of trace events, by the table trace_field.tsv. */
#ifndef MEMPATROL_TRACE_FIELD_H
#define MEMPATROL_TRACE_FIELD_H

#include "err.h"
#include "scan.h"

enum trace_event { EVENT_MCE, EVENT_ARM, EVENT_CXL, EVENT_POISON, EVENT_AER };

/*
 * trace_fields - set what EVENT prints, to the end of S; false where the text is none of it.
 * Names that the table does not have are passed over, but not those of mce_record, of
 * which a part that is not understood may be the part that matters.
 */
bool trace_fields(struct err *err, enum trace_event event, struct scan *s);

/* trace_name - words of the kernel as ours: "Host Read | Scrub" as host-read,scrub. */
void trace_name(struct err *err, enum err_field field, const char *text, size_t len);

/* trace_bytes - bytes in hexadecimal, between blanks; how many they were, at most SIZE. */
size_t trace_bytes(struct scan *s, unsigned char *out, size_t size);

/* trace_ghes_severity - the severity of a section in the count of the kernel's GHES driver. */
uint64_t trace_ghes_severity(uint64_t n);

/* trace_arm_infos - the ARM error information that the last event had; its length. */
size_t trace_arm_infos(const unsigned char **infos);

#endif

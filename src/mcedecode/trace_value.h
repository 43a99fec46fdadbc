/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_value - the value of a field of a trace event. */
#ifndef MEMPATROL_TRACE_VALUE_H
#define MEMPATROL_TRACE_VALUE_H

#include "err.h"
#include "scan.h"
#include "section.h"

/* How it is printed: column "as" of trace_field.tsv. */
enum trace_in {
	IN_DEC,
	IN_HEX,
	IN_TEXT,
	IN_NAME,
	IN_WORD,
	IN_BYTES,
	IN_NSEC,
	IN_ADDRESS,
	IN_LENGTH,
	IN_SEVERITY,
	IN_LOG,
	IN_DESCRIPTOR,
	IN_VALID,
	IN_ARM_INFOS,
};

struct trace_form {
	enum trace_in as;
	enum section_words words;
	enum err_field field;
};

/* trace_value - set the field; false where the value is not of that form. */
bool trace_value(struct err *err, struct trace_form form, struct scan *s);

/* trace_forget_infos - what the event before had is not this one's. */
void trace_forget_infos(void);

#endif

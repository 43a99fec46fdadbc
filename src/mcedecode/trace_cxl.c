/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_cxl - trace events of CXL memory devices and ports (drivers/cxl/core/trace.h). */
#include "trace.h"
#include "trace_field.h"

static bool read_cxl_as(struct scan *s, enum trace_event event, enum sev sev, const char *src)
{
	static struct err err;

	err_clear(&err);
	err_set(&err, E_CLASS, CLASS_CXL);
	err_set(&err, E_SEV, sev);
	if (!trace_fields(&err, event, s) || (!err_has(&err, E_MEMDEV) && !err_has(&err, E_BDF))) {
		out_bad(line_now.number, "not a CXL event");
		return true;
	}
	return trace_out(&err, src);
}

bool trace_cxl_media(struct scan *s)
{
	return read_cxl_as(s, EVENT_CXL, SEV_UNCORRECTED, "cxl_general_media");
}

bool trace_cxl_dram(struct scan *s)
{
	return read_cxl_as(s, EVENT_CXL, SEV_UNCORRECTED, "cxl_dram");
}

bool trace_cxl_module(struct scan *s)
{
	return read_cxl_as(s, EVENT_CXL, SEV_UNCORRECTED, "cxl_memory_module");
}

bool trace_cxl_generic(struct scan *s)
{
	return read_cxl_as(s, EVENT_CXL, SEV_UNCORRECTED, "cxl_generic_event");
}

/* Poison is an error that nobody has met yet; putting it there or away is none. */
bool trace_cxl_poison(struct scan *s)
{
	bool listed = memmem(s->p, scan_left(s), " trace_type=List ", 17) != NULL;

	return read_cxl_as(s, EVENT_POISON, listed ? SEV_UNCORRECTED : SEV_INFO, "cxl_poison");
}

bool trace_cxl_correctable(struct scan *s)
{
	return read_cxl_as(s, EVENT_AER, SEV_CORRECTED, "cxl_aer");
}

bool trace_cxl_uncorrectable(struct scan *s)
{
	return read_cxl_as(s, EVENT_AER, SEV_UNCORRECTED, "cxl_aer");
}

/* "memdev=mem0 host=0000:35:00.0 serial=0: log=Failure : 3 records from 1 to 2" */
bool trace_cxl_overflow(struct scan *s)
{
	static struct err err;
	struct scan count = *s;
	uint64_t n;

	err_clear(&err);
	err_set(&err, E_CLASS, CLASS_CXL);
	err_set(&err, E_SEV, SEV_UNCORRECTED);
	if (!SCAN_TO(&count, " : ") || !scan_dec(&count, &n) || !SCAN(&count, " records from ") ||
		!trace_fields(&err, EVENT_CXL, s) || !err_has(&err, E_MEMDEV)) {
		out_bad(line_now.number, "not a cxl_overflow event");
		return true;
	}
	err_set(&err, E_COUNT, n);
	err_set(&err, E_OVERFLOW, 1);
	err_text(&err, E_TEXT, "events of the log were lost", 27);
	return trace_out(&err, "cxl_overflow");
}

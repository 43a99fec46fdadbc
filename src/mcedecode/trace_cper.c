/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_cper - trace events about sections of firmware's records (include/ras/ras_event.h). */
#include "apei_line.h"
#include "mca.h"
#include "section.h"
#include "trace.h"
#include "trace_field.h"

bool trace_out(struct err *err, const char *src)
{
	err_word(err, E_SRC, src);
	line_time(err);
	if (err_has(err, E_ADDR) && !err_has(err, E_SIZE))
		section_range(err);
	section_out(err);
	return true;
}

/*
 * "affinity level: 2; MPIDR: 81010200; MIDR: 481fd010; running state: 1; PSCI state: 0", of
 * later kernels with severity and error information.
 */
bool trace_arm(struct scan *s)
{
	enum { UNKNOWN_AFFINITY = 255, INFO = 32 };
	static struct err err;
	const unsigned char *infos;
	size_t len;

	err_clear(&err);
	err_word(&err, E_SRC, "arm_event");
	err_set(&err, E_CLASS, CLASS_INTERNAL);
	if (!trace_fields(&err, EVENT_ARM, s) || !err_has(&err, E_MIDR)) {
		out_bad(line_now.number, "not an arm_event");
		return true;
	}
	if (reg(&err, E_AFFINITY) == UNKNOWN_AFFINITY)
		err_drop(&err, E_AFFINITY);
	if (reg(&err, E_MPIDR) == 0)
		err_drop(&err, E_MPIDR);
	if (!err_has(&err, E_SEV)) {
		err_set(&err, E_SEV, SEV_UNCORRECTED);
		err_flag(&err, FLAG_NO_SEVERITY);
	}
	line_time(&err);
	len = trace_arm_infos(&infos);
	if (!section_arm_infos(&err, infos, len, len / INFO) || len % INFO) {
		err_flag(&err, FLAG_TRUNCATED);
		out_bad(line_now.number, "section is cut short");
	}
	return trace_out(&err, "arm_event");
}

/* "e19e3d16-bc11-...": the bytes in the order in which they lie in memory */
static bool read_guid(struct scan *s, unsigned char guid[GUID_LEN])
{
	uint64_t n;

	for (int i = 0; i < GUID_LEN; i++) {
		struct scan byte;

		SCAN(s, "-");
		if (scan_left(s) < 2)
			return false;
		byte = (struct scan){s->p, s->p + 2};
		if (!scan_hex(&byte, &n) || byte.p != byte.end)
			return false;
		guid[i] = (unsigned char)n;
		s->p += 2;
	}
	return true;
}

/* "severity: 2; sec type:GUID; FRU: GUID TEXT; data len:96; raw data:01 02 ..." */
bool trace_non_standard(struct scan *s)
{
	static const unsigned char none[GUID_LEN];
	static unsigned char bytes[1 << 14], guid[GUID_LEN], fru_id[GUID_LEN];
	struct section section = {.src = "non_standard_event", .guid = guid, .p = bytes};
	static struct err frame;
	uint64_t severity, len;
	struct scan fru;

	if (!SCAN(s, "severity: ") || !scan_dec(s, &severity) || !SCAN(s, "; sec type:") ||
		!read_guid(s, guid) || !SCAN(s, "; FRU: ") || !read_guid(s, fru_id))
		goto bad;
	SCAN(s, " ");
	fru = *s;
	if (!SCAN_TO(s, "; data len:"))
		goto bad;
	section.fru = fru.p;
	section.fru_len = (size_t)(s->p - 11 - fru.p);
	section.fru_id = memcmp(fru_id, none, GUID_LEN) == 0 ? NULL : fru_id;
	if (!scan_dec(s, &len) || !SCAN(s, "; raw data:"))
		goto bad;
	section.len = trace_bytes(s, bytes, sizeof(bytes));
	if (section.len != len)
		goto bad;
	section.severity = trace_ghes_severity(severity);
	err_clear(&frame);
	line_time(&frame);
	section.frame = &frame;
	section_read(&section);
	return true;
bad:
	out_bad(line_now.number, "not a non_standard_event");
	return true;
}

/* "{1} corrected error: single-bit ECC physical addr: 000000276aeb0180 (mask lsb: c) node:1
 * card:4 FRU: GUID TEXT" */
bool trace_extlog(struct scan *s)
{
	enum { LSB_MAX = 30 };
	static struct err err;
	const char *type;
	uint64_t n, addr, lsb;
	struct scan rest;

	err_clear(&err);
	err_set(&err, E_CLASS, CLASS_MEMORY);
	if (!SCAN(s, "{") || !scan_dec(s, &n) || !SCAN(s, "} ") || !apei_severity(&err, s) ||
		!SCAN(s, " error: "))
		goto bad;
	type = s->p;
	if (!SCAN_TO(s, " physical addr: "))
		goto bad;
	err_text(&err, E_TEXT, type, (size_t)(s->p - 16 - type));
	if (!scan_hex(s, &addr) || !SCAN(s, " (mask lsb: ") || !scan_hex(s, &lsb) || !SCAN(s, ") "))
		goto bad;
	if (addr != UINT64_MAX)
		err_set(&err, E_ADDR, addr);
	if (lsb <= LSB_MAX)
		err_set(&err, E_MASK, ~UINT64_C(0) << lsb);
	section_range(&err);
	rest = *s;
	if (!SCAN_TO(s, "FRU: "))
		goto bad;
	rest.end = s->p - 5;
	apei_location(&err, rest);
	s->p += scan_left(s) > GUID_TEXT ? GUID_TEXT + 1 : scan_left(s);
	if (scan_left(s))
		err_text(&err, E_FRU, s->p, scan_left(s));
	return trace_out(&err, "extlog_mem_event");
bad:
	out_bad(line_now.number, "not an extlog_mem_event");
	return true;
}

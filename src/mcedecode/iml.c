/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iml - machine checks in HPE's integrated management log:
 * "... Bank 0x00000004, Status 0xBA000000'00400405, ...".
 */
#include "formats.h"
#include "mca.h"
#include "tables.h"

/* A number of 64 bits has a quote in its middle. */
static bool read_quoted(struct scan *s, uint64_t *out)
{
	uint64_t high, low;
	const char *digits;

	if (!scan_hex(s, &high))
		return false;
	*out = high;
	if (!SCAN(s, "'"))
		return true;
	digits = s->p;
	if (!scan_hex(s, &low) || s->p - digits != 8)
		return false;
	*out = high << 32 | low;
	return true;
}

bool iml_line(struct scan *s)
{
	static const struct {
		const char *name;
		enum err_field field;
	} parts[] = {{"APIC ID 0x", E_APIC}, {"Bank 0x", E_BANK}, {"Status 0x", E_STATUS},
		{"Address 0x", E_ADDR_REG}, {"Misc 0x", E_MISC}};
	struct err err;

	if (!memmem(s->p, scan_left(s), "Machine Check Exception (", 25))
		return false;
	err_clear(&err);
	for (size_t i = 0; i < ROWS(parts); i++) {
		struct scan part = *s;
		uint64_t n;

		if (!scan_to_bytes(&part, parts[i].name, strlen(parts[i].name)))
			continue;
		if (!read_quoted(&part, &n)) {
			out_bad(line_now.number, "not a register's value");
			return true;
		}
		err_set(&err, parts[i].field, n);
	}
	if (!err_has(&err, E_STATUS))
		return false;
	err_word(&err, E_SRC, "iml");
	line_time(&err);
	mca_decode(&err);
	out_err(&err);
	return true;
}

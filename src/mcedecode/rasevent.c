/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rasevent.h"
#include "aer.h"
#include "poison.h"
#include "prefix.h"
#include "section.h"
#include "tables.h"

/* "[ERROR] 2021-06-03 15:13:40 +0000 ": older versions have no level. */
bool rasevent_stamp(struct scan *s)
{
	struct scan copy = *s;
	const char *word;
	uint64_t t;
	uint32_t t_nsec;
	size_t len;

	scan_blanks(&copy);
	if (SCAN(&copy, "["))
		scan_until(&copy, ']', &word, &len);
	scan_blanks(&copy);
	if (!prefix_time(copy.p, scan_left(&copy), &t, &t_nsec))
		return false;
	for (int i = 0; i < 3 && scan_word(&copy, &word, &len); i++)
		scan_blanks(&copy);
	line_now.has_t = true;
	line_now.t = t;
	line_now.t_nsec = t_nsec;
	*s = copy;
	return true;
}

bool rasevent_mce(struct scan *s)
{
	rasdaemon_mce(s);
	return true;
}

/* "pfn=0x12345 page_type=free buddy page action_result=Recovered" */
bool rasevent_poison(struct scan *s)
{
	struct scan kind;
	uint64_t pfn;

	if (!SCAN(s, "pfn=") || !scan_hex(s, &pfn) || !SCAN(s, " page_type="))
		goto bad;
	kind = *s;
	if (!SCAN_TO(s, " action_result="))
		goto bad;
	kind.end = s->p - strlen(" action_result=");
	poison_decided(pfn, kind, *s, "memory_failure_event");
	return true;
bad:
	out_bad(line_now.number, "not a memory_failure_event");
	return true;
}

/* "(NVIDIA Corporation GA100 - vendor_id: 0x10de device_id: 0x20b0) ", of newer versions */
static void put_device(struct scan *s, struct err *err)
{
	struct scan copy = *s;
	uint64_t vendor, device;

	if (!SCAN(&copy, "(") || !SCAN_TO(&copy, "vendor_id: ") || !scan_hex(&copy, &vendor) ||
		!SCAN(&copy, " device_id: ") || !scan_hex(&copy, &device) || !SCAN(&copy, ") "))
		return;
	section_pci_id(err, vendor, device);
	*s = copy;
}

/* The severity is at the end, and says where the names end. */
static bool put_severity(struct scan *s, struct err *err)
{
	static const struct {
		const char *text;
		enum sev sev;
	} rows[] = {{" Uncorrected (Non-Fatal)", SEV_UNCORRECTED},
		{" Uncorrected (Fatal)", SEV_FATAL}, {" Corrected", SEV_CORRECTED}};

	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t len = strlen(rows[i].text);

		if (scan_left(s) < len || memcmp(s->end - len, rows[i].text, len) != 0)
			continue;
		err_set(err, E_SEV, rows[i].sev);
		s->end -= len;
		return true;
	}
	return false;
}

/* "0000:00:1c.5 Receiver Error, Bad TLP TLP Header: 4a000001 0000000c 01000004 00000000 Corrected"
 */
bool rasevent_aer(struct scan *s)
{
	struct err err;
	struct scan names, tlp;
	const char *bdf;
	size_t len;

	err_clear(&err);
	if (!scan_word(s, &bdf, &len) || !SCAN(s, " ") || !put_severity(s, &err)) {
		out_bad(line_now.number, "not an aer_event");
		return true;
	}
	err_word(&err, E_SRC, "aer_event");
	err_set(&err, E_CLASS, CLASS_PCIE);
	err_text(&err, E_BDF, bdf, len);
	put_device(s, &err);
	names = tlp = *s;
	if (SCAN_TO(&tlp, " TLP Header: ")) {
		names.end = tlp.p - strlen(" TLP Header: ");
		err_text(&err, E_TLP, tlp.p, scan_left(&tlp));
	}
	err_text(&err, E_NAME, names.p, scan_left(&names));
	line_time(&err);
	err_advise(&err);
	out_err(&err);
	return true;
}

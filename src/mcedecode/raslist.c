/* SPDX-License-Identifier: GPL-2.0-or-later */
/* raslist - what ras-mc-ctl --errors lists (util/ras-mc-ctl.in of rasdaemon), but machine checks.
 */
#include "raslist.h"
#include "aer.h"
#include "apei_line.h"
#include "poison.h"
#include "section.h"
#include "tables.h"
#include "trace.h"

static bool out(struct err *err, enum err_class class)
{
	err_word(err, E_SRC, "rasdaemon");
	err_set(err, E_CLASS, class);
	line_time(err);
	section_out(err);
	return true;
}

/* --- "3 Corrected error(s): MESSAGE at LABEL location: 0:2:0:-1, addr 35594057600, grain 5, ..."
 */

static bool read_severity(struct scan *s, enum sev *sev)
{
	static const struct {
		const char *text;
		enum sev sev;
	} rows[] = {{"Corrected", SEV_CORRECTED}, {"Uncorrected", SEV_UNCORRECTED},
		{"Deferred", SEV_DEFERRED}, {"Fatal", SEV_FATAL}, {"Info", SEV_INFO}};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (scan_bytes(s, rows[i].text, strlen(rows[i].text))) {
			*sev = rows[i].sev;
			return true;
		}
	return false;
}

/* Controller and layers; with two of these channel and slot are usual. */
static bool read_location(struct scan *s, struct err *err)
{
	static const enum err_field fields[] = {E_MC, E_CHANNEL, E_SLOT};

	return trace_layers(s, err, 4, fields, ROWS(fields));
}

/* Here addresses and syndromes are decimal, and the grain is the number of bits. */
static bool read_memory(struct scan s)
{
	enum { GRAIN_MAX = 30 };
	static struct err err;
	struct scan label;
	uint64_t count, address, grain, syndrome;
	enum sev sev;

	err_clear(&err);
	if (!scan_dec(&s, &count) || !SCAN(&s, " ") || !read_severity(&s, &sev) ||
		!SCAN(&s, " error(s): "))
		return false;
	if (!SCAN_TO(&s, " at "))
		goto bad;
	label = s;
	if (!SCAN_TO(&s, " location: "))
		goto bad;
	label.end = s.p - strlen(" location: ");
	if (!read_location(&s, &err) || !SCAN(&s, ", addr ") || !scan_dec(&s, &address) ||
		!SCAN(&s, ", grain ") || !scan_dec(&s, &grain) || !SCAN(&s, ", syndrome ") ||
		!scan_dec(&s, &syndrome))
		goto bad;
	err_set(&err, E_SEV, sev);
	err_set(&err, E_COUNT, count);
	err_text(&err, E_DIMM, label.p, scan_left(&label));
	err_source(&err, SOURCE_EDAC);
	if (syndrome)
		err_set(&err, E_SYNDROME, syndrome);
	if (address && grain <= GRAIN_MAX) {
		err_set(&err, E_ADDR, address & ~UINT64_C(0) << grain);
		err_set(&err, E_SIZE, UINT64_C(1) << grain);
	}
	return out(&err, CLASS_MEMORY);
bad:
	out_bad(line_now.number, "not an entry of ras-mc-ctl");
	return true;
}

/* --- "0000:3a:00.0 Uncorrected (Non-Fatal) error: Completion Timeout" --- */

static bool read_pcie(struct scan s)
{
	static struct err err;
	const char *bdf;
	size_t len;
	enum sev sev;

	err_clear(&err);
	if (!scan_word(&s, &bdf, &len) || !SCAN(&s, " ") || !aer_severity(&s, &sev) ||
		!SCAN(&s, " error: "))
		return false;
	err_set(&err, E_SEV, sev);
	err_text(&err, E_BDF, bdf, len);
	err_text(&err, E_NAME, s.p, scan_left(&s));
	return out(&err, CLASS_PCIE);
}

/* --- "error: NAME=VALUE, NAME=VALUE" --- */

/* Up to what parts it from the next value. */
static bool take(const struct scan *s, const char *name, struct scan *value)
{
	struct scan rest = *s;

	if (!scan_to_bytes(&rest, name, strlen(name)))
		return false;
	*value = rest;
	if (SCAN(value, "'")) {
		rest.p = value->p;
		value->end = memchr(rest.p, '\'', scan_left(&rest));
		if (!value->end)
			value->end = rest.end;
		return true;
	}
	if (SCAN_TO(&rest, ", "))
		value->end = rest.p - 2;
	return true;
}

static void put(struct err *err, const struct scan *s, const char *name, enum err_field field)
{
	struct scan value;
	uint64_t n;

	if (!take(s, name, &value))
		return;
	if (err_is_text(field) && scan_left(&value))
		err_text(err, field, value.p, scan_left(&value));
	else if (!err_is_text(field) && scan_number(&value, &n))
		err_set(err, field, n);
}

/* "affinity_level=2, mpidr=0x81010200, running_state=0x1, psci_state=0x0": not how bad it was */
static bool read_arm(struct scan s)
{
	static struct err err;

	err_clear(&err);
	err_set(&err, E_SEV, SEV_UNCORRECTED);
	err_flag(&err, FLAG_NO_SEVERITY);
	put(&err, &s, "error_count=", E_COUNT);
	put(&err, &s, "affinity_level=", E_AFFINITY);
	put(&err, &s, "mpidr=", E_MPIDR);
	put(&err, &s, "running_state=", E_RUNNING);
	put(&err, &s, "psci_state=", E_PSCI);
	return out(&err, CLASS_INTERNAL);
}

/* "type=single-bit ECC, severity=corrected, address=0x276aeb0180, fru_id=GUID, fru_text='D2', " */
static bool read_extlog(struct scan s)
{
	static struct err err;
	struct scan severity;

	err_clear(&err);
	if (!take(&s, "severity=", &severity) || !apei_severity(&err, &severity)) {
		err_set(&err, E_SEV, SEV_UNCORRECTED);
		err_flag(&err, FLAG_NO_SEVERITY);
	}
	put(&err, &s, "type=", E_TEXT);
	put(&err, &s, "address=", E_ADDR);
	put(&err, &s, "fru_id=", E_FRU_ID);
	put(&err, &s, "fru_text=", E_FRU);
	if (err_has(&err, E_ADDR) && err.value[E_ADDR].n == UINT64_MAX)
		err_drop(&err, E_ADDR);
	section_range(&err);
	return out(&err, CLASS_MEMORY);
}

/* "pfn=0x12345, page_type=free buddy page, action_result=Recovered": as the kernel's log has it */
static bool read_poison(struct scan s)
{
	struct scan pfn, kind, result;
	uint64_t n;

	if (!take(&s, "pfn=", &pfn) || !scan_hex(&pfn, &n) || !take(&s, "page_type=", &kind) ||
		!take(&s, "action_result=", &result))
		out_bad(line_now.number, "not an entry of ras-mc-ctl");
	else
		poison_decided(n, kind, result, "rasdaemon");
	return true;
}

static const struct {
	const char *name;
	bool (*read)(struct scan s);
} lists[] = {{"error_count=", read_arm}, {"affinity_level=", read_arm}, {"type=", read_extlog},
	{"pfn=", read_poison}};

/* The words of a machine check come first, of other lists the name of a value. */
static bool begins_with_name(const struct scan *s)
{
	const char *p = s->p;

	while (p < s->end && ((*p >= 'a' && *p <= 'z') || *p == '_'))
		p++;
	return p > s->p && p < s->end && *p == '=';
}

bool raslist_line(struct scan s)
{
	struct scan pairs = s;

	if (!SCAN(&pairs, "error: "))
		return read_memory(s) || read_pcie(s);
	for (size_t i = 0; i < ROWS(lists); i++)
		if (scan_left(&pairs) > strlen(lists[i].name) &&
			memcmp(pairs.p, lists[i].name, strlen(lists[i].name)) == 0)
			return lists[i].read(pairs);
	/* Disks, network devices and what else is no concern of ours. */
	return begins_with_name(&pairs);
}

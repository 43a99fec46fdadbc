/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_mc - the event of EDAC: "1 Corrected error: MESSAGE on LABEL (mc:0 location:0:1:-1 ...)" */
#include "apei_line.h"
#include "edac_pair.h"
#include "tables.h"
#include "trace.h"

bool trace_layers(
	struct scan *s, struct err *err, size_t count, const enum err_field *fields, size_t n)
{
	uint64_t layer;

	for (size_t i = 0; i < count; i++) {
		if (i && !SCAN(s, ":"))
			return false;
		if (SCAN(s, "-1"))
			continue;
		if (!scan_dec(s, &layer))
			return false;
		if (i < n)
			err_set(err, fields[i], layer);
	}
	return true;
}

static bool put_location(struct scan *s, struct err *err)
{
	/* What the layers are the event does not say: with two, channel and slot are usual. */
	static const enum err_field layers[] = {E_CHANNEL, E_SLOT};

	return trace_layers(s, err, 3, layers, ROWS(layers));
}

static void put_mc_address(struct err *err, uint64_t address, uint64_t size)
{
	if (!address || !size || (size & (size - 1)) || size > 1 << 30)
		return;
	err_set(err, E_ADDR, address & ~(size - 1));
	err_set(err, E_SIZE, size);
}

/* What the driver adds: "err_code:0x0080:0x0090 socket:1 rank:1 bg:2", "APEI location: node:0
 * card:1" */
static void put_driver_details(struct scan *s, struct err *err)
{
	struct edac_details details = {0};
	struct scan apei = *s;

	if (SCAN_TO(&apei, "APEI location: ")) {
		/* The label is the module's name already, and words follow that are no place. */
		struct scan end = apei;

		if (SCAN_TO(&end, " DIMM location:"))
			apei.end = end.p - strlen(" DIMM location:");
		apei_numbers(err, apei);
		return;
	}
	if (s->end > s->p && s->end[-1] == ')')
		s->end--;
	edac_pairs(s, err, &details);
}

static bool put_mc_details(struct scan *s, struct err *err)
{
	uint64_t mc, address, grain, syndrome;

	if (!scan_dec(s, &mc) || !SCAN(s, " location:") || !put_location(s, err) ||
		!SCAN(s, " address:") || !scan_hex(s, &address) || !SCAN(s, " grain:") ||
		!scan_dec(s, &grain) || !SCAN(s, " syndrome:") || !scan_hex(s, &syndrome))
		return false;
	err_set(err, E_MC, mc);
	if (syndrome)
		err_set(err, E_SYNDROME, syndrome);
	put_mc_address(err, address, grain);
	put_driver_details(s, err);
	return true;
}

/*
 * rasdaemon(8) prints the event in words of its own: " 0 location: 0:1 address: 0x849923380 grain:
 * 5 syndrome: 0x12", where what is not known is left out and the grain is a number of bits.
 */
static bool put_ras_details(struct scan *s, struct err *err)
{
	uint64_t mc, address = 0, grain, syndrome = 0;

	if (!SCAN(s, " ") || !scan_dec(s, &mc))
		return false;
	if (SCAN(s, " location: "))
		put_location(s, err);
	if (SCAN(s, " address: ") && !scan_hex(s, &address))
		return false;
	if (!SCAN(s, " grain: ") || !scan_dec(s, &grain))
		return false;
	if (SCAN(s, " syndrome: ") && !scan_hex(s, &syndrome))
		return false;
	err_set(err, E_MC, mc);
	if (syndrome)
		err_set(err, E_SYNDROME, syndrome);
	put_mc_address(err, address, grain <= 30 ? UINT64_C(1) << grain : 0);
	return true;
}

static bool mc_severity(struct scan *s, enum sev *sev)
{
	static const struct {
		const char *text;
		enum sev sev;
	} rows[] = {{" Corrected error", SEV_CORRECTED}, {" Uncorrected error", SEV_UNCORRECTED},
		{" Deferred error", SEV_DEFERRED}, {" Fatal error", SEV_FATAL},
		{" Info error", SEV_INFO}};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (scan_bytes(s, rows[i].text, strlen(rows[i].text))) {
			*sev = rows[i].sev;
			return true;
		}
	return false;
}

bool trace_mc(struct scan *s)
{
	struct err err;
	struct scan label;
	uint64_t count;
	enum sev sev;

	err_clear(&err);
	if (!scan_dec(s, &count) || !mc_severity(s, &sev))
		goto bad;
	err_word(&err, E_SRC, "mc_event");
	err_set(&err, E_SEV, sev);
	err_set(&err, E_CLASS, CLASS_MEMORY);
	err_set(&err, E_COUNT, count);
	if (!SCAN_TO(s, " on "))
		goto bad;
	label = *s;
	if (!SCAN_TO(s, " (mc:"))
		goto bad;
	err_text(&err, E_DIMM, label.p, (size_t)(s->p - 5 - label.p));
	if (s->p < s->end && *s->p == ' ' ? !put_ras_details(s, &err) : !put_mc_details(s, &err))
		goto bad;
	err_source(&err, SOURCE_EDAC);
	line_time(&err);
	err_advise(&err);
	out_err(&err);
	return true;
bad:
	out_bad(line_now.number, "not an mc_event");
	return true;
}

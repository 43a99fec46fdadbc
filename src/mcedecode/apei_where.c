/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apei_where - where an error that firmware reported is. */
#include "apei_line.h"
#include "tables.h"

static const struct {
	const char *name;
	enum err_field field;
} numbers[] = {
	{"node", E_NODE},
	{"card", E_CARD},
	{"module", E_MODULE},
	{"rank", E_RANK},
	{"bank", E_DRAM_BANK},
	{"bank_group", E_BANK_GROUP},
	{"bank_address", E_DRAM_BANK},
	{"device", E_DEVICE},
	{"row", E_ROW},
	{"column", E_COL},
	{"bit_position", E_BIT},
	{"requestor_id", E_REQUESTOR},
	{"responder_id", E_RESPONDER},
	{"target_id", E_TARGET},
	{"chip_id", E_CHIP},
	{"aer_cor_status", E_AER_STATUS},
	{"aer_uncor_status", E_AER_STATUS},
	{"aer_cor_mask", E_AER_MASK},
	{"aer_uncor_mask", E_AER_MASK},
};

void apei_numbers(struct err *err, struct scan s)
{
	const char *name;
	size_t len;
	uint64_t n;
	bool any = false;

	while (scan_until(&s, ':', &name, &len)) {
		scan_blanks(&s);
		if (!scan_number(&s, &n))
			break;
		for (size_t i = 0; i < ROWS(numbers); i++)
			if (scan_is(name, len, numbers[i].name)) {
				err_set(err, numbers[i].field, n);
				any = true;
			}
		if (SCAN(&s, ","))
			scan_blanks(&s);
		scan_blanks(&s);
	}
	if (any && err_has(err, E_CLASS) && err->value[E_CLASS].n == CLASS_MEMORY)
		err_source(err, SOURCE_CPER);
}

void apei_dimm(struct err *err, struct scan s)
{
	uint64_t handle;

	if (!scan_left(&s))
		return;
	if (!SCAN(&s, "not present"))
		err_text(err, E_DIMM, s.p, scan_left(&s));
	else if (SCAN(&s, ". DMI handle: ") && scan_hex(&s, &handle) && handle <= UINT16_MAX)
		err_set(err, E_MODULE_HANDLE, handle);
}

void apei_location(struct err *err, struct scan s)
{
	struct scan dimm = s;

	if (SCAN_TO(&dimm, "DIMM location: ")) {
		s.end = dimm.p - strlen("DIMM location: ");
		while (dimm.end > dimm.p && dimm.end[-1] == ' ')
			dimm.end--;
		apei_dimm(err, dimm);
	}
	apei_numbers(err, s);
}

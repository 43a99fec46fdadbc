/* SPDX-License-Identifier: GPL-2.0-or-later */
/* section_cxl - sections about CXL (UEFI specification, N.2.13 and N.2.14). */
#include "binary.h"
#include "section.h"

/* CXL 3.0, 8.2.4.16: uncorrectable status, mask, severity, correctable status, mask */
static void put_ras(struct err *err, const unsigned char *p)
{
	bool corrected = err_sev(err) == SEV_CORRECTED;
	uint64_t status = little(p + (corrected ? 12 : 0), 4);

	err_set(err, E_RAS_STATUS, status);
	err_set(err, E_RAS_MASK, little(p + (corrected ? 16 : 4), 4));
	section_list(
		err, E_NAME, corrected ? WORDS_RAS_CORRECTABLE : WORDS_RAS_UNCORRECTABLE, status);
}

bool section_cxl_protocol(struct err *err, const struct section *s)
{
	enum { HEADER = 116, RAS = 20, RESTRICTED_PORT = 1 };
	enum { VALID_AGENT = 2, VALID_DEVICE = 4, VALID_LOG = 64 };
	const unsigned char *p = s->p;
	size_t log;

	if (!section_fields(err, SECTION_CXL_PROTOCOL, p, s->len))
		return false;
	/* A restricted host's port has no number, but an address of registers. */
	if (little(p, 8) & VALID_AGENT && p[8] == RESTRICTED_PORT)
		err_set(err, E_TARGET, little(p + 16, 8));
	else if (little(p, 8) & VALID_AGENT)
		section_bdf(err, little(p + 19, 2), p[18], p[17], p[16]);
	if (little(p, 8) & VALID_DEVICE)
		section_pci_id(err, little(p + 24, 2), little(p + 26, 2));
	if (!(little(p, 8) & VALID_LOG))
		return true;
	log = HEADER + (size_t)little(p + 108, 2);
	if (log > s->len || s->len - log < RAS)
		return false;
	put_ras(err, p + log);
	return true;
}

/* --- Component events: a record of the device's log --- */

enum { DEVICE = 32, EVENT = 112 };

/* CXL 3.1, 8.2.9.2.1: nanoseconds since 1970; 0: the device was not told the time.
 * What the frame says of the time is not about this one. */
static void put_time(struct err *err, uint64_t ns)
{
	if (!ns)
		return;
	err_set(err, E_T, ns / 1000000000);
	err->t_nsec = (uint32_t)(ns % 1000000000);
	if (!err_has(err, E_FLAGS))
		return;
	err->value[E_FLAGS].n &= ~(uint64_t)(FLAG_LOCAL_TIME | FLAG_IMPRECISE);
	if (!err->value[E_FLAGS].n)
		err_drop(err, E_FLAGS);
}

bool section_cxl_event(struct err *err, const struct section *s)
{
	enum { VALID_DEVICE = 1, VALID_EVENT = 4, DESCRIPTOR = 40, THRESHOLD = 2 };
	enum section_kind kind = section_of(s->guid);
	const unsigned char *p = s->p;

	err_set(err, E_CLASS, CLASS_CXL);
	if (!section_fields(err, SECTION_CXL_DEVICE, p, s->len))
		return false;
	if (little(p + 4, 8) & VALID_DEVICE) {
		section_bdf(err, little(p + 19, 2), p[18], p[17], p[16]);
		section_pci_id(err, little(p + 12, 2), little(p + 14, 2));
	}
	if (!(little(p + 4, 8) & VALID_EVENT))
		return true;
	if (!section_fields(err, kind, p + DEVICE, s->len - DEVICE))
		return false;
	put_time(err, little(p + DEVICE + 8, 8));
	if (kind != SECTION_CXL_MODULE && p[DEVICE + DESCRIPTOR] & THRESHOLD)
		err_word(err, E_TRACKING, "threshold");
	if (kind != SECTION_CXL_MODULE)
		err_source(err, SOURCE_CPER);
	return true;
}

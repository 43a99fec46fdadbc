/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apei_line - lines of firmware's reports, as drivers/firmware/efi/cper*.c of the kernel print
 * them. */
#ifndef MEMPATROL_APEI_LINE_H
#define MEMPATROL_APEI_LINE_H

#include "formats.h"

/* apei_put_section - the kind of section, behind "section_type: ". */
void apei_put_section(struct err *err, const struct scan *s);

/* apei_put_line - what a line says of the section; lines that are not known say nothing. */
void apei_put_line(struct err *err, struct scan s);

/* apei_severity - a word of severity. */
bool apei_severity(struct err *err, struct scan *s);

/*
 * apei_numbers - "node:6 card:1 module:0", of older kernels "node: 6" and one a line.
 * apei_dimm - behind "DIMM location: ", a name or "not present. DMI handle: 0x0000".
 * apei_location - both, one behind the other.
 */
void apei_numbers(struct err *err, struct scan s);
void apei_dimm(struct err *err, struct scan s);
void apei_location(struct err *err, struct scan s);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "utf8.h"

/* RFC 3629, section 3; MIN keeps out longer spellings of the same character. */
static const struct form {
	unsigned char mask, lead;
	unsigned char len;
	uint32_t min;
} forms[] = {
	{0x80, 0x00, 1, 0},
	{0xe0, 0xc0, 2, 0x80},
	{0xf0, 0xe0, 3, 0x800},
	{0xf8, 0xf0, 4, 0x10000},
};

static const struct form *find_form(unsigned char lead)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if ((lead & forms[i].mask) == forms[i].lead)
			return &forms[i];
	return NULL;
}

size_t utf8_next(const char *p, size_t len, uint32_t *c)
{
	const struct form *form = find_form((unsigned char)p[0]);
	uint32_t value;

	if (!form || form->len > len)
		return 0;
	value = (unsigned char)p[0] & (unsigned char)~form->mask;
	for (size_t i = 1; i < form->len; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | ((unsigned char)p[i] & 0x3f);
	}
	if (value < form->min || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*c = value;
	return form->len;
}

bool utf8_is_valid(const char *p, size_t len)
{
	const char *end = p + len;
	uint32_t c;

	while (p < end) {
		size_t used = utf8_next(p, (size_t)(end - p), &c);

		if (used == 0)
			return false;
		p += used;
	}
	return true;
}

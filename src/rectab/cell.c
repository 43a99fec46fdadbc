/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cell.h"

#include <string.h>
#include <wchar.h>

/*
 * Characters without a shape of their own that change how their neighbours
 * look: with them one label can be made to read like another (Unicode TR 36).
 */
static const struct {
	wchar_t first, last;
} shapeless[] = {
	{0x00ad, 0x00ad},   /* soft hyphen */
	{0x061c, 0x061c},   /* Arabic letter mark */
	{0x115f, 0x1160},   /* Hangul fillers */
	{0x180e, 0x180e},   /* Mongolian vowel separator */
	{0x200b, 0x200f},   /* zero width, direction marks */
	{0x2028, 0x202e},   /* separators, embeddings, overrides */
	{0x2060, 0x206f},   /* joiners, isolates */
	{0x3164, 0x3164},   /* Hangul filler */
	{0xfeff, 0xfeff},   /* byte order mark */
	{0xfff9, 0xfffb},   /* interlinear annotation */
	{0xe0000, 0xe0fff}, /* tags and variation selectors */
};

static bool is_shapeless(wchar_t c)
{
	for (size_t i = 0; i < sizeof(shapeless) / sizeof(*shapeless); i++)
		if (c >= shapeless[i].first && c <= shapeless[i].last)
			return true;
	return false;
}

/* The length of the character at P if it may be shown as it is, else 0. */
static size_t showable(const char *p, size_t len, unsigned int *width)
{
	mbstate_t state = {0};
	wchar_t c;
	size_t used = mbrtowc(&c, p, len, &state);
	int columns;

	if (used == 0 || used > len || is_shapeless(c))
		return 0;
	columns = wcwidth(c);
	if (columns < 0)
		return 0;
	*width = (unsigned int)columns;
	return used;
}

static void append(struct cell *cell, const char *text, size_t len, unsigned int width)
{
	memcpy(cell->text + cell->len, text, len);
	cell->len += len;
	cell->width += width;
}

static void append_escape(struct cell *cell, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	const char escape[4] = {'\\', 'x', hex[byte >> 4], hex[byte & 15]};

	append(cell, escape, sizeof(escape), sizeof(escape));
}

static void render_bytes(struct cell *cell, const char *bytes, size_t len)
{
	for (const char *p = bytes; p < bytes + len;) {
		unsigned int width = 1;
		bool ascii = *p >= ' ' && *p <= '~';
		size_t used = ascii ? 1 : showable(p, (size_t)(bytes + len - p), &width);

		if (used > 0)
			append(cell, p, used, width);
		else
			append_escape(cell, (unsigned char)*p);
		p += used ? used : 1;
	}
}

void cell_render(struct cell *cell, const char *value, size_t len)
{
	char bytes[REC_LINE_MAX];

	cell->len = 0;
	cell->width = 0;
	if (len == 0)
		append(cell, "\"\"", 2, 2);
	else if (!memchr(value, '\\', len)) /* nothing escaped: all plain ASCII */
		append(cell, value, len, (unsigned int)len);
	else
		render_bytes(cell, bytes, rec_unescape(value, len, bytes));
}

bool cell_is_decimal(const char *value, size_t len)
{
	size_t sign = len > 0 && value[0] == '-';

	if (len == sign || (value[sign] == '0' && len > 1))
		return false;
	for (size_t i = sign; i < len; i++)
		if (value[i] < '0' || value[i] > '9')
			return false;
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"
#include "utf8.h"

#include <string.h>

static const char hex[] = "0123456789abcdef";

static char *put(char *out, const char *text, size_t len)
{
	memcpy(out, text, len);
	return out + len;
}

/*
 * JSON asks for escapes below U+0020 only.  The other control characters get
 * one as well: people look at JSON on terminals, and some obey U+009B.
 */
static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

static char *put_character(char *out, const char *p, size_t len, uint32_t c)
{
	if (is_control(c)) {
		const char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

		return put(out, escape, sizeof(escape));
	}
	if (c == '"' || c == '\\')
		*out++ = '\\';
	return put(out, p, len);
}

static char *put_string(char *out, const char *text, size_t len)
{
	const char *end = text + len;
	uint32_t c;

	*out++ = '"';
	while (text < end) {
		size_t used = utf8_next(text, (size_t)(end - text), &c);

		out = put_character(out, text, used, c);
		text += used;
	}
	*out++ = '"';
	return out;
}

static char *put_hex(char *out, const char *bytes, size_t len)
{
	out = put(out, "{\"hex\":\"", 8);
	for (size_t i = 0; i < len; i++) {
		*out++ = hex[(unsigned char)bytes[i] >> 4];
		*out++ = hex[bytes[i] & 15];
	}
	return put(out, "\"}", 2);
}

static char *put_value(char *out, const struct rec_pair *pair)
{
	char bytes[REC_LINE_MAX];
	size_t len;

	/* Nearly every value is plain ASCII that JSON writes the same way. */
	if (!memchr(pair->value, '\\', pair->value_len) &&
		!memchr(pair->value, '"', pair->value_len)) {
		*out++ = '"';
		out = put(out, pair->value, pair->value_len);
		*out++ = '"';
		return out;
	}
	len = rec_unescape(pair->value, pair->value_len, bytes);
	return utf8_is_valid(bytes, len) ? put_string(out, bytes, len) : put_hex(out, bytes, len);
}

size_t json_from_rec(const struct rec *rec, char *out)
{
	const char *start = out;

	out = put(out, "{\"type\":\"", 9);
	out = put(out, rec->line, rec->type_len);
	*out++ = '"';
	for (unsigned int i = 0; i < rec->pairs; i++) {
		const struct rec_pair *pair = &rec->pair[i];

		out = put(out, ",\"", 2);
		out = put(out, pair->key, pair->key_len);
		out = put(out, "\":", 2);
		out = put_value(out, pair);
	}
	out = put(out, "}\n", 2);
	return (size_t)(out - start);
}

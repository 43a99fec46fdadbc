/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <jansson.h>
#include <string.h>

/* The parser's own texts quote the input, which is not to be trusted with a terminal. */
static const struct {
	enum json_error_code code;
	const char *reason;
} reasons[] = {
	{json_error_duplicate_key, "repeated member"},
	{json_error_end_of_input_expected, "text behind the object"},
	{json_error_invalid_utf8, "not UTF-8"},
	{json_error_null_byte_in_key, "not a key"},
	{json_error_out_of_memory, "not enough memory"},
	{json_error_stack_overflow, "nested too deep"},
};

static const char *reason_of(const json_error_t *error)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].code == json_error_code(error))
			return reasons[i].reason;
	return "not a JSON object";
}

/* The bytes of {"hex":"ff00"} into OUT, of REC_LINE_MAX bytes. */
static const char *read_hex(const json_t *object, char *out, size_t *len)
{
	static const char digits[] = "0123456789abcdef";
	const json_t *text = json_object_get(object, "hex");

	if (json_object_size(object) != 1 || !json_is_string(text))
		return "value is an object other than hex";

	const char *p = json_string_value(text);
	size_t n = json_string_length(text);

	if (n % 2 != 0 || strspn(p, digits) != n)
		return "broken hex";
	if (n / 2 > REC_LINE_MAX)
		return "record too long";
	for (size_t i = 0; i < n; i += 2)
		*out++ = (char)((strchr(digits, p[i]) - digits) << 4 |
				(strchr(digits, p[i + 1]) - digits));
	*len = n / 2;
	return NULL;
}

static const char *put_member(struct rec_writer *line, const char *key, const json_t *value)
{
	char bytes[REC_LINE_MAX];
	size_t len;
	const char *why;

	if (!rec_is_name(key, strlen(key)))
		return "not a key";
	if (json_is_string(value)) {
		rec_put(line, key, json_string_value(value), json_string_length(value));
		return NULL;
	}
	if (!json_is_object(value))
		return "value is not a string";
	why = read_hex(value, bytes, &len);
	if (!why)
		rec_put(line, key, bytes, len);
	return why;
}

static const char *put_type(struct rec_writer *line, const json_t *type)
{
	if (!type)
		return "no type";
	if (!json_is_string(type))
		return "type is not a string";
	if (!rec_is_name(json_string_value(type), json_string_length(type)))
		return "not a type word";
	rec_begin(line, json_string_value(type));
	return NULL;
}

static const char *put_object(struct rec_writer *line, json_t *object)
{
	const char *key;
	json_t *value;
	const char *why = put_type(line, json_object_get(object, "type"));

	json_object_foreach(object, key, value)
	{
		if (why)
			return why;
		if (strcmp(key, "type") != 0)
			why = put_member(line, key, value);
	}
	return why;
}

/* What was written must read as a record: nothing else leaves here. */
static const char *finish(struct rec_writer *line, struct rec *out)
{
	if (line->pairs > REC_KEYS_MAX)
		return "too many keys";
	if (line->error)
		return "record too long";
	line->line[line->len] = '\n'; /* the writer keeps room for it */
	return rec_parse(line->line, line->len + 1, out);
}

const char *json_to_rec(const char *json, size_t len, struct rec_writer *line, struct rec *out)
{
	json_error_t error;
	json_t *object = json_loadb(json, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	const char *why;

	if (!object)
		return reason_of(&error);
	why = json_is_object(object) ? put_object(line, object) : "not a JSON object";
	json_decref(object);
	return why ? why : finish(line, out);
}

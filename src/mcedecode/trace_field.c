/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace_field.h"
#include "tables.h"
#include "trace_value.h"

#include "trace_field.inc"

static const struct {
	enum trace_event event;
	const char *assign, *next;
} forms[] = {{EVENT_MCE, ": ", ", "}, {EVENT_ARM, ": ", "; "}, {EVENT_CXL, "=", " "},
	{EVENT_POISON, "=", " "}, {EVENT_AER, "=", " "}};

static bool is_row(size_t i, enum trace_event event, const char *name, size_t len)
{
	const struct trace_field_row *row = &trace_field_rows[i];

	return row->event == event && len && row->name[0] == *name && scan_is(name, len, row->name);
}

/* The first row of a name; events print in the table's order, so the next is the likeliest. */
static size_t find_row(enum trace_event event, const char *name, size_t len, size_t likely)
{
	for (size_t i = likely; i < ROWS(trace_field_rows); i++)
		if (is_row(i, event, name, len))
			return i;
	for (size_t i = 0; i < likely; i++)
		if (is_row(i, event, name, len))
			return i;
	return ROWS(trace_field_rows);
}

static struct trace_form form_of(const struct trace_field_row *row)
{
	return (struct trace_form){
		(enum trace_in)row->as, (enum section_words)row->words, (enum err_field)row->field};
}

static bool put_pair(
	struct err *err, enum trace_event event, const char *name, size_t len, struct scan value)
{
	static size_t likely;
	size_t first = find_row(event, name, len, likely), i = first;

	for (; i < ROWS(trace_field_rows) && is_row(i, event, name, len); i++) {
		/* Numbers of one value: "f000c15/0", "10:<ffffffff81000000>", "0:606a6" */
		while (i > first && value.p < value.end && strchr("/:<", *value.p))
			value.p++;
		if (!trace_value(err, form_of(&trace_field_rows[i]), &value))
			return false;
	}
	if (i > first)
		likely = i;
	if (event != EVENT_MCE)
		return true;
	SCAN(&value, ">");
	return i > first && value.p == value.end;
}

/* "MC13: 8c00004200800090"; -1 is a bank that somebody made up. */
static bool put_bank(struct err *err, struct scan name, struct scan value)
{
	uint64_t bank, status;

	if (SCAN(&name, "-1"))
		bank = 255;
	else if (!scan_dec(&name, &bank) || bank > 255)
		return false;
	if (name.p != name.end || !scan_hex(&value, &status) || value.p != value.end)
		return false;
	err_set(err, E_BANK, bank);
	err_set(err, E_STATUS, status);
	return true;
}

/* One value, from S on: in quotes, or up to what parts it from the next. */
static struct scan take_value(struct scan *s, const char *next)
{
	struct scan value;

	if (SCAN(s, "'")) {
		scan_until(s, '\'', &value.p, &(size_t){0});
		value.end = s->p > value.p && s->p[-1] == '\'' ? s->p - 1 : s->p;
		return value;
	}
	value = (struct scan){s->p, s->end};
	if (scan_to_bytes(s, next, strlen(next)))
		value.end = s->p - strlen(next);
	else
		s->p = s->end;
	return value;
}

/* "serial=0: status: 'Cache Data ECC Error'": here a colon is as good as "=". */
static struct scan take_name(struct scan *s, const char *assign)
{
	struct scan name = {s->p, s->end}, colon = *s;

	if (scan_to_bytes(s, assign, strlen(assign)))
		name.end = s->p - strlen(assign);
	else
		s->p = s->end;
	if (*assign == '=' && SCAN_TO(&colon, ": '") && colon.p < s->p) {
		name.end = colon.p - 3;
		s->p = colon.p - 1;
	}
	/* Bytes of the value before are parted by blanks. */
	for (const char *p = name.p; *assign == '=' && p < name.end; p++)
		if (*p == ' ')
			name.p = p + 1;
	return name;
}

bool trace_fields(struct err *err, enum trace_event event, struct scan *s)
{
	const char *assign = forms[event].assign, *next = forms[event].next;

	trace_forget_infos();
	while (s->p < s->end) {
		struct scan name, value;

		while (scan_bytes(s, next, strlen(next)) || (event != EVENT_MCE && SCAN(s, ": ")))
			;
		name = take_name(s, assign);
		value = take_value(s, next);
		if (event == EVENT_MCE && scan_left(&name) > 2 && memcmp(name.p, "MC", 2) == 0 &&
			name.p[2] != 'G') {
			name.p += 2;
			if (!put_bank(err, name, value))
				return false;
			continue;
		}
		/* "serial=0:" */
		if (*assign == '=' && scan_left(&value) && value.end[-1] == ':')
			value.end--;
		if (!put_pair(err, event, name.p, scan_left(&name), value))
			return false;
	}
	return true;
}

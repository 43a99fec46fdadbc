/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shell_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS   " \t"
#define ENDS     "|&;"
#define ALL_ROWS "$_"
#define DIGITS   "0123456789"

static bool is(const char *word, size_t len, const char *text)
{
	return len == strlen(text) && !strncmp(word, text, len);
}

static void fail(struct shell_line *out, const char *why)
{
	if (!out->why)
		out->why = why;
}

static void put(struct shell_line *out, const char *text, size_t len)
{
	if (len >= SHELL_LINE_MAX - out->len) {
		fail(out, "too long");
		return;
	}
	memcpy(out->command + out->len, text, len);
	out->len += len;
	out->command[out->len] = '\0';
}

static void put_text(struct shell_line *out, const char *text)
{
	put(out, text, strlen(text));
}

/* In front of the command that is being put together. */
static void put_before(struct shell_line *out, const char *text)
{
	size_t len = strlen(text), behind = out->len - out->start;

	if (len >= SHELL_LINE_MAX - out->len) {
		fail(out, "too long");
		return;
	}
	memmove(out->command + out->start + len, out->command + out->start, behind + 1);
	memcpy(out->command + out->start, text, len);
	out->len += len;
}

/* The length of the word at P: up to a blank or the end of the command, outside of quotes. */
static size_t word_length(const char *p)
{
	char quote = '\0';
	size_t len;

	for (len = 0; p[len]; len++) {
		if (quote) {
			quote = p[len] == quote ? '\0' : quote;
		} else if (p[len] == '\'' || p[len] == '"') {
			quote = p[len];
		} else if (p[len] == '\\' && p[len + 1]) {
			len++;
		} else if (p[len] == '&' && len && strchr("<>", p[len - 1])) {
			continue; /* 2>&1 */
		} else if (strchr(BLANKS ENDS, p[len])) {
			break;
		}
	}
	return len;
}

/* "3" or "2,4-6". */
static bool is_rows(const char *word, size_t len)
{
	return len && strspn(word, DIGITS ",-") >= len && strchr(DIGITS, word[0]) &&
	       strchr(DIGITS, word[len - 1]);
}

/* "4" or "4-6" at *p, which is moved behind it, as an argument of sed. */
static void take_range(
	struct shell_line *out, const char **p, const char *end, const struct shell_world *world)
{
	char *next;
	uint64_t first = strtoull(*p, &next, 10), last = first;

	if (next < end && *next == '-')
		last = strtoull(next + 1, &next, 10);
	if (first == 0 || last < first || last > world->rows || (next < end && *next != ','))
		fail(out, "no such row");
	else if (out->rows_len > sizeof(out->rows) - 64)
		fail(out, "too long");
	else if (first == last)
		out->rows_len +=
			(size_t)sprintf(out->rows + out->rows_len, "-e %" PRIu64 "p ", first);
	else
		out->rows_len += (size_t)sprintf(
			out->rows + out->rows_len, "-e %" PRIu64 ",%" PRIu64 "p ", first, last);
	*p = next + 1;
}

static void take_rows(
	struct shell_line *out, const char *word, size_t len, const struct shell_world *world)
{
	const char *p = word;

	while (p < word + len && !out->why)
		take_range(out, &p, word + len, world);
}

/* The verb and what goes with all of them. */
static void put_verb(
	struct shell_line *out, const char *word, size_t len, const struct shell_world *world)
{
	put_text(out, "poisonctl ");
	put(out, word, len);
	if (!world->sysroot)
		return;
	put_text(out, " --sysroot ");
	put_text(out, world->sysroot);
}

/* Rows and $_ are the input of a verb, and so only of the first command. */
static void end_command(struct shell_line *out, const struct shell_world *world)
{
	char before[sizeof(out->rows) + 512];

	if ((out->rows_len || out->all_rows) && out->start)
		fail(out, "only the first command can have rows");
	if (out->rows_len && out->all_rows)
		fail(out, "all rows, or some by number");
	if (out->all_rows && !world->rows)
		fail(out, "no such row");
	if (out->rows_len) {
		snprintf(before, sizeof(before), "sed -n %s%s | ", out->rows, world->rows_file);
		put_before(out, before);
	}
	if (out->all_rows) {
		put_text(out, " <");
		put_text(out, world->rows_file);
	}
	out->rows_len = 0;
	out->all_rows = out->dry_run = false;
}

/* The words of a verb, up to the end of its command; returns that end. */
static const char *take_words(struct shell_line *out, const char *p, const char *verb,
	size_t verb_len, const struct shell_world *world)
{
	bool argument = false;

	for (p += strspn(p, BLANKS); *p && !strchr(ENDS, *p); p += strspn(p, BLANKS)) {
		size_t len = word_length(p);

		if (!argument && is(p, len, ALL_ROWS)) {
			out->all_rows = true;
		} else if (!argument && is_rows(p, len)) {
			take_rows(out, p, len, world);
		} else {
			put_text(out, " ");
			put(out, p, len);
		}
		out->dry_run |= is(p, len, "--dry-run");
		out->acts |= world->word_acts(verb, verb_len, p, len);
		argument = *p == '-' && world->has_argument(verb, verb_len, p, len);
		p += len;
	}
	return p;
}

/* A command that is none of ours goes through as it is, but for $_ as its first word. */
static const char *take_other(
	struct shell_line *out, const char *p, const struct shell_world *world)
{
	size_t len = word_length(p);

	if (is(p, len, ALL_ROWS)) {
		if (!world->rows || out->start)
			fail(out, out->start ? "only the first command can have rows"
					     : "no such row");
		put_text(out, "cat ");
		put_text(out, world->rows_file);
		p += len;
	}
	while (*p && !strchr(ENDS, *p)) {
		len = strspn(p, BLANKS);
		len += word_length(p + len);
		put(out, p, len);
		p += len;
	}
	return p;
}

/* "poisonctl offline" in full asks as "offline" does. */
static const char *skip_name(const char *p, const struct shell_world *world)
{
	static const char name[] = "poisonctl";
	size_t len = word_length(p);
	const char *verb = p + len + strspn(p + len, BLANKS);
	bool acts;

	if (!is(p, len, name))
		return p;
	return world->is_verb(verb, word_length(verb), &acts) ? verb : p;
}

static const char *take_command(
	struct shell_line *out, const char *p, const struct shell_world *world)
{
	bool acts = false;
	size_t len;

	out->start = out->len;
	p = skip_name(p, world);
	len = word_length(p);
	if (!world->is_verb(p, len, &acts))
		return take_other(out, p, world);
	put_verb(out, p, len, world);
	p = take_words(out, p + len, p, len, world);
	out->acts |= acts && !out->dry_run;
	end_command(out, world);
	return p;
}

const char *shell_expand(struct shell_line *out, const char *line, const struct shell_world *world)
{
	const char *p = line + strspn(line, BLANKS);

	*out = (struct shell_line){0};
	while (*p && !out->why) {
		size_t ends, blanks;

		p = take_command(out, p, world);
		ends = strspn(p, ENDS);
		blanks = strspn(p + ends, BLANKS);
		if (ends && out->len && out->command[out->len - 1] != ' ')
			put_text(out, " ");
		put(out, p, ends);
		p += ends + blanks;
		if (ends && *p)
			put_text(out, " ");
	}
	return out->why;
}

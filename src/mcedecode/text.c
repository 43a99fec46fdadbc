/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text - lines of any log: take off what the log put in front, and find who reads the rest. */
#include "formats.h"
#include "mcelograw.h"
#include "prefix.h"

struct line line_now;

void line_time(struct err *err)
{
	if (line_now.has_t && !err_has(err, E_T)) {
		err_set(err, E_T, line_now.t);
		err->t_nsec = line_now.t_nsec;
	}
}

/* MARKED: the line says itself that it is about a hardware error, so mcelog did not print it. */
static bool kernel_line(struct scan s, bool marked)
{
	struct scan copy = s;

	if (!marked && mcelog_line(&copy))
		return true;
	copy = s;
	switch (s.p < s.end ? *s.p : 0) {
	case 'E':
		if (SCAN(&copy, "EDAC "))
			return edac_line(&copy);
		return amd_line(&s);
	case 'M':
		if (SCAN(&copy, "Memory failure: ") || SCAN(&copy, "MCE 0x"))
			return poison_line(&s);
		return block_line(&s, BLOCK_KERNEL, -1) || amd_line(&copy);
	case 'B':
		return oldblock_line(&s);
	case 'C':
		if (oldblock_line(&copy))
			return true;
		return block_head(&s, BLOCK_KERNEL, -1) || amd_line(&copy);
	case 'm':
		return SCAN(&s, "mce: ") && kernel_line(s, marked);
	case '[':
		return SCAN(&s, "[Hardware Error]: ") && kernel_line(s, marked);
	default:
		return block_line(&s, BLOCK_KERNEL, -1) || amd_line(&copy);
	}
}

/* memmem(3) builds a table for a search this long, at each call: for a line it is not worth it. */
static const char *find_mark(const char *text, size_t len)
{
	static const char mark[] = "[Hardware Error]: ";
	const char *end = text + len, *p = text;

	while ((p = memchr(p, '[', (size_t)(end - p)))) {
		if ((size_t)(end - p) < sizeof(mark) - 1)
			return NULL;
		if (p[1] == 'H' && memcmp(p, mark, sizeof(mark) - 1) == 0)
			return p;
		p++;
	}
	return NULL;
}

/* Lines that mark themselves, wherever the mark stands. */
static bool marked_line(const char *text, size_t len)
{
	const char *p = find_mark(text, len);
	struct scan s = {p ? p + sizeof("[Hardware Error]: ") - 1 : text, text + len};
	uint64_t key;

	if (!p)
		return false;
	if (p > text && p[-1] == '}') {
		const char *open = p - 1;

		while (open > text && *open != '{' && p - open < 24)
			open--;

		struct scan number = {open + 1, p - 1};

		if (*open == '{' && scan_dec(&number, &key) && number.p == number.end)
			return apei_line(&s, key);
	}
	if (!kernel_line(s, true))
		apei_bert_line(&s);
	return true;
}

void text_line(const char *text, size_t len)
{
	struct scan s = {text, text + len};

	uint64_t t;
	uint32_t t_nsec;

	if (prefix_time(text, len, &t, &t_nsec)) {
		line_now.has_t = true;
		line_now.t = t;
		line_now.t_nsec = t_nsec;
	}
	while (s.end > s.p && (s.end[-1] == ' ' || s.end[-1] == '\r'))
		s.end--;
	if (marked_line(text, (size_t)(s.end - text)))
		return;
	if (trace_line(text, len) || aer_line(text, len) || qmp_line(text, len) ||
		mcelograw_line(text, (size_t)(s.end - text)) || rasdaemon_line(text, len) ||
		touched_line(text, (size_t)(s.end - text)))
		return;
	prefix_skip(&s);
	if (!kernel_line(s, false) && !iml_line(&s))
		rasdaemon_more(text, len);
}

void text_flush(void)
{
	block_flush();
	oldblock_flush();
	mcelog_flush();
	amd_flush();
	apei_flush();
	aer_flush();
	mcelograw_flush();
	rasdaemon_flush();
}

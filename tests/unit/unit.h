/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unit - the little that unit tests need: a test is a function, a check that
 * fails says where, and the report is TAP.
 *
 *	static void test_it(void) { CHECK(1 + 1 == 2); CHECK_TEXT(f(), "expected"); }
 *	int main(void) { UNIT(test_it); return unit_end(); }
 */
#ifndef MEMPATROL_UNIT_H
#define MEMPATROL_UNIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int unit_tests, unit_failed_tests, unit_failed_checks;

/* What the running test found wrong: TAP wants it behind the verdict. */
static FILE *unit_report;

/* The row of a table that is being checked, for the report; a test starts without. */
static const char *unit_row;

/* Why the running test was not run. */
static const char *unit_skipped;

#define CHECK(condition)                                                  \
	do {                                                              \
		if (!(condition)) {                                       \
			unit_fail(__FILE__, __LINE__);                    \
			fprintf(unit_report, "not so: %s\n", #condition); \
		}                                                         \
	} while (0)

/* The running test cannot be run here, for this reason. */
static inline void unit_skip(const char *reason)
{
	unit_skipped = reason;
}

/* Two strings, or NULL, are the same. */
#define CHECK_TEXT(got, wanted) unit_check_text(__FILE__, __LINE__, #got, (got), (wanted))

/* Two unsigned numbers are the same. */
#define CHECK_U64(got, wanted)                                                         \
	do {                                                                           \
		unsigned long long unit_got = (got), unit_wanted = (wanted);           \
		if (unit_got != unit_wanted) {                                         \
			unit_fail(__FILE__, __LINE__);                                 \
			fprintf(unit_report, "%s is %llu, not %llu\n", #got, unit_got, \
				unit_wanted);                                          \
		}                                                                      \
	} while (0)

#define UNIT(function) unit_run(#function, function)

/* The start of a text, on one line whatever is in it. */
static inline void unit_quote(const char *text)
{
	if (!text) {
		fputs("(none)", unit_report);
		return;
	}
	fputc('"', unit_report);
	for (int i = 0; text[i] && i < 200; i++)
		if (text[i] >= ' ' && text[i] <= '~')
			fputc(text[i], unit_report);
		else
			fprintf(unit_report, "\\x%02x", (unsigned char)text[i]);
	fputs(strlen(text) > 200 ? "\"..." : "\"", unit_report);
}

static inline void unit_fail(const char *file, int line)
{
	unit_failed_checks++;
	fprintf(unit_report, "# %s:%d: ", file, line);
	if (!unit_row)
		return;
	unit_quote(unit_row);
	fputs(": ", unit_report);
}

static inline void unit_check_text(
	const char *file, int line, const char *what, const char *got, const char *wanted)
{
	if (got == wanted || (got && wanted && strcmp(got, wanted) == 0))
		return;
	unit_fail(file, line);
	fprintf(unit_report, "%s is ", what);
	unit_quote(got);
	fputs(", not ", unit_report);
	unit_quote(wanted);
	fputc('\n', unit_report);
}

static inline void unit_run(const char *name, void (*function)(void))
{
	char *report = NULL;
	size_t len;

	unit_failed_checks = 0;
	unit_row = NULL;
	unit_skipped = NULL;
	unit_report = open_memstream(&report, &len);
	function();
	fclose(unit_report);
	unit_failed_tests += unit_failed_checks > 0;
	printf("%sok %d %s%s%s\n", unit_failed_checks ? "not " : "", ++unit_tests, name,
		unit_skipped ? " # skip " : "", unit_skipped ? unit_skipped : "");
	fputs(report, stdout);
	fflush(stdout);
	free(report);
}

static inline int unit_end(void)
{
	printf("1..%d\n", unit_tests);
	return unit_failed_tests ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif

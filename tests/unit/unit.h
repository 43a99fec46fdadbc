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

#define CHECK(condition)                                                                 \
	do {                                                                             \
		if (!(condition)) {                                                      \
			unit_failed_checks++;                                            \
			printf("# %s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
		}                                                                        \
	} while (0)

/* Two strings, or NULL, are the same. */
#define CHECK_TEXT(got, wanted) unit_check_text(__FILE__, __LINE__, #got, (got), (wanted))

/* Two unsigned numbers are the same. */
#define CHECK_U64(got, wanted)                                                              \
	do {                                                                                \
		unsigned long long unit_got = (got), unit_wanted = (wanted);                \
		if (unit_got != unit_wanted) {                                              \
			unit_failed_checks++;                                               \
			printf("# %s:%d: %s is %llu, not %llu\n", __FILE__, __LINE__, #got, \
				unit_got, unit_wanted);                                     \
		}                                                                           \
	} while (0)

#define UNIT(function) unit_run(#function, function)

static inline void unit_check_text(
	const char *file, int line, const char *what, const char *got, const char *wanted)
{
	if (got == wanted || (got && wanted && strcmp(got, wanted) == 0))
		return;
	unit_failed_checks++;
	printf("# %s:%d: %s is \"%s\", not \"%s\"\n", file, line, what, got ? got : "(none)",
		wanted ? wanted : "(none)");
}

static inline void unit_run(const char *name, void (*function)(void))
{
	unit_failed_checks = 0;
	function();
	unit_failed_tests += unit_failed_checks > 0;
	printf("%sok %d %s\n", unit_failed_checks ? "not " : "", ++unit_tests, name);
	fflush(stdout);
}

static inline int unit_end(void)
{
	printf("1..%d\n", unit_tests);
	return unit_failed_tests ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif

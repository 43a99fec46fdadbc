/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *program_name = "mempatrol";

static void say_va(const char *format, va_list args, const char *reason)
{
	/* One write for the whole line, so that programs of a pipeline do not interleave. */
	char line[4096];
	int n = snprintf(line, sizeof(line), "%s: ", program_name);

	n += vsnprintf(line + n, sizeof(line) - (size_t)n, format, args);
	if (reason && n < (int)sizeof(line))
		n += snprintf(line + n, sizeof(line) - (size_t)n, ": %s", reason);
	if (n > (int)sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nobody left to tell */
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_va(format, args, NULL);
	va_end(args);
}

void say_errno(const char *format, ...)
{
	const char *reason = strerror(errno);
	va_list args;

	va_start(args, format);
	say_va(format, args, reason);
	va_end(args);
}

void die(enum status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_va(format, args, NULL);
	va_end(args);
	exit(status);
}

void die_errno(enum status status, const char *format, ...)
{
	const char *reason = strerror(errno);
	va_list args;

	va_start(args, format);
	say_va(format, args, reason);
	va_end(args);
	exit(status);
}

static int output_error; /* why an earlier write to standard output failed, if known */

enum status say_output_failed(void)
{
	output_error = errno;
	return STATUS_FAILED;
}

/*
 * Flushing is not enough: an error of an earlier write stays in the stream's
 * flag, and some file systems report theirs only at close.
 */
static void close_stdout(void)
{
	bool failed = ferror(stdout) || output_error;

	errno = 0;
	if (fclose(stdout) != 0)
		failed = true;
	if (!failed)
		return;
	if (output_error)
		errno = output_error;
	if (errno)
		say_errno("write standard output");
	else
		say("write standard output: an earlier write failed");
	_exit(STATUS_FAILED);
}

void say_open(const char *program)
{
	program_name = program;
	atexit(close_stdout);
}

const char *say_program(void)
{
	return program_name;
}

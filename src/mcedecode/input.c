/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"
#include "formats.h"
#include "intake.h"
#include "lines.h"
#include "output.h"
#include "records.h"
#include "tables.h"
#include "trace_context.h"

#include <poll.h>
#include <unistd.h>

enum { IDLE_MS = 500 };

static const char *const formats[] = {"auto", "text", "records"};

const char *input_parse_format(const char *argument, void *to)
{
	for (size_t i = 0; i < ROWS(formats); i++)
		if (strcmp(formats[i], argument) == 0) {
			*(const char **)to = formats[i];
			return NULL;
		}
	return "not one of auto, text, records";
}

static void flush_all(void)
{
	text_flush();
	out_flush();
}

/*
 * A line of a trace may begin with the rest of a process's name, which had an end of line in it.
 * No record has its columns.
 */
static bool is_record(const char *line, size_t len)
{
	struct scan s = {line, line + len};

	return records_is_line(line, len) && !trace_context(&s);
}

static enum status take_line(const char *line, size_t len, bool text_only)
{
	static struct rec rec;

	line_now.has_t = false;
	if (!text_only && rec_is_foreign(line, len + 1)) {
		out_bad(line_now.number, "records of another version");
		return STATUS_FAILED;
	}
	if (text_only || !is_record(line, len)) {
		text_line(line, len);
		return output_status();
	}

	const char *why = rec_parse(line, len + 1, &rec);

	if (why) {
		out_bad(line_now.number, why);
		return output_status();
	}
	return records_take(&rec);
}

/*
 * Before waiting for input: what is decoded goes out, and when nothing comes for a while,
 * what is still open does as well, for no line says that it was the last.
 */
static bool before_wait(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

	if (fflush(stdout) != 0)
		return false;
	if (poll(&in, 1, IDLE_MS) != 0)
		return true;
	flush_all();
	return fflush(stdout) == 0;
}

static enum status run_lines(bool text_only)
{
	static struct lines lines;
	enum status status = STATUS_DONE;
	const char *line;
	size_t len;

	lines_open(&lines, STDIN_FILENO);
	while (status <= STATUS_SOME) {
		if (!lines_ready(&lines) && !before_wait())
			return say_output_failed();

		enum lines_event event = lines_next(&lines, &line, &len);

		line_now.number = lines.number;
		if (event == LINES_END)
			break;
		if (event == LINES_LINE) {
			status = take_line(line, len, text_only);
		} else if (event == LINES_LONG) {
			out_bad(lines.number, "line too long");
		} else {
			flush_all();
			return intake_broken(&lines, event == LINES_CUT);
		}
	}
	flush_all();
	return status > output_status() ? status : output_status();
}

static enum status take_record(const struct rec *rec, void *context)
{
	(void)context;
	return records_take(rec);
}

static enum status run_records(void)
{
	struct intake intake = {.role = INTAKE_FILTER, .record = take_record};
	enum status status = intake_run(&intake);

	flush_all();
	return status > output_status() ? status : output_status();
}

enum status input_run(const char *format)
{
	if (format && strcmp(format, "records") == 0)
		return run_records();
	return run_lines(format && strcmp(format, "text") == 0);
}

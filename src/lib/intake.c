/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "intake.h"

#include <inttypes.h>
#include <unistd.h>

enum status intake_forward(const struct rec *rec, void *context)
{
	(void)context;
	return rec_copy(rec, stdout) == 0 ? STATUS_DONE : say_output_failed();
}

enum status intake_lost(const struct lines *lines, const char *why)
{
	say("read standard input: line %" PRIu64 ": %s", lines->number, why);
	return STATUS_SOME;
}

enum status intake_broken(const struct lines *lines, bool cut)
{
	if (cut)
		intake_lost(lines, "cut short, no end of line");
	else
		say_errno("read standard input");
	return STATUS_FAILED;
}

static enum status take(const struct intake *intake, const struct rec_reader *reader,
	enum rec_event event, const struct rec *rec, bool incomplete)
{
	switch (event) {
	case REC_RECORD:
		/* "done" would vouch for the lines that were lost. */
		if (incomplete && rec_is(rec, "done"))
			return STATUS_DONE;
		return intake->record(rec, intake->context);
	case REC_NOTE:
		return intake->note ? intake->note(rec, intake->context) : STATUS_DONE;
	case REC_MALFORMED:
		intake_lost(&reader->lines, reader->why);
		return intake->role == INTAKE_ACTOR ? STATUS_FAILED : STATUS_SOME;
	case REC_VERSION:
		intake_lost(&reader->lines, "records of another version");
		return STATUS_FAILED;
	default:
		return intake_broken(&reader->lines, event == REC_CUT);
	}
}

/* Nothing more is there for now. */
static enum status rest(const struct intake *intake)
{
	if (fflush(stdout) != 0)
		return say_output_failed();
	return intake->wait ? intake->wait(intake->context) : STATUS_DONE;
}

enum status intake_run(const struct intake *intake)
{
	static struct rec_reader reader;
	static struct rec rec;
	enum status worst = STATUS_DONE;
	bool incomplete = false;

	rec_open(&reader, STDIN_FILENO);
	while (worst <= STATUS_SOME) {
		enum status status = rec_ready(&reader) ? STATUS_DONE : rest(intake);

		if (status > STATUS_SOME)
			return status;

		enum rec_event event = rec_next(&reader, &rec);

		if (event == REC_END)
			break;
		incomplete |= event == REC_MALFORMED;

		status = take(intake, &reader, event, &rec, incomplete);
		if (status > worst)
			worst = status;
	}
	return worst;
}

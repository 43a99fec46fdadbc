/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "intake.h"

#include <inttypes.h>
#include <unistd.h>

enum status intake_forward(const struct rec *rec, void *context)
{
	(void)context;
	return rec_copy(rec, stdout) == 0 ? STATUS_DONE : say_output_failed();
}

static enum status lost_line(const struct rec_reader *reader, enum intake_role role)
{
	say("read standard input: line %" PRIu64 ": %s", reader->line, reader->why);
	return role == INTAKE_ACTOR ? STATUS_FAILED : STATUS_SOME;
}

static enum status broken_input(const struct rec_reader *reader, enum rec_event event)
{
	if (event == REC_ERROR)
		say_errno("read standard input");
	else if (event == REC_CUT)
		say("read standard input: line %" PRIu64 ": cut short, no end of line",
			reader->line);
	else
		say("read standard input: line %" PRIu64 ": records of another version",
			reader->line);
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
		return lost_line(reader, intake->role);
	default:
		return broken_input(reader, event);
	}
}

enum status intake_run(const struct intake *intake)
{
	static struct rec_reader reader;
	static struct rec rec;
	enum status worst = STATUS_DONE;
	bool incomplete = false;

	rec_open(&reader, STDIN_FILENO);
	while (worst <= STATUS_SOME) {
		if (!rec_ready(&reader) && fflush(stdout) != 0)
			return say_output_failed();

		enum rec_event event = rec_next(&reader, &rec);

		if (event == REC_END)
			break;
		incomplete |= event == REC_MALFORMED;

		enum status status = take(intake, &reader, event, &rec, incomplete);

		if (status > worst)
			worst = status;
	}
	return worst;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intake: what each kind of reader does about lines that are no records; and the last flush. */
#include "intake.h"
#include "child.h"
#include "unit.h"

static struct child child;

/* Forwards, except that records of type "some" and "fail" give those statuses. */
static enum status take(const struct rec *rec, void *context)
{
	if (rec_is(rec, "some"))
		return STATUS_SOME;
	if (rec_is(rec, "fail"))
		return STATUS_FAILED;
	return intake_forward(rec, context);
}

static enum status filter(void *context)
{
	const struct intake intake = {
		.role = INTAKE_FILTER, .record = take, .note = intake_forward, .context = context};

	return intake_run(&intake);
}

static enum status actor(void *context)
{
	const struct intake intake = {.role = INTAKE_ACTOR, .record = take, .context = context};

	return intake_run(&intake);
}

static void check_run(enum status (*role)(void *), const char *input, enum status status,
	const char *out, const char *err)
{
	unit_row = input;
	child_run(&child, input, role, NULL);
	CHECK_U64(child.status, status);
	CHECK_TEXT(child.out, out);
	CHECK_TEXT(child.err, err);
}

static void good_streams_go_through(void)
{
	static const char stream[] = "#rec 1\npage a=1\n\nnews k=\\x20\ndone\n";

	check_run(filter, "", STATUS_DONE, "", "");
	check_run(filter, stream, STATUS_DONE, stream, "");
	check_run(actor, stream, STATUS_DONE, "page a=1\nnews k=\\x20\ndone\n", "");
}

static void a_filter_goes_on_but_withholds_done(void)
{
	check_run(filter, "done\npage\nBAD\n# note\npage\ndone\npage\n", STATUS_SOME,
		"done\npage\n# note\npage\npage\n",
		"prog: read standard input: line 3: not a type word\n");
}

static void an_actor_stops_at_a_lost_line(void)
{
	check_run(actor, "page a=1\npage a=\\x41\npage a=2\n", STATUS_FAILED, "page a=1\n",
		"prog: read standard input: line 2: needless escape in a value\n");
}

static void nobody_acts_on_a_cut_line(void)
{
	static const char message[] =
		"prog: read standard input: line 2: cut short, no end of line\n";

	check_run(filter, "page a=1\npage a=0x12", STATUS_FAILED, "page a=1\n", message);
	check_run(actor, "page a=1\npage a=0x12", STATUS_FAILED, "page a=1\n", message);
}

static void another_version_stops_both(void)
{
	static const char message[] =
		"prog: read standard input: line 2: records of another version\n";

	check_run(filter, "page\n#rec 2\npage\n", STATUS_FAILED, "page\n", message);
	check_run(actor, "page\n#rec 2\npage\n", STATUS_FAILED, "page\n", message);
}

static void the_worst_status_is_remembered(void)
{
	check_run(filter, "some\npage\ndone\n", STATUS_SOME, "page\ndone\n", "");
	check_run(filter, "page\nsome\nfail\npage\n", STATUS_FAILED, "page\n", "");
}

/* --- Standard output that does not take it --- */

static enum status filter_to_full_disk(void *context)
{
	if (!freopen("/dev/full", "w", stdout))
		return STATUS_DONE;
	return filter(context);
}

static enum status print_to_full_disk(void *context)
{
	(void)context;
	if (freopen("/dev/full", "w", stdout))
		puts("lost");
	return STATUS_DONE;
}

static enum status print_to_nobody(void *context)
{
	(void)context;
	close(STDOUT_FILENO);
	puts("lost");
	return STATUS_DONE;
}

static void a_full_disk_is_a_failure(void)
{
	static const char message[] = "prog: write standard output: No space left on device\n";

	child_run(&child, "page\n", filter_to_full_disk, NULL);
	CHECK_U64(child.status, STATUS_FAILED);
	CHECK(strstr(child.err, "prog: write standard output: ") == child.err);
	child_run(&child, "", print_to_full_disk, NULL);
	CHECK_U64(child.status, STATUS_FAILED);
	CHECK_TEXT(child.err, message);
	child_run(&child, "", print_to_nobody, NULL);
	CHECK_U64(child.status, STATUS_FAILED);
	CHECK_TEXT(child.err, "prog: write standard output: Bad file descriptor\n");
}

int main(void)
{
	UNIT(good_streams_go_through);
	UNIT(a_filter_goes_on_but_withholds_done);
	UNIT(an_actor_stops_at_a_lost_line);
	UNIT(nobody_acts_on_a_cut_line);
	UNIT(another_version_stops_both);
	UNIT(the_worst_status_is_remembered);
	UNIT(a_full_disk_is_a_failure);
	return unit_end();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "follow.h"
#include "progress.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

void follow_open(
	struct follow *follow, const struct evac *evac, const struct wire *wire, bool in_records)
{
	*follow = (struct follow){.evac = evac,
		.wire = wire,
		.in_records = in_records,
		.on_terminal = !in_records && progress_has_terminal()};
}

static void show(const struct follow *follow)
{
	const struct journal *journal = &follow->evac->journal;
	const struct progress progress = {.passed = follow->passed * PAGE_BYTES,
		.bytes = follow->pages * PAGE_BYTES,
		.elapsed = clock_now() - follow->start_ns};
	char text[160], line[TARGET_LABEL_MAX + JOURNAL_STATE_MAX + sizeof(text)];

	progress_text(&progress, text, sizeof(text));
	snprintf(line, sizeof(line), "%s: %s, %s", follow->evac->action.name, journal->state, text);
	progress_show(line);
}

/* Each is whole and out at once: others may follow. */
static void print(const struct follow *follow)
{
	static struct rec_writer record;
	const struct evac *evac = follow->evac;

	rec_begin(&record, "progress");
	rec_put_text(&record, "vm", evac->action.name);
	rec_put_text(&record, "state", evac->journal.state);
	rec_put_u64(&record, "left", (follow->pages - follow->passed) * PAGE_BYTES);
	rec_put_u64(&record, "bytes", follow->wire->sent);
	if (evac->rounds)
		rec_put_u64(&record, "rounds", evac->rounds);
	rec_put_text(&record, "id", evac->journal.id);
	rec_put_now(&record, "t");
	if (rec_send(&record, stdout) != 0 || fflush(stdout) != 0)
		say_output_failed(); /* the move goes on */
}

/* A line goes there whole and at once: a guest may stand still that is not to wait for readers. */
static bool takes_a_line(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};

	return poll(&poll_fd, 1, 0) == 1 && poll_fd.revents & POLLOUT;
}

static void tell(const struct follow *follow)
{
	if (follow->in_records && takes_a_line(STDOUT_FILENO))
		print(follow);
	else if (follow->on_terminal && takes_a_line(STDERR_FILENO))
		show(follow);
}

void follow_pass(struct follow *follow, uint64_t pages)
{
	follow->start_ns = clock_now();
	follow->pages = pages;
	follow->passed = 0;
}

void follow_step(struct follow *follow, uint64_t pages)
{
	uint64_t now = clock_now();

	follow->passed += pages;
	if (now < follow->next_ns)
		return;
	follow->next_ns = now + PROGRESS_INTERVAL;
	tell(follow);
}

void follow_clear(const struct follow *follow)
{
	if (follow->on_terminal && takes_a_line(STDERR_FILENO))
		progress_wipe();
}

void follow_end(const struct follow *follow)
{
	if (follow->in_records)
		print(follow);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault.h"
#include "leave_step.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

const char *const post_copy_words[POST_COPY_WAYS] = {
	[POST_COPY_AUTO] = "auto",
	[POST_COPY_NEVER] = "never",
	[POST_COPY_ALWAYS] = "always",
};

/* --- While the guest stands still; each step returns 0, or -1 with errno and why --- */

/* What the blackout consists of: one more part is over. */
static void note_part(struct leave *leave, uint64_t *part_ns)
{
	uint64_t now = clock_now();

	*part_ns = now - leave->part_ns;
	leave->part_ns = now;
}

static int stop(struct leave *leave)
{
	if (evac_enter(leave->evac, EVAC_STOPPED) != 0)
		return -1;
	leave->part_ns = clock_now();
	return leave_by_qmp(leave, source_stop(&leave->evac->action));
}

static int save_devices(struct leave *leave)
{
	int fd = source_save(&leave->evac->action), result, error;

	if (fd < 0)
		return leave_by_qmp(leave, -1);
	result = leave_send_file(leave, fd, FRAME_DEVICES);
	error = errno;
	close(fd);
	errno = error;
	note_part(leave, &leave->evac->save_ns);
	return result;
}

static int send_rest(struct leave *leave)
{
	if (copy_dirty(&leave->copy) != 0)
		return -1;
	return leave->is_pinned ? copy_differing(&leave->copy) : copy_written(&leave->copy);
}

/* Behind the saving, which writes to RAM as well. */
static int send_last(struct leave *leave)
{
	if (dirty_collect(&leave->dirty, &leave->ram) != 0)
		return -1;
	for (unsigned int i = 0; i < leave->ram.blocks && !leave->follows; i++)
		page_set_subtract(&leave->ram.block[i].written, &leave->ram.block[i].dirty);
	if (leave_by_wire(leave, leave->follows ? copy_missing(&leave->copy) : send_rest(leave)) !=
			0 ||
		leave_by_wire(leave, copy_lost(&leave->copy)) != 0)
		return -1;
	leave->evac->poisoned = ram_lost(&leave->ram);
	note_part(leave, &leave->evac->send_ns);
	return 0;
}

/* The target leaves the disks alone until it is told to run. */
static int have_loaded(struct leave *leave)
{
	if (leave_by_wire(leave, wire_say(&leave->wire, "load")) != 0 ||
		leave_by_qmp(leave, source_check_released(&leave->evac->action)) != 0)
		return -1;
	return leave_serve_until(leave, "loaded");
}

static int commit(struct leave *leave)
{
	if (leave_by_qmp(leave, source_check_still(&leave->evac->action)) != 0 ||
		evac_enter(leave->evac, EVAC_COMMITTING) != 0 ||
		leave_by_wire(leave, wire_say(&leave->wire, "commit")) != 0 ||
		leave_serve_until(leave, "running") != 0)
		return -1;
	note_part(leave, &leave->evac->load_ns);
	leave->evac->blackout_ns = clock_now() - leave->evac->stopped_ns;
	return leave->follows ? evac_enter(leave->evac, EVAC_SERVING) : 0;
}

struct step {
	const char *name;
	int (*run)(struct leave *leave);
};

static const struct step steps[] = {
	{"open-memory", leave_open_memory},
	{"reach", leave_reach},
	{"offer", leave_offer},
	{"firmware", leave_send_firmware},
	{"track", leave_track},
	{"rights", leave_rights},
	{"copy", leave_copy},
	{"stop", stop},
	{"save", save_devices},
	{"last", send_last},
	{"load", have_loaded},
	{"commit", commit},
	{"serve", leave_serve},
	{"prove", leave_prove},
	{0},
};

static const struct step steps_again[] = {
	{"open-memory", leave_open_memory},
	{"reach", leave_reach},
	{"rights", leave_rights},
	{"rejoin", leave_rejoin},
	{"serve", leave_serve},
	{"prove", leave_prove},
	{0},
};

/* The other end may have said why before it went. */
static void hear_last_words(struct leave *leave)
{
	struct frame frame;
	int error = errno;

	if (error == ECONNRESET && leave->why == leave->wire.why)
		while (wire_receive(&leave->wire, &frame) == 0)
			;
	else
		errno = error;
}

static const char *go(struct leave *leave, const struct step *step)
{
	leave->why = "";
	leave->copy.wire = &leave->wire;
	leave->copy.ram = &leave->ram;
	leave->copy.follow = &leave->follow;
	for (; step->run; step++) {
		fault_step(step->name);
		if (step->run(leave) == 0)
			continue;
		hear_last_words(leave);
		return step->name;
	}
	return NULL;
}

const char *leave_go(struct leave *leave)
{
	return go(leave, steps);
}

const char *leave_again(struct leave *leave)
{
	return go(leave, steps_again);
}

const char *leave_nothing(struct leave *leave)
{
	bool is_ours = leave->evac->phase == EVAC_STOPPED;

	leave->why = is_ours ? "it never ran at the target" : "nobody was there to see";
	errno = ECANCELED;
	return is_ours ? "dropped" : "prove";
}

void leave_close(struct leave *leave, char *why, size_t size)
{
	dirty_close(&leave->dirty, &leave->ram);
	pages_poison_close(&leave->poison);
	ram_close(&leave->ram);
	carrier_close(&leave->carrier, why, size);
}

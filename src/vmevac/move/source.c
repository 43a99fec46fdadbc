/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"
#include "vm/disks.h"
#include "process.h"
#include "qmp_fd.h"
#include "qmp_message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int fail(struct action *action, int error, const char *why)
{
	snprintf(action->qmp.why, sizeof(action->qmp.why), "%s", why);
	errno = error;
	return -1;
}

/* --- Stopping --- */

/* QEMU tells all its monitors (qapi/run-state.json): somebody has let it run by another one. */
static bool has_run;

static void on_event(const json_t *event, void *context)
{
	const char *name = qmp_message_text(event, "event");

	(void)context;
	if (name && strcmp(name, "RESUME") == 0)
		has_run = true;
}

/* Whether it is paused and nothing else, such as at its end. */
static int ask_whether_paused(struct action *action, bool *paused)
{
	const char *status;
	json_t *answer;

	if (qmp_execute(&action->qmp, "query-status", &answer) != 0)
		return -1;
	status = qmp_message_text(answer, "status");
	*paused = status && strcmp(status, "paused") == 0;
	has_run |= json_is_true(json_object_get(answer, "running"));
	json_decref(answer);
	return 0;
}

int source_stop(struct action *action)
{
	bool paused;

	if (qmp_execute(&action->qmp, "stop", NULL) != 0)
		return -1;
	has_run = false;
	action->qmp.event = on_event;
	if (ask_whether_paused(action, &paused) != 0)
		return -1;
	return paused ? 0 : fail(action, EBUSY, "the guest did something else than stand still");
}

/* Events come before answers. */
int source_check_still(struct action *action)
{
	bool paused;

	if (ask_whether_paused(action, &paused) != 0)
		return -1;
	return has_run ? fail(action, EBUSY, "somebody else has let the guest run") : 0;
}

int source_drain(struct action *action)
{
	if (qmp_execute(&action->qmp, "stop", NULL) != 0)
		return -1;
	return qmp_execute(&action->qmp, "cont", NULL);
}

/* --- Saving --- */

/* As "add-fd" wants it for a file to be written: opened for that alone. */
static int give_file(struct action *action, int memory, int64_t *set)
{
	char path[64];
	json_t *answer;
	int fd, result;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(action, errno, strerror(errno));
	result = qmp_send_fd(&action->qmp, fd);
	if (result == 0)
		result = qmp_execute(&action->qmp, "add-fd", &answer);
	close(fd);
	if (result != 0)
		return -1;
	*set = json_integer_value(json_object_get(answer, "fdset-id"));
	json_decref(answer);
	return 0;
}

static int save_to(struct action *action, int memory)
{
	char name[64];
	int64_t set;

	if (give_file(action, memory, &set) != 0)
		return -1;
	snprintf(name, sizeof(name), "/dev/fdset/%lld", (long long)set);
	if (qmp_execute_with(&action->qmp, "xen-save-devices-state",
		    json_pack("{s:s, s:b}", "filename", name, "live", 1), NULL) != 0)
		return -1;
	return qmp_execute_with(
		&action->qmp, "remove-fd", json_pack("{s:I}", "fdset-id", (json_int_t)set), NULL);
}

int source_save(struct action *action)
{
	int memory = memfd_create("devices", MFD_CLOEXEC), error;

	if (memory < 0)
		return fail(action, errno, strerror(errno));
	if (save_to(action, memory) == 0)
		return memory;
	error = errno;
	close(memory);
	errno = error;
	return -1;
}

int source_check_released(struct action *action)
{
	if (action_look(action) != 0)
		return -1;
	if (!action->condition.is_active && !action->condition.images.written)
		return 0;
	return fail(action, EBUSY, "it still has its disks");
}

/* --- Going back --- */

static int try_to_run(struct action *action)
{
	if (action_look_anew(action) != 0)
		return -1;
	if (action->condition.state == VM_RUNNING)
		return 0;
	if (qmp_execute(&action->qmp, "cont", NULL) != 0 || action_look(action) != 0)
		return -1;
	return action->condition.state == VM_RUNNING ? 0 : fail(action, EBUSY, "it does not run");
}

/* The disks are the target's until its QEMU has ended, of which we need not hear in time. */
int source_bring_back(struct action *action, uint64_t timeout_ns)
{
	uint64_t deadline = clock_now() + timeout_ns;

	while (try_to_run(action) != 0) {
		if (action->condition.state == VM_GONE || clock_now() > deadline)
			return -1;
		usleep(50000);
	}
	return 0;
}

int source_end(struct action *action)
{
	uint64_t deadline = clock_now() + action->targets->timeout_ns;

	if (action->qmp.fd < 0 && action_look_anew(action) != 0)
		return action->condition.state == VM_GONE ? 0 : -1;
	/* It may be gone before it has answered. */
	if (qmp_execute(&action->qmp, "quit", NULL) != 0 && errno != ECONNRESET)
		return -1;
	while (process_is(action->targets->root, action->vm.pid, action->vm.start)) {
		if (clock_now() > deadline)
			return fail(action, ETIMEDOUT, "it does not end");
		usleep(2000);
	}
	return 0;
}

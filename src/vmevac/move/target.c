/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "target.h"
#include "clock.h"
#include "fault.h"
#include "process.h"
#include "qmp_fd.h"
#include "vm_monitor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(struct target *target, int error, const char *why)
{
	snprintf(target->why, sizeof(target->why), "%s", why);
	errno = error;
	return -1;
}

static int by_qmp(struct target *target, int result)
{
	return result == 0 ? 0 : fail(target, errno, target->qmp.why);
}

const char *const target_phase_words[] = {
	[TARGET_LAUNCHED] = "launched",
	[TARGET_RECEIVING] = "receiving",
	[TARGET_COMMITTING] = "committing",
	[TARGET_PARTIAL] = "partial",
	[TARGET_FETCHING] = "fetching",
	[TARGET_INTERRUPTED] = "interrupted",
	[TARGET_RUNNING] = "running",
};

int target_enter(struct target *target, enum target_phase phase)
{
	if (journal_put(&target->journal, target_phase_words[phase]) != 0)
		return fail(target, errno, "write the journal");
	target->phase = phase;
	fault_step(target_phase_words[phase]);
	return 0;
}

/* --- Reaching it --- */

int target_connect(struct target *target)
{
	if (qmp_connect(&target->qmp, target->journal.qmp) == 0)
		return 0;
	return fail(
		target, errno == ENOENT || errno == ECONNREFUSED ? EAGAIN : errno, target->qmp.why);
}

static int take_process(struct target *target, const struct root *root, pid_t pid)
{
	static struct vms vms;

	if (vms_open(&vms, root) != 0)
		return fail(target, errno, "find the process of the target");

	int taken = vms_take(&vms, pid, &target->vm);

	vms_close(&vms);
	return taken == 1 ? 0 : fail(target, ENOTSUP, "the target is no QEMU");
}

/* It is the one to be ended if the machine does not come to it. */
static void claim(struct target *target)
{
	target->journal.pid = target->vm.pid;
	target->journal.start = target->vm.start;
}

static int find_process(struct target *target, const struct root *root)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(target->qmp.fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return fail(target, errno, "find the process of the target");
	return take_process(target, root, peer.pid);
}

int target_find(struct target *target, const struct root *root)
{
	if (!process_is(root, target->journal.pid, target->journal.start))
		return fail(target, ESRCH, "its QEMU has ended");
	return take_process(target, root, target->journal.pid);
}

/* --- Checking it --- */

/* One without would run as soon as it has loaded. */
static bool has_stopping_option(const struct root *root, pid_t pid)
{
	static char text[VMS_CMDLINE_MAX];
	ssize_t len = root_read(root, text, sizeof(text), "proc/%d/cmdline", pid);

	for (const char *p = text; len > 0 && p < text + len; p += strlen(p) + 1)
		if (strcmp(p, "-S") == 0 || strcmp(p, "--S") == 0)
			return true;
	return false;
}

static int check_status(struct target *target)
{
	json_t *answer;
	const char *status;

	if (by_qmp(target, qmp_execute(&target->qmp, "query-status", &answer)) != 0)
		return -1;
	status = qmp_message_text(answer, "status");

	bool waits = status && strcmp(status, "inmigrate") == 0;

	json_decref(answer);
	return waits ? 0 : fail(target, EINVAL, "the target's QEMU lacks -incoming defer");
}

static int check_type(struct target *target, const char *type)
{
	char own[MACHINE_TYPE_MAX], words[256];

	if (by_qmp(target, machine_type(&target->qmp, own)) != 0)
		return -1;
	if (strcmp(own, type) == 0)
		return 0;
	snprintf(
		words, sizeof(words), "the target is a machine of type %s; -machine %s", own, type);
	return fail(target, EINVAL, words);
}

/* Without, a QEMU takes the disks when it has loaded, rather than when it is told to run. */
static int leave_disks(struct target *target)
{
	json_t *capability =
		json_pack("{s:s, s:b}", "capability", "late-block-activate", "state", 1);

	return by_qmp(target, qmp_execute_with(&target->qmp, "migrate-set-capabilities",
				      json_pack("{s:[o]}", "capabilities", capability), NULL));
}

/* "send-configuration: on" (migration_global_dump() in migration/options.c) */
static int look_at_format(struct target *target)
{
	static const char key[] = "send-configuration: ";
	static const char *const lines[] = {"info migrate", "info migrate -a"};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char *text;

		if (by_qmp(target, qmp_monitor(&target->qmp, lines[i], &text)) != 0)
			return -1;

		const char *found = strstr(text, key);

		target->wants_configuration =
			found && strncmp(found + sizeof(key) - 1, "on", 2) == 0;
		free(text);
		if (found)
			return 0;
	}
	return fail(target, ENOTSUP, "the target's QEMU does not tell of send-configuration");
}

int target_check(struct target *target, const struct root *root, const char *type)
{
	if (find_process(target, root) != 0)
		return -1;
	/* What is behind a socket that somebody has named may be a machine that runs. */
	if (target->launched)
		claim(target);
	if (check_status(target) != 0)
		return -1;
	claim(target);
	if (target_enter(target, TARGET_LAUNCHED) != 0 || check_type(target, type) != 0)
		return -1;
	if (!has_stopping_option(root, target->vm.pid))
		return fail(target, EINVAL, "the target's QEMU lacks -S");
	if (leave_disks(target) != 0 || look_at_format(target) != 0)
		return -1;
	return by_qmp(target, firmware_find(&target->qmp, &target->firmware));
}

/* --- Loading and running --- */

/* 1: it has loaded; 0: not yet. */
static int has_loaded(struct target *target)
{
	json_t *answer;
	const char *status;
	int result = 0;

	if (by_qmp(target, qmp_execute(&target->qmp, "query-migrate", &answer)) != 0)
		return -1;
	status = qmp_message_text(answer, "status");
	if (status && strcmp(status, "completed") == 0)
		result = 1;
	else if (status && strcmp(status, "failed") == 0)
		result = fail(target, EIO, "the target's QEMU cannot load the devices");
	json_decref(answer);
	return result;
}

static int begin_to_load(struct target *target, int fd)
{
	if (by_qmp(target, qmp_park_fd(&target->qmp, fd, "vmevac")) != 0)
		return -1;
	return by_qmp(target, qmp_execute_with(&target->qmp, "migrate-incoming",
				      json_pack("{s:s}", "uri", "fd:vmevac"), NULL));
}

static int wait_until_loaded(struct target *target)
{
	uint64_t deadline = clock_now() + target->qmp.timeout_ns;
	int result;

	while ((result = has_loaded(target)) == 0) {
		if (clock_now() > deadline)
			return fail(
				target, ETIMEDOUT, "the target's QEMU does not load the devices");
		usleep(500);
	}
	return result < 0 ? -1 : 0;
}

static int load_devices(struct target *target, const struct kept *devices, const char *type)
{
	int fds[2], result;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return fail(target, errno, strerror(errno));
	result = begin_to_load(target, fds[1]);
	close(fds[1]);
	if (result == 0 && devices_write(devices, fds[0], target->wants_configuration ? type : NULL,
				   target->qmp.timeout_ns) != 0)
		result = fail(target, errno, "hand the devices to the target's QEMU");
	close(fds[0]);
	return result == 0 ? wait_until_loaded(target) : -1;
}

static int load_firmware(struct target *target, const struct kept *kept)
{
	if (target->firmware.size != kept->size)
		return fail(target, EINVAL, "the target's firmware has another size");
	if (firmware_write(&target->firmware, target->vm.pid, kept->fd) != 0)
		return fail(target, errno, "put the firmware in its place");
	return 0;
}

int target_load(struct target *target, const struct kept *firmware, const struct kept *devices,
	const char *type)
{
	return load_firmware(target, firmware) == 0 ? load_devices(target, devices, type) : -1;
}

int target_run(struct target *target, bool lacks)
{
	if (target_enter(target, lacks ? TARGET_PARTIAL : TARGET_COMMITTING) != 0 ||
		by_qmp(target, qmp_execute(&target->qmp, "cont", NULL)) != 0)
		return -1;
	return target_enter(target, lacks ? TARGET_FETCHING : TARGET_RUNNING);
}

int target_run_again(struct target *target)
{
	if (target_connect(target) != 0 ||
		by_qmp(target, qmp_execute(&target->qmp, "cont", NULL)) != 0)
		return -1;
	return target_enter(target, TARGET_FETCHING);
}

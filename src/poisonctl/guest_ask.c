/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_ask.h"
#include "clock.h"
#include "virsh.h"
#include "vm_monitor.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* For all that is asked of one machine; its monitor may be held by somebody else. */
static const uint64_t patience_ns = 3 * CLOCK_SECOND;

/* What QEMU has answered to the last lines. */
static char text[QMP_MESSAGE_MAX];

/* A way to QEMU's monitor for people.  Functions return NULL, or why not. */
struct way {
	const char *(*open)(const struct guest *guest, const struct root *root);
	const char *(*ask)(const struct guest *guest, const char *const *lines, size_t count);
};

/* --- Over a socket of its own --- */

static struct qmp qmp = {.fd = -1};
static uint64_t deadline;

static const char *socket_open(const struct guest *guest, const struct root *root)
{
	qmp = (struct qmp){.timeout_ns = patience_ns, .fd = -1};
	deadline = clock_now() + patience_ns;
	return vm_monitor_connect(&qmp, root, &guest->vm) == 0 ? NULL : qmp.why;
}

static const char *socket_ask(const struct guest *guest, const char *const *lines, size_t count)
{
	size_t len = 0;

	(void)guest;
	for (size_t i = 0; i < count; i++) {
		char *answer;

		if (i && clock_now() >= deadline)
			return "too slow";
		if (qmp_monitor(&qmp, lines[i], &answer) != 0)
			return qmp.why;

		size_t n = strlen(answer);
		bool fits = n < sizeof(text) - len;

		if (fits)
			memcpy(text + len, answer, n + 1);
		len += n;
		free(answer);
		if (!fits)
			return "its answers are too long";
	}
	return NULL;
}

/* --- Through libvirt --- */

static struct virsh virsh;

static const char *libvirt_ask(const struct guest *guest, const char *const *lines, size_t count)
{
	return virsh_monitor(&virsh, guest->vm.args.uuid, lines, count, text, sizeof(text)) == 0
		       ? NULL
		       : virsh.why;
}

/*
 * Any command line can claim a UUID that libvirt knows, and libvirt tells nobody which process
 * it has started; but QEMU knows the threads of its processors.
 */
static const char *libvirt_open(const struct guest *guest, const struct root *root)
{
	static const char *const cpus = "info cpus";
	unsigned int threads = 0;
	const char *at = text;
	pid_t thread;

	virsh = (struct virsh){.timeout_ns = patience_ns};

	const char *why = libvirt_ask(guest, &cpus, 1);

	while (!why && mtree_thread(&at, &thread)) {
		int fd = root_openat(root, O_PATH, "proc/%d/task/%d", guest->vm.pid, thread);

		if (fd < 0)
			return "libvirt has another process of this UUID";
		close(fd);
		threads++;
	}
	return why || threads ? why : "no processors in its list";
}

/* --- What is asked --- */

/* Where QEMU has mapped each range; those that it has not are left out. */
static const char *ask_addresses(
	const struct way *way, struct guest *guest, const struct mtree_range *range, size_t ranges)
{
	static char command[GUEST_RANGES_MAX][32];
	static const char *lines[GUEST_RANGES_MAX];

	for (size_t i = 0; i < ranges; i++) {
		snprintf(command[i], sizeof(command[i]), "gpa2hva 0x%" PRIx64, range[i].gpa);
		lines[i] = command[i];
	}

	const char *why = way->ask(guest, lines, ranges);

	for (size_t i = 0; i < ranges && !why; i++) {
		struct guest_range *out = &guest->range[guest->ranges];

		if (!mtree_hva(text, range[i].gpa, &out->hva))
			continue;
		out->guest = range[i];
		guest->ranges++;
	}
	return why || guest->ranges ? why : "no memory in its list";
}

static const char *ask_ranges(const struct way *way, struct guest *guest)
{
	static struct mtree_range range[GUEST_RANGES_MAX];
	static const char *const tree = "info mtree -f";
	const char *why = way->ask(guest, &tree, 1);
	size_t ranges = why ? 0 : mtree_parse(text, range, GUEST_RANGES_MAX);

	if (why)
		return why;
	if (!ranges)
		return "no memory in its list";
	if (ranges > GUEST_RANGES_MAX)
		return "too many ranges of memory";
	return ask_addresses(way, guest, range, ranges);
}

static const struct way *find_way(const struct vmargs *args)
{
	static const struct way to_socket = {socket_open, socket_ask};
	static const struct way through_libvirt = {libvirt_open, libvirt_ask};

	if (args->qmp[0])
		return &to_socket;
	return args->is_libvirts ? &through_libvirt : NULL;
}

const char *guest_ask(struct guest *guest, const struct root *root)
{
	const struct way *way = guest->is_vm ? find_way(&guest->vm.args) : NULL;

	if (!way || root->captured)
		return NULL;

	const char *why = way->open(guest, root);

	if (!why)
		why = ask_ranges(way, guest);
	qmp_close(&qmp);
	if (why)
		guest->ranges = 0;
	return why;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arguments.h"
#include "process.h"
#include "same.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* A program that was upgraded since, or a directory that was removed, is meant by its name
 * (proc_pid_exe(5)). */
static ssize_t read_link(const struct root *root, pid_t pid, const char *name, char *out)
{
	static const char gone[] = " (deleted)";
	char path[64];
	ssize_t len;

	snprintf(path, sizeof(path), "proc/%d/%s", pid, name);
	len = process_link(root, out, PATH_MAX, path);
	if (len >= (ssize_t)sizeof(gone) && strcmp(out + len - (sizeof(gone) - 1), gone) == 0)
		out[len - (ssize_t)(sizeof(gone) - 1)] = '\0';
	return len;
}

/* The program and the directory as the kernel knows them, then all words but the first. */
static int gather(char *out, size_t size, const struct root *root, pid_t pid, size_t *len)
{
	static char words[SAME_WORDS_MAX];
	char program[PATH_MAX], directory[PATH_MAX];
	ssize_t n = root_read(root, words, sizeof(words), "proc/%d/cmdline", pid);
	size_t first, used;

	if (n <= 0 || read_link(root, pid, "exe", program) < 0 ||
		read_link(root, pid, "cwd", directory) < 0)
		return -1;
	first = strnlen(words, (size_t)n);
	first += first < (size_t)n;
	used = (size_t)snprintf(out, size, "%s%c%s", program, '\0', directory) + 1;
	if (used + (size_t)n - first > size) {
		errno = E2BIG;
		return -1;
	}
	memcpy(out + used, words + first, (size_t)n - first);
	*len = used + (size_t)n - first;
	return 0;
}

static int answer(struct wire *wire, const struct root *root, pid_t pid)
{
	static char words[SAME_WORDS_MAX];
	struct frame frame = {.type = FRAME_ARGUMENTS};
	size_t len;

	if (gather(words, sizeof(words), root, pid, &len) != 0)
		return wire_fail(wire, errno, "read how it was started: %s", strerror(errno));
	frame.body = (uint32_t)len;
	return wire_send(wire, &frame, words);
}

int arguments_until_ready(struct wire *wire, const struct root *root, pid_t pid)
{
	struct frame frame;

	if (wire_receive(wire, &frame) != 0)
		return -1;
	if (frame.type == FRAME_RECORD && rec_is(&wire->rec, "ready"))
		return 0;
	if (frame.type != FRAME_RECORD || !rec_is(&wire->rec, "ask"))
		return wire_fail(wire, EBADMSG, "the other end did not send \"ready\"");
	return answer(wire, root, pid) == 0 ? wire_expect(wire, "ready") : -1;
}

int arguments_ask(struct wire *wire, char *out, size_t size, size_t *len)
{
	struct frame frame;

	if (wire_say(wire, "ask") != 0 || wire_receive(wire, &frame) != 0)
		return -1;
	if (frame.type != FRAME_ARGUMENTS || frame.body > size)
		return wire_fail(wire, EBADMSG, "the other end did not send how it was started");
	*len = frame.body;
	return wire_take(wire, out, frame.body);
}

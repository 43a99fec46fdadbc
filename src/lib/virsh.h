/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virsh - speak with the monitor of a QEMU that is libvirt's, by libvirt's own client.
 *
 *	struct virsh virsh = {.timeout_ns = 3 * CLOCK_SECOND};
 *	const char *const lines[] = {"info cpus"};
 *	if (virsh_monitor(&virsh, uuid, lines, 1, text, sizeof(text)) != 0)
 *		say("ask %s: %s", uuid, virsh.why);
 *
 * libvirt holds the only monitor of its machines, so that it must pass on what is asked; it
 * notes in its log that it did ("tainted: custom-monitor").  The connection is the one that
 * LIBVIRT_DEFAULT_URI names, as for virsh(1), or else qemu:///system.
 *
 * virsh is not trusted to end: timeout_ns, in nanoseconds, is for all calls together, and
 * whatever it has started is killed with it.
 */
#ifndef MEMPATROL_VIRSH_H
#define MEMPATROL_VIRSH_H

#include <stddef.h>
#include <stdint.h>

struct virsh {
	/* Set by the caller, before the first call; all else 0. */
	uint64_t timeout_ns;

	char why[256]; /* of the last failure, a line for people */

	uint64_t deadline;
};

/*
 * virsh_monitor - have COUNT lines done by the monitor for people of machine UUID, all in one
 * run of virsh, and what they print, one after the other, in TEXT, a string of at most SIZE
 * bytes.  Lines must not hold quotes or backslashes.  0, or -1 with why and errno:
 *
 *	EINVAL		UUID or a line is not fit to be a word for virsh
 *	ETIMEDOUT	no answer in time
 *	EMSGSIZE	the answer does not fit
 *	EREMOTEIO	virsh says that it cannot: no such machine, no libvirt, no permission
 *	other		it cannot be run; ENOENT: is not installed
 */
int virsh_monitor(struct virsh *virsh, const char *uuid, const char *const *lines, size_t count,
	char *text, size_t size);

#endif

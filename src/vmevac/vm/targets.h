/* SPDX-License-Identifier: GPL-2.0-or-later */
/* targets - virtual machines by what people call them, and the QMP sockets they are reached by. */
#ifndef MEMPATROL_VMEVAC_TARGETS_H
#define MEMPATROL_VMEVAC_TARGETS_H

#include "clock.h"
#include "qmp.h"
#include "vms.h"

enum { TARGETS_SOCKETS_MAX = 256, TARGET_LABEL_MAX = VMARGS_NAME_MAX };

/* From the command line: options --qmp and --timeout. */
struct targets {
	const struct root *root;
	uint64_t timeout_ns;
	unsigned int sockets;
	struct {
		const char *vm; /* up to the "=" */
		const char *path;
	} socket[TARGETS_SOCKETS_MAX];
};

/* The options, for a table of struct cli_option. */
#define TARGETS_OPTIONS(targets)                                                        \
	{.name = "qmp",                                                                 \
		.arg = "VM=SOCKET",                                                     \
		.kind = CLI_PARSE,                                                      \
		.to = &(targets),                                                       \
		.parse = targets_add_socket,                                            \
		.help = "where the QEMU of a virtual machine listens for QMP"},         \
	{                                                                               \
		.name = "timeout", .arg = "TIME", .kind = CLI_DURATION,                 \
		.to = &(targets).timeout_ns, .min = 1000000, .max = 600 * CLOCK_SECOND, \
		.help = "how long a QEMU may take for an answer"                        \
	}

/* targets_add_socket - take VM=SOCKET; NULL, or the reason (for struct cli_option). */
const char *targets_add_socket(const char *text, void *targets);

/* target_label - what records call a machine: its name, or else its UUID, or else pid:N. */
const char *target_label(const struct vm *vm, char out[TARGET_LABEL_MAX]);

/* target_is_called - NAME is its name, its UUID or pid:N. */
bool target_is_called(const struct vm *vm, const char *name);

/*
 * targets_find - the machine called NAME: by name, UUID or pid:N.  Returns how many there are,
 * of which *out is the first, or -1 with errno.
 */
int targets_find(const struct targets *targets, const char *name, struct vm *out);

/* target_operand - the one operand VM that cli_parse() has left from FIRST on. */
const char *target_operand(int first, int argc, char **argv);

/* targets_socket - the QMP socket of a machine, given or on its command line, or NULL. */
const char *targets_socket(const struct targets *targets, const struct vm *vm);

/*
 * targets_one - the same for programs: a wrong name, or one that several have, ends the program.
 * False when there is no such machine.
 */
bool targets_one(const struct targets *targets, const char *name, struct vm *out);

/*
 * targets_connect - reach a machine's QEMU.  0, or -1 with errno and qmp->why: ENODATA when no
 * socket is known, ESTALE when another QEMU answered; else as qmp_connect().
 */
int targets_connect(const struct targets *targets, const struct vm *vm, struct qmp *qmp);

#endif

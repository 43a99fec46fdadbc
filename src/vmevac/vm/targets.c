/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "targets.h"
#include "cli.h"
#include "vm_monitor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *targets_add_socket(const char *text, void *to)
{
	struct targets *targets = to;
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return "not VM=SOCKET";
	if (targets->sockets == TARGETS_SOCKETS_MAX)
		return "one too many";
	targets->socket[targets->sockets].vm = text;
	targets->socket[targets->sockets++].path = equals + 1;
	return NULL;
}

const char *target_label(const struct vm *vm, char out[TARGET_LABEL_MAX])
{
	if (vm->args.name[0])
		return vm->args.name;
	if (vm->args.uuid[0])
		return vm->args.uuid;
	snprintf(out, TARGET_LABEL_MAX, "pid:%d", vm->pid);
	return out;
}

bool target_is_called(const struct vm *vm, const char *name)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "pid:%d", vm->pid);
	return vm_is_called(vm, name) || !strcmp(name, pid);
}

int targets_find(const struct targets *targets, const char *name, struct vm *out)
{
	static struct vms vms;
	static struct vm vm;
	int found = 0, more, error;

	if (vms_open(&vms, targets->root) != 0)
		return -1;
	while ((more = vms_next(&vms, &vm)) > 0)
		if (target_is_called(&vm, name) && found++ == 0)
			*out = vm;
	error = errno;
	vms_close(&vms);
	errno = error;
	return more < 0 ? -1 : found;
}

bool targets_one(const struct targets *targets, const char *name, struct vm *out)
{
	int found = targets_find(targets, name, out);

	if (found < 0)
		die_errno(STATUS_FAILED, "read /proc");
	if (found > 1)
		die(STATUS_FAILED, "find %s: %d virtual machines are called so", name, found);
	return found;
}

const char *target_operand(int first, int argc, char **argv)
{
	if (first == argc)
		cli_wrong("no virtual machine given");
	cli_no_operands(first + 1, argc, argv);
	return argv[first];
}

/* --- QMP --- */

static const char *given_socket(const struct targets *targets, const struct vm *vm)
{
	char name[TARGET_LABEL_MAX];

	for (unsigned int i = 0; i < targets->sockets; i++) {
		const char *text = targets->socket[i].vm;
		size_t len = (size_t)(targets->socket[i].path - 1 - text);

		if (len >= sizeof(name))
			continue;
		memcpy(name, text, len);
		name[len] = '\0';
		if (target_is_called(vm, name))
			return targets->socket[i].path;
	}
	return NULL;
}

const char *targets_socket(const struct targets *targets, const struct vm *vm)
{
	const char *path = given_socket(targets, vm);

	if (path)
		return path;
	return vm->args.qmp[0] ? vm->args.qmp : NULL;
}

/* The process that listens is the machine, or hands on to a QEMU of its name. */
static bool is_peer(struct qmp *qmp, const struct vm *vm)
{
	json_t *answer;
	const char *name;

	if (vm_monitor_is(qmp, vm->pid))
		return true;
	if (!vm->args.name[0] || qmp_execute(qmp, "query-name", &answer) != 0)
		return false;
	name = qmp_message_text(answer, "name");

	bool same = name && !strcmp(name, vm->args.name);

	json_decref(answer);
	return same;
}

static int connect_given(struct qmp *qmp, const char *path, const struct vm *vm)
{
	if (qmp_connect(qmp, path) != 0)
		return -1;
	if (is_peer(qmp, vm))
		return 0;
	qmp_close(qmp);
	snprintf(qmp->why, sizeof(qmp->why), "%s is the socket of another machine", path);
	errno = ESTALE;
	return -1;
}

int targets_connect(const struct targets *targets, const struct vm *vm, struct qmp *qmp)
{
	const char *path = given_socket(targets, vm);

	*qmp = (struct qmp){.timeout_ns = targets->timeout_ns, .fd = -1};
	if (path)
		return connect_given(qmp, path, vm);
	/* What listens below a captured root is another machine's. */
	if (!targets->root->captured && vm->args.qmp[0])
		return vm_monitor_connect(qmp, targets->root, vm);
	snprintf(qmp->why, sizeof(qmp->why), "no QMP socket is known; --qmp");
	errno = ENODATA;
	return -1;
}

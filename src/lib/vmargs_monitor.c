/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vmargs_monitor.h"
#include "qemuopt.h"

#include <string.h>

static void copy_whole(char *out, size_t size, const struct qemuopt *opt)
{
	size_t len = strlen(opt->value);

	if (opt->whole && len < size)
		memcpy(out, opt->value, len + 1);
}

/* "unix:PATH,server=on,wait=off" (-qmp in qemu-options.hx); other places are no sockets here. */
void vmargs_take_qmp(struct vmargs *args, const char *text)
{
	static const char scheme[] = "unix:";
	struct qemuopt opt;

	if (args->qmp[0] || strncmp(text, scheme, sizeof(scheme) - 1) != 0)
		return;
	qemuopt_open(&opt, text + sizeof(scheme) - 1, "path");
	while (qemuopt_next(&opt) > 0)
		if (!strcmp(opt.key, "path"))
			copy_whole(args->qmp, sizeof(args->qmp), &opt);
}

void vmargs_take_chardev(struct vmargs *args, const char *text)
{
	struct vm_chardev chardev = {0};
	struct qemuopt opt;

	qemuopt_open(&opt, text, "backend");
	while (qemuopt_next(&opt) > 0) {
		if (!strcmp(opt.key, "backend") && strcmp(opt.value, "socket") != 0)
			return;
		if (!strcmp(opt.key, "id"))
			copy_whole(chardev.id, sizeof(chardev.id), &opt);
		else if (!strcmp(opt.key, "path"))
			copy_whole(chardev.path, sizeof(chardev.path), &opt);
		else if (!strcmp(opt.key, "fd"))
			chardev.is_inherited = true;
	}
	if ((chardev.path[0] || chardev.is_inherited) && args->chardevs < VMARGS_CHARDEVS_MAX)
		args->chardev[args->chardevs++] = chardev;
}

void vmargs_take_mon(struct vmargs *args, const char *text)
{
	char id[VMARGS_ID_MAX] = "";
	struct qemuopt opt;
	bool control = false;

	qemuopt_open(&opt, text, "chardev");
	while (qemuopt_next(&opt) > 0) {
		if (!strcmp(opt.key, "chardev"))
			copy_whole(id, sizeof(id), &opt);
		else if (!strcmp(opt.key, "mode"))
			control = !strcmp(opt.value, "control");
	}
	if (control && !args->qmp_chardev[0])
		memcpy(args->qmp_chardev, id, sizeof(id));
}

void vmargs_find_monitor(struct vmargs *args)
{
	for (unsigned int i = 0; i < args->chardevs && !args->qmp[0]; i++) {
		const struct vm_chardev *chardev = &args->chardev[i];

		if (strcmp(chardev->id, args->qmp_chardev) != 0)
			continue;
		memcpy(args->qmp, chardev->path, sizeof(args->qmp));
		/* The name that libvirt gives it. */
		args->is_libvirts = chardev->is_inherited && !strcmp(chardev->id, "charmonitor");
	}
}

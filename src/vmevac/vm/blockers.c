/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blockers.h"
#include "hazards.h"

#include <string.h>

/* A character device of another process, to which the guest's memory is handed. */
static int look_at_command_line(struct word_list *words, const struct root *root, pid_t pid)
{
	static char text[VMS_CMDLINE_MAX];
	ssize_t len = root_read(root, text, sizeof(text), "proc/%d/cmdline", pid);

	if (len < 0)
		return -1;
	if (memmem(text, (size_t)len, "vhost-user", 10))
		word_list_add(words, "vhost-user");
	return 0;
}

int blockers_find(struct word_list *words, const struct root *root, const struct vm *vm)
{
	int result;

	*words = (struct word_list){0};
	result = hazards_find(root, vm->pid, words->text, sizeof(words->text));
	words->len = result == 0 ? strlen(words->text) : 0;
	for (unsigned int i = 0; i < vm->args.backends; i++)
		if (!vm->args.backend[i].shared)
			word_list_add(words, "private");
	return look_at_command_line(words, root, vm->pid) == 0 ? result : -1;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signal_group.h"
#include "rec.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add(struct group *group, const struct group_member *member)
{
	struct group_member *all =
		reallocarray(group->member, group->n + 1, sizeof(*group->member));

	if (!all)
		die_errno(STATUS_FAILED, "get memory");
	group->member = all;
	all[group->n++] = *member;
}

static char *name_of(const struct rec_pair *vm)
{
	char name[REC_LINE_MAX + 1], *copy;

	name[rec_unescape(vm->value, vm->value_len, name)] = '\0';
	copy = strdup(name);
	if (!copy)
		die_errno(STATUS_FAILED, "get memory");
	return copy;
}

/* A vm record names a machine; an owner record says where that has it, too. */
static void take(struct group *group, const char *file, const struct rec *record, uint64_t common)
{
	const struct rec_pair *vm = rec_find(record, "vm");
	struct group_member member = {.gpa = common};

	if (!vm || (!rec_is(record, "owner") && !rec_is(record, "vm")))
		return;
	if (rec_is(record, "owner")) {
		member.is_own = rec_addr(record, "gpa", &member.gpa) == 0;
		if (!member.is_own && errno != ENOENT)
			die(STATUS_FAILED, "read %s: not an address", file);
	}
	member.vm = name_of(vm);
	add(group, &member);
}

static void read_all(struct group *group, const char *file, uint64_t common)
{
	static struct rec_reader reader;
	struct rec record;
	enum rec_event event;
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die_errno(STATUS_FAILED, "open %s", file);
	rec_open(&reader, fd);
	while ((event = rec_next(&reader, &record)) == REC_RECORD || event == REC_NOTE)
		if (event == REC_RECORD)
			take(group, file, &record, common);
	if (event == REC_ERROR)
		die_errno(STATUS_FAILED, "read %s", file);
	if (event != REC_END)
		die(STATUS_FAILED, "read %s: line %" PRIu64 ": not a record", file,
			reader.lines.number);
	close(fd);
}

/* The machine has an address of its own, or the same one has come before. */
static bool is_needless(const struct group *group, unsigned int i)
{
	const struct group_member *one = &group->member[i];

	for (unsigned int j = 0; j < group->n; j++) {
		const struct group_member *other = &group->member[j];

		if (strcmp(other->vm, one->vm) != 0)
			continue;
		if ((!one->is_own && other->is_own) ||
			(j < i && one->is_own == other->is_own && one->gpa == other->gpa))
			return true;
	}
	return false;
}

void group_read(struct group *group, const char *file, uint64_t common)
{
	struct group all = {0};

	read_all(&all, file, common);
	for (unsigned int i = 0; i < all.n; i++)
		if (!is_needless(&all, i))
			add(group, &all.member[i]);
	for (unsigned int i = 1; i < group->n; i++)
		for (unsigned int j = 0; j < i; j++)
			if (strcmp(group->member[i].vm, group->member[j].vm) == 0)
				group->member[i].is_told = true;
}

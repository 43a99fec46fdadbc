/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "journals.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What a state means while somebody works on it, and when it was left so; NULL: nothing. */
static const struct {
	const char *side, *state, *in_work, *left;
} meanings[] = {
	{"send", "copying", "leaving", "interrupted"},
	{"send", "stopped", "leaving", "interrupted"},
	{"send", "committing", "leaving", "in-doubt"},
	{"send", "serving", "leaving", "interrupted"},
	{"send", "away", "away", "away"},
	{"send", "back", NULL, NULL},
	{"recv", "launched", "arriving", "interrupted"},
	{"recv", "receiving", "arriving", "interrupted"},
	{"recv", "committing", "arriving", "in-doubt"},
	{"recv", "partial", "arriving", "in-doubt"},
	{"recv", "fetching", "arriving", "interrupted"},
	{"recv", "interrupted", "interrupted", "interrupted"},
	{"recv", "running", NULL, NULL},
	{"recv", "dropped", NULL, NULL},
};

/* Of a state that we do not know nobody can say that it is harmless. */
static const char *meaning_of(const struct journal *journal, bool in_work)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (strcmp(meanings[i].side, journal->side) == 0 &&
			strcmp(meanings[i].state, journal->state) == 0)
			return in_work ? meanings[i].in_work : meanings[i].left;
	return "in-doubt";
}

/* "ID.send", "ID.recv" */
static bool is_name(struct journal *journal, const char *name)
{
	static const char *const sides[] = {"send", "recv"};

	if (strlen(name) != JOURNAL_ID_LEN + 5 || name[JOURNAL_ID_LEN] != '.')
		return false;
	memcpy(journal->id, name, JOURNAL_ID_LEN);
	for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); i++)
		if (strcmp(name + JOURNAL_ID_LEN + 1, sides[i]) == 0)
			journal->side = sides[i];
	return journal->side && journal_is_id(journal->id);
}

typedef void visit_journal(const struct journal *journal, bool in_work, void *context);

/* One that says nothing yet, or is gone meanwhile, is of a move that has not begun, or is over. */
static int look_at(const char *dir, const char *name, visit_journal *visit, void *context)
{
	struct journal journal = {.dir = dir};
	bool in_work;

	if (!is_name(&journal, name))
		return 0;
	if (journal_look(&journal, &in_work) != 0)
		return errno == ENOENT || errno == ENODATA ? 0 : -1;
	visit(&journal, in_work, context);
	return 0;
}

/* What is in one that cannot be read may be what matters. */
static int each(const char *dir, visit_journal *visit, void *context)
{
	DIR *files = opendir(dir);
	const struct dirent *file;
	int result = 0, error;

	if (!files)
		return errno == ENOENT ? 0 : -1;
	while (result == 0 && (errno = 0, file = readdir(files)))
		result = look_at(dir, file->d_name, visit, context);
	error = errno;
	closedir(files);
	errno = error;
	return result == 0 && !error ? 0 : -1;
}

/* --- The last one of a machine --- */

struct search {
	const char *name;
	const struct vm *vm;
	struct journal last;
	bool found, in_work;
};

/* Before a QEMU is there to receive it, a journal has only the name. */
static bool is_of(const struct journal *journal, const struct search *search)
{
	if (!search->vm)
		return strcmp(journal->vm, search->name) == 0;
	if (!journal->pid)
		return target_is_called(search->vm, journal->vm);
	return journal->pid == search->vm->pid && journal->start == search->vm->start;
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static void consider(const struct journal *journal, bool in_work, void *context)
{
	struct search *search = context;

	if (!is_of(journal, search) || (search->found && !is_later(&journal->t, &search->last.t)))
		return;
	search->last = *journal;
	search->in_work = in_work;
	search->found = true;
}

int journals_ask(const char *dir, const char *name, const struct vm *vm, struct journals_news *news)
{
	struct search search = {.name = name, .vm = vm};

	*news = (struct journals_news){0};
	if (each(dir, consider, &search) != 0)
		return -1;
	if (!search.found)
		return 0;
	news->word = meaning_of(&search.last, search.in_work);
	memcpy(news->id, search.last.id, sizeof(news->id));
	return 0;
}

/* --- Who may be away --- */

struct suspect {
	pid_t pid;
	uint64_t start;
	char id[JOURNAL_ID_LEN + 1]; /* of the move; "": it is here */
};

static bool is_away(const char *state)
{
	return strcmp(state, "committing") == 0 || strcmp(state, "serving") == 0 ||
	       strcmp(state, "away") == 0;
}

static void suspect(const struct journal *journal, bool in_work, void *context)
{
	struct suspect *who = context;

	(void)in_work;
	if (strcmp(journal->side, "send") == 0 && journal->pid == who->pid &&
		journal->start == who->start && is_away(journal->state))
		memcpy(who->id, journal->id, sizeof(who->id));
}

int journals_find_away(const char *dir, pid_t pid, uint64_t start, char id[JOURNAL_ID_LEN + 1])
{
	struct suspect who = {.pid = pid, .start = start};

	if (each(dir, suspect, &who) != 0)
		return -1;
	memcpy(id, who.id, sizeof(who.id));
	return id[0] != '\0';
}

int journals_may_be_away(const char *dir, pid_t pid, uint64_t start)
{
	char id[JOURNAL_ID_LEN + 1];

	return journals_find_away(dir, pid, start, id);
}

/* --- Who is on the way --- */

struct traveller {
	pid_t pid;
	uint64_t start;
	const struct journal *own;
	bool moves;
};

static void look_for_move(const struct journal *journal, bool in_work, void *context)
{
	struct traveller *who = context;

	if (in_work && journal->pid == who->pid && journal->start == who->start &&
		!(who->own && strcmp(journal->id, who->own->id) == 0))
		who->moves = true;
}

int journals_in_work(const char *dir, pid_t pid, uint64_t start, const struct journal *own)
{
	struct traveller who = {.pid = pid, .start = start, .own = own};

	return each(dir, look_for_move, &who) == 0 ? who.moves : -1;
}

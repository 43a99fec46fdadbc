/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the prompt knows of verbs: their table, and what their own --help says. */
#include "poisonctl.h"
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Whatever is not among them asks before it is run: a new verb, too. */
static const char *const harmless[] = {"list", "who", "stat", "save", "saved", "boot", "shell"};

static bool is(const char *word, size_t len, const char *text)
{
	return len == strlen(text) && !strncmp(word, text, len);
}

bool shell_is_verb(const char *word, size_t len, bool *acts)
{
	const struct cli_verb *verb = poisonctl_verbs;

	while (verb->name && !is(word, len, verb->name))
		verb++;
	*acts = verb->name;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
		*acts &= !is(word, len, harmless[i]);
	return verb->name;
}

/* The option or its beginning, which getopt_long(3) takes for it, however it is quoted. */
static bool may_be_option(const char *word, size_t len, const char *option)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (!strchr("'\"\\", word[i]) && word[i] != option[n++])
			return false;
	return n > strlen("--");
}

/* The kernel may panic of what it reads then. */
bool shell_word_acts(const char *verb, size_t verb_len, const char *word, size_t word_len)
{
	return is(verb, verb_len, "list") && may_be_option(word, word_len, "--probe");
}

/* The terminal's Ctrl-C is for the command, while the prompt ignores it. */
static int spawn(const char *command, int out, pid_t *pid)
{
	char *argv[] = {"sh", "-c", (char *)command, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int error;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGINT);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	error = posix_spawn(pid, "/bin/sh", &files, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return error;
}

pid_t shell_spawn(const char *command, int *out)
{
	int pipe[2], error;
	pid_t pid;

	if (pipe2(pipe, O_CLOEXEC) != 0)
		return -1;
	error = spawn(command, pipe[1], &pid);
	close(pipe[1]);
	*out = pipe[0];
	if (error == 0)
		return pid;
	close(pipe[0]);
	errno = error;
	return -1;
}

/* All that the command prints, as far as there is room; empty when it cannot be run. */
static void read_help(char *text, size_t size, const char *command)
{
	size_t len = 0;
	ssize_t n = 0;
	pid_t pid;
	int fd;

	pid = shell_spawn(command, &fd);
	text[0] = '\0';
	if (pid < 0)
		return;
	while (len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(fd);
	waitpid(pid, NULL, 0);
}

static const char *help_of(const char *verb, size_t len)
{
	static char command[128], text[1 << 14];
	char wanted[sizeof(command)];

	snprintf(wanted, sizeof(wanted), "poisonctl %.*s --help", (int)len, verb);
	if (strcmp(command, wanted) != 0)
		read_help(text, sizeof(text), wanted);
	memcpy(command, wanted, sizeof(command));
	return text;
}

/* "   -n, --node N             help": one blank before an argument, more before the help. */
bool shell_next_option(const char *verb, size_t verb_len, const char **at, const char **option,
	size_t *len, bool *argument)
{
	const char *p = *at ? *at : help_of(verb, verb_len), *end;

	p = strstr(p, *at ? "\n" : "\n ");
	while (p && strncmp(p + 1, "  ", 2) != 0)
		p = strchr(p + 1, '\n');
	end = p ? strchr(p + 1, '\n') : NULL;
	p = p ? strstr(p, "--") : NULL;
	if (!p || !end || p > end)
		return false;
	*option = p;
	*len = strcspn(p, " \n");
	*argument = p[*len] == ' ' && p[*len + 1] != ' ';
	*at = end;
	return true;
}

/* The option in its long form, or as the letter that stands before it: "-n". */
bool shell_has_argument(const char *verb, size_t verb_len, const char *option, size_t option_len)
{
	const char *at = NULL, *found;
	bool argument;
	size_t len;

	while (shell_next_option(verb, verb_len, &at, &found, &len, &argument)) {
		if (option_len == len && !strncmp(option, found, len))
			return argument;
		if (option_len == 2 && found[-2] == ',' && option[1] == found[-3])
			return argument;
	}
	return false;
}

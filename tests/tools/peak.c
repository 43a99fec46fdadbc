/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run a command and say how much memory it had at most.
 *
 *	peak FILE COMMAND [ARGUMENT]...
 *
 * FILE gets the largest resident size in KiB (ru_maxrss, getrusage(2)).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(127);
}

int main(int argc, char **argv)
{
	struct rusage used;
	int status;
	pid_t pid;
	FILE *file;

	if (argc < 3)
		return 2;
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		fail(argv[2]);
	}
	if (wait4(pid, &status, 0, &used) != pid)
		fail("wait4");
	file = fopen(argv[1], "we");
	if (!file || fprintf(file, "%ld\n", used.ru_maxrss) < 0 || fclose(file) != 0)
		fail(argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

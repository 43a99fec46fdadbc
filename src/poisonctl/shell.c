/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl shell - a prompt for the verbs, with the records of the last command at hand. */
#include "shell.h"
#include "cli.h"
#include "lines.h"
#include "poisonctl.h"
#include "rec.h"
#include "shell_line.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Behind stdio.h, which they need. */
#include <readline/history.h>
#include <readline/readline.h>

static struct root root;

static const struct cli cli = {
	.usage = "",
	.summary = "Run verbs at a prompt; 'help' there tells how.",
	.root = &root,
};

/* Where the rows are: those that have numbers, and those that are being read. */
static char folder[] = "/tmp/poisonctl-XXXXXX";
static char rows_file[sizeof(folder) + 8], new_file[sizeof(folder) + 8];
static char sysroot[PATH_MAX];

static struct shell_world world = {.is_verb = shell_is_verb,
	.has_argument = shell_has_argument,
	.word_acts = shell_word_acts,
	.rows_file = rows_file};

static const char help[] =
	"VERB ...             run a verb of poisonctl, also in pipelines: list | rectab\n"
	"VERB ... 3,5-7       let it act on rows of the last records by their number\n"
	"VERB ... $_          on all of them; $_ | rectab shows them\n"
	"help, help VERB      this, and what the verb's --help says\n"
	"quit                 leave; so does Ctrl-D\n"
	"Every command is printed as a script would have it.  What cannot be taken back asks "
	"first.\n"
	"Tab completes verbs, options and names of virtual machines.\n";

/* --- Coming and going --- */

static void clean_up(void)
{
	unlink(rows_file);
	unlink(new_file);
	rmdir(folder);
}

/* What is typed runs this very program, wherever it was started from. */
static void set_path(void)
{
	char self[PATH_MAX], path[2 * PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *old = getenv("PATH");

	if (len < 0)
		die_errno(STATUS_FAILED, "find this program");
	self[len] = '\0';
	*strrchr(self, '/') = '\0';
	snprintf(path, sizeof(path), "%s:%.*s", self, PATH_MAX - 1, old ? old : "/usr/bin:/bin");
	setenv("PATH", path, 1);
}

static void set_sysroot(void)
{
	char link[64];
	ssize_t len;

	if (!root.captured)
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", root.fd);
	len = readlink(link, sysroot, sizeof(sysroot) - 1);
	if (len < 0)
		die_errno(STATUS_FAILED, "find system root");
	/* It stands in command lines as it is. */
	if (strcspn(sysroot, " \t'\"\\$`|&;<>()*?[#~") < (size_t)len)
		die(STATUS_USAGE, "use system root %s: odd characters", sysroot);
	world.sysroot = sysroot;
}

static void prepare(void)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		die(STATUS_USAGE, "read commands: no terminal; scripts use the verbs themselves");
	set_sysroot();
	set_path();
	if (!mkdtemp(folder))
		die_errno(STATUS_FAILED, "make folder %s", folder);
	snprintf(rows_file, sizeof(rows_file), "%s/rows", folder);
	snprintf(new_file, sizeof(new_file), "%s/new", folder);
	atexit(clean_up);
	signal(SIGINT, SIG_IGN);
	rl_readline_name = "poisonctl";
	shell_complete(&root);
}

/* --- Running a command --- */

/* Number it and keep it when it is a record, and otherwise only show it. */
static void take_line(FILE *rows, const char *line, size_t len, uint64_t *n)
{
	static struct rec rec;

	if (len >= REC_LINE_MAX || !len || *line == '#' || rec_parse(line, len + 1, &rec)) {
		printf("%.*s\n", (int)len, line);
		return;
	}
	printf("%3" PRIu64 "  %.*s\n", ++*n, (int)len, line);
	fwrite(line, 1, len + 1, rows);
}

/* How many of the lines were records; -1 when they could not be kept. */
static int64_t take_output(int fd)
{
	static struct lines lines;
	FILE *rows = fopen(new_file, "we");
	enum lines_event event;
	const char *line;
	uint64_t n = 0;
	size_t len;

	if (!rows)
		return -1;
	lines_open(&lines, fd);
	while ((event = lines_next(&lines, &line, &len)) == LINES_LINE || event == LINES_LONG) {
		if (event == LINES_LINE)
			take_line(rows, line, len, &n);
		if (!lines_ready(&lines))
			fflush(stdout);
	}
	bool bad = ferror(rows);

	return fclose(rows) != 0 || bad ? -1 : (int64_t)n;
}

static void tell_end(int status)
{
	if (WIFSIGNALED(status))
		printf("ended by signal %d\n", WTERMSIG(status));
	else if (WEXITSTATUS(status))
		printf("status %d\n", WEXITSTATUS(status));
}

/* The rows before stay as they are if nothing was printed that could be a row. */
static void run(const char *command)
{
	int fd, status;
	int64_t rows;
	pid_t pid;

	printf("$ %s\n", command);
	fflush(stdout);
	pid = shell_spawn(command, &fd);
	if (pid < 0) {
		say_errno("run %s", command);
		return;
	}
	rows = take_output(fd);
	close(fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	tell_end(status);
	if (rows < 0 || (rows > 0 && rename(new_file, rows_file) != 0))
		say_errno("keep rows in %s", folder);
	else if (rows > 0)
		world.rows = (uint64_t)rows;
}

/* --- The prompt --- */

static bool is_sure(const char *command)
{
	char *answer;
	bool sure;

	printf("This cannot be taken back: %s\n", command);
	answer = readline("type yes to run it: ");
	sure = answer && !strcmp(answer, "yes");
	free(answer);
	if (!sure)
		puts("not run");
	return sure;
}

static void run_line(const char *typed)
{
	static struct shell_line line;
	const char *why = shell_expand(&line, typed, &world);

	if (why)
		say("%s: %s", typed, why);
	else if (line.len && (!line.acts || is_sure(line.command)))
		run(line.command);
}

/* "help offline" */
static void show_help(const char *verb)
{
	char command[128];
	bool acts;

	verb += strspn(verb, " ");
	if (!*verb) {
		fputs(help, stdout);
		run("poisonctl --help");
		return;
	}
	if (!shell_is_verb(verb, strcspn(verb, " "), &acts)) {
		say("help %s: no such verb", verb);
		return;
	}
	snprintf(command, sizeof(command), "poisonctl %.*s --help", (int)strcspn(verb, " "), verb);
	run(command);
}

/* Returns false when it was the last. */
static bool take(const char *typed)
{
	typed += strspn(typed, " \t");
	if (!strcmp(typed, "quit") || !strcmp(typed, "exit"))
		return false;
	if (!strncmp(typed, "help", 4) && (typed[4] == '\0' || typed[4] == ' '))
		show_help(typed + 4);
	else
		run_line(typed);
	return true;
}

enum status poisonctl_shell(int argc, char **argv)
{
	bool more = true;

	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	prepare();
	while (more) {
		char *typed = readline("poisonctl> ");

		if (!typed)
			break;
		if (*typed)
			add_history(typed);
		more = take(typed);
		free(typed);
	}
	return STATUS_DONE;
}

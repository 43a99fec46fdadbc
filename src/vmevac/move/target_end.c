/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target: how it is started, and how it ends when the machine does not come to it. */
#include "clock.h"
#include "fault.h"
#include "process.h"
#include "say.h"
#include "target.h"
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_S = 10 };

/* --- Starting --- */

/* Nothing of the carrier may stay with it: an ssh waits for all who hold its streams. */
static void redirect(const struct journal *journal)
{
	char log[JOURNAL_PATH_MAX];
	int null = open("/dev/null", O_RDONLY), out = -1;

	if (journal_path(journal, "log", log, sizeof(log)))
		out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
}

/* Only with both is it known which process to end. */
static int note_launched(struct target *target, const struct root *root, pid_t pid)
{
	if (process_start(root, pid, &target->launched_start) != 0)
		return -1;
	target->launched = pid;
	return 0;
}

/*
 * PARENT may end, or be stopped and ended, before it has noted whom it has started.  So that is
 * done here, too; and for one that is no more nothing is started.
 */
static void be_known(struct target *target, const struct root *root, pid_t parent)
{
	if (note_launched(target, root, getpid()) != 0 || getppid() != parent)
		_exit(127);
}

static _Noreturn void run(const struct target *target, const char *command, uint64_t kib)
{
	char ram[32];

	snprintf(ram, sizeof(ram), "%" PRIu64 "K", kib);
	setsid();
	redirect(&target->journal);
	signal(SIGPIPE, SIG_DFL);
	setenv("VMEVAC_QMP", target->journal.qmp, 1);
	setenv("VMEVAC_VM", target->journal.vm, 1);
	setenv("VMEVAC_RAM", ram, 1);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

int target_launch(struct target *target, const struct root *root, const char *command, uint64_t kib)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0) {
		be_known(target, root, parent);
		run(target, command, kib);
	}
	fault_step("fork");
	if (pid > 0 && note_launched(target, root, pid) == 0)
		return 0;
	snprintf(target->why, sizeof(target->why), "start the command: %s", strerror(errno));
	return -1;
}

int target_is_starting(struct target *target)
{
	int status;

	if (waitpid(target->launched, &status, WNOHANG) != target->launched ||
		(WIFEXITED(status) && WEXITSTATUS(status) == 0)) /* it has become a daemon */
		return 0;
	snprintf(target->why, sizeof(target->why), "what was to start it has ended; see %s/%s.log",
		target->journal.dir, target->journal.id);
	errno = ECHILD;
	return -1;
}

/* --- Ending --- */

/* Again and again: whether the number is still its own may be impossible to tell at one moment. */
static int kill_until_gone(const struct root *root, pid_t pid, uint64_t start)
{
	uint64_t deadline = clock_now() + PATIENCE_S * CLOCK_SECOND;

	while (!process_has_ended(root, pid, start)) {
		if (process_is(root, pid, start))
			kill(pid, SIGKILL);
		waitpid(pid, NULL, WNOHANG);
		if (clock_now() > deadline) {
			errno = ETIMEDOUT;
			return -1;
		}
		usleep(2000);
	}
	return 0;
}

/*
 * What was launched, and all that it has started in its session.  If it has ended long ago its
 * number may be another's; as long as anything of its session is there, it cannot be another
 * session's.
 */
static void end_launched(const struct target *target, const struct root *root)
{
	uint64_t start = 0;
	bool is_there = process_start(root, target->launched, &start) == 0;

	if (is_there && start != target->launched_start)
		return;
	/* By itself: it may not have begun its session yet. */
	if (is_there)
		kill(target->launched, SIGKILL);
	kill(-target->launched, SIGKILL);
}

static int end_process(struct target *target, const struct root *root)
{
	const struct journal *journal = &target->journal;

	if (target->launched > 0)
		end_launched(target, root);
	return journal->pid ? kill_until_gone(root, journal->pid, journal->start) : 0;
}

/*
 * It was to run, and somebody died on it.  Only QEMU knows whether it was told so; what it was
 * told on a connection that is closed by now, it has done or never will.  One that was never
 * told is still as it was when it had loaded; of one that has ended nobody can tell.
 */
static int find_out(struct target *target, const struct root *root, bool *runs)
{
	json_t *answer;
	const char *status;

	*runs = false;
	if (!process_is(root, target->journal.pid, target->journal.start)) {
		errno = ESRCH;
		return -1;
	}
	if (target_connect(target) != 0)
		return -1;
	if (qmp_execute(&target->qmp, "query-status", &answer) != 0)
		return -1;
	status = qmp_message_text(answer, "status");
	*runs = !status || strcmp(status, "paused") != 0;
	json_decref(answer);
	return 0;
}

bool target_recall(struct target *target)
{
	target->phase = TARGET_NONE;
	for (unsigned int i = TARGET_LAUNCHED; i <= TARGET_RUNNING; i++)
		if (strcmp(target->journal.state, target_phase_words[i]) == 0)
			target->phase = (enum target_phase)i;
	return target->phase != TARGET_NONE && target->phase != TARGET_RUNNING;
}

/*
 * Without the source, a page that it lacks never comes.  Its threads that wait for one already keep
 * QEMU from answering, and all the rest of it from going on.
 */
static int interrupt(struct target *target)
{
	if (target_enter(target, TARGET_INTERRUPTED) != 0)
		return -1;
	if (target_connect(target) != 0 || qmp_execute(&target->qmp, "stop", NULL) != 0)
		say("stop %s: %s; it lacks memory, and stands still where it needs it",
			target->journal.vm, target->qmp.why);
	qmp_close(&target->qmp);
	return 0;
}

static int end_or_keep(struct target *target, const struct root *root, bool runs)
{
	if (!runs && end_process(target, root) != 0)
		return -1;
	target->phase = runs ? TARGET_RUNNING : TARGET_NONE;
	return journal_put(&target->journal, runs ? "running" : "dropped");
}

int target_settle(struct target *target, const struct root *root)
{
	bool runs = target->phase == TARGET_RUNNING;

	warden_repair(&target->inject);
	qmp_close(&target->qmp);
	switch (target->phase) {
	case TARGET_INTERRUPTED:
		return 0;
	case TARGET_FETCHING:
		return interrupt(target);
	case TARGET_PARTIAL:
	case TARGET_COMMITTING:
		if (find_out(target, root, &runs) != 0)
			return -1;
		qmp_close(&target->qmp);
		if (runs && target->phase == TARGET_PARTIAL)
			return interrupt(target);
		break;
	default:
		break;
	}
	return end_or_keep(target, root, runs);
}

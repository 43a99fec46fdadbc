/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "jobs.h"
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct job *job_at(struct jobs *jobs, unsigned int i)
{
	return &jobs->job[(jobs->first + i) % JOBS_HELD_MAX];
}

/* --- Signals --- */

static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
static volatile sig_atomic_t stopped_by;

static void on_stop(int number)
{
	stopped_by = number;
}

/* They come in only while we wait, so that no record is cut in two. */
int jobs_open(struct jobs *jobs)
{
	struct sigaction action = {.sa_handler = on_stop};
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < sizeof(ending) / sizeof(*ending); i++) {
		sigaddset(&held, ending[i]);
		if (sigaction(ending[i], &action, NULL) != 0)
			return -1;
	}
	return sigprocmask(SIG_BLOCK, &held, &jobs->outside);
}

/* A machine whose move is ended so runs on here, and its record says so. */
static void stop_all(struct jobs *jobs)
{
	jobs->stopped = true;
	for (unsigned int i = 0; i < jobs->held; i++)
		if (job_at(jobs, i)->fd >= 0)
			kill(job_at(jobs, i)->pid, SIGTERM);
}

/* --- What they print --- */

static void hold(struct job *job, const char *text, size_t len)
{
	if (kept_add(&job->said, text, len) != 0)
		die_errno(STATUS_FAILED, "keep what was printed of %s", job->vm);
}

static void take_answer(struct job *job, const struct rec *rec)
{
	job->answered = true;
	job->moved = rec_value_is(rec, "result", "done") || rec_value_is(rec, "reason", "dry-run");
}

/* How far one is may be of interest before the others are done with. */
static void take_line(struct job *job, const char *line, size_t len)
{
	struct rec rec;
	bool is_record = rec_parse(line, len, &rec) == NULL;

	if (is_record && rec_is(&rec, "evac"))
		take_answer(job, &rec);
	if (!is_record || !rec_is(&rec, "progress"))
		hold(job, line, len);
	else if (rec_copy(&rec, stdout) != 0 || fflush(stdout) != 0)
		exit(say_output_failed());
}

static void take_lines(struct job *job)
{
	char *line = job->line, *end;

	while ((end = memchr(line, '\n', job->len))) {
		size_t len = (size_t)(end + 1 - line);

		take_line(job, line, len);
		line += len;
		job->len -= len;
	}
	memmove(job->line, line, job->len);
}

/* Whoever does the work may die without a word. */
static void answer_for(const struct jobs *jobs, struct job *job)
{
	enum { REST_OF_RECORD = 256 };
	static struct rec_writer record;

	rec_begin(&record, "evac");
	rec_put_text(&record, "vm", job->vm);
	rec_put_head(&record, "to", jobs->to, strlen(jobs->to), REST_OF_RECORD);
	rec_put_text(&record, "result", "failed");
	rec_put_text(&record, "reason", "send");
	rec_put_now(&record, "t");
	record.line[record.len] = '\n';
	hold(job, record.line, record.len + 1);
}

static void print(struct job *job)
{
	char piece[REC_LINE_MAX];
	ssize_t n;

	for (uint64_t at = 0; at < job->said.size; at += (uint64_t)n) {
		n = read_at(job->said.fd, piece, sizeof(piece), (off_t)at);
		if (n <= 0)
			die_errno(STATUS_FAILED, "read what was printed of %s", job->vm);
		if (fwrite(piece, 1, (size_t)n, stdout) != (size_t)n)
			exit(say_output_failed());
	}
	kept_close(&job->said);
}

/* Of those that nobody is before. */
static void print_ended(struct jobs *jobs)
{
	while (jobs->held && job_at(jobs, 0)->fd < 0) {
		print(job_at(jobs, 0));
		jobs->first = (jobs->first + 1) % JOBS_HELD_MAX;
		jobs->held--;
	}
	if (fflush(stdout) != 0)
		exit(say_output_failed());
}

static void end(struct jobs *jobs, struct job *job)
{
	int status = -1;

	close(job->fd);
	job->fd = -1;
	while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
		;
	jobs->running--;
	if (!job->answered)
		answer_for(jobs, job);
	/* Not all of one that has moved may be known to be right. */
	if (!job->moved || status != 0)
		jobs->worst = STATUS_SOME;
	print_ended(jobs);
}

/* The end comes when its warden has closed it as well. */
static void take_output(struct jobs *jobs, struct job *job)
{
	ssize_t n = read(job->fd, job->line + job->len, sizeof(job->line) - job->len);

	if (n > 0) {
		job->len += (size_t)n;
		take_lines(job);
	} else if (n == 0 || errno != EINTR) {
		end(jobs, job);
	}
}

/* --- Waiting --- */

/* Until something comes from one of them, or on standard input if INPUT; true when it is that. */
static bool wait_once(struct jobs *jobs, bool input)
{
	struct pollfd ready[JOBS_HELD_MAX + 1] = {{.fd = STDIN_FILENO, .events = POLLIN}};
	struct job *of[JOBS_HELD_MAX + 1];
	nfds_t n = 1;

	for (unsigned int i = 0; i < jobs->held; i++) {
		if (job_at(jobs, i)->fd < 0)
			continue;
		of[n] = job_at(jobs, i);
		ready[n++] = (struct pollfd){.fd = job_at(jobs, i)->fd, .events = POLLIN};
	}
	if (!input)
		ready[0].fd = -1;
	if (ppoll(ready, n, NULL, &jobs->outside) < 0) {
		if (errno != EINTR)
			die_errno(STATUS_FAILED, "wait for machines to leave");
		if (stopped_by && !jobs->stopped)
			stop_all(jobs);
		return false;
	}
	for (nfds_t i = 1; i < n; i++)
		if (ready[i].revents)
			take_output(jobs, of[i]);
	return ready[0].revents;
}

void jobs_wait_for_input(struct jobs *jobs)
{
	while (!jobs->stopped && !wait_once(jobs, true))
		;
}

void jobs_finish(struct jobs *jobs)
{
	while (jobs->held)
		wait_once(jobs, false);
}

/* --- Beginning --- */

/* What belongs to the others, and to us, is not this one's. */
static void become_job(struct jobs *jobs, int out, const char *to)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	for (unsigned int i = 0; i < jobs->held; i++) {
		if (job_at(jobs, i)->fd >= 0)
			close(job_at(jobs, i)->fd);
		kept_close(&job_at(jobs, i)->said);
	}
	for (size_t i = 0; i < sizeof(ending) / sizeof(*ending); i++)
		signal(ending[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &jobs->outside, NULL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		die_errno(STATUS_FAILED, "open /dev/null");
	close(out);
	if (to)
		setenv("VMEVAC_TO", to, 1);
	else
		unsetenv("VMEVAC_TO");
}

static void start(struct jobs *jobs, const char *vm, const char *to)
{
	struct job *job = job_at(jobs, jobs->held);
	int fds[2];

	*job = (struct job){.said = {.fd = -1}};
	snprintf(job->vm, sizeof(job->vm), "%s", vm);
	if (fflush(stdout) != 0)
		exit(say_output_failed());
	if (pipe2(fds, O_CLOEXEC) != 0 || (job->pid = fork()) < 0)
		die_errno(STATUS_FAILED, "start to move %s", vm);
	if (job->pid == 0) {
		close(fds[0]);
		become_job(jobs, fds[1], to);
		exit(jobs->run(vm));
	}
	close(fds[1]);
	job->fd = fds[0];
	jobs->held++;
	jobs->running++;
}

void jobs_begin(struct jobs *jobs, const char *vm, const char *to)
{
	while (!jobs->stopped && (jobs->running == jobs->at_once || jobs->held == JOBS_HELD_MAX))
		wait_once(jobs, false);
	if (!jobs->stopped)
		start(jobs, vm, to);
}

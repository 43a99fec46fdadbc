/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * say - what a program says to people, and the status it ends with.
 *
 * For programs only: everything else in src/lib reports to its caller and
 * never prints or exits.  Every message is one line on standard error,
 *
 *	program: action object: reason
 */
#ifndef MEMPATROL_SAY_H
#define MEMPATROL_SAY_H

/* Exit statuses, the same in every program (records(5), EXIT STATUS). */
enum status {
	STATUS_DONE = 0,        /* done; the answer is yes */
	STATUS_SOME = 1,        /* ran to its end; the answer is no, or some items failed */
	STATUS_USAGE = 2,       /* wrong use */
	STATUS_FAILED = 3,      /* the system failed us: nothing may be concluded */
	STATUS_UNSUPPORTED = 4, /* this kernel or machine cannot do it */
};

/*
 * say_open - name the program, and have standard output checked at exit.
 *
 * Call first in main().  Standard output that cannot be written in full turns
 * any exit status into STATUS_FAILED with a message: the last flush can fail
 * (a full disk, a closed descriptor), and a report cut short must not look
 * like a short report.
 */
void say_open(const char *program);

/*
 * say_output_failed - a write to standard output failed, see errno: the message
 * at exit will give that reason.  Returns STATUS_FAILED.
 */
enum status say_output_failed(void);

/* say_program - the name given to say_open(). */
const char *say_program(void);

/* say - print "program: MESSAGE". */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* say_errno - print "program: MESSAGE: reason", the reason being errno's. */
void say_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* die - say MESSAGE and exit with STATUS. */
_Noreturn void die(enum status status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* die_errno - say_errno MESSAGE and exit with STATUS. */
_Noreturn void die_errno(enum status status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

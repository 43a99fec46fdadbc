/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qemuopt - the argument of one option of QEMU: "type,key=value,flag", with a comma in a
 * value doubled (util/qemu-option.c, util/keyval.c of QEMU), or a JSON object, which libvirt
 * writes for -object and -device.
 */
#ifndef MEMPATROL_QEMUOPT_H
#define MEMPATROL_QEMUOPT_H

#include <stdbool.h>
#include <stdint.h>

enum { QEMUOPT_KEY_MAX = 64, QEMUOPT_VALUE_MAX = 256 };

struct qemuopt {
	const char *rest;
	const char *implied; /* the key of a first word without one, or NULL */
	bool json;

	/* Of the last pair: */
	char key[QEMUOPT_KEY_MAX];
	char value[QEMUOPT_VALUE_MAX]; /* JSON's true and false are "on" and "off" */
	bool whole; /* false: the value was too long, or is a list or object; value is "" */
};

/* qemuopt_open - begin to read TEXT, which must stay; IMPLIED is the first word's key, or NULL. */
void qemuopt_open(struct qemuopt *opt, const char *text, const char *implied);

/*
 * qemuopt_next - the next pair.  Returns 1, 0 behind the last, -1 when the text is not of
 * either form; what was read before is then not to be trusted either.
 */
int qemuopt_next(struct qemuopt *opt);

/*
 * qemuopt_size - a number of bytes as QEMU reads it: a decimal and one of b k m g t p e of
 * either case, UNIT when there is none.  Returns 0 for anything else, also fractions, so
 * that 0 means not known.
 */
uint64_t qemuopt_size(const char *text, uint64_t unit);

#endif

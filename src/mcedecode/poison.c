/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poison - what the kernel (mm/memory-failure.c) and QEMU say they did about bad memory. */
#include "poison.h"

static const char *const results[] = {"Ignored", "Failed", "Delayed", "Recovered"};
static const char *const result_words[] = {"ignored", "failed", "delayed", "recovered"};

static bool put_pfn(struct err *err, uint64_t pfn)
{
	if (pfn > UINT64_MAX >> 12)
		return false;
	err_set(err, E_ADDR, pfn << 12);
	err_set(err, E_SIZE, 4096);
	return true;
}

static void put_result(struct err *err, const struct scan *s)
{
	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++) {
		struct scan copy = *s;

		if (!scan_bytes(&copy, results[i], strlen(results[i])))
			continue;
		err_word(err, E_RESULT, result_words[i]);
		/* What the kernel has done nobody need do again. */
		if (i == 3)
			err_word(err, E_ACTION, "none");
		else if (i == 2)
			err_word(err, E_ACTION, "watch");
	}
}

void poison_decided(uint64_t pfn, struct scan kind, struct scan result, const char *source)
{
	struct err err;

	err_clear(&err);
	err_word(&err, E_SRC, source);
	err_set(&err, E_CLASS, CLASS_POISON);
	err_set(&err, E_SEV, SEV_UNCORRECTED);
	err_text(&err, E_PAGE_KIND, kind.p, scan_left(&kind));
	if (!put_pfn(&err, pfn))
		out_bad(line_now.number, "not a page");
	line_time(&err);
	err_advise(&err);
	put_result(&err, &result);
	out_err(&err);
}

bool poison_recovery(struct scan *s, uint64_t pfn, const char *source)
{
	struct scan kind;
	const char *text;
	size_t len;

	if (SCAN(s, "recovery action for ")) {
		if (!scan_until(s, ':', &text, &len))
			return false;
		kind = (struct scan){text, text + len};
	} else {
		/* Before Linux 3.20: "clean LRU page recovery: Recovered" */
		kind = *s;
		if (!SCAN_TO(s, " page recovery: "))
			return false;
		kind.end = s->p - strlen(" recovery: ");
	}
	scan_blanks(s);
	poison_decided(pfn, kind, *s, source);
	return true;
}

bool poison_victim(struct scan *s, struct err *err)
{
	struct scan comm = *s;
	uint64_t pid;

	/* Names may hold blanks and colons. */
	if (!SCAN_TO(s, " due to hardware memory corruption"))
		return false;
	comm.end = s->p - strlen(" due to hardware memory corruption");

	const char *colon = memrchr(comm.p, ':', scan_left(&comm));

	if (!colon)
		return false;

	struct scan number = {colon + 1, comm.end};

	if (!scan_dec(&number, &pid))
		return false;
	err_set(err, E_CLASS, CLASS_SIGNAL);
	err_set(err, E_SEV, SEV_INFO);
	err_set(err, E_PID, pid);
	err_text(err, E_COMM, comm.p, (size_t)(colon - comm.p));
	return true;
}

/* "Sending SIGBUS to VICTIM", before Linux 4.17 "Killing VICTIM" */
static bool read_signal(struct scan *s, uint64_t pfn)
{
	struct err err;

	if (!SCAN(s, "Sending SIGBUS to ") && !SCAN(s, "Killing "))
		return false;
	err_clear(&err);
	if (!poison_victim(s, &err))
		return false;
	err_word(&err, E_SRC, "memory-failure");
	if (!put_pfn(&err, pfn))
		out_bad(line_now.number, "not a page");
	line_time(&err);
	err_advise(&err);
	out_err(&err);
	return true;
}

/* "Memory failure: 0x6a0430: recovery action for free buddy page: Delayed" */
bool poison_line(struct scan *s)
{
	uint64_t pfn;

	if (!SCAN(s, "Memory failure: ") && !SCAN(s, "MCE "))
		return false;
	if (!scan_hex(s, &pfn) || !SCAN(s, ": "))
		return false;

	struct scan copy = *s;

	return read_signal(&copy, pfn) || poison_recovery(s, pfn, "memory-failure");
}

/* --- QEMU's MEMORY_FAILURE event (qapi/run-state.json): no address, by design --- */

/* Behind "NAME": and blanks. */
static bool find_member(struct scan s, const char *name, size_t len, struct scan *value)
{
	while (scan_to_bytes(&s, name, len)) {
		scan_blanks(&s);
		if (!SCAN(&s, ":"))
			continue;
		scan_blanks(&s);
		*value = s;
		return true;
	}
	return false;
}

#define MEMBER(s, name, value) find_member(s, "\"" name "\"", sizeof(name) + 1, value)

static const char *pick(struct scan s, const char *const *words)
{
	for (; *words; words++) {
		size_t len = strlen(*words);

		if (scan_left(&s) > len + 1 && s.p[0] == '"' && s.p[len + 1] == '"' &&
			memcmp(s.p + 1, *words, len) == 0)
			return *words;
	}
	return NULL;
}

static void put_qmp_time(struct err *err, struct scan s)
{
	struct scan value;
	uint64_t seconds, micro = 0;

	if (!MEMBER(s, "seconds", &value) || !scan_dec(&value, &seconds) || seconds > 253402300799)
		return;
	if (MEMBER(s, "microseconds", &value) && scan_dec(&value, &micro) && micro > 999999)
		return;
	err_set(err, E_T, seconds);
	err->t_nsec = (uint32_t)micro * 1000;
}

static void put_flags(struct err *err, struct scan s)
{
	struct scan value;

	if (MEMBER(s, "action-required", &value))
		err_set(err, E_ACTION_REQUIRED, SCAN(&value, "true"));
	if (MEMBER(s, "recursive", &value))
		err_set(err, E_RECURSIVE, SCAN(&value, "true"));
}

static enum sev judge(const struct err *err, const char *action)
{
	if (strcmp(action, "fatal") == 0 || strcmp(action, "reset") == 0)
		return SEV_FATAL;
	return err_has(err, E_ACTION_REQUIRED) && err->value[E_ACTION_REQUIRED].n ? SEV_SRAR
										  : SEV_SRAO;
}

bool qmp_line(const char *text, size_t len)
{
	static const char *const events[] = {"MEMORY_FAILURE", NULL};
	static const char *const recipients[] = {"hypervisor", "guest", NULL};
	static const char *const actions[] = {"ignore", "inject", "fatal", "reset", NULL};
	struct scan s = {text, text + len}, event, recipient, action;
	const char *whose = NULL, *done = NULL;
	struct err err;

	if (!memchr(text, '{', len) || !MEMBER(s, "event", &event) || !pick(event, events))
		return false;
	if (MEMBER(s, "recipient", &recipient))
		whose = pick(recipient, recipients);
	if (MEMBER(s, "action", &action))
		done = pick(action, actions);
	if (!whose || !done) {
		out_bad(line_now.number, "not a MEMORY_FAILURE event");
		return true;
	}
	err_clear(&err);
	err_word(&err, E_SRC, "qmp");
	err_set(&err, E_CLASS, CLASS_MEMORY);
	err_word(&err, E_RECIPIENT, whose);
	err_word(&err, E_QMP_ACTION, done);
	put_flags(&err, s);
	err_set(&err, E_SEV, judge(&err, done));
	put_qmp_time(&err, s);
	if (line_now.vm)
		err_text(&err, E_VM, line_now.vm, line_now.vm_len);
	line_time(&err);
	err_advise(&err);
	out_err(&err);
	return true;
}

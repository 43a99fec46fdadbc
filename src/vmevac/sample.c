/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sample.h"
#include "clock.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { LOOK_AGAIN_NS = 100000000, MIB = 1 << 20 };

static bool has_kvm(struct qmp *qmp)
{
	json_t *answer;
	bool has;

	if (qmp_execute(qmp, "query-kvm", &answer) != 0)
		return false;
	has = json_is_true(json_object_get(answer, "enabled"));
	json_decref(answer);
	return has;
}

/* A machine either has its log as a ring, or not: the other way is refused. */
static int start(struct qmp *qmp, uint64_t seconds)
{
	static const char *const modes[] = {"dirty-bitmap", "dirty-ring"};

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (qmp_execute_with(qmp, "calc-dirty-rate",
			    json_pack("{s:I, s:s}", "calc-time", (json_int_t)seconds, "mode",
				    modes[i]),
			    NULL) == 0)
			return 0;
		if (errno != EREMOTEIO)
			return -1;
	}
	return -1;
}

/* 1 with *rate, 0 when it is not known yet, or -1. */
static int look(struct qmp *qmp, uint64_t *rate)
{
	json_t *answer;
	const char *status;
	int result = 0;

	if (qmp_execute(qmp, "query-dirty-rate", &answer) != 0)
		return -1;
	status = qmp_message_text(answer, "status");
	if (status && !strcmp(status, "measured")) {
		json_int_t mib = json_integer_value(json_object_get(answer, "dirty-rate"));

		result = mib < 0 ? qmp_fail(qmp, EBADMSG, "a rate less than 0") : 1;
		*rate = (uint64_t)mib * MIB;
	}
	json_decref(answer);
	return result;
}

int sample_dirty_rate(struct qmp *qmp, uint64_t seconds, uint64_t *rate)
{
	const struct timespec pause = {.tv_nsec = LOOK_AGAIN_NS};
	uint64_t end = clock_now() + seconds * CLOCK_SECOND + qmp->timeout_ns;
	int known;

	if (!has_kvm(qmp))
		return qmp_fail(qmp, ENOTSUP, "QEMU counts only what a guest of KVM writes");
	if (start(qmp, seconds) != 0)
		return -1;
	while ((known = look(qmp, rate)) == 0) {
		if (clock_now() >= end)
			return qmp_fail(qmp, ETIMEDOUT, "it does not come to an end");
		nanosleep(&pause, NULL);
	}
	return known < 0 ? -1 : 0;
}

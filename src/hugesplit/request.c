/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "request.h"
#include "clock.h"
#include "num.h"
#include "page.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

const char *request_pid(const char *text, pid_t *out)
{
	uint64_t number;
	const char *why = num_count(text, 1, INT_MAX, &number);

	if (!why)
		*out = (pid_t)number;
	return why;
}

/* ADDR may be the address in a message of the kernel: anywhere in the page. */
const char *request_from_operand(const char *text, struct request *out)
{
	const char *colon = strchr(text, ':');
	char pid[16];

	if (!colon || (size_t)(colon - text) >= sizeof(pid))
		return "not PID:ADDR";
	memcpy(pid, text, (size_t)(colon - text));
	pid[colon - text] = '\0';
	*out = (struct request){0};

	const char *why = request_pid(pid, &out->pid);

	return why ? why : num_address(colon + 1, &out->va);
}

bool request_is_in(const struct rec *rec)
{
	uint64_t number;

	if (!rec_find(rec, "pid") || !rec_find(rec, "va"))
		return false;
	if (rec_is(rec, "ue"))
		return rec_u64(rec, "lsb", &number) == 0 && number > PAGE_SHIFT;
	return (rec_is(rec, "page") || rec_is(rec, "owner")) &&
	       rec_value_is(rec, "kind", "hugetlb");
}

/* How old the record is; false where that cannot be told, as its time is none or is to come. */
static bool find_age(const struct rec *rec, uint64_t *age_ns)
{
	struct timespec then, now;
	int64_t age;

	clock_gettime(CLOCK_REALTIME, &now);
	if (rec_time(rec, "t", &then) != 0 ||
		__builtin_mul_overflow(now.tv_sec - then.tv_sec, (int64_t)CLOCK_SECOND, &age) ||
		__builtin_add_overflow(age, now.tv_nsec - then.tv_nsec, &age))
		return false;
	*age_ns = (uint64_t)age;
	return age >= 0;
}

/* What it says of when something was read is of its own time, which may be long ago. */
static void take_ages(const struct rec *rec, struct salvage_hint *hint)
{
	uint64_t before;

	if (!find_age(rec, &hint->verified_ns))
		return;
	if (rec_u64(rec, "verified_off", &hint->verified_off) != 0 ||
		rec_u64(rec, "verified_size", &hint->verified_size) != 0)
		hint->verified_size = 0;
	hint->has_age = rec_u64(rec, "verified_age_ns", &before) == 0 &&
			!__builtin_add_overflow(before, hint->verified_ns, &hint->age_ns);
}

/* A record of a whole huge page has the offset of its beginning, not that of the error. */
static int take_hint(const struct rec *rec, struct salvage_hint *hint)
{
	uint64_t size;

	hint->has_bad = rec_u64(rec, "off", &hint->bad) == 0;
	if (!hint->has_bad && errno != ENOENT)
		return -1;
	if (rec_u64(rec, "size", &size) != 0 || size > PAGE_BYTES)
		hint->has_bad = false;
	take_ages(rec, hint);
	return 0;
}

int request_from_record(const struct rec *rec, struct request *out)
{
	uint64_t pid;

	*out = (struct request){.has_addr = true};
	if (rec_u64(rec, "pid", &pid) != 0 || pid == 0 || pid > INT_MAX ||
		rec_addr(rec, "va", &out->va) != 0 || rec_addr(rec, "addr", &out->addr) != 0)
		return -1;
	out->pid = (pid_t)pid;
	return take_hint(rec, &out->hint);
}

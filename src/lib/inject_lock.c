/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: memory of the process that is locked. */
#include "inject.h"
#include "inject_thread.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static int lock(struct inject *in, uint64_t va, uint64_t size)
{
	return inject_call(in, SYS_mlock2, va, size, MLOCK_ONFAULT) < 0 ? -1 : 0;
}

static int raise_limit(struct inject *in)
{
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

	if (prlimit(in->pid, RLIMIT_MEMLOCK, NULL, &in->limit) != 0)
		return -1;
	in->limit_raised = true;
	inject_step();
	return prlimit(in->pid, RLIMIT_MEMLOCK, &all, NULL);
}

void inject_restore_limit(struct inject *in)
{
	if (in->limit_raised)
		prlimit(in->pid, RLIMIT_MEMLOCK, &in->limit, NULL);
	in->limit_raised = false;
}

int inject_lock(struct inject *in, uint64_t va, uint64_t size)
{
	int result = -1;

	if (lock(in, va, size) == 0)
		return 0;
	if (raise_limit(in) == 0) {
		inject_step();
		result = lock(in, va, size);
	}

	int error = errno;

	inject_restore_limit(in);
	errno = error;
	return result;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uffd: in the memory of another process, on the machine itself. */
#include "uffd.h"
#include "unit.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 4, LOST = 1, COPIED = 2 };

/* What the victim found in each page, and how: negated, the code of its SIGBUS. */
struct shared {
	_Atomic int go;
	int found[PAGES];
};

static struct root root;
static struct shared *shared;
static sigjmp_buf out;
static volatile int code;

static void on_sigbus(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	code = info->si_code;
	siglongjmp(out, 1);
}

static _Noreturn void be_victim(const volatile unsigned char *memory)
{
	struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGBUS, &action, NULL);
	while (!shared->go)
		usleep(1000);
	for (int i = 0; i < PAGES; i++)
		if (sigsetjmp(out, 1) == 0)
			shared->found[i] = memory[(size_t)i * PAGE];
		else
			shared->found[i] = -code;
	_exit(0);
}

static bool has_poison(void)
{
	uint64_t features;

	if (uffd_features(&features) == 0 && features & UFFD_FEATURE_POISON)
		return true;
	unit_skip("no UFFDIO_POISON before Linux 6.6");
	return false;
}

static void pages_of_another_process_are_filled_and_lost(void)
{
	static struct inject in;
	static unsigned char data[PAGE] = {7};
	unsigned char *memory = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t at = (uintptr_t)memory;
	pid_t victim;
	int uffd, status;
	/* What poison is to a kernel without CONFIG_MEMORY_FAILURE (do_sigbus() in
	 * arch/x86/mm/fault.c). */
	int lost = access("/proc/sys/vm/memory_failure_recovery", F_OK) == 0 ? BUS_MCEERR_AR
									     : BUS_ADRERR;

	if (!has_poison())
		return;
	victim = fork();
	if (victim == 0)
		be_victim(memory);
	CHECK(inject_stop(&in, &root, victim) == 0);
	uffd = uffd_open_in(&in, UFFD_FEATURE_POISON | UFFD_FEATURE_MISSING_SHMEM);
	CHECK(uffd >= 0);
	inject_release(&in);
	CHECK(uffd_register(uffd, at, (uint64_t)PAGES * PAGE, UFFDIO_REGISTER_MODE_MISSING) == 0);
	CHECK(uffd_poison(uffd, at + LOST * PAGE, PAGE) == 0);
	CHECK(uffd_copy(uffd, at + COPIED * PAGE, data, PAGE) == 0);
	errno = 0;
	CHECK(uffd_poison(uffd, at + COPIED * PAGE, PAGE) == -1 && errno == EEXIST);
	CHECK(uffd_unregister(uffd, at, (uint64_t)PAGES * PAGE) == 0);
	close(uffd);
	shared->go = 1;
	waitpid(victim, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	for (int i = 0; i < PAGES; i++)
		CHECK(shared->found[i] == (i == LOST ? -lost : i == COPIED ? 7 : 0));
	/* The mark is in that process only. */
	CHECK_U64(memory[LOST * PAGE], 0);
}

static void a_feature_that_is_not_there_is_refused(void)
{
	static struct inject in;
	pid_t victim = fork();

	if (victim == 0)
		for (;;)
			pause();
	CHECK(inject_stop(&in, &root, victim) == 0);
	errno = 0;
	CHECK(uffd_open_in(&in, UINT64_C(1) << 63) == -1 && errno == EINVAL);
	inject_release(&in);
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
}

int main(void)
{
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	root_open(&root, NULL);
	UNIT(pages_of_another_process_are_filled_and_lost);
	UNIT(a_feature_that_is_not_there_is_refused);
	return unit_end();
}

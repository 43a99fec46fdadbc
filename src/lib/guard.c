/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guard.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

static sigjmp_buf after_fault;
static volatile sig_atomic_t guarding;
static volatile struct guard_fault seen;

static void on_sigbus(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	/*
	 * Action optional: the kernel found an error in a page that some thread
	 * of ours maps, and nobody has consumed it.  A read meets it in its turn.
	 */
	if (info->si_code == BUS_MCEERR_AO)
		return;
	if (!guarding) { /* a fault of our own making: die of it */
		signal(signal_number, SIG_DFL);
		raise(signal_number);
		return;
	}
	seen.address = info->si_addr;
	seen.code = info->si_code;
	seen.lsb = info->si_code == BUS_MCEERR_AR ? info->si_addr_lsb : 0;
	siglongjmp(after_fault, 1);
}

int guard_open(void)
{
	struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};

	return sigaction(SIGBUS, &action, NULL);
}

bool guard_run(void (*run)(void *context), void *context, struct guard_fault *fault)
{
	if (sigsetjmp(after_fault, 1)) {
		guarding = 0;
		fault->address = seen.address;
		fault->code = seen.code;
		fault->lsb = seen.lsb;
		return false;
	}
	guarding = 1;
	run(context);
	guarding = 0;
	return true;
}

bool guard_is_memory_error(const struct guard_fault *fault)
{
	return fault->code == BUS_MCEERR_AR;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guard.h"
#include "sweep.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

static sigjmp_buf after_fault;
static volatile sig_atomic_t sweeping;
static volatile struct guard_fault seen;

static void on_sigbus(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	/*
	 * Action optional: the kernel found an error in a page that some thread
	 * of ours maps, and nobody has consumed it.  The sweep meets it in its turn.
	 */
	if (info->si_code == BUS_MCEERR_AO)
		return;
	if (!sweeping) { /* a fault of our own making: die of it */
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
		sweeping = 0;
		fault->address = seen.address;
		fault->code = seen.code;
		fault->lsb = seen.lsb;
		return false;
	}
	sweeping = 1;
	run(context);
	sweeping = 0;
	return true;
}

struct stretch {
	const void *start;
	size_t size;
};

static void sweep_stretch(void *context)
{
	const struct stretch *stretch = context;

	sweep(stretch->start, stretch->size);
}

bool guard_sweep(const void *start, size_t size, struct guard_fault *fault)
{
	struct stretch stretch = {start, size};

	return guard_run(sweep_stretch, &stretch, fault);
}

bool guard_is_memory_error(const struct guard_fault *fault)
{
	return fault->code == BUS_MCEERR_AR;
}

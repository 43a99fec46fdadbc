/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LDNP tells the processor that the line will not be used again (Arm Architecture Reference
 * Manual, Load/Store non-temporal pair); what caches make of it is theirs to decide.
 */
#include "sweep.h"

#ifdef __aarch64__

void sweep_ldnp(const char *p, const char *end)
{
	for (; p < end; p += SWEEP_LINE)
		asm volatile("ldnp q0, q1, [%0]\n\t"
			     "ldnp q2, q3, [%0, #32]"
			     :
			     : "r"(p)
			     : "v0", "v1", "v2", "v3", "memory");
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rights.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/prctl.h>

enum { KEPT_MAX = 8 };

int rights_keep(int capability, ...)
{
	unsigned int kept[KEPT_MAX], n = 0;
	va_list more;

	va_start(more, capability);
	for (; capability >= 0 && n < KEPT_MAX; capability = va_arg(more, int))
		if (capng_have_capability(CAPNG_PERMITTED, (unsigned int)capability))
			kept[n++] = (unsigned int)capability;
	va_end(more);
	capng_clear(CAPNG_SELECT_CAPS);
	for (unsigned int i = 0; i < n; i++)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept[i]);
	errno = EPERM;
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

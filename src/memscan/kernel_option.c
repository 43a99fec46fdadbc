/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel_option.h"
#include "say.h"
#include "sweep.h"

#include <stdio.h>

/* The names of all kernels that can run here, "movntdqa, avx2, portable". */
static const char *supported(void)
{
	static char names[128];
	size_t len = 0;

	for (const struct sweep_kernel *kernel = sweep_kernels; kernel->name; kernel++)
		if (kernel->is_supported())
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
				len ? ", " : "", kernel->name);
	return names;
}

const char *kernel_option(const char *name, void *unused)
{
	static char reason[256];
	const struct sweep_kernel *kernel = sweep_find(name);

	(void)unused;
	if (!kernel) {
		snprintf(reason, sizeof(reason), "unknown; here are: %s", supported());
		return reason;
	}
	if (!kernel->is_supported())
		die(STATUS_UNSUPPORTED, "use kernel %s: not on this processor; here are: %s", name,
			supported());
	sweep_use(kernel);
	return NULL;
}

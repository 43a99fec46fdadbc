/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a policy: what is taken from them is within its bounds. */
#include "../../src/vmevac/plan/policy.h"
#include "fuzz.h"

static void check(const struct policy *policy)
{
	for (unsigned int i = 0; i < CAUSES; i++)
		MUST(policy->weight[i] <= CAUSE_WEIGHT_MAX);
	MUST(policy->rows <= POLICY_ROWS_MAX);
	MUST(policy->growing >= 2 && policy->growing <= POLICY_GROWING_MAX);
	MUST(policy->machines <= POLICY_MACHINES_MAX);
	for (unsigned int i = 0; i < policy->machines; i++)
		MUST(policy->machine[i].name[policy->machine[i].len] == '\0');
	MUST(policy_importance(policy, "web") <= POLICY_IMPORTANCE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy policy;
	const uint8_t *end = data + size, *p = data;

	policy_init(&policy);
	while (p < end) {
		const uint8_t *lf = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((lf ? lf : end) - p);
		char *line = fuzz_copy(p, len);
		const char *why = policy_parse(&policy, line, len);

		free(line);
		if (why)
			return 0; /* it would end there */
		check(&policy);
		p += len + 1;
	}
	return 0;
}

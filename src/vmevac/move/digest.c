/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "digest.h"
#include "page.h"

#include <string.h>
#include <xxhash.h>
#ifdef __x86_64__
#include <xxh_x86dispatch.h> /* has XXH3_128bits() be what this processor is best at */
#endif

void digest_of(const void *page, unsigned char out[DIGEST_BYTES])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits(page, PAGE_BYTES));
	memcpy(out, canonical.digest, DIGEST_BYTES);
}

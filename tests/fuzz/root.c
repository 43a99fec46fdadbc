/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes in a file of one number: read as what strtoull(3) makes of them, or refused. */
#include "root.h"
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* The bytes are DIGITS only, then LFs and spaces, and no more than 64 bits. */
static int expect(const char *text, size_t len, int base, uint64_t *value)
{
	const char *digits = base == 10 ? "0123456789" : "0123456789abcdef";
	size_t n = strspn(text, digits);

	errno = 0;
	*value = strtoull(text, NULL, base);
	return n > 0 && len < 64 && n + strspn(text + n, "\n ") == len && errno == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct root root = {.fd = -1};
	int file = memfd_create("number", MFD_CLOEXEC);
	char *text = calloc(1, size + 1);

	/* The files of /proc/self/fd are the memory file's number. */
	if (root.fd < 0)
		root.fd = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(text && write(file, data, size) == (ssize_t)size);
	if (size)
		memcpy(text, data, size);
	for (int base = 10; base <= 16; base += 6) {
		uint64_t value = 4711, wanted;
		int good = expect(text, size, base, &wanted);

		errno = 0;

		int result = root_read_u64(&root, base, &value, "%d", file);

		MUST(result == (good ? 0 : -1));
		MUST(value == (good ? wanted : 4711));
		MUST(good || errno == EBADMSG);
	}
	close(file);
	free(text);
	return 0;
}

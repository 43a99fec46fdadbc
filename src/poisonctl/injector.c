/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "injector.h"
#include "control.h"
#include "page.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EINJ "sys/kernel/debug/apei/einj"
#define MCE  "sys/kernel/debug/mce-inject"

static sigjmp_buf after_load;

/* What a folder of the kernel's is to be told, one number after the other. */
struct step {
	const char *file;
	uint64_t value;
};

static int take_steps(
	const struct root *root, const char *folder, const struct step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char text[32];

		snprintf(text, sizeof(text), "0x%" PRIx64 "\n", steps[i].value);
		if (root_write(root, text, "%s/%s", folder, steps[i].file) != 0)
			return -1;
	}
	return 0;
}

/* --- The kernel's own ways --- */

static int advise(const struct root *root, const struct victim *victim)
{
	(void)root;
	return madvise(victim->own, PAGE_BYTES, MADV_HWPOISON);
}

static int corrupt(const struct root *root, const struct victim *victim)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64 "\n", victim->addr >> PAGE_SHIFT);
	return root_write(root, text, CONTROL_POISON);
}

/* --- Firmware --- */

static void on_bus_error(int signal)
{
	(void)signal;
	siglongjmp(after_load, 1);
}

/* An error that nobody has met would wait in this page for whoever gets it next. */
static void meet(const volatile char *page)
{
	struct sigaction action = {.sa_handler = on_bus_error}, before;

	sigaction(SIGBUS, &action, &before);
	if (sigsetjmp(after_load, 1) == 0)
		(void)*page;
	sigaction(SIGBUS, &before, NULL);
}

/* Lines such as "0x00000010\tMemory Uncorrectable non-fatal". */
static int need_error_type(const struct root *root, uint64_t type)
{
	char text[4096], word[32];

	if (root_read(root, text, sizeof(text), EINJ "/available_error_type") < 0)
		return -1;
	snprintf(word, sizeof(word), "0x%08" PRIx64 "\t", type);
	errno = EOPNOTSUPP;
	return strstr(text, word) ? 0 : -1;
}

static int plant(const struct root *root, const struct victim *victim)
{
	enum { MEMORY_UNCORRECTABLE = 0x10, ADDRESS_VALID = 2 };
	const struct step steps[] = {
		{"error_type", MEMORY_UNCORRECTABLE},
		{"flags", ADDRESS_VALID},
		{"param1", victim->addr},
		{"param2", ~(uint64_t)(PAGE_BYTES - 1)}, /* which bits of param1 count */
		{"notrigger", 1},                        /* the kernel would die of meeting it */
		{"error_inject", 1},
	};

	if (need_error_type(root, MEMORY_UNCORRECTABLE) != 0 ||
		take_steps(root, EINJ, steps, sizeof(steps) / sizeof(*steps)) != 0)
		return -1;
	if (victim->own)
		meet(victim->own);
	return 0;
}

/* --- The machine-check code --- */

static bool is_intel(const struct root *root)
{
	char text[512] = "";
	int fd = root_openat(root, O_RDONLY, "proc/cpuinfo");

	if (fd < 0)
		return false;
	if (read_at(fd, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	close(fd);
	return strstr(text, "GenuineIntel");
}

/*
 * Intel SDM volume 3B, Interpreting Machine Check Error Codes, Memory Controller Errors.  VAL, EN,
 * MISCV and ADDRV, one corrected error, a read of memory on channel 0; MISC: a physical address of
 * which the page counts.
 */
static int log_error(const struct root *root, const struct victim *victim)
{
	const struct step steps[] = {
		{"cpu", 0}, {"status", UINT64_C(0x9c00004000010090)}, {"addr", victim->addr},
		{"misc", 0x80 | PAGE_SHIFT},
		{"bank", 7}, /* the last: it logs what the others say */
	};

	errno = EOPNOTSUPP;
	if (!is_intel(root))
		return -1;
	if (root_write(root, "sw\n", MCE "/flags") != 0)
		return -1;
	return take_steps(root, MCE, steps, sizeof(steps) / sizeof(*steps));
}

static const struct injector injectors[] = {
	{.name = "madvise", .own_only = true, .inject = advise},
	{.name = "hwpoison",
		.control = CONTROL_POISON,
		.module = "hwpoison-inject",
		.inject = corrupt},
	{.name = "einj", .control = EINJ "/error_inject", .module = "einj", .inject = plant},
	{.name = "mce", .control = MCE "/bank", .module = "mce-inject", .inject = log_error},
};

const struct injector *injector_find(const char *name)
{
	for (size_t i = 0; i < sizeof(injectors) / sizeof(*injectors); i++)
		if (!strcmp(injectors[i].name, name))
			return &injectors[i];
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every kernel that this processor can run: what it loads, and what it leaves alone. */
#include "../../src/memscan/sweep.h"
#include "unit.h"

#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 8, BYTES = PAGE * PAGES };

static char *range; /* BYTES between two pages that nobody may touch */
static sigjmp_buf after_fault;
static const char *volatile faulted;

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	(void)signal_number, (void)context;
	faulted = info->si_addr;
	siglongjmp(after_fault, 1);
}

/* Where the sweep faulted, or NULL when it went through. */
static const char *fault_of_sweep(const char *start, size_t size)
{
	faulted = NULL;
	if (!sigsetjmp(after_fault, 1))
		sweep(start, size);
	return faulted;
}

static void make_range(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	char *map = mmap(NULL, BYTES + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	range = map + PAGE;
	if (map == MAP_FAILED || mprotect(range, BYTES, PROT_READ | PROT_WRITE) != 0 ||
		sigaction(SIGSEGV, &action, NULL) != 0) {
		perror("make a range of memory");
		exit(EXIT_FAILURE);
	}
	memset(range, 1, BYTES); /* or all of it is the zero page */
}

static void each_kernel(void (*test)(void))
{
	for (const struct sweep_kernel *kernel = sweep_kernels; kernel->name; kernel++) {
		if (!kernel->is_supported())
			continue;
		unit_row = kernel->name;
		sweep_use(kernel);
		test();
	}
	sweep_use(NULL);
}

/* --- Nothing beyond the range, wherever it begins and ends --- */

static void check_bounds(void)
{
	static const size_t sizes[] = {0, 1, 7, 8, 63, 64, 65, 127, 128, 192, 4095, 4096, 4097,
		6080, 6143, 6144, 6145, 6208, 6272, 8191, 12288, BYTES - 1, BYTES};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		CHECK(fault_of_sweep(range, sizes[i]) == NULL);
		CHECK(fault_of_sweep(range + BYTES - sizes[i], sizes[i]) == NULL);
	}
	for (size_t start = 0; start <= 3 * SWEEP_LINE; start++)
		for (size_t size = 0; size <= 3 * SWEEP_LINE; size++)
			CHECK(fault_of_sweep(range + BYTES - start - size, size) == NULL);
	CHECK(fault_of_sweep(range + BYTES - 1, 2) == range + BYTES);
	CHECK(fault_of_sweep(range - 1, 2) == range - 1);
}

static void nothing_outside_is_loaded(void)
{
	each_kernel(check_bounds);
}

/* --- A page that is not there stops the sweep at its first byte --- */

static void check_hole(char *hole, size_t size)
{
	CHECK(mprotect(hole, size, PROT_NONE) == 0);
	CHECK(fault_of_sweep(range, BYTES) == hole);
	CHECK(mprotect(hole, size, PROT_READ | PROT_WRITE) == 0);
}

static void check_holes(void)
{
	for (int page = 0; page < PAGES; page++) {
		check_hole(range + page * PAGE, PAGE);
		check_hole(range + page * PAGE, (size_t)(PAGES - page) * PAGE);
	}
}

static void a_hole_is_met_at_its_first_byte_and_in_order(void)
{
	each_kernel(check_holes);
}

/* A sweep of one line that may not be touched: none is left out, wherever it is in the page. */
static void check_lines(void)
{
	CHECK(mprotect(range, PAGE, PROT_NONE) == 0);
	for (char *line = range; line < range + PAGE; line += SWEEP_LINE)
		CHECK(fault_of_sweep(line, SWEEP_LINE) == line);
	CHECK(mprotect(range, PAGE, PROT_READ | PROT_WRITE) == 0);
}

static void a_single_line_is_loaded(void)
{
	each_kernel(check_lines);
}

/* --- Each word once: the processor counts what touches it (perf_event_open(2)) --- */

static int watch(const char *word)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_RW,
		.bp_addr = (uintptr_t)word,
		.bp_len = HW_BREAKPOINT_LEN_8,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* How often a sweep of the range loads WORD; -1 where that cannot be counted. */
static int64_t count_loads(const char *word)
{
	int64_t before = 0, after = -1;
	int fd = watch(word);

	if (fd < 0)
		return -1;
	if (read(fd, &before, sizeof(before)) == sizeof(before)) {
		sweep(range, BYTES);
		if (read(fd, &after, sizeof(after)) == sizeof(after))
			after -= before;
	}
	close(fd);
	return after;
}

/* All words of the range's ends, and one that wanders through every place of a line between. */
static void check_words(void)
{
	for (size_t at = 0; at < BYTES; at += at < PAGE / 2 || at >= BYTES - PAGE ? 8 : 72)
		CHECK_U64((uint64_t)count_loads(range + at), 1);
}

/* Emulators and some clouds have no breakpoints: then the word of our own is not seen either. */
static bool can_count_loads(void)
{
	const struct sweep_kernel *portable = sweep_find("portable");
	int64_t loads;

	sweep_use(portable);
	loads = count_loads(range);
	sweep_use(NULL);
	return loads > 0;
}

static void every_word_is_loaded_once(void)
{
	if (can_count_loads())
		each_kernel(check_words);
	else
		unit_skip("no hardware breakpoints here");
}

/* --- The table --- */

static void kernels_are_found_by_name(void)
{
	size_t n = 0;

	for (; sweep_kernels[n].name; n++)
		CHECK(sweep_find(sweep_kernels[n].name) == &sweep_kernels[n]);
	CHECK(n > 0 && sweep_kernels[n - 1].is_supported());
	CHECK_TEXT(sweep_kernels[n - 1].name, "portable");
	CHECK(sweep_find("") == NULL);
	CHECK(sweep_find("port") == NULL);
}

int main(void)
{
	make_range();
	UNIT(nothing_outside_is_loaded);
	UNIT(a_hole_is_met_at_its_first_byte_and_in_order);
	UNIT(a_single_line_is_loaded);
	UNIT(every_word_is_loaded_once);
	UNIT(kernels_are_found_by_name);
	return unit_end();
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * toucher - have a latent error planted beneath one's own memory, and touch it
 *
 * usage, inside the latent profile of the lab: toucher PLANT
 *
 * PLANT is the program to run with the physical address as its argument.
 * Prints how the load ended: its signal's code, address and size.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096 };

static sigjmp_buf out;
static volatile siginfo_t caught;

static void on_bus_error(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	caught = *info;
	siglongjmp(out, 1);
}

static uint64_t physical_address(const void *page)
{
	uint64_t entry = 0;
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	off_t at = (off_t)((uintptr_t)page / PAGE * sizeof(entry));

	if (pagemap < 0 || pread(pagemap, &entry, sizeof(entry), at) != sizeof(entry))
		return 0;
	close(pagemap);
	return (entry & ((UINT64_C(1) << 55) - 1)) * PAGE;
}

static int plant(char *program, uint64_t physical)
{
	char address[32];
	char *argv[] = {program, address, NULL};
	int status = -1;
	pid_t child;

	snprintf(address, sizeof(address), "0x%lx", physical);
	child = fork();
	if (child == 0) {
		execv(program, argv);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

static void touch(const volatile char *page)
{
	if (sigsetjmp(out, 1) == 0)
		printf("read %d\n", *page);
	else
		printf("signal %d code %d page %s lsb %d\n", caught.si_signo, caught.si_code,
			((uintptr_t)caught.si_addr & ~(uintptr_t)(PAGE - 1)) == (uintptr_t)page
				? "same"
				: "other",
			caught.si_addr_lsb);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (argc != 2 || page == MAP_FAILED)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(page, 1, PAGE);
	sigaction(SIGBUS, &action, NULL);
	if (plant(argv[1], physical_address(page)) < 0)
		return 1;
	touch(page);
	puts("alive");
	return 0;
}

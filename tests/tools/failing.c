/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * failing - one call of a program to the C library fails, whichever it is:
 *
 *	FAILING=N:WAY FAILING_LOG=FILE LD_PRELOAD=failing.so PROGRAM …
 *
 * From main() on, calls of the functions below are counted, those of PROGRAM and of all that it
 * forks together.  Call N fails in the WAY-th way of its row (from 0, and again from the first
 * behind the last), and FILE gets a line for it, "NAME WAY".  With N = 0 none fails, and there is
 * a line for each, "NAME WAYS".  What PROGRAM executes is left alone.
 *
 * Nothing stands before what is written to standard error, where failures are told, nor before
 * memory that sanitisers hand out.  What the C library calls itself is not seen: so fwrite(3) and
 * fflush(3) are in the table for standard output.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STATUS_FAILING = 125, SHORT = -1 /* half of what was asked for, instead of an errno */ };

static atomic_ulong *calls; /* shared with what is forked; NULL before main() */
static unsigned long wanted, way_wanted;
static long log_fd;
static long (*system_call)(long, ...); /* our own, for syscall(2) is in the table */

static void note(const char *name, const char *what)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "%s %s\n", name, what);

	system_call(SYS_write, log_fd, line, len);
}

static void note_ways(const char *name, unsigned long ways)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", ways);
	note(name, text);
}

/* What becomes of this call: an errno, SHORT, or 0.  WAYS ends with a 0. */
static int way_of(const char *name, const int *ways, long first)
{
	unsigned long count = 0;
	int way = 0, before = errno;

	if (!calls || (first == STDERR_FILENO && strcmp(name, "write") == 0))
		return 0;
	while (ways[count])
		count++;
	if (atomic_fetch_add(calls, 1) + 1 == wanted)
		way = ways[way_wanted % count];
	if (way)
		note(name, way == SHORT ? "short" : strerrorname_np(way));
	else if (!wanted)
		note_ways(name, count);
	errno = way > 0 ? way : before;
	return way;
}

/*
 * A function of the C library, what it returns when it fails, and its ways to.  All arguments are
 * in registers, whatever they are and however many, and so is the result (System V ABI for x86-64).
 * The size of what is transferred is the third.
 */
#define CALL(name, failed, ...)                                                             \
	long failing_##name(long a, long b, long c, long d, long e, long f) __asm__(#name); \
	long failing_##name(long a, long b, long c, long d, long e, long f)                 \
	{                                                                                   \
		static const int ways[] = {__VA_ARGS__, 0};                                 \
		static long (*real)(long, long, long, long, long, long);                    \
		int way;                                                                    \
                                                                                            \
		if (!real)                                                                  \
			real = (__typeof__(real))dlsym(RTLD_NEXT, #name);                   \
		way = way_of(#name, ways, a);                                               \
		if (way == SHORT && c > 1)                                                  \
			c /= 2;                                                             \
		return way > 0 ? (failed) : real(a, b, c, d, e, f);                         \
	}

CALL(read, -1, EIO, EINTR, SHORT)
CALL(write, -1, ENOSPC, EINTR, EIO, SHORT)
CALL(pread64, -1, EIO, EINTR, ENOMEM, SHORT)
CALL(pwrite64, -1, ENOSPC, EINTR, SHORT)
CALL(open64, -1, EMFILE, EACCES)
CALL(openat64, -1, ENFILE)
CALL(mkostemp64, -1, ENOSPC)
CALL(fstat64, -1, EIO)
CALL(stat64, -1, EIO)
CALL(lstat64, -1, EIO)
CALL(fstatfs64, -1, EIO)
CALL(access, -1, EACCES)
CALL(fcntl64, -1, ENOLCK)
CALL(ioctl, -1, EPERM, EINTR)
CALL(flock, -1, EINTR, ENOLCK)
CALL(lseek64, -1, EIO)
CALL(fallocate64, -1, ENOSPC, EINTR)
CALL(ftruncate64, -1, ENOSPC, EINTR)
CALL(fsync, -1, EIO, ENOSPC)
CALL(fdatasync, -1, EIO)
CALL(rename, -1, EIO)
CALL(link, -1, ENOSPC)
CALL(unlink, -1, EIO)
CALL(unlinkat, -1, EIO)
CALL(mkdir, -1, ENOSPC)
CALL(mkdirat, -1, ENOSPC)
CALL(readlink, -1, EACCES)
CALL(readlinkat, -1, EACCES)
CALL(getdents64, -1, EIO)
CALL(opendir, 0, EMFILE)
CALL(fdopendir, 0, ENOMEM)
CALL(readdir64, 0, EIO)
CALL(fopen64, 0, EMFILE)
CALL(fmemopen, 0, ENOMEM)
CALL(open_memstream, 0, ENOMEM)
CALL(fwrite, 0, ENOSPC)
CALL(fflush, -1, ENOSPC)
CALL(fclose, -1, EIO)

CALL(poll, -1, EINTR, ENOMEM)
CALL(ppoll, -1, EINTR, ENOMEM)
CALL(epoll_wait, -1, EINTR)
CALL(socket, -1, EMFILE)
CALL(socketpair, -1, EMFILE)
CALL(connect, -1, ECONNREFUSED, EINTR)
CALL(setsockopt, -1, ENOMEM)
CALL(getsockopt, -1, ENOMEM)
CALL(send, -1, EPIPE, EINTR, SHORT)
CALL(recv, -1, ECONNRESET, EINTR, SHORT)
CALL(sendmsg, -1, ENOBUFS, EINTR)
CALL(recvmsg, -1, ENOMEM, EINTR)
CALL(writev, -1, EPIPE, EINTR)
CALL(pipe2, -1, EMFILE)
CALL(eventfd, -1, EMFILE)

CALL(fork, -1, EAGAIN)
CALL(waitpid, -1, EINTR)
CALL(pthread_create, EAGAIN, EAGAIN)
CALL(posix_spawnp, EAGAIN, EAGAIN)
CALL(ptrace, -1, EPERM, ESRCH)
CALL(prctl, -1, EPERM)
CALL(prlimit64, -1, EPERM)
CALL(pidfd_open, -1, EMFILE)
CALL(sched_setaffinity, -1, EINVAL)
CALL(sched_getaffinity, -1, EINVAL)
CALL(setitimer, -1, EINVAL)
CALL(getrandom, -1, EINTR)
CALL(syscall, -1, EMFILE, EPERM)

CALL(mmap64, -1, ENOMEM)
CALL(munmap, -1, ENOMEM)
CALL(mremap, -1, ENOMEM)
CALL(madvise, -1, ENOMEM)
CALL(mlock, -1, EPERM)
CALL(mincore, -1, ENOMEM)
CALL(memfd_create, -1, EMFILE)
CALL(fsopen, -1, EPERM)
CALL(fsconfig, -1, EINVAL)
CALL(fsmount, -1, EPERM)
CALL(process_vm_readv, -1, EPERM)
CALL(process_vm_writev, -1, EFAULT)

#ifndef __SANITIZE_ADDRESS__
CALL(malloc, 0, ENOMEM)
CALL(calloc, 0, ENOMEM)
CALL(realloc, 0, ENOMEM)
CALL(reallocarray, 0, ENOMEM)
#endif

/* --- main() and what is in front of it --- */

static int (*real_main)(int, char **, char **);

static int start(int argc, char **argv, char **environment)
{
	const char *text = getenv("FAILING"), *file = getenv("FAILING_LOG");
	char *end;

	system_call = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	wanted = text ? strtoul(text, &end, 10) : 0;
	way_wanted = text && *end == ':' ? strtoul(end + 1, NULL, 10) : 0;
	log_fd = system_call(SYS_openat, AT_FDCWD, file ? file : "/dev/null",
		O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	unsetenv("LD_PRELOAD");
	unsetenv("FAILING");
	unsetenv("FAILING_LOG");
	calls = mmap(
		NULL, sizeof(*calls), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return log_fd < 0 || calls == MAP_FAILED ? STATUS_FAILING
						 : real_main(argc, argv, environment);
}

int failing_start(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
	void (*fini)(void), void (*loader_fini)(void), void *stack) __asm__("__libc_start_main");

int failing_start(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
	void (*fini)(void), void (*loader_fini)(void), void *stack)
{
	__typeof__(failing_start) *real =
		(__typeof__(failing_start) *)dlsym(RTLD_NEXT, "__libc_start_main");

	real_main = main;
	return real(start, argc, argv, init, fini, loader_fini, stack);
}

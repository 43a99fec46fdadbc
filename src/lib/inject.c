/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: calls, memory and descriptors. */
#include "inject.h"
#include "inject_arch.h"
#include "inject_thread.h"
#include "maps.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Above this x86-64 maps nothing that was not asked for by address
 * (Documentation/arch/x86/x86_64/mm.rst). */
#define USER_END (UINT64_C(1) << 47)

enum {
	ERRNO_MAX = 4095,           /* include/linux/err.h */
	CALL_STOP = SIGTRAP | 0x80, /* PTRACE_O_TRACESYSGOOD */
	NO_EVENT = 0,               /* of a stop for a signal or a call */
};

static void (*on_step)(void);

void inject_on_step(void (*step)(void))
{
	on_step = step;
}

void inject_step(void)
{
	if (on_step)
		on_step();
}

/* --- One thread --- */

int inject_get_registers(pid_t thread, struct user_regs_struct *out)
{
	struct iovec all = {out, sizeof(*out)};

	return ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &all) == 0 ? 0 : -1;
}

int inject_set_registers(pid_t thread, const struct user_regs_struct *registers)
{
	struct iovec all = {(void *)(uintptr_t)registers, sizeof(*registers)};

	return ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &all) == 0 ? 0 : -1;
}

static int wait_for_stop(pid_t thread, int *status)
{
	pid_t got;

	do
		got = waitpid(thread, status, __WALL);
	while (got < 0 && errno == EINTR);
	if (got == thread && WIFSTOPPED(*status))
		return 0;
	errno = ESRCH;
	return -1;
}

int inject_run(struct inject *in, int request, enum inject_place place)
{
	for (;;) {
		int status;

		if (ptrace((enum __ptrace_request)request, in->caller, NULL, NULL) != 0 ||
			wait_for_stop(in->caller, &status) != 0)
			return -1;

		bool event = status >> 16 == PTRACE_EVENT_STOP;

		if (event ? place == INJECT_AT_REST
			  : place == INJECT_AT_CALL && WSTOPSIG(status) == CALL_STOP)
			return 0;
		/* All other signals are blocked. */
		if (!event && WSTOPSIG(status) == SIGSTOP)
			in->stop_more = true;
	}
}

/* --- Calls --- */

int inject_block_signals(const struct inject *in)
{
	const uint64_t all = ~UINT64_C(0);

	return ptrace(PTRACE_SETSIGMASK, in->caller, sizeof(all), &all) == 0 ? 0 : -1;
}

/* Whoever adopts the process must know that it is changed before it is. */
static int begin_changes(struct inject *in)
{
	if (in->changed)
		return 0;
	in->changed = true;
	return inject_block_signals(in);
}

static int make_call(struct inject *in, struct user_regs_struct *registers)
{
	inject_step();
	if (begin_changes(in) != 0 || inject_set_registers(in->caller, registers) != 0)
		return -1;
	inject_step();
	if (inject_run(in, PTRACE_SYSCALL, INJECT_AT_CALL) != 0)
		return -1;
	inject_step();
	if (inject_run(in, PTRACE_SYSCALL, INJECT_AT_CALL) != 0)
		return -1;
	inject_step();
	return inject_get_registers(in->caller, registers);
}

int64_t inject_call_array(struct inject *in, long number, const uint64_t argument[6])
{
	struct user_regs_struct registers = in->registers;

	inject_arch_call(&registers, in->instruction, number, argument, ++in->mark);
	if (make_call(in, &registers) != 0)
		return -1;

	int64_t result = inject_arch_result(&registers);

	if (result >= 0 || result < -ERRNO_MAX)
		return result;
	errno = (int)-result;
	return -1;
}

/* --- Memory --- */

int inject_read(const struct inject *in, uint64_t va, void *out, size_t size)
{
	struct iovec here = {out, size}, there = {(void *)(uintptr_t)va, size};
	ssize_t n = process_vm_readv(in->pid, &here, 1, &there, 1, 0);

	if (n >= 0 && n != (ssize_t)size)
		errno = EFAULT;
	return n == (ssize_t)size ? 0 : -1;
}

int inject_write(const struct inject *in, uint64_t va, const void *data, size_t size)
{
	struct iovec here = {(void *)(uintptr_t)data, size}, there = {(void *)(uintptr_t)va, size};
	ssize_t n = process_vm_writev(in->pid, &here, 1, &there, 1, 0);

	if (n >= 0 && n != (ssize_t)size)
		errno = EFAULT;
	return n == (ssize_t)size ? 0 : -1;
}

/* The middle of what is free from START to END, if that is more than *LARGEST. */
static void consider_hole(uint64_t start, uint64_t end, uint64_t *largest, uint64_t *middle)
{
	if (end <= start || end - start <= *largest)
		return;
	*largest = end - start;
	*middle = start + *largest / 2;
}

uint64_t inject_find_hole(const struct inject *in, uint64_t size, uint64_t align)
{
	struct maps maps;
	struct vma vma;
	uint64_t end = INJECT_SCRATCH, largest = 0, middle = 0;
	int more;

	if (maps_open(&maps, in->root, in->pid) != 0)
		return 0;
	while ((more = maps_next(&maps, &vma)) > 0 && vma.start < USER_END) {
		consider_hole(end, vma.start, &largest, &middle);
		end = vma.end;
	}
	maps_close(&maps);
	consider_hole(end, USER_END, &largest, &middle);
	if (more >= 0 && largest / 2 > size + align)
		return middle & ~(align - 1);
	errno = ENOMEM;
	return 0;
}

int inject_open_scratch(struct inject *in)
{
	if (in->scratch)
		return 0;
	in->scratch = inject_find_hole(in, INJECT_SCRATCH, INJECT_SCRATCH);
	if (!in->scratch)
		return -1;
	return inject_call(in, SYS_mmap, in->scratch, INJECT_SCRATCH, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, (uint64_t)-1, 0) < 0
		       ? -1
		       : 0;
}

void inject_close_scratch(struct inject *in)
{
	if (in->scratch)
		inject_call(in, SYS_munmap, in->scratch, INJECT_SCRATCH);
	in->scratch = 0;
}

/* --- Descriptors --- */

/* What recvmsg(2) is given, at scratch. */
struct message {
	struct msghdr header;
	struct iovec data;
	char byte;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
};

static void remember(struct inject *in, int fd)
{
	for (size_t i = 0; i < INJECT_FDS_MAX; i++)
		if (in->fd[i] < 0) {
			in->fd[i] = fd;
			return;
		}
}

/* The descriptor that came with the message at scratch, or -1. */
static int received(const struct inject *in)
{
	struct message message;
	int fd;

	if (inject_read(in, in->scratch, &message, sizeof(message)) != 0)
		return -1;
	memcpy(&fd, message.control + CMSG_LEN(0), sizeof(fd));
	return fd;
}

/* Remember what a call with this RESULT opened, and return the first of it. */
static int look_at_opened(struct inject *in, int64_t result)
{
	enum inject_opening opening = in->opening;
	int fd[2] = {(int)result, -1};

	if (result >= 0 && opening == INJECT_OPENS_MESSAGE)
		fd[0] = received(in);
	else if (result >= 0 && opening == INJECT_OPENS_PAIR &&
		 inject_read(in, in->scratch, fd, sizeof(fd)) != 0)
		fd[0] = -1;
	for (int i = 0; i < 2; i++)
		if (result >= 0 && fd[i] >= 0)
			remember(in, fd[i]);
	in->opening = INJECT_OPENS_NOTHING;
	return result < 0 ? -1 : fd[0];
}

void inject_look_at_opened(struct inject *in)
{
	struct user_regs_struct registers;

	if (in->opening == INJECT_OPENS_NOTHING ||
		inject_get_registers(in->caller, &registers) != 0)
		return;
	/* Death may have come before the call. */
	if (inject_arch_mark(&registers) == in->mark && inject_arch_is_in_call(&registers))
		look_at_opened(in, inject_arch_result(&registers));
	in->opening = INJECT_OPENS_NOTHING;
}

int inject_open_array(struct inject *in, long number, const uint64_t argument[6])
{
	in->opening = INJECT_OPENS_RESULT;
	return look_at_opened(in, inject_call_array(in, number, argument));
}

void inject_close(struct inject *in, int fd)
{
	int error = errno;

	inject_call(in, SYS_close, (uint64_t)fd);
	for (size_t i = 0; i < INJECT_FDS_MAX; i++)
		if (in->fd[i] == fd)
			in->fd[i] = -1;
	errno = error;
}

void inject_clean(struct inject *in)
{
	for (size_t i = 0; i < INJECT_FDS_MAX; i++)
		if (in->fd[i] >= 0)
			inject_close(in, in->fd[i]);
	inject_close_scratch(in);
}

int inject_take_fd(const struct inject *in, int fd)
{
	int process = (int)syscall(SYS_pidfd_open, in->pid, 0);

	if (process < 0)
		return -1;

	int mine = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	int error = errno;

	close(process);
	errno = error;
	return mine;
}

static int send_fd(int socket, int fd)
{
	struct message message = {.byte = 0};
	struct cmsghdr *control = (struct cmsghdr *)message.control;

	message.data = (struct iovec){&message.byte, 1};
	message.header = (struct msghdr){.msg_iov = &message.data,
		.msg_iovlen = 1,
		.msg_control = message.control,
		.msg_controllen = sizeof(message.control)};
	*control = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(fd)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(control), &fd, sizeof(fd));
	return sendmsg(socket, &message.header, 0) == 1 ? 0 : -1;
}

/* The message is put at scratch with addresses that are right there. */
static int receive_fd(struct inject *in, int socket)
{
	uint64_t at = in->scratch;
	struct message message = {.byte = 0};

	message.data = (struct iovec){(void *)(uintptr_t)(at + offsetof(struct message, byte)), 1};
	message.header =
		(struct msghdr){.msg_iov = (void *)(uintptr_t)(at + offsetof(struct message, data)),
			.msg_iovlen = 1,
			.msg_control = (void *)(uintptr_t)(at + offsetof(struct message, control)),
			.msg_controllen = sizeof(message.control)};
	memset(message.control, -1, sizeof(message.control));
	if (inject_write(in, at, &message, sizeof(message)) != 0)
		return -1;
	in->opening = INJECT_OPENS_MESSAGE;
	return look_at_opened(in, inject_call(in, SYS_recvmsg, (uint64_t)socket, at,
					  MSG_CMSG_CLOEXEC | MSG_DONTWAIT));
}

/* Through a pair of sockets, of which we take one end. */
static int pass_fd(struct inject *in, const int pair[2], int fd)
{
	int mine = inject_take_fd(in, pair[0]);
	int given = -1;

	if (mine < 0)
		return -1;
	if (send_fd(mine, fd) == 0)
		given = receive_fd(in, pair[1]);

	int error = errno;

	close(mine);
	errno = error;
	return given;
}

int inject_give_fd(struct inject *in, int fd)
{
	int pair[2];

	if (inject_open_scratch(in) != 0)
		return -1;
	in->opening = INJECT_OPENS_PAIR;
	pair[0] = look_at_opened(in, inject_call(in, SYS_socketpair, AF_UNIX,
					     SOCK_DGRAM | SOCK_CLOEXEC, 0, in->scratch));
	if (pair[0] < 0 || inject_read(in, in->scratch, pair, sizeof(pair)) != 0)
		return -1;

	int given = pass_fd(in, pair, fd);

	inject_close(in, pair[0]);
	inject_close(in, pair[1]);
	return given;
}

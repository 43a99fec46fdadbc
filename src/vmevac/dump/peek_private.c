/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peek: private memory, which its process is made to write into a buffer.
 *
 * A worker holds the process and makes the calls.  If it is killed, we put the process right; if
 * we are killed, the worker finds nobody to write for and lets the process go on.
 *
 * The memory is locked meanwhile.  Errors cluster: when one is met in a transparent huge page, the
 * kernel splits that, and since Linux 6.12 it looks which parts are all zero, to give them back: it
 * reads them, and does not survive a second error there.  Of memory that is locked it does not
 * look at any (try_to_map_unused_to_zeropage() in mm/migrate.c).
 */
#include "inject.h"
#include "page.h"
#include "peek.h"
#include "smaps.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PIECE_BYTES = 1 << 20,
	PIECE_PAGES = PIECE_BYTES / PAGE_BYTES,
};

/* Have SIZE bytes at VA put into the buffer; SIZE comes back as how many were, and ERROR. */
struct order {
	uint64_t va, size;
	int error;
};

struct loan {
	struct peek *peek;
	const struct peek_visitor *visitor;
	struct inject *in;    /* seen by the worker, too */
	uint64_t start, size; /* of what is read */
	bool lock;            /* it is not locked already */
	int memory;           /* the buffer's */
	char *buffer;
	int worker_end, end; /* of the connection */
	pid_t worker;
};

static void close_all(struct loan *loan)
{
	int error = errno;

	if (loan->end >= 0)
		close(loan->end);
	if (loan->worker_end >= 0)
		close(loan->worker_end);
	if (loan->memory >= 0)
		close(loan->memory);
	if (loan->buffer != MAP_FAILED)
		munmap(loan->buffer, PIECE_BYTES);
	if (loan->in != MAP_FAILED)
		munmap(loan->in, sizeof(*loan->in));
	errno = error;
}

/* --- The worker --- */

static int hold(struct loan *loan, int *theirs)
{
	if (inject_stop(loan->in, loan->peek->root, loan->peek->pid) != 0)
		return -1;
	*theirs = inject_give_fd(loan->in, loan->memory);
	return *theirs < 0 || (loan->lock && inject_lock(loan->in, loan->start, loan->size) != 0)
		       ? -1
		       : 0;
}

static void let_go(struct loan *loan)
{
	if (loan->lock)
		inject_call(loan->in, SYS_munlock, loan->start, loan->size);
	inject_release(loan->in);
}

static void carry_out(struct inject *in, int theirs, struct order *order)
{
	int64_t n = inject_call(in, SYS_pwrite64, (uint64_t)theirs, order->va, order->size, 0);

	order->error = n < 0 ? errno : 0;
	order->size = n < 0 ? 0 : (uint64_t)n;
}

static bool answer(const struct loan *loan, const struct order *order)
{
	return send(loan->worker_end, order, sizeof(*order), MSG_NOSIGNAL) == sizeof(*order);
}

static _Noreturn void work(struct loan *loan)
{
	struct order order = {0};
	int theirs = -1;

	/* What ends us is not to end it in the midst of a call. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	close(loan->end);
	if (hold(loan, &theirs) != 0)
		order.error = errno;
	while (answer(loan, &order) &&
		recv(loan->worker_end, &order, sizeof(order), 0) == sizeof(order))
		carry_out(loan->in, theirs, &order);
	let_go(loan);
	_exit(0);
}

/* --- The borrower --- */

static int receive(struct loan *loan, struct order *order)
{
	ssize_t n;

	do
		n = recv(loan->end, order, sizeof(*order), 0);
	while (n < 0 && errno == EINTR);
	if (n == sizeof(*order))
		return 0;
	errno = ECANCELED; /* the worker has died */
	return -1;
}

static int open_buffer(struct loan *loan)
{
	loan->in = mmap(
		NULL, sizeof(*loan->in), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	loan->memory = memfd_create("vmevac-peek", MFD_CLOEXEC);
	if (loan->in == MAP_FAILED || loan->memory < 0 || ftruncate(loan->memory, PIECE_BYTES) != 0)
		return -1;
	loan->buffer = mmap(NULL, PIECE_BYTES, PROT_READ, MAP_SHARED, loan->memory, 0);
	return loan->buffer == MAP_FAILED ? -1 : 0;
}

static int start_worker(struct loan *loan)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	loan->end = pair[0];
	loan->worker_end = pair[1];
	loan->worker = fork();
	if (loan->worker == 0)
		work(loan);
	close(loan->worker_end);
	loan->worker_end = -1;
	return loan->worker < 0 ? -1 : 0;
}

static int begin(struct loan *loan)
{
	static struct smaps area;
	struct order order;
	int found;

	loan->peek->why = "make room to read its private memory";
	if (open_buffer(loan) != 0)
		return -1;
	loan->peek->why = "look whether its private memory is locked";
	found = smaps_find(loan->peek->root, loan->peek->pid, loan->start, &area);
	if (found < 0)
		return -1;
	loan->lock = !(found && smaps_has(&area, "lo"));
	loan->peek->why = "have it write out its private memory";
	if (start_worker(loan) != 0 || receive(loan, &order) != 0)
		return -1;
	errno = order.error;
	return order.error ? -1 : 0;
}

/* The process goes on: by the worker, or where that was killed, by us. */
static int finish(struct loan *loan)
{
	int status, result = 0;

	if (loan->worker <= 0)
		return 0;
	close(loan->end);
	loan->end = -1;
	while (waitpid(loan->worker, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status)) {
		result = inject_adopt(loan->in);
		let_go(loan);
	}
	return result;
}

static int hand_over(struct loan *loan, uint64_t va, size_t size)
{
	static bool zero[PIECE_PAGES];

	for (size_t i = 0; i < size / PAGE_BYTES; i++)
		zero[i] = page_is_zero(loan->buffer + i * PAGE_BYTES);
	return peek_hand_over(loan->visitor, va, loan->buffer, size, zero);
}

/* The calls end where memory is bad; the next one begins there, and does nothing. */
static int read_piece(struct loan *loan, uint64_t va, uint64_t size, const uint64_t *words)
{
	for (uint64_t at = 0; at < size;) {
		struct order order = {.va = va + at, .size = size - at};

		if (send(loan->end, &order, sizeof(order), MSG_NOSIGNAL) != sizeof(order) ||
			receive(loan, &order) != 0)
			return -1;

		uint64_t got = order.size / PAGE_BYTES * PAGE_BYTES;

		if (got == 0 && order.error && order.error != EFAULT) {
			errno = order.error;
			return -1;
		}
		if (hand_over(loan, va + at, got) != 0)
			return -1;
		if (got == 0 && loan->visitor->lost(loan->visitor->context, va + at, PAGE_BYTES,
					!pagemap_swap_is_special(words[at / PAGE_BYTES])) != 0)
			return -1;
		at += got ? got : PAGE_BYTES;
	}
	return 0;
}

static bool is_empty(const uint64_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!pagemap_is_empty(words[i]))
			return false;
	return true;
}

/* What was never written to is zero, but in the private mapping of a file. */
static int read_all(struct loan *loan, const struct vma *vma, uint64_t start, uint64_t end)
{
	static uint64_t words[PIECE_PAGES];

	for (uint64_t va = start; va < end; va += PIECE_BYTES) {
		uint64_t size = MIN(end - va, (uint64_t)PIECE_BYTES);

		if (peek_words(loan->peek, va, words, size / PAGE_BYTES) != 0)
			return -1;
		if (!vma->inode && is_empty(words, size / PAGE_BYTES))
			continue;
		if (read_piece(loan, va, size, words) != 0)
			return -1;
	}
	return 0;
}

int peek_private(struct peek *peek, const struct vma *vma, uint64_t start, uint64_t end,
	const struct peek_visitor *visitor)
{
	struct loan loan = {
		.peek = peek,
		.visitor = visitor,
		.start = start,
		.size = end - start,
		.in = MAP_FAILED,
		.memory = -1,
		.buffer = MAP_FAILED,
		.end = -1,
		.worker_end = -1,
	};
	int result = begin(&loan) == 0 ? read_all(&loan, vma, start, end) : -1;
	int error = errno;

	if (finish(&loan) != 0) {
		peek->why = "put it right: what was made in it stays";
		result = -1;
	} else {
		errno = error;
	}
	close_all(&loan);
	return result;
}

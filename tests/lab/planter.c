// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * planter - put latent memory errors beneath the kernel that QEMU runs
 *
 * Preloaded into the QEMU of the latent profile.  A thread listens on
 * $PLANTER_DIR/plant for lines holding a physical address of the machine, and
 * poisons that page of $PLANTER_DIR/ram0 or ram1 in QEMU's own mapping.  The
 * kernel inside is told nothing; the next load of the page by its CPU is a
 * real machine check.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* Linux 6.6; Debian 12 has the headers of 6.1. */
#ifndef UFFDIO_POISON
#define UFFD_FEATURE_POISON (1 << 14)
#define UFFDIO_POISON       _IOWR(UFFDIO, 0x08, struct uffdio_poison)
struct uffdio_poison {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};
#endif

enum { PAGE = 4096, NODES = 2 };

static const char *dir;

/* Where a page of the machine's memory is in this process. */
struct page {
	int file;
	uint64_t offset;
	uint64_t address;
};

/* The mapping of a file may be in several pieces, so look for the one with this offset. */
static uint64_t find_mapping(const char *path, uint64_t offset)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], *at;
	uint64_t start, end, from, found = 0;

	if (!maps)
		return 0;
	while (!found && fgets(line, sizeof(line), maps)) {
		at = strchr(line, '/');
		if (!at || strncmp(at, path, strlen(path)) != 0)
			continue;
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &from) != 3)
			continue;
		if (offset >= from && offset - from < end - start)
			found = start + offset - from;
	}
	fclose(maps);
	return found;
}

/*
 * Below 3 GiB the machine's physical addresses run through the files of its
 * nodes one after the other.
 */
static int find_page(uint64_t physical, struct page *page)
{
	char path[256];
	struct stat st;
	int node;

	page->offset = physical & -(uint64_t)PAGE;
	for (node = 0; node < NODES; node++) {
		snprintf(path, sizeof(path), "%s/ram%d", dir, node);
		page->file = open(path, O_RDWR | O_CLOEXEC);
		if (page->file < 0)
			return -1;
		if (fstat(page->file, &st) == 0 && page->offset < (uint64_t)st.st_size) {
			page->address = find_mapping(path, page->offset);
			if (page->address)
				return 0;
		}
		page->offset -= (uint64_t)st.st_size;
		close(page->file);
	}
	errno = ENXIO;
	return -1;
}

/*
 * While the page is registered nobody else can fill the hole: a CPU that
 * touches it waits, and then meets the poison.
 */
static int poison(int uffd, const struct page *page)
{
	struct uffdio_range range = {page->address, PAGE};
	struct uffdio_register reg = {.range = range, .mode = UFFDIO_REGISTER_MODE_MISSING};
	struct uffdio_poison order = {.range = range};
	int result, reason;

	if (ioctl(uffd, UFFDIO_REGISTER, &reg) < 0)
		return -1;
	result = fallocate(
		page->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)page->offset, PAGE);
	if (result == 0)
		result = ioctl(uffd, UFFDIO_POISON, &order);
	reason = errno;
	ioctl(uffd, UFFDIO_UNREGISTER, &range);
	errno = reason;
	return result;
}

static int open_userfaultfd(void)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_POISON,
	};
	int uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (uffd >= 0 && ioctl(uffd, UFFDIO_API, &api) < 0) {
		close(uffd);
		return -1;
	}
	return uffd;
}

static int plant(uint64_t physical)
{
	struct page page;
	int uffd, result, reason;

	if (find_page(physical, &page) < 0)
		return -1;
	uffd = open_userfaultfd();
	result = uffd < 0 ? -1 : poison(uffd, &page);
	reason = errno;
	if (uffd >= 0)
		close(uffd);
	close(page.file);
	errno = reason;
	return result;
}

static void serve(FILE *in, FILE *out)
{
	char line[64], *end;
	uint64_t physical;

	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		physical = strtoull(line, &end, 16);
		if (end == line || *end)
			fprintf(out, "failed %s: not an address\n", line);
		else if (plant(physical) < 0)
			fprintf(out, "failed %s: %s\n", line, strerror(errno));
		else
			fprintf(out, "planted %s\n", line);
		fflush(out);
	}
}

static void *serve_connections(void *arg)
{
	int listener = *(int *)arg;
	int connection;
	FILE *in, *out;

	for (;;) {
		connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (connection < 0)
			return NULL;
		in = fdopen(connection, "r");
		out = fdopen(dup(connection), "w");
		if (in && out)
			serve(in, out);
		if (in)
			fclose(in);
		if (out)
			fclose(out);
	}
}

static int listen_for_orders(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%s/plant", dir);
	if (listener < 0 || bind(listener, (struct sockaddr *)&name, sizeof(name)) < 0 ||
		listen(listener, 1) < 0)
		return -1;
	return listener;
}

/* QEMU's signals are for QEMU's threads. */
static int start_thread(int *listener)
{
	pthread_t thread;
	sigset_t all, before;
	int result;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(&thread, NULL, serve_connections, listener);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

/* Before main(), so that QEMU finds the socket when it connects its port. */
__attribute__((constructor)) static void start(void)
{
	static int listener;

	dir = getenv("PLANTER_DIR");
	if (!dir)
		return;
	listener = listen_for_orders();
	if (listener < 0 || start_thread(&listener) != 0) {
		perror("planter: start");
		exit(3);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "move/devices.h"
#include "unit.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER "QEVM\0\0\0\3"
#define REST   "\4devices"

static char got[4096];
static size_t got_len;

/* What comes out of a socket when STATE is written to it; the result of that. */
static int write_state(const void *state, size_t size, const char *machine)
{
	struct kept kept = {.fd = -1};
	int fds[2], result;
	ssize_t n;

	CHECK(kept_add(&kept, state, size) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	result = devices_write(&kept, fds[0], machine, 1000000000);
	close(fds[0]);
	n = read(fds[1], got, sizeof(got));
	got_len = n > 0 ? (size_t)n : 0;
	close(fds[1]);
	kept_close(&kept);
	return result;
}

static void check_got(const void *wanted, size_t len)
{
	CHECK_U64(got_len, len);
	CHECK(memcmp(got, wanted, len) == 0);
}

static void as_it_is(void)
{
	CHECK(write_state(HEADER REST, sizeof(HEADER REST) - 1, NULL) == 0);
	check_got(HEADER REST, sizeof(HEADER REST) - 1);
}

/* Behind the header, the length and the name; at the end, a description of 0 bytes. */
static void with_configuration(void)
{
	static const char wanted[] = HEADER "\7\0\0\0\6pc-1.0" REST "\6\0\0\0\0";

	CHECK(write_state(HEADER REST, sizeof(HEADER REST) - 1, "pc-1.0") == 0);
	check_got(wanted, sizeof(wanted) - 1);
}

static void of_another_kind(void)
{
	CHECK(write_state("QEVM\0\0\0\2" REST, 16, NULL) != 0);
	CHECK(errno == EBADMSG);
	CHECK(write_state("QEVM", 4, NULL) != 0);
	CHECK(errno == EBADMSG);
	check_got("", 0);
}

static void too_much(void)
{
	struct kept kept = {.fd = -1, .size = KEPT_MAX};

	CHECK(kept_add(&kept, "x", 1) != 0);
	CHECK(errno == EFBIG);
	kept_close(&kept);
}

int main(void)
{
	UNIT(as_it_is);
	UNIT(with_configuration);
	UNIT(of_another_kind);
	UNIT(too_much);
	return unit_end();
}

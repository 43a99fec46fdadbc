/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qmp: what is said to a QEMU, and what becomes of one that is slow, silent, garbled or gone. */
#include "qmp.h"
#include "clock.h"
#include "unit.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEPS_MAX = 16 };

#define GREETING   "send={\"QMP\": {\"version\": {}, \"capabilities\": []}}"
#define GOOD_START "accept", GREETING, "await=qmp_capabilities", "send={\"return\": {}, \"id\": 1}"

static char peer_program[PATH_MAX]; /* tests/tools/peer of the same build */
static char folder[] = "/tmp/mempatrol-XXXXXX";
static char path[64];
static pid_t peer;
static struct qmp qmp;
static int events;

static void see_event(const json_t *event, void *context)
{
	CHECK_TEXT(qmp_message_text(event, "event"), context);
	events++;
}

/* Have a peer listen, which then takes these steps, the last being NULL. */
static void play(const char *step, ...)
{
	char *args[STEPS_MAX] = {"peer", path, (char *)step};
	va_list steps;

	va_start(steps, step);
	for (int i = 3; args[i - 1] && i < STEPS_MAX; i++)
		args[i] = va_arg(steps, char *);
	va_end(steps);
	unlink(path);
	peer = fork();
	if (peer == 0) {
		execv(peer_program, args);
		_exit(127);
	}
	while (access(path, F_OK) != 0 && waitpid(peer, NULL, WNOHANG) == 0)
		usleep(1000);
	qmp = (struct qmp){.timeout_ns = 20 * CLOCK_SECOND, .event = see_event, .context = "STOP"};
	events = 0;
}

/* To the peer, which may not listen yet. */
static int connect_to_peer(void)
{
	int result;

	while ((result = qmp_connect(&qmp, path)) != 0 && errno == ECONNREFUSED)
		usleep(1000);
	return result;
}

static void end(void)
{
	qmp_close(&qmp);
	kill(peer, SIGKILL);
	waitpid(peer, NULL, 0);
}

static void commands_are_answered_and_events_delivered(void)
{
	json_t *answer = NULL;
	char *text = NULL;

	play(GOOD_START, "await={\"execute\":\"query-name\",\"id\":2}\n",
		"send={\"event\": \"STOP\"}", "send={\"return\": {\"name\": \"web\"}, \"id\": 2}",
		"await={\"execute\":\"human-monitor-command\",\"arguments\":"
		"{\"command-line\":\"info \\\"x\\\"\"},\"id\":3}\n",
		"send={\"id\": 3, \"return\": \"two\\r\\nlines\"}", "gone", NULL);
	CHECK(connect_to_peer() == 0);
	CHECK(qmp_execute(&qmp, "query-name", &answer) == 0);
	CHECK_TEXT(qmp_message_text(answer, "name"), "web");
	CHECK_U64((unsigned int)events, 1);
	CHECK(qmp_monitor(&qmp, "info \"x\"", &text) == 0);
	CHECK_TEXT(text, "two\r\nlines");
	CHECK_U64((unsigned int)events, 1);
	CHECK(qmp.fd >= 0);
	json_decref(answer);
	free(text);
	end();
}

static void a_pretty_peer_uses_many_lines(void)
{
	play("accept", "send={\n \"QMP\": {\n }\n}", "await=qmp_capabilities",
		"send={\n \"return\": {\n },\n \"id\": 1}", "gone", NULL);
	CHECK(connect_to_peer() == 0);
	end();
}

static void a_refusal_is_an_answer(void)
{
	json_t *answer = NULL;

	play(GOOD_START, "await=balloon",
		"send={\"id\": 2, \"error\": {\"class\": \"DeviceNotActive\", \"desc\": "
		"\"No\\nballoon\"}}",
		"await=query-status", "send={\"id\": 3, \"return\": {}}", "gone", NULL);
	CHECK(connect_to_peer() == 0);
	CHECK(qmp_execute_with(&qmp, "balloon", json_pack("{si}", "value", 1), &answer) == -1);
	CHECK(errno == EREMOTEIO && !answer);
	CHECK_TEXT(qmp.class, "DeviceNotActive");
	CHECK_TEXT(qmp.why, "No balloon");
	CHECK(qmp_execute(&qmp, "query-status", NULL) == 0);
	CHECK_TEXT(qmp.class, "");
	end();
}

/* The peer hears nothing of it, and is asked on: the next command has the id that this one did not
 * use. */
static void arguments_that_there_was_no_memory_for_are_not_left_out(void)
{
	json_t *answer = NULL;

	play("accept", GREETING, "await={\"execute\":\"qmp_capabilities\",\"id\":1}\n",
		"send={\"return\": {}, \"id\": 1}",
		"await={\"execute\":\"query-status\",\"id\":2}\n",
		"send={\"return\": {}, \"id\": 2}", "gone", NULL);
	CHECK(connect_to_peer() == 0);
	CHECK(qmp_execute_with(&qmp, "closefd", NULL, &answer) == -1);
	CHECK(errno == ENOMEM && !answer);
	CHECK_TEXT(qmp.why, "Cannot allocate memory");
	CHECK_TEXT(qmp.class, "");
	CHECK(qmp_execute(&qmp, "query-status", NULL) == 0);
	end();
}

/* What a peer does after a good start, and what is said of it. */
static void fails_with(int error, const char *why)
{
	json_t *answer = NULL;

	CHECK(connect_to_peer() == 0);
	qmp.timeout_ns = error == ETIMEDOUT ? CLOCK_SECOND / 4 : qmp.timeout_ns;
	CHECK(qmp_execute(&qmp, "query-name", &answer) == -1);
	CHECK(errno == error && !answer);
	CHECK_TEXT(qmp.why, why);
	/* What would come now might be the answer to this. */
	CHECK(qmp_execute_with(&qmp, "stop", json_object(), NULL) == -1 && errno == ENOTCONN);
	end();
}

static void bad_peers_cost_a_bounded_time(void)
{
	play(GOOD_START, "gone", NULL);
	fails_with(ETIMEDOUT, "no answer in 250 ms");
	play(GOOD_START, "drip= ", NULL);
	fails_with(ETIMEDOUT, "no answer in 250 ms");
	play(GOOD_START, "part={\"return\": \"", "drip=a", NULL);
	fails_with(ETIMEDOUT, "no answer in 250 ms");
	play(GOOD_START, "repeat={\"event\": \"STOP\"}", NULL);
	fails_with(ETIMEDOUT, "no answer in 250 ms");
	play(GOOD_START, "part={\"return\": \"", "flood=3000000", "gone", NULL);
	fails_with(EMSGSIZE, "a message of more than 2097152 bytes");
}

static void bad_answers_are_not_taken(void)
{
	static const char *const garbled[] = {"send=}", "send=[]", "send={}", "send=null",
		"send={\"return\": {}, \"id\": 1}", "send={\"return\": {}}",
		"send={\"QMP\": {}, \"id\": 2}", "send={\"return\": {}, \"id\": \"2\"}",
		"send={\"return\": {\"name\": \"\xff\"}, \"id\": 2}"};

	for (size_t i = 0; i < sizeof(garbled) / sizeof(*garbled); i++) {
		unit_row = garbled[i];
		play(GOOD_START, "await=query-name", garbled[i], "gone", NULL);
		fails_with(EBADMSG, "not the answer that QMP would send");
	}
}

static void a_peer_that_hangs_up_is_gone(void)
{
	play(GOOD_START, "await=query-name", "close", NULL);
	fails_with(ECONNRESET, "closed by its peer, no answer");
	play(GOOD_START, "await=query-name", "part={\"return\":", "close", NULL);
	fails_with(ECONNRESET, "closed by its peer, no answer");
}

/* The client before hung up when it had asked. */
static void what_another_client_asked_is_answered_to_this_one(void)
{
	static const char *const strays[] = {"send={\"return\": {}}",
		"send={\"return\": {}, \"id\": 7}", "send={\"return\": {}, \"id\": \"libvirt-7\"}",
		"send={\"error\": {\"desc\": \"no\"}, \"id\": 7}"};

	for (size_t i = 0; i < sizeof(strays) / sizeof(*strays); i++) {
		unit_row = strays[i];
		play("accept", strays[i], GREETING, "await=qmp_capabilities",
			"send={\"return\": {}, \"id\": 1}", "gone", NULL);
		CHECK(connect_to_peer() == 0);
		end();
		play("accept", GREETING, "await=qmp_capabilities", strays[i],
			"send={\"return\": {}, \"id\": 1}", "gone", NULL);
		CHECK(connect_to_peer() == 0);
		end();
	}
	unit_row = NULL;
	play("accept", GREETING, "await=qmp_capabilities", strays[0], strays[0], "gone", NULL);
	CHECK(connect_to_peer() == -1 && errno == EBADMSG);
	CHECK_TEXT(qmp.why, "not the answer that QMP would send");
	end();
}

/* As that of a QEMU that hangs, when others have asked before. */
static void a_queue_without_room_costs_a_bounded_time(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client[8], clients = 0, result;

	unlink(path);
	strcpy(address.sun_path, path);
	CHECK(bind(server, (struct sockaddr *)&address, sizeof(address)) == 0);
	CHECK(listen(server, 0) == 0);
	do {
		client[clients] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		result = connect(client[clients], (struct sockaddr *)&address, sizeof(address));
	} while (++clients < 8 && result == 0);
	CHECK(result != 0 && errno == EAGAIN);
	qmp = (struct qmp){.timeout_ns = CLOCK_SECOND / 20};
	CHECK(qmp_connect(&qmp, path) != 0 && errno == ETIMEDOUT);
	CHECK_TEXT(qmp.why, "no greeting in 50 ms");
	while (clients)
		close(client[--clients]);
	close(server);
}

static void starts_that_are_none(void)
{
	char long_path[200] = "/";

	play("accept", "gone", NULL);
	qmp.timeout_ns = CLOCK_SECOND / 4;
	CHECK(connect_to_peer() == -1 && errno == ETIMEDOUT);
	CHECK_TEXT(qmp.why, "no greeting in 250 ms");
	end();
	play("accept", "send={\"return\": {}}", "send={\"return\": {}}", "gone", NULL);
	CHECK(connect_to_peer() == -1 && errno == EBADMSG);
	CHECK_TEXT(qmp.why, "not the greeting that QMP would send");
	end();
	play("accept", GREETING, "await=qmp_capabilities", "send={\"error\": {\"desc\": \"no\"}}",
		"gone", NULL);
	CHECK(connect_to_peer() == -1 && errno == EREMOTEIO && qmp.fd < 0);
	CHECK_TEXT(qmp.why, "no");
	end();
	CHECK(qmp_connect(&qmp, "/nowhere/qmp") == -1 && errno == ENOENT);
	CHECK_TEXT(qmp.why, "No such file or directory");
	memset(long_path, 'x', sizeof(long_path) - 1);
	CHECK(qmp_connect(&qmp, long_path) == -1 && errno == ENAMETOOLONG);
}

int main(int argc, char **argv)
{
	(void)argc;
	snprintf(peer_program, sizeof(peer_program), "%s/../tools/peer", dirname(argv[0]));
	if (!mkdtemp(folder))
		return EXIT_FAILURE;
	snprintf(path, sizeof(path), "%s/qmp", folder);
	UNIT(commands_are_answered_and_events_delivered);
	UNIT(a_pretty_peer_uses_many_lines);
	UNIT(a_refusal_is_an_answer);
	UNIT(arguments_that_there_was_no_memory_for_are_not_left_out);
	UNIT(bad_peers_cost_a_bounded_time);
	UNIT(bad_answers_are_not_taken);
	UNIT(a_peer_that_hangs_up_is_gone);
	UNIT(what_another_client_asked_is_answered_to_this_one);
	UNIT(a_queue_without_room_costs_a_bounded_time);
	UNIT(starts_that_are_none);
	unlink(path);
	rmdir(folder);
	return unit_end();
}

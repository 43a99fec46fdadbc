/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "same.h"
#include "qemuopt.h"
#include "shell_words.h"
#include "vmargs.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { MONITORS_MAX = VMARGS_CHARDEVS_MAX };

/* What is done with an option; all that are not here stay as they are. */
enum rule {
	KEEP,
	DROP,    /* it is of that host, or ours is in its place */
	REFUSE,  /* nobody else has what it names */
	INSPECT, /* it may be handed a descriptor, or be of a monitor */
};

static const struct {
	const char *name;
	enum rule rule;
} rules[] = {
	{"S", DROP},
	{"incoming", DROP},
	{"loadvm", DROP},
	{"daemonize", DROP},
	{"pidfile", DROP},
	{"D", DROP},
	{"d", DROP},
	{"qmp", DROP},
	{"qmp-pretty", DROP},
	{"monitor", DROP},
	{"mon", DROP},
	{"gdb", DROP},
	{"s", DROP},
	{"display", DROP},
	{"vnc", DROP},
	{"spice", DROP},
	{"sdl", DROP},
	{"curses", DROP},
	{"nographic", DROP},
	{"full-screen", DROP},
	{"readconfig", REFUSE},
	{"writeconfig", REFUSE},
	{"add-fd", REFUSE},
	{"snapshot", REFUSE},
	{"preconfig", REFUSE},
	{"chroot", REFUSE},
	{"object", INSPECT},
	{"chardev", INSPECT},
	{"netdev", INSPECT},
	{"nic", INSPECT},
	{"net", INSPECT},
	{"device", INSPECT},
	{"drive", INSPECT},
	{"blockdev", INSPECT},
	{"fsdev", INSPECT},
	{"tpmdev", INSPECT},
};

/* Keys whose values are descriptors that QEMU has inherited. */
static const char *const inherited[] = {"fd", "fds", "vhostfd", "vhostfds", "sockfd", "rfd", "wfd"};

struct maker {
	struct same *same;
	struct shell_words command;
	unsigned int monitors;
	char monitor[MONITORS_MAX][VMARGS_ID_MAX];
};

static int refuse(struct same *same, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int refuse(struct same *same, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(same->why, sizeof(same->why), format, args);
	va_end(args);
	return -1;
}

/* --- Options --- */

static enum rule rule_of(const char *name)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		if (strcmp(rules[i].name, name) == 0)
			return rules[i].rule;
	return KEEP;
}

static bool is_inherited(const char *key)
{
	for (size_t i = 0; i < COUNT(inherited); i++)
		if (strcmp(inherited[i], key) == 0)
			return true;
	return false;
}

static bool is_of_monitor(const struct maker *maker, const char *id)
{
	for (unsigned int i = 0; i < maker->monitors; i++)
		if (strcmp(maker->monitor[i], id) == 0)
			return true;
	return false;
}

/* What stands in the value that was read last ends there; see qemuopt.h for the two forms. */
static const char *end_of_value(const struct qemuopt *opt, const char *text)
{
	const char *p = opt->rest, *commas;

	if (opt->json) {
		while (p > text && *--p != '"')
			;
		return p;
	}
	for (commas = p; commas > text && commas[-1] == ','; commas--)
		;
	return (p - commas) % 2 ? p - 1 : p; /* a doubled one is a part of it */
}

/* Where memory is in a file that the source has, it would be the source's. */
static const char *own_file(const struct maker *maker, const struct qemuopt *opt, const char *text)
{
	if (strcmp(opt->key, "mem-path") != 0 || maker->same->is_directory(opt->value))
		return NULL;
	return end_of_value(opt, text);
}

static int refuse_option(struct maker *maker, const char *name, const char *text)
{
	return refuse(
		maker->same, "option -%s%s%s cannot be had here", name, text[0] ? " " : "", text);
}

static int inspect(
	struct maker *maker, const char *name, const char *text, bool *drop, const char **own)
{
	struct qemuopt opt;
	int more;

	*drop = false;
	*own = NULL;
	if (strstr(text, "/dev/fdset/"))
		return refuse_option(maker, name, text);
	qemuopt_open(&opt, text, "type");
	while ((more = qemuopt_next(&opt)) > 0) {
		bool is_path = strcmp(opt.key, "mem-path") == 0;

		if (is_inherited(opt.key) || (is_path && !opt.whole) ||
			(strcmp(opt.key, "snapshot") == 0 && strcmp(opt.value, "on") == 0))
			return refuse_option(maker, name, text);
		if (is_path)
			*own = own_file(maker, &opt, text);
		if (strcmp(name, "chardev") == 0 && strcmp(opt.key, "id") == 0)
			*drop = is_of_monitor(maker, opt.value);
	}
	return more == 0 ? 0 : refuse_option(maker, name, text);
}

static int put_inspected(struct maker *maker, const char *option, const char *text)
{
	const char *name = option + strspn(option, "-"), *own;
	bool drop;

	if (inspect(maker, name, text, &drop, &own) != 0)
		return -1;
	if (drop)
		return 0;
	shell_put_word(&maker->command, option);
	shell_put_text(&maker->command, " ");
	shell_put_part(&maker->command, text, own ? (size_t)(own - text) : strlen(text));
	if (own) {
		shell_put_text(&maker->command, ".");
		shell_put_part(&maker->command, maker->same->id, strlen(maker->same->id));
		if (*own)
			shell_put_part(&maker->command, own, strlen(own));
	}
	return 0;
}

/* TEXT is NULL for an option without an argument. */
static int put_option(struct maker *maker, const char *option, const char *text)
{
	const char *name = option + strspn(option, "-");
	enum rule rule = rule_of(name);

	if (rule == REFUSE)
		return refuse_option(maker, name, text ? text : "");
	if (rule == INSPECT && text)
		return put_inspected(maker, option, text);
	if (rule != DROP)
		shell_put_word(&maker->command, option);
	if (rule != DROP && text)
		shell_put_word(&maker->command, text);
	return 0;
}

/* --- Words --- */

static const char *behind(const char *word)
{
	return word + strlen(word) + 1;
}

/* What is shown to people is what is run: no byte of it moves their cursor. */
static int check(struct same *same, const char *words, size_t len)
{
	const char *name;

	if (!len || len > SAME_WORDS_MAX || words[len - 1])
		return refuse(same, "its command line is none, or too long");
	for (size_t i = 0; i < len; i++)
		if ((words[i] && (unsigned char)words[i] < ' ') || words[i] == 0x7f)
			return refuse(same, "its command line has control characters");
	if (strchr(same->qmp, ','))
		return refuse(same, "the name of --state has a comma");
	name = strrchr(words, '/');
	if (words[0] != '/' || strncmp(name + 1, "qemu-system-", 12) != 0)
		return refuse(same, "%.200s is no QEMU", words);
	if (behind(words) == words + len || behind(words)[0] != '/')
		return refuse(same, "its command line has no directory");
	return 0;
}

static void add_monitor(struct maker *maker, const char *id)
{
	size_t len = strlen(id);

	if (maker->monitors < MONITORS_MAX && len < VMARGS_ID_MAX)
		memcpy(maker->monitor[maker->monitors++], id, len + 1);
}

/* Character devices of monitors, which may be named before or behind these. */
static void find_monitors(struct maker *maker, const char *word, const char *end)
{
	struct qemuopt opt;

	for (; word < end && behind(word) < end; word = behind(word)) {
		if (strcmp(word, "-mon") != 0 && strcmp(word, "--mon") != 0)
			continue;
		qemuopt_open(&opt, behind(word), "chardev");
		while (qemuopt_next(&opt) > 0)
			if (strcmp(opt.key, "chardev") == 0)
				add_monitor(maker, opt.value);
	}
}

static int put_arguments(struct maker *maker, const char *word, const char *end)
{
	for (; word < end; word = behind(word)) {
		const char *option = word, *text = NULL;

		if (option[0] != '-' || !option[1]) {
			shell_put_word(&maker->command, option); /* a disk */
			continue;
		}
		if (vmargs_has_argument(option + strspn(option, "-"))) {
			word = behind(word);
			if (word == end)
				return refuse(maker->same, "option %s lacks its argument", option);
			text = word;
		}
		if (put_option(maker, option, text) != 0)
			return -1;
	}
	return 0;
}

static void put_own(struct maker *maker)
{
	shell_put_text(&maker->command, " -display none -S -incoming defer -qmp unix:");
	shell_put_part(&maker->command, maker->same->qmp, strlen(maker->same->qmp));
	shell_put_text(&maker->command, ",server=on,wait=off");
}

int same_command(struct same *same, const char *words, size_t len, char out[SAME_COMMAND_MAX])
{
	static struct maker maker;
	const char *directory, *end = words + len;

	maker = (struct maker){.same = same, .command = {.out = out, .size = SAME_COMMAND_MAX}};
	if (check(same, words, len) != 0)
		return -1;
	directory = behind(words);
	find_monitors(&maker, behind(directory), end);
	shell_put_text(&maker.command, "cd");
	shell_put_word(&maker.command, directory);
	shell_put_text(&maker.command, " && exec");
	shell_put_word(&maker.command, words);
	if (put_arguments(&maker, behind(directory), end) != 0)
		return -1;
	put_own(&maker);
	return maker.command.too_long ? refuse(same, "its command line is too long") : 0;
}

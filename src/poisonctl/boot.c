/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl boot - kernel arguments that keep remembered pages from the next kernel. */
#include "boot_needs.h"
#include "cli.h"
#include "keep.h"
#include "poisonctl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static struct root root;
static const char *file;
static bool grub, systemd_boot, raw;

static const struct cli_option options[] = {
	{.name = "grub", .kind = CLI_FLAG, .to = &grub, .help = "as a file of /etc/default/grub.d"},
	{.name = "systemd-boot",
		.kind = CLI_FLAG,
		.to = &systemd_boot,
		.help = "as a line of a boot loader entry"},
	{.name = "raw", .kind = CLI_FLAG, .to = &raw, .help = "as the kernel gets them (default)"},
	KEEP_OPTION(&file),
	{0},
};

static const struct cli cli = {
	.usage = "[--grub | --systemd-boot | --raw] [--ledger FILE]",
	.summary =
		"Print kernel arguments that keep the pages that are remembered from being used.",
	.options = options,
	.root = &root,
};

/*
 * How a boot loader's configuration writes them.  That of GRUB goes through a shell, which takes
 * two of the three backslashes (within double quotes, \\ is \ and \$ is $), into grub.cfg, where
 * \$ is a $ that begins no variable (GRUB's manual, Shell-like scripting, Quoting).
 */
static const struct form {
	const char *before, *dollar, *after;
} forms[] = {
	{"", "$", "\n"},
	{"GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX ", "\\\\\\$", "\"\n"},
	{"options ", "$", "\n"},
};

static const struct form *choose_form(void)
{
	if (grub + systemd_boot + raw > 1)
		cli_wrong("--grub, --systemd-boot and --raw exclude each other");
	return &forms[grub ? 1 : systemd_boot ? 2 : 0];
}

/* Only there does the kernel know memmap=SIZE$ADDR. */
static void check_machine(void)
{
	struct utsname name;

	if (root.captured)
		return;
	if (uname(&name) != 0)
		die_errno(STATUS_FAILED, "ask for the machine");
	if (strcmp(name.machine, "x86_64") != 0)
		die(STATUS_UNSUPPORTED,
			"reserve memory: kernels of %s have no memmap=", name.machine);
}

struct printing {
	const struct form *form;
	struct boot_needs needs;
	const struct smbios *modules;
	uint64_t start, end; /* what is to be printed next; nothing when they are the same */
	size_t len;          /* of the kernel's command line so far */
	bool any;
	enum status worst;
};

static void refuse(struct printing *printing, uint64_t start, uint64_t end, const char *why)
{
	say("reserve 0x%016" PRIx64 " size %" PRIu64 ": %s", start, end - start, why);
	printing->worst = STATUS_SOME;
}

static void print(const char *text)
{
	if (fputs(text, stdout) < 0)
		exit(say_output_failed());
}

/* Print the range that was put together, if there is room for it. */
static void flush_range(struct printing *printing)
{
	const struct form *form = printing->form;
	uint64_t kib = (printing->end - printing->start) / 1024;
	char size[32], address[32];

	if (printing->start == printing->end)
		return;
	snprintf(size, sizeof(size), "%smemmap=%" PRIu64 "K", printing->any ? " " : "", kib);
	snprintf(address, sizeof(address), "0x%" PRIx64, printing->start);
	/* The blank before the first counts as well. */
	size_t len = strlen(size) + strlen("$") + strlen(address) + !printing->any;

	if (printing->len + len > BOOT_COMMAND_LINE_MAX) {
		refuse(printing, printing->start, printing->end,
			"no room on the kernel's command line");
	} else {
		print(printing->any ? "" : form->before);
		print(size);
		print(form->dollar);
		print(address);
		printing->any = true;
		printing->len += len;
	}
	printing->start = printing->end = 0;
}

static void take_page(struct printing *printing, const struct ledger_page *page)
{
	uint64_t end = page->addr + page->size;
	const char *why = boot_refusal(&printing->needs, page->addr, end);

	if (dimm_fate(&page->dimm, printing->modules) != DIMM_THERE)
		why = "its memory module was replaced or moved";
	if (why) {
		refuse(printing, page->addr, end, why);
		return;
	}
	if (page->addr > printing->end) {
		flush_range(printing);
		printing->start = page->addr;
	}
	if (end > printing->end)
		printing->end = end;
}

enum status poisonctl_boot(int argc, char **argv)
{
	static struct printing printing;
	static struct ledger_page page;
	struct ledger ledger;

	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	printing.form = choose_form();
	check_machine();
	keep_open(&ledger, &root, file, false);
	boot_needs_read(&printing.needs, &root);
	printing.len = printing.needs.len;
	printing.modules = keep_modules(&root, &printing.worst);
	keep_check(&ledger, ledger_pages(&ledger), "read");
	while (keep_check(&ledger, ledger_next(&ledger, &page), "read") > 0)
		take_page(&printing, &page);
	flush_range(&printing);
	print(printing.any ? printing.form->after : "");
	ledger_close(&ledger);
	return printing.worst;
}

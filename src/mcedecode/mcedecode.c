/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mcedecode - say what the hardware meant: one record for each error. */
#include "binary.h"
#include "input.h"
#include "cli.h"
#include "labels.h"
#include "output.h"

#include <stdio.h>

static const char *from;
static bool binary, cper, labels;
static struct root root;

static const struct cli_option options[] = {
	{.name = "from",
		.letter = 'f',
		.arg = "FORMAT",
		.kind = CLI_PARSE,
		.parse = input_parse_format,
		.to = &from,
		.help = "take input for text or records; default: tell line by line"},
	{.name = "cpuid",
		.letter = 'c',
		.arg = "CPUID",
		.kind = CLI_PARSE,
		.parse = output_parse_cpuid,
		.help = "CPU of errors that name none: [VENDOR:]SIGNATURE"},
	{.name = "binary",
		.letter = 'b',
		.kind = CLI_FLAG,
		.to = &binary,
		.help = "read struct mce, as /dev/mcelog and pstore hold it"},
	{.name = "cper",
		.letter = 'p',
		.kind = CLI_FLAG,
		.to = &cper,
		.help = "read CPER records or generic error status blocks"},
	{.name = "labels",
		.letter = 'l',
		.kind = CLI_FLAG,
		.to = &labels,
		.help = "name memory modules as SMBIOS does, of --sysroot or here"},
	{.name = "merge",
		.letter = 'm',
		.kind = CLI_FLAG,
		.to = &output_merge,
		.help = "one record for all reports of one error"},
	{.name = "raw",
		.letter = 'r',
		.kind = CLI_FLAG,
		.to = &output_raw,
		.help = "print all registers, and decode err records again"},
	{0},
};

static const struct cli cli = {
	.usage = "[--from FORMAT | --binary | --cper] [--cpuid CPUID] [--labels] [--merge] "
		 "[--raw] <INPUT",
	.summary = "Decode hardware errors of logs, traces and records: one err record each.",
	.options = options,
	.root = &root,
};

int main(int argc, char **argv)
{
	static char buffer[1 << 16];

	say_open("mcedecode");
	/* Flushed whenever input has to be waited for. */
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	if ((from != NULL) + binary + cper > 1)
		cli_wrong("options --from, --binary and --cper: exclude each other");
	if (labels)
		labels_open(&root);
	if (binary)
		return binary_run_mce();
	return cper ? binary_run_cper() : input_run(from);
}

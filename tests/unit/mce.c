/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mce: the commands for QEMU's monitor. */
#include "mce.h"
#include "unit.h"

static const struct {
	struct mce_cpu cpu;
	enum mce_severity severity;
	const char *line;
	bool exception;
} rows[] = {
	{{"GenuineIntel", 6, 106}, MCE_SRAO, "mce -b 0 9 0xbd000000000000c0 0x5 0x12345678000 0x8c",
		true},
	{{"GenuineIntel", 6, 106}, MCE_SRAR, "mce -b 0 9 0xbd80000000000134 0x7 0x12345678000 0x8c",
		true},
	{{"GenuineIntel", 6, 13}, MCE_SRAO, "mce 0 9 0xbd000000000000c0 0x5 0x12345678000 0x8c",
		true},
	{{"GenuineIntel", 15, 0}, MCE_SRAO, "mce -b 0 9 0xbd000000000000c0 0x5 0x12345678000 0x8c",
		true},
	{{"AuthenticAMD", 25, 1}, MCE_SRAO, "mce 0 9 0x9c00180000000000 0x5 0x12345678000 0x8c",
		false},
	{{"AuthenticAMD", 25, 1}, MCE_SRAR, "mce 0 9 0xbc00080000000000 0x7 0x12345678000 0x8c",
		true},
};

static void commands_are_those_of_qemu(void)
{
	char line[MCE_LINE_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unit_row = rows[i].line;
		mce_line(line, &rows[i].cpu, rows[i].severity, 0x12345678000);
		CHECK_TEXT(line, rows[i].line);
		CHECK(mce_is_exception(&rows[i].cpu, rows[i].severity) == rows[i].exception);
	}
}

int main(void)
{
	UNIT(commands_are_those_of_qemu);
	return unit_end();
}

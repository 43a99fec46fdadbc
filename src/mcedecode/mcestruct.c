/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct mce (arch/x86/include/uapi/asm/mce.h): it only ever grew at its end. */
#include "binary.h"
#include "formats.h"
#include "mca.h"
#include "tables.h"

static const struct {
	uint8_t offset, size, field;
} members[] = {
	{0, 8, E_STATUS},
	{8, 8, E_MISC},
	{16, 8, E_ADDR_REG},
	{24, 8, E_MCGSTATUS},
	{32, 8, E_IP},
	{40, 8, E_TSC},
	{48, 8, E_T},
	{56, 1, E_VENDOR},
	{60, 4, E_CPUID},
	{64, 1, E_CS},
	{65, 1, E_BANK},
	{68, 4, E_CPU},
	{72, 4, E_SOCKET},
	{76, 4, E_APIC},
	{80, 8, E_MCGCAP},
	{88, 8, E_SYND},
	{96, 8, E_IPID},
	{104, 8, E_PPIN},
	{112, 4, E_MICROCODE},
};

static const size_t lengths[] = {128, 120, 112, 104, 88};

static bool looks_like_mce(const unsigned char *p)
{
	uint64_t vendor = p[56];

	return p[7] & 0x80 && vendor <= 10 && vendor != 3 && little(p + 60, 4) < 0x10000000;
}

size_t binary_mce_length(const unsigned char *bytes, size_t len, int whole)
{
	for (size_t i = 0; i < ROWS(lengths); i++) {
		size_t n = 0;

		if (whole && len % lengths[i])
			continue;
		while (n + lengths[i] <= len && looks_like_mce(bytes + n))
			n += lengths[i];
		if (n && n + lengths[i] > len)
			return lengths[i];
	}
	return 0;
}

void binary_mce(const unsigned char *bytes, size_t len)
{
	static struct err err;

	err_clear(&err);
	err_word(&err, E_SRC, "binary");
	for (size_t i = 0; i < ROWS(members); i++) {
		size_t end = members[i].offset + members[i].size;
		uint64_t n;

		if (end > len)
			break;
		n = little(bytes + members[i].offset, members[i].size);
		/* What holds nothing holds 0, but for numbers that count from there. */
		if (n || members[i].field == E_CPU || members[i].field == E_SOCKET ||
			members[i].field == E_BANK || members[i].field == E_VENDOR ||
			members[i].field == E_MCGSTATUS)
			err_set(&err, (enum err_field)members[i].field, n);
	}
	if (!err_has(&err, E_STATUS)) {
		out_bad(line_now.number, "machine check without a status");
		return;
	}
	if (!err_has(&err, E_CPUID))
		err_drop(&err, E_VENDOR);
	err.t_nsec = 0;
	mca_decode(&err);
	out_err(&err);
}

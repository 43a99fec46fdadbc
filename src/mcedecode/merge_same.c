/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge_same.h"

#include <string.h>

enum {
	SECONDS_APART = 5, /* between the clocks of a log and of the registers */
	LINES_APART = 8,   /* the kernel's decoder and EDAC print one after the other */
};

static bool agree(const struct err *a, const struct err *b, enum err_field field)
{
	return err_has(a, field) && err_has(b, field) && a->value[field].n == b->value[field].n;
}

static bool is_corrected(const struct err *err)
{
	return err_sev(err) <= SEV_CORRECTED;
}

static bool far_apart(const struct err *a, const struct err *b)
{
	uint64_t x = reg(a, E_T), y = reg(b, E_T);

	if (!err_has(a, E_T) || !err_has(b, E_T))
		return false;
	return (x > y ? x - y : y - x) > SECONDS_APART;
}

static bool overlap(const struct err *a, const struct err *b)
{
	if (!err_has(a, E_ADDR) || !err_has(b, E_ADDR))
		return false;
	return a->value[E_ADDR].n < b->value[E_ADDR].n + b->value[E_SIZE].n &&
	       b->value[E_ADDR].n < a->value[E_ADDR].n + a->value[E_SIZE].n;
}

/* The registers of one bank of one CPU, read once. */
static bool same_registers(const struct err *a, const struct err *b)
{
	return agree(a, b, E_STATUS) && agree(a, b, E_BANK) && agree(a, b, E_CPU) &&
	       !merge_differ(a, b, E_ADDR_REG) && !merge_differ(a, b, E_IPID) &&
	       !merge_differ(a, b, E_SYND) && !merge_differ(a, b, E_TSC);
}

/*
 * Older kernels took the address of an AMD memory controller, which counts within its channel,
 * for a physical one: then the page they poisoned is of this error as well.
 */
static bool poisoned_by_mistake(const struct err *poison, const struct err *err)
{
	return err_has(err, E_ADDR_KIND) && err_has(poison, E_ADDR) &&
	       strcmp(err->value[E_ADDR_KIND].word, "normalised") == 0 &&
	       err->value[E_ADDR_REG].n >> 12 == poison->value[E_ADDR].n >> 12;
}

static uint64_t lines_apart(const struct err *a, const struct err *b)
{
	return a->line > b->line ? a->line - b->line : b->line - a->line;
}

/*
 * What firmware, the log and the trace say of an error of a PCIe device.  Only the first two may
 * have its status, so that reports must be neighbours as well.
 */
static bool same_device(const struct err *a, const struct err *b)
{
	struct err_text x = a->value[E_BDF].text, y = b->value[E_BDF].text;

	return err_has(a, E_BDF) && err_has(b, E_BDF) && err_sev(a) == err_sev(b) &&
	       !merge_differ(a, b, E_AER_STATUS) && lines_apart(a, b) <= LINES_APART &&
	       x.len == y.len && memcmp(a->text + x.start, b->text + y.start, x.len) == 0;
}

/*
 * EDAC's place of an error whose address is not a physical one: chip select and channel.
 * Each node has such a place, so that the syndrome must agree, or the lines be neighbours.
 */
static bool same_place(const struct err *a, const struct err *b)
{
	if (!agree(a, b, E_CHANNEL) || !agree(a, b, E_CSROW) || merge_differ(a, b, E_SYNDROME) ||
		(!err_has(a, E_ADDR_KIND) && !err_has(b, E_ADDR_KIND)))
		return false;
	return agree(a, b, E_SYNDROME) || lines_apart(a, b) <= LINES_APART;
}

bool merge_same_error(const struct err *a, const struct err *b)
{
	/* The kernel names the CPU that heard of it from firmware, which may be any. */
	bool synthetic = merge_is_synthetic(a) || merge_is_synthetic(b);

	if (reg(a, E_MERGED) & reg(b, E_MERGED) || far_apart(a, b) ||
		is_corrected(a) != is_corrected(b) || (!synthetic && merge_differ(a, b, E_SOCKET)))
		return false;
	if (err_has(a, E_STATUS) && err_has(b, E_STATUS) &&
		merge_is_synthetic(a) == merge_is_synthetic(b))
		return same_registers(a, b);
	if (merge_is_poison(a) || merge_is_poison(b))
		return overlap(a, b) ||
		       poisoned_by_mistake(merge_is_poison(a) ? a : b, merge_is_poison(a) ? b : a);
	if (a->value[E_CLASS].n != b->value[E_CLASS].n)
		return false;
	return overlap(a, b) || same_place(a, b) || same_device(a, b);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smbios - the memory modules of a machine, and what its firmware calls them: the SMBIOS
 * tables as the kernel hands them on (System Management BIOS reference specification,
 * DMTF DSP0134 3.7: 5.2 entry points, 6.1 structures, 7.17 type 16, 7.18 type 17, 7.21 type 20).
 *
 * Nothing is allocated, and nothing in the tables is believed before it was checked.
 */
#ifndef MEMPATROL_SMBIOS_H
#define MEMPATROL_SMBIOS_H

#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SMBIOS_TABLE_MAX = 1 << 18,
	SMBIOS_MODULES_MAX = 1024,
	SMBIOS_ARRAYS_MAX = 256,
	SMBIOS_MAPPINGS_MAX = 1024,
};

/* A memory device, type 17.  Strings are those of the table; empty where there is none. */
struct smbios_module {
	uint16_t handle;
	uint16_t array; /* handle of its memory array, type 16 */
	bool empty;     /* nothing is installed there */
	const char *locator, *bank;
	const char *serial; /* often a text that says that it is not known */
};

/* Where firmware says that a memory device is to be found, type 20; half open. */
struct smbios_mapping {
	uint64_t start, end;
	uint16_t module; /* its handle */
};

struct smbios {
	unsigned int modules, arrays, mappings;
	struct smbios_module module[SMBIOS_MODULES_MAX];
	uint16_t array[SMBIOS_ARRAYS_MAX];
	struct smbios_mapping mapping[SMBIOS_MAPPINGS_MAX];
	unsigned char table[SMBIOS_TABLE_MAX];
};

/* smbios_entry - NULL when the LEN bytes are an entry point, or the reason they are none. */
const char *smbios_entry(const unsigned char *entry, size_t len);

/* smbios_parse - the table, LEN bytes of smbios->table; NULL, or the reason it is malformed. */
const char *smbios_parse(struct smbios *smbios, size_t len);

/*
 * smbios_read - from sys/firmware/dmi/tables below ROOT.  NULL; or the reason, and errno of the
 * system call that failed or 0.  Only root may read these files of a running machine.
 */
const char *smbios_read(struct smbios *smbios, const struct root *root);

/* smbios_array - there is a memory array of that handle. */
bool smbios_array(const struct smbios *smbios, uint16_t handle);

/* smbios_module - the module of that handle; NULL when there is none or more than one. */
const struct smbios_module *smbios_module(const struct smbios *smbios, uint16_t handle);

/*
 * smbios_label - the module that people call so: LEN bytes that are its locator, or its bank, a
 * blank and its locator as the kernel prints them; NULL when there is none or more than one.
 */
const struct smbios_module *smbios_label(
	const struct smbios *smbios, const char *label, size_t len);

/*
 * smbios_at - the module that physical address ADDR is on; NULL when firmware does not say, as most
 * does not, or names more than one, as where modules are interleaved.
 */
const struct smbios_module *smbios_at(const struct smbios *smbios, uint64_t addr);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "smbios.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	HEADER = 4, /* type, length, handle */
	TYPE_ARRAY = 16,
	TYPE_MODULE = 17,
	TYPE_MAPPING = 20,
	TYPE_END = 127,
	MODULE_ARRAY = 4,
	MODULE_SIZE = 12, /* in units of its own; 0: not installed */
	MODULE_LOCATOR = 16,
	MODULE_BANK = 17,
	MODULE_MIN = 21,    /* of SMBIOS 2.1, the first that had the type */
	MODULE_SERIAL = 24, /* from SMBIOS 2.3 on */
	MAPPING_START = 4,  /* in KiB */
	MAPPING_END = 8,    /* the last KiB */
	MAPPING_MODULE = 12,
	MAPPING_START_BYTES = 19, /* from SMBIOS 2.7 on, when MAPPING_START has no room */
	MAPPING_END_BYTES = 27,   /* the last byte */
	MAPPING_MIN = 19,
	MAPPING_LONG = 35,
};

static unsigned int word_at(const unsigned char *p)
{
	return p[0] | (unsigned int)p[1] << 8;
}

/* The COUNT bytes at P, lowest first. */
static uint64_t number_at(const unsigned char *p, unsigned int count)
{
	uint64_t n = 0;

	while (count--)
		n = n << 8 | p[count];
	return n;
}

/* --- Entry points --- */

static bool sums_to_zero(const unsigned char *p, size_t len)
{
	unsigned char sum = 0;

	while (len--)
		sum = (unsigned char)(sum + *p++);
	return sum == 0;
}

const char *smbios_entry(const unsigned char *entry, size_t len)
{
	static const struct {
		const char *anchor;
		size_t at, min; /* of the byte that holds the length, and what that must be */
	} points[] = {{"_SM3_", 6, 24}, {"_SM_", 5, 30}};

	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++) {
		size_t n = strlen(points[i].anchor);

		if (len < points[i].min || memcmp(entry, points[i].anchor, n) != 0)
			continue;
		if (entry[points[i].at] < points[i].min || entry[points[i].at] > len)
			return "entry point of a wrong length";
		return sums_to_zero(entry, entry[points[i].at])
			       ? NULL
			       : "checksum of entry point is wrong";
	}
	return "no entry point";
}

/* --- Structures --- */

/* The strings behind a structure's LENGTH bytes; where they end, or NULL. */
static const unsigned char *end_of_strings(const unsigned char *p, const unsigned char *end)
{
	if (end - p < 2)
		return NULL;
	if (p[0] == 0) /* none at all: a set that is empty still has its two zeros */
		return p[1] == 0 ? p + 2 : NULL;
	while (p < end && *p) {
		p = memchr(p, 0, (size_t)(end - p));
		if (!p)
			return NULL;
		p++;
	}
	return p < end ? p + 1 : NULL;
}

/* String NUMBER of those that begin at P, counted from 1; 0 says that there is none. */
static const char *string_at(const unsigned char *p, unsigned int number)
{
	const char *string = (const char *)p;

	if (number == 0)
		return "";
	while (--number && *string)
		string += strlen(string) + 1;
	return string;
}

static const char *add_module(struct smbios *smbios, const unsigned char *p)
{
	struct smbios_module *module;

	if (p[1] < MODULE_MIN)
		return "memory device is cut short";
	if (smbios->modules == SMBIOS_MODULES_MAX)
		return "too many memory devices";
	module = &smbios->module[smbios->modules++];
	module->handle = (uint16_t)word_at(p + 2);
	module->array = (uint16_t)word_at(p + MODULE_ARRAY);
	module->locator = string_at(p + p[1], p[MODULE_LOCATOR]);
	module->bank = string_at(p + p[1], p[MODULE_BANK]);
	module->empty = word_at(p + MODULE_SIZE) == 0;
	module->serial = p[1] > MODULE_SERIAL ? string_at(p + p[1], p[MODULE_SERIAL]) : "";
	return NULL;
}

static const char *add_mapping(struct smbios *smbios, const unsigned char *p)
{
	struct smbios_mapping *mapping;
	uint64_t start, last;

	if (p[1] < MAPPING_MIN)
		return "mapped address is cut short";
	if (smbios->mappings == SMBIOS_MAPPINGS_MAX)
		return "too many mapped addresses";
	start = number_at(p + MAPPING_START, 4) << 10;
	last = number_at(p + MAPPING_END, 4) << 10 | 0x3ff;
	if (number_at(p + MAPPING_START, 4) == UINT32_MAX && p[1] >= MAPPING_LONG) {
		start = number_at(p + MAPPING_START_BYTES, 8);
		last = number_at(p + MAPPING_END_BYTES, 8);
	}
	mapping = &smbios->mapping[smbios->mappings++];
	*mapping = (struct smbios_mapping){
		.start = start, .end = last + 1, .module = (uint16_t)word_at(p + MAPPING_MODULE)};
	return NULL;
}

static const char *add(struct smbios *smbios, const unsigned char *p)
{
	if (p[0] == TYPE_MODULE)
		return add_module(smbios, p);
	if (p[0] == TYPE_MAPPING)
		return add_mapping(smbios, p);
	if (p[0] != TYPE_ARRAY)
		return NULL;
	if (smbios->arrays == SMBIOS_ARRAYS_MAX)
		return "too many memory arrays";
	smbios->array[smbios->arrays++] = (uint16_t)word_at(p + 2);
	return NULL;
}

const char *smbios_parse(struct smbios *smbios, size_t len)
{
	const unsigned char *p = smbios->table, *end = p + len;

	smbios->modules = smbios->arrays = smbios->mappings = 0;
	while (p < end) {
		const unsigned char *next;
		const char *why;

		if (end - p < HEADER || p[1] > end - p)
			return "structure is cut short";
		if (p[1] < HEADER)
			return "structure is shorter than its header";
		if (p[0] == TYPE_END)
			return NULL;
		next = end_of_strings(p + p[1], end);
		if (!next)
			return "strings without an end";
		why = add(smbios, p);
		if (why)
			return why;
		p = next;
	}
	return NULL; /* tables of SMBIOS 2 may end without a structure that says so */
}

/* --- Files --- */

static ssize_t read_file(const struct root *root, const char *name, void *buffer, size_t size)
{
	int fd = root_openat(root, O_RDONLY, "sys/firmware/dmi/tables/%s", name);
	ssize_t n;
	int error;

	if (fd < 0)
		return -1;
	n = read_at(fd, buffer, size, 0);
	error = errno;
	close(fd);
	errno = error;
	return n;
}

const char *smbios_read(struct smbios *smbios, const struct root *root)
{
	unsigned char entry[64];
	ssize_t n = read_file(root, "smbios_entry_point", entry, sizeof(entry));
	const char *why;

	if (n < 0)
		return "smbios_entry_point";
	why = smbios_entry(entry, (size_t)n);
	errno = 0;
	if (why)
		return why;
	n = read_file(root, "DMI", smbios->table, sizeof(smbios->table));
	if (n < 0)
		return "DMI";
	errno = 0;
	return n == SMBIOS_TABLE_MAX ? "table is too large" : smbios_parse(smbios, (size_t)n);
}

/* --- Questions --- */

bool smbios_array(const struct smbios *smbios, uint16_t handle)
{
	for (unsigned int i = 0; i < smbios->arrays; i++)
		if (smbios->array[i] == handle)
			return true;
	return false;
}

const struct smbios_module *smbios_module(const struct smbios *smbios, uint16_t handle)
{
	const struct smbios_module *found = NULL;

	for (unsigned int i = 0; i < smbios->modules; i++) {
		if (smbios->module[i].handle != handle)
			continue;
		if (found)
			return NULL;
		found = &smbios->module[i];
	}
	return found;
}

static bool is_called(const struct smbios_module *module, const char *label, size_t len)
{
	size_t bank = strlen(module->bank), locator = strlen(module->locator);

	if (!locator || len < locator ||
		memcmp(label + len - locator, module->locator, locator) != 0)
		return false;
	return len == locator || (len == bank + 1 + locator && label[bank] == ' ' &&
					 memcmp(label, module->bank, bank) == 0);
}

const struct smbios_module *smbios_label(const struct smbios *smbios, const char *label, size_t len)
{
	const struct smbios_module *found = NULL;

	for (unsigned int i = 0; i < smbios->modules; i++) {
		if (!is_called(&smbios->module[i], label, len))
			continue;
		if (found)
			return NULL;
		found = &smbios->module[i];
	}
	return found;
}

const struct smbios_module *smbios_at(const struct smbios *smbios, uint64_t addr)
{
	const struct smbios_mapping *found = NULL;

	for (unsigned int i = 0; i < smbios->mappings; i++) {
		const struct smbios_mapping *mapping = &smbios->mapping[i];

		if (addr < mapping->start || addr >= mapping->end)
			continue;
		if (found)
			return NULL;
		found = mapping;
	}
	return found ? smbios_module(smbios, found->module) : NULL;
}

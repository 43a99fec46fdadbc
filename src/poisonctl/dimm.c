/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dimm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What firmware writes where it does not know, seen in tables of many makers. */
static const char *const unknown[] = {"not specified", "unknown", "none", "n/a", "na", "no dimm",
	"empty", "undefined", "not available", "not present", "to be filled by o.e.m.",
	"default string", "serialnum", "sernum"};

static bool tells_nothing(const char *serial)
{
	if (strlen(serial) >= DIMM_TEXT_MAX)
		return true;
	/* Blanks, zeros or ones all over: a chip that was not programmed. */
	if (serial[strspn(serial, " 0xX")] == '\0' || serial[strspn(serial, " fF")] == '\0')
		return true;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		if (!strcasecmp(serial, unknown[i]))
			return true;
	return false;
}

/* The module that alone has this serial number. */
static const struct smbios_module *by_serial(const struct smbios *smbios, const char *serial)
{
	const struct smbios_module *found = NULL;

	for (unsigned int i = 0; i < smbios->modules; i++) {
		if (strcmp(smbios->module[i].serial, serial) != 0)
			continue;
		if (found)
			return NULL;
		found = &smbios->module[i];
	}
	return found;
}

static bool has_serial(const struct smbios *smbios, const struct smbios_module *module)
{
	return !tells_nothing(module->serial) && by_serial(smbios, module->serial) == module;
}

static void copy(char *to, const char *from)
{
	/* Strings of SMBIOS have no limit; what is cut is cut in the same way the next time. */
	snprintf(to, DIMM_TEXT_MAX, "%s", from);
}

/* --- Finding it --- */

static const struct smbios_module *by_handle(
	const struct smbios *smbios, const struct rec_pair *handle)
{
	char text[8] = "";

	if (handle->value_len != strlen("0x0000"))
		return NULL;
	memcpy(text, handle->value, handle->value_len);
	return smbios_module(smbios, (uint16_t)strtoul(text, NULL, 16));
}

static const struct smbios_module *named(
	struct dimm *dimm, const struct smbios *smbios, const struct rec *record)
{
	bool labelled = rec_text(record, "dimm", dimm->label, sizeof(dimm->label));
	const struct rec_pair *handle = rec_find(record, "module_handle");

	if (!smbios)
		return NULL;
	if (handle)
		return by_handle(smbios, handle);
	return labelled ? smbios_label(smbios, dimm->label, strlen(dimm->label)) : NULL;
}

void dimm_find(
	struct dimm *dimm, const struct smbios *smbios, const struct rec *record, uint64_t addr)
{
	const struct smbios_module *module;

	*dimm = (struct dimm){0};
	module = record ? named(dimm, smbios, record) : NULL;
	/* Where the record names a module that is not known, the address may name another. */
	if (!module && smbios && !dimm->label[0])
		module = smbios_at(smbios, addr);
	if (!module)
		return;
	copy(dimm->bank, module->bank);
	copy(dimm->locator, module->locator);
	if (has_serial(smbios, module))
		copy(dimm->serial, module->serial);
}

/* --- Its fate --- */

static bool is_slot(const struct smbios_module *module, const struct dimm *dimm)
{
	return !strncmp(module->locator, dimm->locator, DIMM_TEXT_MAX - 1) &&
	       !strncmp(module->bank, dimm->bank, DIMM_TEXT_MAX - 1);
}

static bool any_serial(const struct smbios *smbios)
{
	for (unsigned int i = 0; i < smbios->modules; i++)
		if (has_serial(smbios, &smbios->module[i]))
			return true;
	return false;
}

/* The slot is there and holds a module that no serial number tells. */
static bool is_hidden(const struct smbios *smbios, const struct dimm *dimm)
{
	for (unsigned int i = 0; i < smbios->modules; i++) {
		const struct smbios_module *module = &smbios->module[i];

		if (is_slot(module, dimm))
			return !module->empty && !has_serial(smbios, module);
	}
	return false;
}

enum dimm_fate dimm_fate(const struct dimm *dimm, const struct smbios *smbios)
{
	const struct smbios_module *now;

	if (!smbios || !dimm->serial[0] || !any_serial(smbios))
		return DIMM_THERE;
	now = by_serial(smbios, dimm->serial);
	if (now)
		return is_slot(now, dimm) ? DIMM_THERE : DIMM_MOVED;
	return is_hidden(smbios, dimm) ? DIMM_THERE : DIMM_REPLACED;
}

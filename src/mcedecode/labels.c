/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "labels.h"
#include "say.h"
#include "smbios.h"

#include <errno.h>
#include <string.h>

static struct smbios smbios;
static bool is_open;

void labels_open(const struct root *root)
{
	const char *why = smbios_read(&smbios, root);

	if (why && errno)
		die(errno == ENOENT ? STATUS_UNSUPPORTED : STATUS_FAILED,
			"read /sys/firmware/dmi/tables/%s: %s", why, strerror(errno));
	if (why)
		die(STATUS_FAILED, "read /sys/firmware/dmi/tables: %s", why);
	is_open = true;
}

/* The handle that firmware gave; not where it also named another array than the module's. */
static const struct smbios_module *by_handle(const struct err *err)
{
	const struct smbios_module *module;

	module = smbios_module(&smbios, (uint16_t)err->value[E_MODULE_HANDLE].n);
	if (module && err_has(err, E_CARD_HANDLE) &&
		smbios_array(&smbios, (uint16_t)err->value[E_CARD_HANDLE].n) &&
		module->array != err->value[E_CARD_HANDLE].n)
		return NULL;
	return module;
}

static const struct smbios_module *by_label(const struct err *err)
{
	const struct err_text *label = &err->value[E_DIMM].text;

	return smbios_label(&smbios, err->text + label->start, label->len);
}

void labels_put(struct err *err)
{
	const struct smbios_module *module = NULL;

	if (!is_open)
		return;
	if (err_has(err, E_MODULE_HANDLE))
		module = by_handle(err);
	else if (err_has(err, E_DIMM))
		module = by_label(err);
	if (!module || !*module->locator)
		return;
	err_text(err, E_DIMM, module->locator, strlen(module->locator));
	if (*module->bank)
		err_text(err, E_BANK_LOCATOR, module->bank, strlen(module->bank));
	err_set(err, E_MODULE_HANDLE, module->handle);
	err_source(err, SOURCE_SMBIOS);
}

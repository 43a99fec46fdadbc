/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as SMBIOS tables: what is found in them lies in them. */
#include "smbios.h"
#include "fuzz.h"

static void check_string(const struct smbios *smbios, size_t len, const char *string)
{
	const char *table = (const char *)smbios->table;

	/* The empty one may be a constant. */
	MUST(!*string || (string >= table && string + strlen(string) < table + len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct smbios smbios;
	char *copy = fuzz_copy(data, size);

	smbios_entry((const unsigned char *)copy, size);
	free(copy);
	if (size > SMBIOS_TABLE_MAX)
		return 0;
	/* Bytes behind the end that would be strings, were they read. */
	memset(smbios.table, 'x', sizeof(smbios.table));
	memcpy(smbios.table, data, size);
	if (smbios_parse(&smbios, size) != NULL)
		return 0;
	for (unsigned int i = 0; i < smbios.modules; i++) {
		const struct smbios_module *module = &smbios.module[i], *found;

		check_string(&smbios, size, module->locator);
		check_string(&smbios, size, module->bank);
		check_string(&smbios, size, module->serial);
		found = smbios_module(&smbios, module->handle);
		MUST(!found || found == module);
		found = smbios_label(&smbios, module->locator, strlen(module->locator));
		MUST(!found || found == module);
	}
	for (unsigned int i = 0; i < smbios.mappings; i++)
		smbios_at(&smbios, smbios.mapping[i].start);
	return 0;
}

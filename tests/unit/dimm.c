/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dimm: which module a page is on, and what has become of it. */
#include "dimm.h"
#include "unit.h"

static struct smbios smbios;

/* One slot; with the serial number "NO DIMM" nothing is in it. */
struct slot {
	const char *locator, *serial;
};

static void machine(const struct slot *slots, unsigned int n)
{
	smbios.modules = n;
	smbios.mappings = 1;
	smbios.mapping[0] = (struct smbios_mapping){.start = 0, .end = 1 << 30, .module = 1};
	for (unsigned int i = 0; i < n; i++)
		smbios.module[i] = (struct smbios_module){.handle = (uint16_t)(i + 1),
			.empty = !strcmp(slots[i].serial, "NO DIMM"),
			.locator = slots[i].locator,
			.bank = "NODE 0",
			.serial = slots[i].serial};
}

#define MACHINE(...)                                                            \
	do {                                                                    \
		static const struct slot slots[] = {__VA_ARGS__};               \
		machine(slots, (unsigned int)(sizeof(slots) / sizeof(*slots))); \
	} while (0)

static struct dimm find(const char *line, uint64_t addr)
{
	struct dimm dimm;
	struct rec rec;

	if (line)
		CHECK_TEXT(rec_parse(line, strlen(line), &rec), NULL);
	dimm_find(&dimm, &smbios, line ? &rec : NULL, addr);
	return dimm;
}

static void modules_are_found_by_what_is_most_exact(void)
{
	struct dimm dimm;

	MACHINE({"A1", "1111"}, {"B1", "2222"});
	dimm = find("err sev=fatal class=memory dimm=NODE\\x200\\x20B1 module_handle=0x0001\n", 0);
	CHECK_TEXT(dimm.label, "NODE 0 B1");
	CHECK_TEXT(dimm.serial, "1111");
	dimm = find("err sev=fatal class=memory dimm=NODE\\x200\\x20B1\n", 0);
	CHECK_TEXT(dimm.locator, "B1");
	CHECK_TEXT(dimm.bank, "NODE 0");
	CHECK_TEXT(dimm.serial, "2222");
	dimm = find("err sev=fatal class=memory dimm=mc#0csrow#1\n", 0);
	CHECK_TEXT(dimm.label, "mc#0csrow#1");
	CHECK_TEXT(dimm.locator, "");
	dimm = find("err sev=fatal class=memory dimm=B1\\x00\n", 0);
	CHECK_TEXT(dimm.label, "");
	CHECK_TEXT(dimm.locator, "A1");
	CHECK_TEXT(find(NULL, 4096).serial, "1111");
	CHECK_TEXT(find(NULL, 1 << 30).locator, "");
}

static void serial_numbers_that_tell_nothing_are_not_known(void)
{
	static const char *const nothing[] = {
		"", "Not Specified", "UNKNOWN", "00000000", "0x00", "FFFFFFFF", "NO DIMM", "   "};

	for (size_t i = 0; i < sizeof(nothing) / sizeof(*nothing); i++) {
		const struct slot slot = {"A1", nothing[i]};

		unit_row = nothing[i];
		machine(&slot, 1);
		CHECK_TEXT(find(NULL, 0).serial, "");
	}
	unit_row = NULL;
	MACHINE({"A1", "0001"}, {"B1", "0001"});
	CHECK_TEXT(find(NULL, 0).serial, "");
}

static enum dimm_fate fate(const char *serial)
{
	struct dimm dimm = {.locator = "A1", .bank = "NODE 0"};

	strcpy(dimm.serial, serial);
	return dimm_fate(&dimm, &smbios);
}

static void only_other_serial_numbers_tell_that_it_is_gone(void)
{
	MACHINE({"A1", "1111"}, {"B1", "2222"});
	CHECK(fate("1111") == DIMM_THERE);
	CHECK(fate("2222") == DIMM_MOVED);
	CHECK(fate("3333") == DIMM_REPLACED);
	CHECK(fate("") == DIMM_THERE);
	MACHINE({"A1", "Not Specified"}, {"B1", "2222"});
	CHECK(fate("1111") == DIMM_THERE);
	MACHINE({"A1", "NO DIMM"}, {"B1", "2222"});
	CHECK(fate("1111") == DIMM_REPLACED);
	MACHINE({"B1", "2222"});
	CHECK(fate("1111") == DIMM_REPLACED);
	MACHINE({"A1", "Unknown"}, {"B1", "Unknown"});
	CHECK(fate("1111") == DIMM_THERE);
	MACHINE({"A1", "1111"}, {"B1", "1111"}, {"C1", "2222"});
	CHECK(fate("1111") == DIMM_THERE);
	CHECK(dimm_fate(&(struct dimm){.serial = "1111"}, NULL) == DIMM_THERE);
}

int main(void)
{
	UNIT(modules_are_found_by_what_is_most_exact);
	UNIT(serial_numbers_that_tell_nothing_are_not_known);
	UNIT(only_other_serial_numbers_tell_that_it_is_gone);
	return unit_end();
}

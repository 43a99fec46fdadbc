/* SPDX-License-Identifier: GPL-2.0-or-later */
/* smbios: entry points and tables, those that are right and those that are not. */
#include "smbios.h"
#include "tree.h"
#include "unit.h"

#include <errno.h>

static struct smbios smbios;
static size_t table_len;

static void put(const void *bytes, size_t len)
{
	memcpy(smbios.table + table_len, bytes, len);
	table_len += len;
}

/* A structure of LENGTH bytes, all 0 but for its header and those given later. */
static unsigned char *put_structure(unsigned char type, unsigned char length, uint16_t handle)
{
	unsigned char *p = smbios.table + table_len;

	memset(p, 0, length);
	p[0] = type;
	p[1] = length;
	p[2] = (unsigned char)handle;
	p[3] = (unsigned char)(handle >> 8);
	table_len += length;
	return p;
}

#define PUT_STRINGS(text) put(text "\0", sizeof(text "\0"))

static void put_module(uint16_t handle, uint16_t array, const char *locator, const char *bank)
{
	unsigned char *p = put_structure(17, 21, handle);

	p[4] = (unsigned char)array;
	p[5] = (unsigned char)(array >> 8);
	p[16] = 1;
	p[17] = 2;
	put(locator, strlen(locator) + 1);
	put(bank, strlen(bank) + 1);
	put("", 1);
}

static void put_machine(void)
{
	table_len = 0;
	put_structure(0, 24, 0);
	PUT_STRINGS("Vendor\0"
		    "1.0");
	put_structure(16, 23, 0x1000);
	PUT_STRINGS("");
	put_module(0x1100, 0x1000, "DIMM_A1", "NODE 0");
	put_module(0x1101, 0x1000, "DIMM_B1", "NODE 0");
	put_module(0x1102, 0x1000, "DIMM_C1", "NODE 0");
	put_module(0x1102, 0x1000, "DIMM_D1", "NODE 1");
	put_module(0x1103, 0x1000, "DIMM_D1", "NODE 2");
	put_structure(127, 4, 0xfeff);
	PUT_STRINGS("");
}

static void modules_are_found_by_handle(void)
{
	const struct smbios_module *module;

	put_machine();
	CHECK_TEXT(smbios_parse(&smbios, table_len), NULL);
	CHECK_U64(smbios.modules, 5);
	CHECK_U64(smbios.arrays, 1);
	CHECK(smbios_array(&smbios, 0x1000) && !smbios_array(&smbios, 0x1100));
	module = smbios_module(&smbios, 0x1101);
	CHECK(module && module->array == 0x1000);
	CHECK_TEXT(module ? module->locator : NULL, "DIMM_B1");
	CHECK_TEXT(module ? module->bank : NULL, "NODE 0");
	CHECK(!smbios_module(&smbios, 0x1000));
	CHECK(!smbios_module(&smbios, 0x1102)); /* of which there are two */
}

static void put_mapping(uint32_t first_kib, uint32_t last_kib, uint16_t module)
{
	unsigned char *p = put_structure(20, 35, 0x1400);

	for (int i = 0; i < 4; i++) {
		p[4 + i] = (unsigned char)(first_kib >> 8 * i);
		p[8 + i] = (unsigned char)(last_kib >> 8 * i);
		/* For those that have no room above: 64 TiB and a page. */
		p[27 + i] = (unsigned char)(i == 0 ? 0xff : i == 1 ? 0x0f : 0);
	}
	p[24] = p[32] = 0x40;
	p[12] = (unsigned char)module;
	p[13] = (unsigned char)(module >> 8);
	PUT_STRINGS("");
}

static uint16_t module_at(uint64_t addr)
{
	const struct smbios_module *module = smbios_at(&smbios, addr);

	return module ? module->handle : 0;
}

static void modules_are_found_by_address(void)
{
	table_len = 0;
	put_module(0x1100, 0x1000, "DIMM_A1", "NODE 0");
	put_module(0x1101, 0x1000, "DIMM_B1", "NODE 0");
	put_mapping(0, 0xfffff, 0x1100);
	put_mapping(0x100000, 0x1fffff, 0x1101);
	put_mapping(0x180000, 0x1fffff, 0x1100); /* interleaved */
	put_mapping(0x200000, 0x2fffff, 0x1199); /* of nobody */
	put_mapping(UINT32_MAX, UINT32_MAX, 0x1101);
	CHECK_TEXT(smbios_parse(&smbios, table_len), NULL);
	CHECK_U64(module_at(0), 0x1100);
	CHECK_U64(module_at(0x3fffffff), 0x1100);
	CHECK_U64(module_at(0x40000000), 0x1101);
	CHECK_U64(module_at(0x60000000), 0);
	CHECK_U64(module_at(0x80000000), 0);
	CHECK_U64(module_at(UINT64_C(0x400000000000)), 0x1101);
	CHECK_U64(module_at(UINT64_C(0x400000000fff)), 0x1101);
	CHECK_U64(module_at(UINT64_C(0x400000001000)), 0);
	CHECK_U64(module_at(UINT64_MAX), 0);
}

static void serial_numbers_are_read_where_there_is_room(void)
{
	unsigned char *p;

	table_len = 0;
	put_module(1, 2, "short", "B");
	p = put_structure(17, 27, 2);
	p[12] = 1;
	p[24] = 1;
	PUT_STRINGS("1234ABCD");
	CHECK_TEXT(smbios_parse(&smbios, table_len), NULL);
	CHECK_TEXT(smbios.module[0].serial, "");
	CHECK(smbios.module[0].empty && !smbios.module[1].empty);
	CHECK_TEXT(smbios.module[1].serial, "1234ABCD");
}

static bool is_label(const char *label, uint16_t handle)
{
	const struct smbios_module *module = smbios_label(&smbios, label, strlen(label));

	return module ? module->handle == handle : handle == 0;
}

static void modules_are_found_by_the_whole_of_their_name(void)
{
	put_machine();
	CHECK_TEXT(smbios_parse(&smbios, table_len), NULL);
	CHECK(is_label("DIMM_A1", 0x1100));
	CHECK(is_label("NODE 0 DIMM_A1", 0x1100));
	CHECK(is_label("NODE 2 DIMM_D1", 0x1103));
	CHECK(is_label("DIMM_D1", 0)); /* of which there are two */
	CHECK(is_label("DIMM_A", 0));
	CHECK(is_label("DIMM_A11", 0));
	CHECK(is_label("xDIMM_A1", 0));
	CHECK(is_label("NODE 1 DIMM_A1", 0));
	CHECK(is_label("", 0));
}

static void strings_that_are_not_there_are_empty(void)
{
	unsigned char *p;

	table_len = 0;
	p = put_structure(17, 40, 1);
	p[16] = 3;
	p[17] = 255;
	PUT_STRINGS("one\0"
		    "two");
	p = put_structure(17, 21, 2);
	p[16] = 7;
	PUT_STRINGS("");
	CHECK_TEXT(smbios_parse(&smbios, table_len), NULL); /* without a structure of type 127 */
	CHECK_U64(smbios.modules, 2);
	CHECK_TEXT(smbios.module[0].locator, "");
	CHECK_TEXT(smbios.module[0].bank, "");
	CHECK_TEXT(smbios.module[1].locator, "");
	CHECK(is_label("", 0));
}

static void what_is_behind_the_end_does_not_count(void)
{
	table_len = 0;
	put_structure(127, 4, 0);
	PUT_STRINGS("");
	put("\x11\xff", 2);
	CHECK_TEXT(smbios_parse(&smbios, table_len), NULL);
	CHECK_TEXT(smbios_parse(&smbios, 0), NULL);
}

/* Cut off anywhere before its end a table is malformed, but between two structures. */
static void tables_cut_short_have_a_reason(void)
{
	size_t len, whole = 0;

	put_machine();
	len = table_len;
	for (size_t i = 0; i < len - 6; i++)
		whole += smbios_parse(&smbios, i) == NULL;
	CHECK_U64(whole, 7); /* before each of the structures */
}

static void malformed_tables_have_a_reason(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *why;
	} cases[] = {
		{"\x11", 1, "structure is cut short"},
		{"\x11\x04\0", 3, "structure is cut short"},
		{"\x01\x05\0\0", 4, "structure is cut short"},
		{"\x01\x03\0\0\0\0", 6, "structure is shorter than its header"},
		{"\x01\0\0\0\0\0", 6, "structure is shorter than its header"},
		{"\x01\x04\0\0", 4, "strings without an end"},
		{"\x01\x04\0\0\0", 5, "strings without an end"},
		{"\x01\x04\0\0\0x", 6, "strings without an end"},
		{"\x01\x04\0\0ab\0", 7, "strings without an end"},
		{"\x01\x04\0\0ab", 6, "strings without an end"},
		{"\x11\x04\0\0\0\0", 6, "memory device is cut short"},
		{"\x14\x04\0\0\0\0", 6, "mapped address is cut short"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memcpy(smbios.table, cases[i].bytes, cases[i].len);
		CHECK_TEXT(smbios_parse(&smbios, cases[i].len), cases[i].why);
	}
	table_len = 0;
	for (int i = 0; i <= SMBIOS_MODULES_MAX; i++)
		put_module(1, 2, "a", "b");
	CHECK_TEXT(smbios_parse(&smbios, table_len), "too many memory devices");
	table_len = 0;
	for (int i = 0; i <= SMBIOS_ARRAYS_MAX; i++) {
		put_structure(16, 23, 1);
		PUT_STRINGS("");
	}
	CHECK_TEXT(smbios_parse(&smbios, table_len), "too many memory arrays");
	table_len = 0;
	for (int i = 0; i <= SMBIOS_MAPPINGS_MAX; i++)
		put_mapping(0, 1, 2);
	CHECK_TEXT(smbios_parse(&smbios, table_len), "too many mapped addresses");
}

static void seal(unsigned char *entry, size_t len, size_t at)
{
	entry[at] = 0;
	for (size_t i = 0; i < len; i++)
		if (i != at)
			entry[at] = (unsigned char)(entry[at] - entry[i]);
}

static void entry_points_are_checked(void)
{
	unsigned char three[24] = "_SM3_\0\x18\x03\x03", two[31] = "_SM_\0\x1f\x02\x08";

	seal(three, 24, 5);
	seal(two, 31, 4);
	CHECK_TEXT(smbios_entry(three, 24), NULL);
	CHECK_TEXT(smbios_entry(two, 31), NULL);
	CHECK_TEXT(smbios_entry(three, 23), "no entry point");
	CHECK_TEXT(smbios_entry(two, 30), "entry point of a wrong length");
	three[10]++;
	CHECK_TEXT(smbios_entry(three, 24), "checksum of entry point is wrong");
	three[6] = 23;
	CHECK_TEXT(smbios_entry(three, 24), "entry point of a wrong length");
	three[0] = '-';
	CHECK_TEXT(smbios_entry(three, 24), "no entry point");
	CHECK_TEXT(smbios_entry(three, 0), "no entry point");
}

static void files_are_read_below_a_root(void)
{
	unsigned char three[24] = "_SM3_\0\x18\x03\x03";
	struct tree tree;

	tree_make(&tree);
	CHECK_TEXT(smbios_read(&smbios, &tree.root), "smbios_entry_point");
	CHECK(errno == ENOENT);
	seal(three, 24, 5);
	tree_put_bytes(&tree, three, 24, "sys/firmware/dmi/tables/smbios_entry_point");
	CHECK_TEXT(smbios_read(&smbios, &tree.root), "DMI");
	CHECK(errno == ENOENT);
	put_machine();
	tree_put_bytes(&tree, smbios.table, table_len, "sys/firmware/dmi/tables/DMI");
	memset(&smbios, 0xaa, sizeof(smbios));
	CHECK_TEXT(smbios_read(&smbios, &tree.root), NULL);
	CHECK_U64(smbios.modules, 5);
	three[9]++;
	tree_put_bytes(&tree, three, 24, "sys/firmware/dmi/tables/smbios_entry_point");
	CHECK_TEXT(smbios_read(&smbios, &tree.root), "checksum of entry point is wrong");
	CHECK(errno == 0);
	tree_remove(&tree);
}

int main(void)
{
	UNIT(modules_are_found_by_handle);
	UNIT(modules_are_found_by_address);
	UNIT(serial_numbers_are_read_where_there_is_room);
	UNIT(modules_are_found_by_the_whole_of_their_name);
	UNIT(strings_that_are_not_there_are_empty);
	UNIT(what_is_behind_the_end_does_not_count);
	UNIT(tables_cut_short_have_a_reason);
	UNIT(malformed_tables_have_a_reason);
	UNIT(entry_points_are_checked);
	UNIT(files_are_read_below_a_root);
	return unit_end();
}

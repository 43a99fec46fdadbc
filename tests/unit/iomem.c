/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iomem: lines of /proc/iomem, and what addresses are used for. */
#include "iomem.h"
#include "tree.h"
#include "unit.h"

static struct tree tree;
static struct iomem iomem;

static const char machine[] = "00000000-00000fff : Reserved\n"
			      "00001000-0009fbff : System RAM\n"
			      "000a0000-000fffff : Reserved\n"
			      "00100000-2ffddfff : System RAM\n"
			      "  01000000-01ffffff : Kernel code\n"
			      "  02000000-02a0cfff : Kernel rodata\n"
			      "  10000000-1fffffff : Crash kernel\n"
			      "fe000000-fe000fff : PCI Bus 0000:00\n"
			      "  fe000000-fe0000ff : 0000:00:02.0\n"
			      "    fe000000-fe0000ff : virtio-pci-modern\n"
			      "100000000-13fffffff : System RAM (kmem)\n";

static void lines_are_taken_apart(void)
{
	struct iomem_range range;

	CHECK_TEXT(iomem_parse("  fe000000-fe0000ff : 0000:00:02.0", 34, &range), NULL);
	CHECK(range.depth == 1 && range.start == 0xfe000000 && range.last == 0xfe0000ff);
	CHECK_TEXT(range.name, "0000:00:02.0");
	CHECK_TEXT(iomem_parse("ffffffffffffffff-ffffffffffffffff : x", 37, &range), NULL);
	CHECK_U64(range.last, UINT64_MAX);
}

static void what_is_no_line_has_a_reason(void)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{"", "not START-END : NAME"},
		{" 0-1 : x", "odd indentation"},
		{"0-1", "not START-END : NAME"},
		{"0-1 :x", "not START-END : NAME"},
		{"-1 : x", "not START-END : NAME"},
		{"0-A : x", "not START-END : NAME"},
		{"0-11111111111111111 : x", "not START-END : NAME"},
		{"2-1 : x", "ends before it starts"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct iomem_range range;

		unit_row = cases[i].line;
		CHECK_TEXT(iomem_parse(cases[i].line, strlen(cases[i].line), &range), cases[i].why);
	}
}

static void addresses_are_found(void)
{
	tree_put(&tree, machine, "proc/iomem");
	CHECK_TEXT(iomem_read(&iomem, &tree.root), NULL);
	CHECK_U64(iomem.ranges, 11);
	CHECK(iomem_is_ram(&iomem, 0x1000, 0x1fff) && !iomem_is_ram(&iomem, 0, 0xfff));
	CHECK(!iomem_is_ram(&iomem, 0x9f000, 0x9ffff)); /* in part only */
	CHECK(iomem_is_ram(&iomem, 0x100000000, 0x100000fff));
	CHECK(iomem_find(&iomem, "Kernel ", 0xfff000, 0x1000fff) == &iomem.range[4]);
	CHECK(!iomem_find(&iomem, "Kernel ", 0xfff000, 0xffffff));
	CHECK(iomem_find(&iomem, "Reserved", 0xa0000, 0xa0fff) == &iomem.range[2]);
	CHECK(!iomem_find(&iomem, "Reserved", 0x40000000, 0x40000fff));
}

static void what_hides_its_addresses_is_an_error(void)
{
	tree_put(&tree, "00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n",
		"proc/iomem");
	CHECK_TEXT(iomem_read(&iomem, &tree.root), "read");
	CHECK(errno == EPERM);
	tree_put(&tree, "00000000-00000fff : Reserved", "proc/iomem");
	CHECK_TEXT(iomem_read(&iomem, &tree.root), "line is cut short or too long");
	CHECK(errno == 0);
}

int main(void)
{
	tree_make(&tree);
	UNIT(lines_are_taken_apart);
	UNIT(what_is_no_line_has_a_reason);
	UNIT(addresses_are_found);
	UNIT(what_hides_its_addresses_is_an_error);
	tree_remove(&tree);
	return unit_end();
}

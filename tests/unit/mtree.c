/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mtree: where QEMU says that a guest's memory is. */
#include "mtree.h"
#include "unit.h"

/* QEMU 10.0, -M pc,max-ram-below-4g=128M -m 256 with two backends. */
static const char printed[] =
	"FlatView #1\r\n"
	" AS \"I/O\", root: io\r\n"
	" Root memory region: io\r\n"
	"  0000000000000000-0000000000000007 (prio 0, ram): not-here\r\n"
	"\r\n"
	"FlatView #2\r\n"
	" AS \"memory\", root: system\r\n"
	" AS \"cpu-memory-0\", root: system\r\n"
	" Root memory region: system\r\n"
	"  0000000000000000-00000000000bffff (prio 0, ram): r0\r\n"
	"  00000000000c0000-00000000000dffff (prio 1, rom): pc.rom KVM\r\n"
	"  00000000000e0000-00000000000fffff (prio 0, rom): pc.bios @0000000000020000 KVM KVM\r\n"
	"  0000000000100000-0000000007ffffff (prio 0, ram): /objects/r0 @0000000000100000 KVM\r\n"
	"  00000000fec00000-00000000fec00fff (prio 0, i/o): ioapic\r\n"
	"  00000000fd000000-00000000fdffffff (prio 1, ramd): device\r\n"
	"  0000000100000000-0000000107ffffff (prio 0, ram): with a blank\r\n"
	"\r\n"
	"FlatView #3\r\n"
	" AS \"cpu-smm-0\", root: memory\r\n"
	"  0000000000000000-00000000000bffff (prio 0, ram): smm\r\n";

static void ranges_of_memory_are_taken(void)
{
	static const struct mtree_range wanted[] = {
		{0, 0xc0000, "r0"},
		{0xc0000, 0x20000, "pc.rom"},
		{0xe0000, 0x20000, "pc.bios"},
		{0x100000, 0x7f00000, "r0"},
		{0x100000000, 0x8000000, "with a blank"},
	};
	struct mtree_range range[8];

	CHECK_U64(mtree_parse(printed, range, 8), 5);
	for (size_t i = 0; i < 5; i++) {
		unit_row = wanted[i].region;
		CHECK_U64(range[i].gpa, wanted[i].gpa);
		CHECK_U64(range[i].size, wanted[i].size);
		CHECK_TEXT(range[i].region, wanted[i].region);
	}
	unit_row = NULL;
	CHECK_U64(mtree_parse(printed, range, 5), 5);
	CHECK_U64(mtree_parse(printed, range, 4), 5);
	CHECK_U64(mtree_parse("", range, 8), 0);
}

static void what_has_another_form_is_not_there(void)
{
	static const char *const lines[] = {
		"  0000000000000001-0000000000000000 (prio 0, ram): r",
		"  0000000000000000-ffffffffffffffff (prio 0, ram): r",
		"  000000000000000-00000000000000ff (prio 0, ram): r",
		"  0000000000000000-00000000000000fg (prio 0, ram): r",
		"  0000000000000000-00000000000000ff (prio 0, ram)",
		"  0000000000000000-00000000000000ff (prio 0, i/o): x, ram): r",
		"  0000000000000000-00000000000000ff",
		" 0000000000000000-00000000000000ff (prio 0, ram): r",
	};
	struct mtree_range range;
	char text[256];

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		unit_row = lines[i];
		snprintf(text, sizeof(text), "FlatView #0\n AS \"memory\", root: system\n%s\n",
			lines[i]);
		CHECK_U64(mtree_parse(text, &range, 1), 0);
	}
}

static void a_name_too_long_is_none(void)
{
	struct mtree_range range;
	char text[256];

	snprintf(text, sizeof(text), " AS \"memory\"\n%s%064d",
		"  0000000000000000-00000000000000ff (prio 0, ram): ", 1);
	CHECK_U64(mtree_parse(text, &range, 1), 1);
	CHECK_TEXT(range.region, "");
	snprintf(text, sizeof(text), " AS \"memory\"\n%s%063d KVM",
		"  0000000000000000-00000000000000ff (prio 0, ram): ", 1);
	CHECK_U64(mtree_parse(text, &range, 1), 1);
	CHECK_U64(strlen(range.region), 63);
}

static void an_address_in_qemu_is_read(void)
{
	uint64_t hva = 1;

	CHECK(mtree_hva(
		"Host virtual address for 0x1000 (r0) is 0x7fcabc000000\r\n", 0x1000, &hva));
	CHECK_U64(hva, 0x7fcabc000000);
	CHECK(mtree_hva("Host virtual address for 0x1 (a is 0x5) is 0x7", 1, &hva));
	CHECK_U64(hva, 7);
	CHECK(!mtree_hva(
		"No memory is mapped at address 0x200000000000\r\n", 0x200000000000, &hva));
	CHECK(!mtree_hva("Memory at address 0xa0000 is 0x5\r\n", 0xa0000, &hva));
	CHECK(!mtree_hva("Host virtual address for 0x1000 (r0) is (nil)\r\n", 0x1000, &hva));
	CHECK(!mtree_hva("Host virtual address for 0x1000 (r0) is 0x\r\n", 0x1000, &hva));
	CHECK(!mtree_hva(
		"Host virtual address for 0x1000 (r0) is 0x12345678123456789", 0x1000, &hva));
	CHECK(!mtree_hva("Host virtual address for 0x1000 (r0)\n is 0x5\n", 0x1000, &hva));
	CHECK(!mtree_hva("Host virtual address for 0x10001 (r0) is 0x5\n", 0x1000, &hva));
	CHECK(!mtree_hva("", 0, &hva));
	CHECK_U64(hva, 7);
}

static void an_answer_is_found_among_those_to_others(void)
{
	static const char text[] =
		"Host virtual address for 0x0 (ram) is 0x7f0000000000\r\n\n\n"
		"Memory at address 0xa0000 is not RAM\r\n\n\n"
		"Host virtual address for 0xc0000 (rom) is 0x7f1000000000\r\n\n\n";
	uint64_t hva = 1;

	CHECK(mtree_hva(text, 0xc0000, &hva));
	CHECK_U64(hva, 0x7f1000000000);
	CHECK(!mtree_hva(text, 0xa0000, &hva));
	CHECK(mtree_hva(text, 0, &hva));
	CHECK_U64(hva, 0x7f0000000000);
}

static void threads_of_processors_are_read(void)
{
	const char *text = "* CPU #0: thread_id=26450\r\n  CPU #1: thread_id=26451\r\n"
			   "  CPU #2: thread_id=0\n  CPU #3: thread_id=99999999999999999999\n"
			   "  CPU #4: thread_id=";
	static const pid_t threads[] = {26450, 26451, 0, 0, 0};
	pid_t thread;

	for (size_t i = 0; i < sizeof(threads) / sizeof(*threads); i++) {
		CHECK(mtree_thread(&text, &thread));
		CHECK_U64((uint64_t)thread, (uint64_t)threads[i]);
	}
	CHECK(!mtree_thread(&text, &thread));
}

int main(void)
{
	UNIT(ranges_of_memory_are_taken);
	UNIT(what_has_another_form_is_not_there);
	UNIT(a_name_too_long_is_none);
	UNIT(an_address_in_qemu_is_read);
	UNIT(an_answer_is_found_among_those_to_others);
	UNIT(threads_of_processors_are_read);
	return unit_end();
}

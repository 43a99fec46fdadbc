/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a ledger and as the journal of one: what is accepted can be worked with. */
#include "../unit/disk.h"
#include "ledger.h"
#include "fuzz.h"

static void work(struct ledger *ledger)
{
	struct ledger_sighting sighting = {
		.t = "2026-11-22T05:00:00.000000000Z", .is_event = true, .record = "ue"};
	struct ledger_page page = {.addr = 0x5000, .size = 0x1000, .state = "poisoned"}, out;
	uint64_t forgotten, kept, before = 0;
	bool is_new;
	int result;

	MUST(ledger_pages(ledger) == 0);
	for (; (result = ledger_next(ledger, &out)) == 1; before = out.addr) {
		MUST(out.addr >= before && out.addr <= LEDGER_ADDR_MAX && out.addr % 4096 == 0);
		MUST(out.size && out.size <= LEDGER_SIZE_MAX && out.size % 4096 == 0);
	}
	MUST(ledger_sightings(ledger) == 0);
	while (ledger_next_sighting(ledger, &sighting) == 1)
		;
	if (result == 0 && ledger_save(ledger, &page, &sighting, &is_new) == 0)
		MUST(ledger_forget(ledger, 0x5000, 0x1000, &forgotten, &kept) != 0 || forgotten);
}

/* The first two bytes say how long the ledger is; the rest is its journal. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool opened;
	struct ledger ledger;
	size_t len;

	if (!opened)
		disk_open();
	opened = true;
	if (size < 2)
		return 0;
	len = (size_t)(data[0] | data[1] << 8);
	size -= 2;
	data += 2;
	if (len > size)
		len = size;
	if (size > DISK_FILE_MAX)
		return 0;
	disk_clear();
	disk_put("ledger", data, len);
	if (size > len)
		disk_put("ledger-journal", data + len, size - len);
	if (ledger_open(&ledger, "ledger", false) == 0)
		work(&ledger);
	ledger_close(&ledger);
	return 0;
}

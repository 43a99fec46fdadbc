/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mtree.h"
#include "num.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>

/* The LEN characters at TEXT are a hexadecimal number. */
static bool parse_hex(const char *text, size_t len, uint64_t *out)
{
	char word[2 + 16 + 1] = "0x";

	if (len > 16)
		return false;
	memcpy(word + 2, text, len);
	word[2 + len] = '\0';
	return !num_address(word, out);
}

/* The name ends the line, but for where in the region it begins and what has it mapped. */
static void take_region(struct mtree_range *range, const char *name, size_t len)
{
	static const char objects[] = "/objects/", kvm[] = " KVM";
	enum { AT = 2 + 16 }; /* " @0000000000100000" */

	/* Once for each address space that has this view. */
	while (len >= sizeof(kvm) - 1 &&
		!strncmp(name + len - (sizeof(kvm) - 1), kvm, sizeof(kvm) - 1))
		len -= sizeof(kvm) - 1;
	if (len >= AT && name[len - AT] == ' ' && name[len - AT + 1] == '@')
		len -= AT;
	/* Machines of QEMU before 4.0 call backends so. */
	if (len > sizeof(objects) - 1 && !strncmp(name, objects, sizeof(objects) - 1)) {
		name += sizeof(objects) - 1;
		len -= sizeof(objects) - 1;
	}
	if (len >= sizeof(range->region))
		len = 0;
	memcpy(range->region, name, len);
	range->region[len] = '\0';
}

/* "  0000000000100000-000000000fffffff (prio 0, ram): ram @0000000000100000 KVM" */
static bool parse_range(const char *line, size_t len, struct mtree_range *out)
{
	enum { FIRST = 2, LAST = FIRST + 17, PRIORITY = LAST + 16 };
	uint64_t last;

	if (len < PRIORITY || strncmp(line, "  ", FIRST) != 0 || line[LAST - 1] != '-' ||
		!parse_hex(line + FIRST, 16, &out->gpa) || !parse_hex(line + LAST, 16, &last) ||
		last < out->gpa || last - out->gpa == UINT64_MAX)
		return false;

	const char *type = memmem(line, len, ", ", 2);
	const char *name = memmem(line, len, "): ", 3);

	if (!type || !name || name < type ||
		(memcmp(type, ", ram", 5) != 0 && memcmp(type, ", rom", 5) != 0) ||
		name != type + 5)
		return false;
	out->size = last - out->gpa + 1;
	take_region(out, name + 3, len - (size_t)(name + 3 - line));
	return true;
}

static bool is_start_of_view(const char *line, size_t len)
{
	return len > 10 && !strncmp(line, "FlatView #", 10);
}

/* The address space that the processors see; several can share a view. */
static bool is_of_memory(const char *line, size_t len)
{
	static const char wanted[] = " AS \"memory\"";

	return len >= sizeof(wanted) - 1 && !strncmp(line, wanted, sizeof(wanted) - 1);
}

size_t mtree_parse(const char *text, struct mtree_range *out, size_t max)
{
	bool wanted = false;
	size_t count = 0;

	for (const char *line = text; *line;) {
		const char *next = strchrnul(line, '\n');
		size_t len = (size_t)(next - line);
		struct mtree_range range;

		if (len && line[len - 1] == '\r')
			len--;
		if (is_start_of_view(line, len))
			wanted = false;
		else if (is_of_memory(line, len))
			wanted = true;
		else if (wanted && parse_range(line, len, &range)) {
			if (count == max)
				return max + 1;
			out[count++] = range;
		}
		line = *next ? next + 1 : next;
	}
	return count;
}

/* "Host virtual address for 0x8000 (ram) is 0x7ff34e007000": the name may hold anything. */
static bool parse_hva(const char *line, size_t len, uint64_t *out)
{
	static const char before[] = " is 0x";
	const char *end = line + len, *found = NULL, *at = line;

	while ((at = memmem(at, (size_t)(end - at), before, sizeof(before) - 1))) {
		at += sizeof(before) - 1;
		found = at;
	}
	return found && parse_hex(found, MIN(strcspn(found, " \r\n"), (size_t)(end - found)), out);
}

bool mtree_hva(const char *text, uint64_t gpa, uint64_t *out)
{
	char start[64];
	size_t start_len = (size_t)snprintf(
		start, sizeof(start), "Host virtual address for 0x%" PRIx64 " ", gpa);

	for (const char *line = text, *next; *line; line = *next ? next + 1 : next) {
		next = strchrnul(line, '\n');
		if (!strncmp(line, start, start_len))
			return parse_hva(line, (size_t)(next - line), out);
	}
	return false;
}

bool mtree_thread(const char **text, pid_t *out)
{
	static const char before[] = " thread_id=";
	const char *at = strstr(*text, before);
	uint64_t thread;
	char word[16] = "";

	if (!at)
		return false;
	at += sizeof(before) - 1;

	size_t len = strspn(at, "0123456789");

	*text = at + len;
	if (len < sizeof(word))
		memcpy(word, at, len);
	*out = num_count(word, 1, INT32_MAX, &thread) ? 0 : (pid_t)thread;
	return true;
}

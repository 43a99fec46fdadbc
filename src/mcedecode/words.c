/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"
#include "tables.h"

enum number { HEX, DEC, PROCESSOR };

/* DETAIL: lines of the kernel's and of EDAC drivers' begin so. */
enum { OTHER, DETAIL };

struct word {
	const char *name;
	uint8_t len, field, number, use;
};

#define WORD(name, field, number, use)                     \
	{                                                  \
		name, sizeof(name) - 1, field, number, use \
	}

/* In the order in which the kernel prints them, see find_word(). */
static const struct word words[] = {
	WORD("TSC", E_TSC, HEX, DETAIL),
	WORD("ADDR", E_ADDR_REG, HEX, DETAIL),
	WORD("MISC", E_MISC, HEX, DETAIL),
	WORD("PROCESSOR", E_CPUID, PROCESSOR, DETAIL),
	WORD("TIME", E_T, DEC, OTHER),
	WORD("SOCKET", E_SOCKET, DEC, OTHER),
	WORD("APIC", E_APIC, HEX, OTHER),
	WORD("microcode", E_MICROCODE, HEX, OTHER),
	WORD("PPIN", E_PPIN, HEX, OTHER),
	WORD("SYND", E_SYND, HEX, DETAIL),
	WORD("IPID", E_IPID, HEX, DETAIL),
	WORD("SYND1", E_SYND1, HEX, OTHER),
	WORD("SYND2", E_SYND2, HEX, OTHER),
	WORD("STATUS", E_STATUS, HEX, OTHER),
	WORD("MCGSTATUS", E_MCGSTATUS, HEX, OTHER),
	WORD("MCGCAP", E_MCGCAP, HEX, OTHER),
	WORD("APICID", E_APIC, HEX, OTHER),
	WORD("SOCKETID", E_SOCKET, HEX, OTHER),
	WORD("BANK", E_BANK, DEC, OTHER),
	WORD("CPU", E_CPU, DEC, OTHER),
};

static inline bool is_here(struct scan s, const struct word *word)
{
	size_t left = scan_left(&s);

	return left >= word->len && *s.p == word->name[0] &&
	       (left == word->len || s.p[word->len] == ' ' || s.p[word->len] == '\t') &&
	       memcmp(s.p, word->name, word->len) == 0;
}

/* The word that stands at S, or NULL.  Most are found at once, being those behind BEFORE. */
static const struct word *find_word(struct scan s, const struct word *before)
{
	size_t i = before ? (size_t)(before - words) + 1 : 0;

	for (size_t tries = 0; tries < ROWS(words); tries++, i++) {
		if (i >= ROWS(words))
			i = 0;
		if (is_here(s, &words[i]))
			return &words[i];
	}
	return NULL;
}

static inline bool put_number(struct scan *s, const struct word *word, struct err *err)
{
	uint64_t n;

	if (word->number == PROCESSOR) {
		uint64_t vendor;

		if (!scan_dec(s, &vendor) || !SCAN(s, ":") || !scan_hex(s, &n) || vendor > 254 ||
			n > UINT32_MAX)
			return false;
		err_set(err, E_VENDOR, vendor);
	} else if (word->number == HEX ? !scan_hex(s, &n) : !scan_number(s, &n)) {
		return false;
	}
	err_set(err, (enum err_field)word->field, n);
	return true;
}

/* A second message on the same line: "... 0EDAC sbridge MC0: ADDR ...". */
static bool skip_edac(struct scan *s)
{
	struct scan copy = *s;

	if (!SCAN(&copy, "EDAC ") || !SCAN_TO(&copy, ": "))
		return false;
	scan_blanks(&copy);
	*s = copy;
	return true;
}

/*
 * Half of what is read of a machine check is numbers: flatten puts their parsing in here, so that
 * the place in the line stays in a register and is not stored at each step.
 */
__attribute__((flatten)) unsigned int words_read(struct scan *line, struct err *err)
{
	struct scan s = *line;
	const struct word *word = NULL;
	unsigned int found = 0;

	for (;;) {
		scan_blanks(&s);
		if (s.p == s.end)
			break;
		word = find_word(s, word);
		if (!word) {
			struct scan copy = s;

			if (!skip_edac(&copy))
				break;
			s = copy;
			continue;
		}
		if (err_has(err, (enum err_field)word->field))
			found |= WORDS_TWICE;
		s.p += word->len;
		scan_blanks(&s);
		if (!put_number(&s, word, err)) {
			found |= WORDS_BAD;
			break;
		}
		found |= WORDS_FOUND;
	}
	*line = s;
	return found;
}

bool words_are_details(const struct scan *s)
{
	const struct word *word = s->p < s->end ? find_word(*s, NULL) : NULL;

	return word && word->use == DETAIL && scan_left(s) > word->len + 1u;
}

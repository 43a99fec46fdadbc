/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"
#include "lines.h"
#include "num.h"
#include "rec.h"

#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 3, WORD_MAX = 4 * POLICY_NAME_MAX };

struct word {
	const char *text;
	size_t len;
};

void policy_init(struct policy *policy)
{
	policy->machines = policy->given = 0;
	policy->rows = 2;
	policy->growing = 8;
	for (unsigned int i = 0; i < CAUSES; i++)
		policy->weight[i] = cause_rules[i].weight;
}

static const char *parse_number(const struct word *word, uint64_t min, uint64_t max, uint64_t *out)
{
	char text[24];

	if (word->len >= sizeof(text))
		return "too large";
	memcpy(text, word->text, word->len);
	text[word->len] = '\0';
	return num_count(text, min, max, out);
}

static const char *give_once(struct policy *policy, unsigned int bit)
{
	if (policy->given >> bit & 1)
		return "given twice";
	policy->given |= 1U << bit;
	return NULL;
}

static const char *take_weight(struct policy *policy, const struct word *word)
{
	enum cause cause = cause_find(word[0].text, word[0].len);
	const char *why;

	if (cause == CAUSES)
		return "not a cause";
	why = give_once(policy, cause);
	return why ? why : parse_number(&word[1], 0, CAUSE_WEIGHT_MAX, &policy->weight[cause]);
}

/* A name as records have it, escaped, so that it can be copied from them. */
static const char *take_importance(struct policy *policy, const struct word *word)
{
	struct policy_machine *machine = &policy->machine[policy->machines];
	char line[WORD_MAX + 8];
	struct rec rec;

	if (policy->machines == POLICY_MACHINES_MAX)
		return "one machine too many";
	if (word->len >= WORD_MAX)
		return "name too long";

	int len = snprintf(line, sizeof(line), "x k=%.*s\n", (int)word->len, word->text);

	if (rec_parse(line, (size_t)len, &rec) != NULL)
		return "name not escaped as in records";
	if (rec.pair[0].value_len > POLICY_NAME_MAX - 1)
		return "name too long";
	machine->is_start = word->text[word->len - 1] == '*';
	machine->len = rec_unescape(word->text, word->len - machine->is_start, machine->name);
	machine->name[machine->len] = '\0';
	if (memchr(machine->name, '*', machine->len))
		return "'*' within a name";
	policy->machines++;
	return parse_number(&word[1], 0, POLICY_IMPORTANCE_MAX, &machine->importance);
}

static const char *take_rows(struct policy *policy, const struct word *word)
{
	const char *why = give_once(policy, CAUSES);

	return why ? why : parse_number(word, 0, POLICY_ROWS_MAX, &policy->rows);
}

static const char *take_growing(struct policy *policy, const struct word *word)
{
	const char *why = give_once(policy, CAUSES + 1);

	return why ? why : parse_number(word, 2, POLICY_GROWING_MAX, &policy->growing);
}

static const struct {
	const char *name;
	unsigned int arguments;
	const char *(*take)(struct policy *policy, const struct word *word);
} settings[] = {
	{"weight", 2, take_weight},
	{"importance", 2, take_importance},
	{"rows", 1, take_rows},
	{"growing", 1, take_growing},
};

/* The words between blanks; more than WORDS_MAX count as one more. */
static unsigned int split(const char *line, size_t len, struct word *word)
{
	const char *p = line, *end = line + len;
	unsigned int words = 0;

	for (;;) {
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		if (p == end || words > WORDS_MAX)
			return words;
		if (words < WORDS_MAX)
			word[words].text = p;
		while (p < end && *p != ' ' && *p != '\t')
			p++;
		if (words < WORDS_MAX)
			word[words].len = (size_t)(p - word[words].text);
		words++;
	}
}

const char *policy_parse(struct policy *policy, const char *line, size_t len)
{
	struct word word[WORDS_MAX];
	unsigned int words;

	if (memchr(line, '\0', len))
		return "a byte of 0";
	words = split(line, len, word);
	if (words == 0 || word[0].text[0] == '#')
		return NULL;
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		if (strlen(settings[i].name) != word[0].len ||
			memcmp(settings[i].name, word[0].text, word[0].len) != 0)
			continue;
		if (words != settings[i].arguments + 1)
			return words > settings[i].arguments ? "too many words" : "too few words";
		return settings[i].take(policy, word + 1);
	}
	return "not a setting";
}

const char *policy_read(struct policy *policy, int fd, uint64_t *number)
{
	static struct lines lines;
	const char *line, *why;
	size_t len;

	policy_init(policy);
	lines_open(&lines, fd);
	for (;;) {
		enum lines_event event = lines_next(&lines, &line, &len);

		*number = lines.number;
		switch (event) {
		case LINES_LINE:
			why = policy_parse(policy, line, len);
			if (why)
				return why;
			break;
		case LINES_LONG:
			return "too long";
		case LINES_CUT:
			return "cut short, no end of line";
		case LINES_ERROR:
			*number = 0;
			return "failed";
		case LINES_END:
			return NULL;
		}
	}
}

uint64_t policy_importance(const struct policy *policy, const char *name)
{
	size_t len = strlen(name);

	for (unsigned int i = 0; i < policy->machines; i++) {
		const struct policy_machine *machine = &policy->machine[i];
		bool long_enough = machine->is_start ? len >= machine->len : len == machine->len;

		if (long_enough && !memcmp(name, machine->name, machine->len))
			return machine->importance;
	}
	return 0;
}

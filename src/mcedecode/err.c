/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "err.h"
#include "tables.h"

#include <string.h>

const char *const sev_words[] = {
	NULL, "info", "corrected", "deferred", "ucna", "srao", "srar", "uncorrected", "fatal"};

const char *const class_words[] = {NULL, "memory", "cache", "tlb", "bus", "internal", "pcie", "cxl",
	"poison", "signal", "unknown"};

enum { WHERE_ANY, WHERE_PHYSICAL };

#include "action.inc"

static void add_bits(struct err *err, enum err_field field, uint64_t bits)
{
	err_set(err, field, (err_has(err, field) ? err->value[field].n : 0) | bits);
}

void err_flag(struct err *err, enum err_flag flag)
{
	add_bits(err, E_FLAGS, flag);
}

void err_source(struct err *err, enum err_source source)
{
	add_bits(err, E_LOCATION, source);
}

/* Copy what there is room for behind the texts that are there; how much that was. */
static size_t append(struct err *err, const char *bytes, size_t len)
{
	size_t room = ERR_TEXT_MAX - err->text_len;

	if (len > room)
		len = room;
	memcpy(err->text + err->text_len, bytes, len);
	err->text_len += (uint16_t)len;
	/* escape_put() looks so far: to no effect, but at something. */
	memset(err->text + err->text_len, 0, ESCAPE_READ);
	return len;
}

void err_text(struct err *err, enum err_field field, const char *bytes, size_t len)
{
	struct err_text text = {.start = err->text_len};

	text.len = (uint16_t)append(err, bytes, len);
	err->value[field].text = text;
	err_mark(err, field);
}

void err_add(struct err *err, enum err_field field, const char *bytes, size_t len)
{
	if (!err_has(err, field)) {
		err_text(err, field, bytes, len);
		return;
	}

	struct err_text *text = &err->value[field].text;

	/* Other texts may have come in between: then move it behind them. */
	if (text->start + text->len != err->text_len) {
		char old[ERR_TEXT_MAX];
		size_t old_len = text->len;

		memcpy(old, err->text + text->start, old_len);
		err_text(err, field, old, old_len);
	}
	text->len += (uint16_t)append(err, ", ", 2);
	text->len += (uint16_t)append(err, bytes, len);
}

/* The hardware itself says that this part wears out. */
static bool is_worn(const struct err *err)
{
	return err_has(err, E_TRACKING) && strcmp(err->value[E_TRACKING].word, "green") != 0;
}

void err_advise(struct err *err)
{
	unsigned int where = err_has(err, E_ADDR) ? WHERE_PHYSICAL : WHERE_ANY;
	bool worn = is_worn(err);

	for (size_t i = 0; i < ROWS(action_rows); i++) {
		const struct action_row *row = &action_rows[i];

		if ((row->sev != SEV_ANY && row->sev != err->value[E_SEV].n) ||
			(row->class != CLASS_ANY && row->class != err->value[E_CLASS].n) ||
			(row->where != WHERE_ANY && row->where != where) || (row->worn && !worn))
			continue;
		err_word(err, E_ACTION, row->action);
		return;
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scan.h"

bool scan_word(struct scan *s, const char **word, size_t *len)
{
	*word = s->p;
	while (s->p < s->end && *s->p != ' ' && *s->p != '\t')
		s->p++;
	*len = (size_t)(s->p - *word);
	return *len != 0;
}

bool scan_until(struct scan *s, char byte, const char **text, size_t *len)
{
	const char *p = memchr(s->p, byte, scan_left(s));

	*text = s->p;
	*len = p ? (size_t)(p - s->p) : scan_left(s);
	s->p = p ? p + 1 : s->end;
	return p != NULL;
}

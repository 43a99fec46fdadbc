/* SPDX-License-Identifier: GPL-2.0-or-later */
/* utf8 - which bytes are UTF-8 (RFC 3629), whatever the locale. */
#ifndef MEMPATROL_UTF8_H
#define MEMPATROL_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* utf8_next - the length of the character at P and in *c its number; 0: it is none. */
size_t utf8_next(const char *p, size_t len, uint32_t *c);

/* utf8_is_valid - the LEN bytes at P are whole characters. */
bool utf8_is_valid(const char *p, size_t len);

#endif

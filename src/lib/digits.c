/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "digits.h"

enum {
	DAY = 86400,
	DAYS_TO_1970 = 719468, /* from 0000-03-01, so that leap days end a year */
	DAYS_OF_ERA = 146097,  /* the 400 years after which the calendar repeats */
};

/* The date of a day since 1970, by Howard Hinnant's civil_from_days. */
static void put_date(char *p, int64_t day)
{
	int64_t z = day + DAYS_TO_1970;
	int64_t era = (z >= 0 ? z : z - (DAYS_OF_ERA - 1)) / DAYS_OF_ERA;
	unsigned int of_era = (unsigned int)(z - era * DAYS_OF_ERA);
	unsigned int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned int of_year = of_era - (365 * year + year / 4 - year / 100);
	unsigned int mp = (5 * of_year + 2) / 153; /* months since March */
	unsigned int month = mp < 10 ? mp + 3 : mp - 9;

	year = (unsigned int)((int64_t)year + era * 400 + (month <= 2));
	p = digits_pair(digits_pair(p, year / 100), year % 100);
	*p++ = '-';
	p = digits_pair(p, month);
	*p++ = '-';
	digits_pair(p, of_year - (153 * mp + 2) / 5 + 1);
}

static char *put_nanoseconds(char *p, uint32_t nsec)
{
	if (nsec == 0) { /* registers and most logs know whole seconds only */
		memset(p, '0', 9);
		return p + 9;
	}
	*p++ = (char)('0' + nsec / 100000000);
	for (uint32_t unit = 1000000; unit; unit /= 100)
		p = digits_pair(p, nsec / unit % 100);
	return p;
}

char *digits_time(char *p, int64_t seconds, uint32_t nsec)
{
	/* Records come in runs of one day: the calendar is asked once for each. */
	static _Thread_local int64_t known_day = INT64_MIN;
	static _Thread_local char date[10];
	int64_t day = seconds / DAY - (seconds % DAY < 0);
	unsigned int of_day = (unsigned int)(seconds - day * DAY);

	if (day != known_day) {
		put_date(date, day);
		known_day = day;
	}
	memcpy(p, date, sizeof(date));
	p += sizeof(date);
	*p++ = 'T';
	p = digits_pair(p, of_day / 3600);
	*p++ = ':';
	p = digits_pair(p, of_day / 60 % 60);
	*p++ = ':';
	p = digits_pair(p, of_day % 60);
	*p++ = '.';
	p = put_nanoseconds(p, nsec);
	*p++ = 'Z';
	return p;
}

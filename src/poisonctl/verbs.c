/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "poisonctl.h"

const struct cli_verb poisonctl_verbs[] = {
	{"list", "print a record for every poisoned page", poisonctl_list},
	{"who", "print a record for every owner of physical pages", poisonctl_who},
	{"offline", "take pages out of use", poisonctl_offline},
	{"block", "take whole memory blocks out of use, and put them back", poisonctl_block},
	{"release", "put pages back into use", poisonctl_release},
	{"stat", "print what the kernel counts of bad memory", poisonctl_stat},
	{"save", "remember bad pages beyond the next boot", poisonctl_save},
	{"saved", "print a record for every page that is remembered", poisonctl_saved},
	{"forget", "take pages out of that memory", poisonctl_forget},
	{"restore", "take the pages that are remembered out of use again", poisonctl_restore},
	{"boot", "print kernel arguments that keep those pages from being used", poisonctl_boot},
	{"inject", "make a page bad, for a drill", poisonctl_inject},
	{"shell", "run all this at a prompt", poisonctl_shell},
	{0},
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl - list, explain, offline, release and remember physical pages. */
#include "poisonctl.h"
#include "cli.h"

static const struct cli_verb verbs[] = {
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
	{0},
};

int main(int argc, char **argv)
{
	say_open("poisonctl");
	return cli_run_verb(
		"List, explain, fence, release and remember physical pages of bad memory.", verbs, argc, argv);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl - list, explain, offline, release and remember physical pages. */
#include "poisonctl.h"
#include "cli.h"

#include <signal.h>

int main(int argc, char **argv)
{
	say_open("poisonctl");
	signal(SIGCHLD, SIG_DFL); /* who started us may ignore it: then waitpid(2) tells nothing */
	return cli_run_verb(
		"List, explain, fence, release and remember physical pages of bad memory.",
		poisonctl_verbs, argc, argv);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmevac - what to do with virtual machines that have bad memory. */
#include "vmevac.h"
#include "cli.h"

#include <signal.h>

static const struct cli_verb verbs[] = {
	{"drain", "move machines to another host, in the order of a plan", vmevac_drain},
	{"dump", "write the memory of a virtual machine to a file, past what is bad of it",
		vmevac_dump},
	{"list", "print the virtual machines that run here", vmevac_list},
	{"plan", "say which virtual machine is to leave first, and why", vmevac_plan},
	{"quiesce", "hold a virtual machine still and have it let go of its disks", vmevac_quiesce},
	{"resume", "let it take them back and run", vmevac_resume},
	{"send", "move a virtual machine to another host while it runs", vmevac_send},
	{"recv", "take in one that comes from another host", vmevac_recv},
	{"recover", "go on with a move that was cut", vmevac_recover},
	{"signal", "tell the guest of an error in its memory", vmevac_signal},
	{"state", "print what a virtual machine is doing", vmevac_state},
	{0},
};

int main(int argc, char **argv)
{
	say_open("vmevac");
	signal(SIGCHLD, SIG_DFL); /* who started us may ignore it: then waitpid(2) tells nothing */
	return cli_run_verb("List, rank, warn, hold still, dump and move virtual machines that "
			    "have bad memory.",
		verbs, argc, argv);
}

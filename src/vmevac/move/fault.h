/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault - end this program at a chosen place, for tests of what it leaves behind, or hold it there,
 * for tests of what happens meanwhile.
 *
 * VMEVAC_FAULT=send:17 kills "vmevac send" at its 17th step, VMEVAC_FAULT=recv:load kills
 * "vmevac recv" at the first step of that name.  VMEVAC_HOLD=send:stop,last stops "vmevac send"
 * (SIGSTOP) at each step of one of these names, until somebody continues it.  This is the only
 * place that knows.
 */
#ifndef MEMPATROL_VMEVAC_FAULT_H
#define MEMPATROL_VMEVAC_FAULT_H

/* fault_open - look what SIDE is to do; a wrong setting ends the program. */
void fault_open(const char *side);

/* fault_disarm - this process is another one by now. */
void fault_disarm(void);

/* fault_step - one more step, called NAME. */
void fault_step(const char *name);

#endif

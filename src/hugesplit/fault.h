/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fault - for tests: end the program at one of its steps, once. */
#ifndef HUGESPLIT_FAULT_H
#define HUGESPLIT_FAULT_H

/*
 * fault_set - kill the worker at its Nth step ("N"), its supervisor then ("supervisor:N"), or both
 * ("both:N"), or interrupt both as a terminal does ("interrupt:N").  NULL, or the reason why TEXT
 * is none of them.
 */
const char *fault_set(const char *text);

/* fault_step - the worker is at its next step; for inject_on_step(). */
void fault_step(void);

#endif

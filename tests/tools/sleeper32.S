/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sleeper32 - a process of another architecture, i386: it sleeps until it is killed. */
	.globl	_start
_start:
	movl	$29, %eax		/* pause(2) */
	int	$0x80
	jmp	_start

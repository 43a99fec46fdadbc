/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest - firmware that is all there is of a virtual machine: it counts in the
 * 32 bits at physical address 0x600 for ever.
 *
 * With QUIET it never looks outside, which below TCG would cost its QEMU most of its time.
 *
 * Real firmware would take minutes below two levels of emulation, and needs
 * interrupts, which do not get there.
 */
	.code16
	.globl start

	COUNT = 0x600
	UNUSED = 0x8000 /* a page that is there, and that nobody looks at again */
	POST = 0x80     /* a port that nobody listens at: a look at the outside after each count */

	/* The last 64 KiB below 1 MiB: segment 0xf000. */
	.org 0xff00
start:
	xor	%ax, %ax
	mov	%ax, %ds
	movb	$1, UNUSED
again:
	incl	COUNT
	.ifndef QUIET
	out	%al, $POST
	.endif
	jmp	again

	/* Where a processor begins after reset. */
	.org 0xfff0
	jmp	start
	.org 0x10000

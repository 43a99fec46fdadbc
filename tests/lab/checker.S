/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checker - firmware that is all there is of a virtual machine: it writes to each page from 64 KiB
 * to 604 KiB the page's segment, and then reads and writes them for ever, but for the last.
 *
 * A machine check in one of them is survived: the page is not read again.  At COUNT are 32 bits
 * each: how often it has read all, what it has read wrong, machine checks, the segment of the last.
 */
	.code16
	.globl start

	COUNT = 0x600
	WRONG = 0x604
	CHECKS = 0x608
	LOST = 0x60c
	FIRST = 0x1000        /* segments, of 16 bytes */
	END = 0x9600
	PAGE = 0x100
	POST = 0x80           /* as in guest.S */
	STACK = 0x7000
	MC_VECTOR = 18
	CR4_MCE = 0x40
	MCG_STATUS = 0x17a    /* a bit in it says that a machine check is being handled */
	SEGMENT = 0xf000

	.org 0xfe00
start:
	cli
	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %ss
	mov	$STACK, %sp
	movw	$machine_check, MC_VECTOR * 4
	movw	$SEGMENT, MC_VECTOR * 4 + 2
	mov	%cr4, %eax
	or	$CR4_MCE, %eax
	mov	%eax, %cr4

	mov	$FIRST, %si
fill:
	mov	%si, %es
	mov	%si, %es:0
	add	$PAGE, %si
	cmp	$END, %si
	jbe	fill

again:
	mov	$FIRST, %si
read:
	cmp	%si, LOST
	je	next
	mov	%si, %es
	mov	%es:0, %ax
	cmp	%si, %ax
	jne	wrong
	mov	%ax, %es:0
	jmp	next
wrong:
	incl	WRONG
next:
	add	$PAGE, %si
	cmp	$END, %si
	jb	read
	incl	COUNT
	out	%al, $POST
	jmp	again

/* Goes on with the next page. */
machine_check:
	incl	CHECKS
	mov	%si, LOST
	mov	$MCG_STATUS, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	mov	%sp, %bp
	movw	$next, (%bp)
	iret

	.org 0xfff0
	jmp	start
	.org 0x10000

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checker - firmware that is all there is of a virtual machine: it writes to each page from 2 to 4 MiB
 * the page's address, and then reads them for ever.
 *
 * A machine check in one of them is survived: the page is not read again.  At COUNT are 32 bits
 * each: how often it has read all, what it has read wrong, machine checks, the page of the last.
 */
	.code16
	.globl start

	COUNT = 0x600
	WRONG = 0x604
	CHECKS = 0x608
	LOST = 0x60c
	FIRST = 0x200000
	END = 0x400000
	PAGE = 0x1000
	POST = 0x80           /* as in guest.S */
	STACK = 0x7000
	MC_VECTOR = 18
	CR4_MCE = 0x40
	MCG_STATUS = 0x17a    /* a bit in it says that a machine check is being handled */
	SEGMENT = 0xf000

	.org 0xfd00
start:
	ljmp	$SEGMENT, $normal /* reset begins just below 4 GiB */
normal:
	cli
	/* Segments of 4 GiB are kept when protected mode is left again. */
	lgdtl	%cs:table_register
	mov	%cr0, %eax
	or	$1, %al
	mov	%eax, %cr0
	mov	$8, %bx
	mov	%bx, %fs
	and	$0xfe, %al
	mov	%eax, %cr0

	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %ss
	mov	$STACK, %sp
	movw	$machine_check, MC_VECTOR * 4
	movw	$SEGMENT, MC_VECTOR * 4 + 2
	mov	%cr4, %eax
	or	$CR4_MCE, %eax
	mov	%eax, %cr4

	mov	$FIRST, %esi
fill:
	addr32	mov %esi, %fs:(%esi)
	add	$PAGE, %esi
	cmp	$END, %esi
	jb	fill

again:
	mov	$FIRST, %esi
read:
	cmp	%esi, LOST
	je	next
	addr32	mov %fs:(%esi), %eax
	cmp	%esi, %eax
	je	next
	incl	WRONG
next:
	add	$PAGE, %esi
	cmp	$END, %esi
	jb	read
	incl	COUNT
	out	%al, $POST
	jmp	again

/* Goes on with the next page. */
machine_check:
	incl	CHECKS
	mov	%esi, LOST
	mov	$MCG_STATUS, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	mov	%sp, %bp
	movw	$next, (%bp)
	iret

	.balign 8
table:
	.quad	0
	.quad	0x00cf92000000ffff /* data, from 0, 4 GiB */
table_register:
	.word	. - table - 1
	.long	table + SEGMENT * 16

	.org 0xfff0
	jmp	start
	.org 0x10000

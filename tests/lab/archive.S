/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * archive - firmware that is all there is of a virtual machine: it keeps 2 MiB of data at 4 MiB, a
 * huge page of its own, and reads them only when it is asked to.
 *
 * It can do without one page of them: at a machine check it goes on behind that page, and never
 * reads it again.  A second one is its end, whatever QEMU makes of that.  While it fills its memory
 * it handles no machine checks, like any firmware.
 *
 * At COUNT are 32 bits each: its pulse, words that were wrong, machine checks, the address of the
 * page that it lost, starts, how often it was asked to read, and how often it has done so.
 */
	.include "flat.S"

	COUNT = 0x600
	WRONG = 0x604
	CHECKS = 0x608
	LOST = 0x60c
	STARTS = 0x610        /* survives a restart, as all memory does */
	ASKED = 0x614
	DONE = 0x618
	DATA = 0x400000
	END = 0x600000
	PAGE = 0x1000
	STACK = 0x7000
	MC_VECTOR = 18
	CR4_MCE = 0x40
	MCG_STATUS = 0x17a    /* a bit in it says that a machine check is being handled */

	flat_start
	mov	$STACK, %esp
	incl	STARTS
	xor	%eax, %eax
	mov	%eax, COUNT
	mov	%eax, WRONG
	mov	%eax, CHECKS
	mov	%eax, LOST
	mov	%eax, ASKED
	mov	%eax, DONE

	/* Each word of the data is its own address. */
	mov	$DATA, %edi
fill:
	mov	%edi, (%edi)
	add	$4, %edi
	cmp	$END, %edi
	jb	fill

	lidtl	BASE + idt_pointer
	mov	%cr4, %eax
	or	$CR4_MCE, %eax
	mov	%eax, %cr4

pulse:
	incl	COUNT
	mov	ASKED, %ebx
	cmp	DONE, %ebx
	je	pulse

	mov	$DATA, %edi
page:
	cmp	%edi, LOST
	je	next
	mov	$PAGE / 4, %ecx
word:
	cmp	%edi, (%edi)
	je	1f
	incl	WRONG
1:	add	$4, %edi
	loop	word
	jmp	2f
next:
	add	$PAGE, %edi
2:	cmp	$END, %edi
	jb	page
	mov	%ebx, DONE
	jmp	pulse

/* Goes on behind the page in which it was reading. */
machine_check:
	incl	CHECKS
	cmpl	$1, CHECKS
	ja	panic
	and	$-PAGE, %edi
	mov	%edi, LOST
	mov	$MCG_STATUS, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	wrmsr
	movl	$BASE + next, (%esp)
	iret

panic:
	lidtl	BASE + no_idt
	int3

	flat_gdt

	.balign 8
idt:
	.fill	MC_VECTOR, 8, 0
	.word	machine_check, 8, 0x8e00, BASE >> 16
idt_pointer:
	.word	. - idt - 1
	.long	BASE + idt
no_idt:
	.word	0
	.long	0

	flat_end

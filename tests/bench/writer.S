/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer - firmware that is all there is of a virtual machine: it fills 1200 MiB once, and then
 * writes to one page of the first HOT bytes of them after the other, with REST rounds of doing nothing
 * between; none where HOT is 0.  At COUNT are 32 bits: pages that were written.
 */
	.globl start

	COUNT = 0x600
	FIRST = 0x100000
	END = 0x4b100000
	PAGE = 0x1000
	BASE = 0xf0000        /* of this code */

	.code16
	.org 0xfc00
start:
	cli
	lgdtl	%cs:gdt_pointer
	mov	%cr0, %eax
	or	$1, %al
	mov	%eax, %cr0
	ljmpl	$8, $BASE + flat

	.code32
flat:
	mov	$16, %ax
	mov	%ax, %ds
	mov	$FIRST, %esi
fill:
	mov	%esi, (%esi)
	add	$PAGE, %esi
	cmp	$END, %esi
	jb	fill
	incl	COUNT

	.if HOT
again:
	mov	$FIRST, %esi
next:
	incl	0x800(%esi)
	incl	COUNT
	mov	$REST, %eax
rest:
	dec	%eax
	jnz	rest
	add	$PAGE, %esi
	cmp	$FIRST + HOT, %esi
	jb	next
	jmp	again
	.else
still:
	hlt
	jmp	still
	.endif

	.balign 8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff /* code and data: all 4 GiB */
	.quad	0x00cf93000000ffff
gdt_pointer:
	.word	. - gdt - 1
	.long	BASE + gdt

	.org 0xfff0
	.code16
	jmp	start
	.org 0x10000

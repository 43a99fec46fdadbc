/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flat - for firmware of 32 bits that is all there is of a virtual machine: .include "flat.S"
 *
 * It lies in the last 64 KiB below 1 MiB.
 */
	BASE = 0xf0000

/* Where it begins: all segments are the same 4 GiB from here on; there is no stack yet. */
	.macro flat_start
	.globl start
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
	mov	%ax, %es
	mov	%ax, %ss
	.endm

	.macro flat_gdt
	.balign 8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff /* code and data: all 4 GiB */
	.quad	0x00cf93000000ffff
gdt_pointer:
	.word	. - gdt - 1
	.long	BASE + gdt
	.endm

/* Its end: where a processor begins after reset. */
	.macro flat_end
	.org 0xfff0
	.code16
	jmp	start
	.org 0x10000
	.endm

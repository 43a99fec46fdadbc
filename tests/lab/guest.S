/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest - firmware that is all there is of a virtual machine: it counts the
 * timer's interrupts in the 32 bits at physical address 0x600, and halts in between.
 *
 * Real firmware would take minutes below two levels of emulation, and a guest
 * that never halts would starve its host.
 */
	.code16
	.globl start

	IA32_APIC_BASE = 0x1b
	APIC_GLOBAL_ENABLE = 1 << 11
	PIC_COMMAND = 0x20
	PIC_DATA = 0x21
	PIT_CHANNEL_0 = 0x40
	PIT_CONTROL = 0x43
	TIMER = 8 /* the interrupt that the PIC is told to start with */
	COUNT = 0x600
	UNUSED = 0x8000 /* a page that is there, and that nobody looks at again */

	/* The last 64 KiB below 1 MiB: segment 0xf000. */
	.org 0xff00
start:
	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %ss
	mov	$0x500, %sp
	movb	$1, UNUSED
	movw	$tick, 4 * TIMER
	movw	$0xf000, 4 * TIMER + 2

	/* Without its local APIC the processor takes interrupts from the 8259A. */
	mov	$IA32_APIC_BASE, %ecx
	rdmsr
	and	$~APIC_GLOBAL_ENABLE, %eax
	wrmsr

	/* Intel 8259A: initialise, vector, no second PIC there, 8086 mode, only the timer. */
	mov	$0x11, %al
	out	%al, $PIC_COMMAND
	mov	$TIMER, %al
	out	%al, $PIC_DATA
	mov	$4, %al
	out	%al, $PIC_DATA
	mov	$1, %al
	out	%al, $PIC_DATA
	mov	$0xfe, %al
	out	%al, $PIC_DATA

	/* Intel 8254: channel 0, rate generator, every 65536 ticks: 18 times a second. */
	mov	$0x34, %al
	out	%al, $PIT_CONTROL
	xor	%al, %al
	out	%al, $PIT_CHANNEL_0
	out	%al, $PIT_CHANNEL_0

	sti
rest:
	hlt
	jmp	rest

tick:
	incl	COUNT
	mov	$0x20, %al /* end of interrupt */
	out	%al, $PIC_COMMAND
	iret

	/* Where a processor begins after reset. */
	.org 0xfff0
	jmp	start
	.org 0x10000

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer - firmware that is all there is of a virtual machine: it fills 1200 MiB once, and then
 * writes to one page of the first HOT bytes of them after the other, with REST rounds of doing nothing
 * between; none where HOT is 0.  At COUNT are 32 bits: pages that were written.
 */
	.include "flat.S"

	COUNT = 0x600
	FIRST = 0x100000
	END = 0x4b100000
	PAGE = 0x1000

	flat_start
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

	flat_gdt

	flat_end

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * versions - firmware that is all there is of a virtual machine: it writes to the pages from 1 MiB
 * to END, and knows what each has to hold.
 *
 * In each pass it checks and writes the hot pages, a few cold ones in turn, and pages that are zeros
 * for half of the time.  A page that went back in time, or came from another place, is counted.  At
 * COUNT are 32 bits each: passes, pages that were wrong, the address of the last of those.
 *
 * With STILL all but the first of the cold pages in each 2 MiB are written to once.
 */
	.include "flat.S"

	COUNT = 0x600
	WRONG = 0x604
	LAST = 0x608
	HOT = 0x100000
	TURNING = 0x180000
	COLD = 0x1a0000
	END = 0x1800000
	PAGE = 0x1000
	LARGE = 0x200000
	SLICE = 256           /* cold pages of a pass */
	TURNS = 0x40          /* a bit of the count */
	REST = 20000          /* rounds of doing nothing after a pass */

	flat_start
	mov	$0x7000, %esp
	/* %ebp: passes; %edx: what turning pages hold; %ecx: cycle of the cold ones, %ebx: the next. */
	xor	%ebp, %ebp
	xor	%edx, %edx
	xor	%ecx, %ecx
	mov	$COLD, %ebx

pass:
	mov	$HOT, %esi
hot:
	mov	%ebp, %eax
	call	check
	inc	%eax
	call	write
	add	$PAGE, %esi
	cmp	$TURNING, %esi
	jb	hot

turning:
	cmp	%edx, 0x800(%esi)
	je	1f
	call	wrong
1:	lea	1(%ebp), %eax
	test	$TURNS, %eax
	jnz	2f
	xor	%eax, %eax
2:	mov	%eax, 0x800(%esi)
	add	$PAGE, %esi
	cmp	$COLD, %esi
	jb	turning
	mov	%eax, %edx

	mov	$SLICE, %edi
cold:
	mov	%ebx, %esi
	mov	%ecx, %eax
	.ifdef STILL
	test	$LARGE - 1, %ebx
	jz	moving
	test	%eax, %eax
	jz	moving
	mov	$1, %eax
	call	check
	jmp	next
moving:
	.endif
	call	check
	inc	%eax
	call	write
next:
	add	$PAGE, %ebx
	cmp	$END, %ebx
	jb	3f
	mov	$COLD, %ebx
	inc	%ecx
3:	dec	%edi
	jnz	cold

	inc	%ebp
	mov	%ebp, COUNT
	mov	$REST, %eax
4:	dec	%eax
	jnz	4b
	jmp	pass

/* The page at %esi was written last as version %eax; 0: never. */
check:
	cmp	%eax, (%esi)
	jne	wrong
	cmp	%eax, 0xffc(%esi)
	jne	wrong
	test	%eax, %eax
	jz	5f
	push	%eax
	add	%esi, %eax
	cmp	%eax, 0x800(%esi)
	pop	%eax
	jne	wrong
5:	ret

wrong:
	incl	WRONG
	mov	%esi, LAST
	ret

write:
	mov	%eax, (%esi)
	mov	%eax, 0xffc(%esi)
	push	%eax
	add	%esi, %eax
	mov	%eax, 0x800(%esi)
	pop	%eax
	ret

	flat_gdt

	flat_end

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registers - those of a virtual processor, from what "info registers" of QEMU's monitor prints
 * (x86_cpu_dump_state() in target/i386/cpu-dump.c of QEMU).
 */
#ifndef MEMPATROL_VMEVAC_REGISTERS_H
#define MEMPATROL_VMEVAC_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

enum register_name {
	REGISTER_RAX,
	REGISTER_RBX,
	REGISTER_RCX,
	REGISTER_RDX,
	REGISTER_RSI,
	REGISTER_RDI,
	REGISTER_RSP,
	REGISTER_RBP,
	REGISTER_R8,
	REGISTER_R9,
	REGISTER_R10,
	REGISTER_R11,
	REGISTER_R12,
	REGISTER_R13,
	REGISTER_R14,
	REGISTER_R15,
	REGISTER_RIP,
	REGISTER_RFLAGS,
	REGISTER_CR0,
	REGISTER_CR2,
	REGISTER_CR3,
	REGISTER_CR4,
	REGISTERS,
};

enum segment_name {
	SEGMENT_CS,
	SEGMENT_DS,
	SEGMENT_ES,
	SEGMENT_FS,
	SEGMENT_GS,
	SEGMENT_SS,
	SEGMENT_LDT,
	SEGMENT_TR,
	SEGMENT_GDT,
	SEGMENT_IDT,
	SEGMENTS,
};

struct segment {
	uint32_t selector, limit, flags;
	uint64_t base;
};

struct registers {
	uint64_t value[REGISTERS];
	struct segment segment[SEGMENTS];
};

/*
 * registers_parse - those of one processor.  False where TEXT does not tell the general ones, the
 * instruction pointer and the flags, of 32 or 64 bits; others that it does not tell are 0.
 */
bool registers_parse(struct registers *registers, const char *text);

#endif

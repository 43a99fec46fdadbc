/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "processors.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- Asking --- */

static int ask_one(struct qmp *qmp, const json_t *cpu, struct registers *out)
{
	const json_t *index = json_object_get(cpu, "cpu-index");
	json_t *answer;
	bool found;

	if (!json_is_integer(index))
		return qmp_fail(qmp, EBADMSG, "its processors have no numbers");
	if (qmp_execute_with(qmp, "human-monitor-command",
		    json_pack("{s:s, s:I}", "command-line", "info registers", "cpu-index",
			    json_integer_value(index)),
		    &answer) != 0)
		return -1;
	found = json_is_string(answer) && registers_parse(out, json_string_value(answer));
	json_decref(answer);
	return found ? 0 : qmp_fail(qmp, EBADMSG, "it does not tell registers");
}

static int ask_all(struct processors *processors, struct qmp *qmp, const json_t *cpus)
{
	const json_t *cpu;
	size_t i;

	processors->of = calloc(json_array_size(cpus) + 1, sizeof(*processors->of));
	if (!processors->of)
		return qmp_fail(qmp, errno, strerror(errno));
	json_array_foreach(cpus, i, cpu)
	{
		if (ask_one(qmp, cpu, &processors->of[i]) != 0)
			return -1;
		processors->count++;
	}
	return 0;
}

int processors_ask(struct processors *processors, struct qmp *qmp, uint16_t machine)
{
	json_t *cpus;
	int result;

	*processors = (struct processors){0};
	if (machine != EM_X86_64)
		return 0;
	if (qmp_execute(qmp, "query-cpus-fast", &cpus) != 0)
		return -1;
	result = ask_all(processors, qmp, cpus);

	int error = errno;

	json_decref(cpus);
	errno = error;
	return result;
}

void processors_free(struct processors *processors)
{
	free(processors->of);
	*processors = (struct processors){0};
}

/* --- Notes --- */

enum {
	USER_REGISTERS = 27, /* struct user_regs_struct of x86-64 (sys/user.h) */
	QEMU_GENERAL = REGISTER_RFLAGS + 1,
	QEMU_NOTE_VERSION = 1,
};

/* struct elf_prstatus of x86-64 (sys/procfs.h). */
struct status_note {
	char signal[32];
	uint32_t pid;
	char times[76];
	uint64_t registers[USER_REGISTERS];
	uint64_t has_fpu;
};

struct qemu_segment {
	uint32_t selector, limit, flags, pad;
	uint64_t base;
};

struct qemu_note {
	uint32_t version, size;
	uint64_t general[QEMU_GENERAL];
	struct qemu_segment segment[SEGMENTS];
	uint64_t cr[5];
};

/* Where each member of struct user_regs_struct comes from. */
static const struct {
	enum { GENERAL, SELECTOR, BASE, NOTHING } kind;
	unsigned int which;
} user_registers[USER_REGISTERS] = {
	{GENERAL, REGISTER_R15},
	{GENERAL, REGISTER_R14},
	{GENERAL, REGISTER_R13},
	{GENERAL, REGISTER_R12},
	{GENERAL, REGISTER_RBP},
	{GENERAL, REGISTER_RBX},
	{GENERAL, REGISTER_R11},
	{GENERAL, REGISTER_R10},
	{GENERAL, REGISTER_R9},
	{GENERAL, REGISTER_R8},
	{GENERAL, REGISTER_RAX},
	{GENERAL, REGISTER_RCX},
	{GENERAL, REGISTER_RDX},
	{GENERAL, REGISTER_RSI},
	{GENERAL, REGISTER_RDI},
	{NOTHING, 0}, /* orig_rax */
	{GENERAL, REGISTER_RIP},
	{SELECTOR, SEGMENT_CS},
	{GENERAL, REGISTER_RFLAGS},
	{GENERAL, REGISTER_RSP},
	{SELECTOR, SEGMENT_SS},
	{BASE, SEGMENT_FS},
	{BASE, SEGMENT_GS},
	{SELECTOR, SEGMENT_DS},
	{SELECTOR, SEGMENT_ES},
	{SELECTOR, SEGMENT_FS},
	{SELECTOR, SEGMENT_GS},
};

static uint64_t user_register(const struct registers *from, unsigned int i)
{
	unsigned int which = user_registers[i].which;

	switch (user_registers[i].kind) {
	case GENERAL:
		return from->value[which];
	case SELECTOR:
		return from->segment[which].selector;
	case BASE:
		return from->segment[which].base;
	case NOTHING:
		break;
	}
	return 0;
}

static void put_status(struct elf_head *head, const struct registers *from, unsigned int number)
{
	struct status_note note = {.pid = number + 1};

	for (unsigned int i = 0; i < USER_REGISTERS; i++)
		note.registers[i] = user_register(from, i);
	elf_head_add(head, "CORE", NT_PRSTATUS, &note, sizeof(note));
}

static void put_qemu(struct elf_head *head, const struct registers *from)
{
	struct qemu_note note = {.version = QEMU_NOTE_VERSION, .size = sizeof(note)};

	memcpy(note.general, from->value, sizeof(note.general));
	for (unsigned int i = 0; i < SEGMENTS; i++)
		note.segment[i] = (struct qemu_segment){.selector = from->segment[i].selector,
			.limit = from->segment[i].limit,
			.flags = from->segment[i].flags,
			.base = from->segment[i].base};
	note.cr[0] = from->value[REGISTER_CR0];
	note.cr[2] = from->value[REGISTER_CR2];
	note.cr[3] = from->value[REGISTER_CR3];
	note.cr[4] = from->value[REGISTER_CR4];
	elf_head_add(head, "QEMU", 0, &note, sizeof(note));
}

size_t processors_notes_size(const struct processors *processors)
{
	return processors->count * (elf_head_note_size("CORE", sizeof(struct status_note)) +
					   elf_head_note_size("QEMU", sizeof(struct qemu_note)));
}

void processors_put(const struct processors *processors, struct elf_head *head)
{
	for (unsigned int i = 0; i < processors->count; i++)
		put_status(head, &processors->of[i], i);
	for (unsigned int i = 0; i < processors->count; i++)
		put_qemu(head, &processors->of[i]);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inject: where our code is in the process. */
#include "inject_arch.h"
#include "inject_thread.h"
#include "maps.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { VDSO_MAX = 16 << 10 };

static int find_vdso(const struct inject *in, struct vma *vdso)
{
	static struct maps maps;
	int more;

	if (maps_open(&maps, in->root, in->pid) != 0)
		return -1;
	while ((more = maps_next(&maps, vdso)) > 0 && strcmp(vdso->path, "[vdso]") != 0)
		;
	maps_close(&maps);
	if (more == 0)
		errno = ENOTSUP;
	return more > 0 ? 0 : -1;
}

static bool is_zero(const unsigned char *code)
{
	static const unsigned char zero[INJECT_CODE];

	return memcmp(code, zero, sizeof(zero)) == 0;
}

/*
 * From its section headers on nothing of a vDSO is loaded: behind them it is zero up to the end
 * of the page.  What is not zero there may be the code of somebody who has died, in which a thread
 * still is, inside the handler of a signal: so that is the last to be taken.
 */
static size_t find_room(const unsigned char *image, size_t size)
{
	Elf64_Ehdr head;
	size_t found = 0;

	memcpy(&head, image, sizeof(head));
	if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
		head.e_shoff == 0 || head.e_shoff >= size)
		return 0;
	for (size_t end = size; end >= head.e_shoff + INJECT_CODE; end -= INJECT_CODE) {
		found = end - INJECT_CODE;
		if (is_zero(image + found))
			break;
	}
	return found;
}

int inject_find_code(struct inject *in)
{
	static struct vma vdso;
	unsigned char image[VDSO_MAX];
	size_t size, at = 0;

	if (find_vdso(in, &vdso) != 0)
		return -1;
	size = (size_t)(vdso.end - vdso.start);
	if (size <= sizeof(image) && inject_read(in, vdso.start, image, size) != 0)
		return -1;
	if (size <= sizeof(image))
		at = find_room(image, size);
	if (at == 0) {
		errno = ENOTSUP;
		return -1;
	}
	in->code = vdso.start + at;
	memcpy(in->was, image + at, INJECT_CODE);
	return 0;
}

/* A vDSO can be written to by who traces the process, as for breakpoints; it gets a copy. */
static int write_code(const struct inject *in, uint64_t at, const void *bytes, size_t size)
{
	int fd = root_openat(in->root, O_WRONLY, "proc/%d/mem", in->pid);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = pwrite(fd, bytes, size, (off_t)at);
	close(fd);
	return n == (ssize_t)size ? 0 : -1;
}

int inject_put_code(struct inject *in)
{
	unsigned char code[INJECT_CODE];

	if (in->changed)
		return 0;
	inject_arch_code(code, &in->registers, in->signals);
	return write_code(in, in->code, code, sizeof(code));
}

void inject_take_code(struct inject *in)
{
	write_code(in, in->code, in->was, INJECT_CODE);
}

/* What the caller would keep from now on is that of no earlier call. */
int inject_keep_result(const struct inject *in, uint64_t at)
{
	struct user_regs_struct registers;

	if (inject_get_registers(in->caller, &registers) != 0)
		return -1;
	inject_arch_forget_result(&registers);
	if (inject_set_registers(in->caller, &registers) != 0)
		return -1;
	return write_code(in, inject_arch_result_at(in->code), &at, sizeof(at));
}

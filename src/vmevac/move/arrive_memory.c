/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arrive: the memory of the QEMU that waits, and what rights it takes from there on. */
#include "arrive_step.h"
#include "process.h"
#include "rights.h"

#include <sys/mman.h>
#include <unistd.h>

int arrive_open_memory(struct arrive *arrive)
{
	struct target *target = arrive->target;
	const char *what = "";

	if (ram_open(&arrive->ram, arrive->root, &target->vm, &target->qmp, PROT_READ | PROT_WRITE,
		    &what) != 0)
		return arrive_by(arrive, -1, what);
	if (!arrive_order_blocks(arrive))
		return arrive_refuse(arrive, "the target's memory is not that of the source");
	if (ram_open_target(&arrive->ram) != 0)
		return -1;
	pager_open(
		&arrive->fetch.pager, &arrive->ram, &target->inject, arrive->root, target->vm.pid);
	arrive->receive.can_wait = arrive->fetch.pager.can_wait;
	if (arrive_by_target(arrive, target_enter(target, TARGET_RECEIVING)) != 0)
		return -1;
	return arrive_by(arrive, receive_empty(&arrive->receive), arrive->receive.why);
}

static int find_lost(struct arrive *arrive)
{
	struct pages_poison poison;
	int result, error;

	if (pages_poison_open(&poison, arrive->root, arrive->target->vm.pid) != 0)
		return -1;
	result = ram_find_lost(&arrive->ram, &poison);
	error = errno;
	pages_poison_close(&poison);
	errno = error;
	return result;
}

static int find_missing(struct arrive *arrive)
{
	int pagemap = pagemap_open(arrive->root, arrive->target->vm.pid), result, error;

	if (pagemap < 0)
		return -1;
	result = ram_miss_holes(&arrive->ram, pagemap);
	error = errno;
	close(pagemap);
	errno = error;
	return result;
}

int arrive_find_memory(struct arrive *arrive)
{
	struct target *target = arrive->target;
	const char *what = "";

	if (arrive_take_blocks(arrive) != 0 ||
		arrive_by_target(arrive, target_find(target, arrive->root)) != 0)
		return -1;
	if (ram_open(&arrive->ram, arrive->root, &target->vm, &target->qmp, PROT_READ | PROT_WRITE,
		    &what) != 0)
		return arrive_by(arrive, -1, what);
	if (!arrive_order_blocks(arrive))
		return arrive_refuse(arrive, "the target's memory is not that of the source");
	if (ram_open_target(&arrive->ram) != 0 || find_lost(arrive) != 0 ||
		find_missing(arrive) != 0)
		return -1;
	return pager_find(&arrive->fetch.pager, &arrive->ram, arrive->root, target->vm.pid);
}

static bool has_huge(const struct ram *ram)
{
	for (unsigned int i = 0; i < ram->blocks; i++)
		if (ram->block[i].parts.has_huge)
			return true;
	return false;
}

/* It has filters for system calls (seccomp(2)). */
static bool is_filtered(const struct arrive *arrive)
{
	pid_t pid = arrive->target->vm.pid;
	uint64_t mode;

	return process_status_u64(arrive->root, pid, pid, "Seccomp", 10, &mode) != 0 || mode;
}

/*
 * What belongs to QEMU is written to and closed by calls inside it, and in the end it may have to
 * be reached once more, or killed: it may be of another user, and may have rights itself.  To split
 * a huge page in it, its limit of locked memory and its filters have to be put aside.
 */
int arrive_rights(struct arrive *arrive)
{
	if (!has_huge(&arrive->ram))
		return rights_keep(CAP_SYS_PTRACE, CAP_DAC_OVERRIDE, CAP_KILL, -1);
	return rights_keep(CAP_SYS_PTRACE, CAP_DAC_OVERRIDE, CAP_KILL, CAP_SYS_RESOURCE,
		is_filtered(arrive) ? CAP_SYS_ADMIN : -1, -1);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "refuse.h"
#include "hazards.h"
#include "inject.h"
#include "page.h"
#include "process.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#ifdef __x86_64__
enum { MACHINE = EM_X86_64 };
#else
enum { MACHINE = EM_NONE };
#endif

const char *refuse_architecture(const struct root *root, pid_t pid)
{
	Elf64_Ehdr header = {0};
	int fd = root_openat(root, O_RDONLY, "proc/%d/exe", pid);
	ssize_t n = fd < 0 ? -1 : read_at(fd, &header, sizeof(header), 0);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return "failed";
	return header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_machine == MACHINE
		       ? NULL
		       : "architecture";
}

/* A page with an error in it is in no page table. */
static const char *judge_page(const struct root *root, const struct target *target)
{
	int fd = pagemap_open(root, target->pid);
	uint64_t word;

	if (fd < 0)
		return "failed";

	ssize_t n = pagemap_read(fd, target->va, &word, 1);
	int error = n < 0 ? errno : ESRCH; /* of one that has ended there is nothing to read */

	close(fd);
	errno = error;
	if (n != 1)
		return "failed";
	return pagemap_is_present(word) ? "no-poison" : NULL;
}

const char *refuse_mapping(const struct root *root, const struct target *target)
{
	if (!smaps_has(&target->area, "ht"))
		return "no-hugetlb";
	if (!target->area.vma.shared)
		return "private";
	if (smaps_has(&target->area, "um") || smaps_has(&target->area, "uw") ||
		smaps_has(&target->area, "ui"))
		return "userfaultfd";
	return judge_page(root, target);
}

/* --- The process --- */

/* The first is reason enough: whoever has memory pinned goes on to write to the old page. */
static const char *judge_hazards(const struct root *root, pid_t pid)
{
	static char words[80];

	if (hazards_find(root, pid, words, sizeof(words)) != 0)
		return "failed";
	words[strcspn(words, ",")] = '\0';
	return *words ? words : NULL;
}

/* An option of QEMU: another process writes to the memory, and is given the file, not ours. */
const char *refuse_vhost_user(const struct root *root, pid_t pid)
{
	static char text[256 << 10];
	int fd = root_openat(root, O_RDONLY, "proc/%d/cmdline", pid);
	ssize_t n = fd < 0 ? -1 : read_at(fd, text, sizeof(text), 0);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return "failed";
	return memmem(text, (size_t)n, "vhost-user", strlen("vhost-user")) ? "vhost-user" : NULL;
}

static const char *judge_filters(const struct root *root, pid_t pid)
{
	uint64_t filters;

	if (process_status_u64(root, pid, pid, "Seccomp", 10, &filters) != 0)
		return errno == ENOENT ? NULL : "failed"; /* a kernel without */
	return filters && inject_can_suspend_seccomp() != 0 ? "seccomp" : NULL;
}

static const char *judge_tracer(const struct root *root, pid_t pid)
{
	int traced = inject_is_traced(root, pid);

	return traced < 0 ? "failed" : traced ? "traced" : NULL;
}

const char *refuse_process(const struct root *root, pid_t pid)
{
	static const char *(*const judges[])(const struct root *, pid_t) = {
		judge_tracer, judge_filters, judge_hazards};
	const char *reason = NULL;

	for (size_t i = 0; !reason && i < sizeof(judges) / sizeof(*judges); i++)
		reason = judges[i](root, pid);
	return reason;
}

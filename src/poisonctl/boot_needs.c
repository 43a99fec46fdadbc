/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot_needs.h"
#include "keep.h"
#include "memmap.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	LOW_MEMORY = 1 << 20,
	/* In struct boot_params (Documentation/arch/x86/zero-page.rst, boot.rst). */
	EXT_RAMDISK_IMAGE = 0x0c0,
	EXT_RAMDISK_SIZE = 0x0c4,
	RAMDISK_IMAGE = 0x218,
	RAMDISK_SIZE = 0x21c,
	BOOT_PARAMS_READ = 0x220,
};

static void read_command_line(struct boot_needs *needs, const struct root *root)
{
	char rest[sizeof(needs->command_line)];

	if (root_read(root, needs->command_line, sizeof(needs->command_line), "proc/cmdline") < 0)
		die_errno(STATUS_FAILED, "read /proc/cmdline");
	memcpy(rest, needs->command_line, sizeof(rest));
	needs->len = memmap_strip(rest);
}

static uint64_t field(const unsigned char *params, size_t low, size_t high)
{
	uint32_t parts[2];

	memcpy(&parts[0], params + low, sizeof(*parts));
	memcpy(&parts[1], params + high, sizeof(*parts));
	return le32toh(parts[0]) | (uint64_t)le32toh(parts[1]) << 32;
}

/* A machine that was not booted as a PC has no such file. */
static void read_initrd(struct boot_needs *needs, const struct root *root)
{
	unsigned char params[BOOT_PARAMS_READ];
	int fd = root_openat(root, O_RDONLY, "sys/kernel/boot_params/data");
	ssize_t n;

	needs->initrd = needs->initrd_end = 0;
	if (fd < 0 && errno == ENOENT)
		return;
	if (fd < 0)
		die_errno(STATUS_FAILED, "open /sys/kernel/boot_params/data");
	n = read_at(fd, params, sizeof(params), 0);
	if (n < 0)
		die_errno(STATUS_FAILED, "read /sys/kernel/boot_params/data");
	close(fd);
	if (n < (ssize_t)sizeof(params))
		die(STATUS_FAILED, "read /sys/kernel/boot_params/data: cut short");
	needs->initrd = field(params, RAMDISK_IMAGE, EXT_RAMDISK_IMAGE);
	needs->initrd_end = needs->initrd + field(params, RAMDISK_SIZE, EXT_RAMDISK_SIZE);
}

void boot_needs_read(struct boot_needs *needs, const struct root *root)
{
	keep_iomem(&needs->iomem, root);
	read_command_line(needs, root);
	read_initrd(needs, root);
}

/* This kernel was told the same: it is no RAM now, and is to stay so. */
static bool is_hole(const struct boot_needs *needs, uint64_t start, uint64_t end)
{
	struct memmap_hole hole;
	size_t at = 0;

	while (memmap_next(needs->command_line, &at, &hole))
		if (start >= hole.start && end <= hole.end)
			return true;
	return false;
}

const char *boot_refusal(const struct boot_needs *needs, uint64_t start, uint64_t end)
{
	static const struct {
		const char *name, *why;
	} uses[] = {
		{"Kernel ", "the kernel itself is there"},
		{"Crash kernel", "the crash kernel is there"},
		{"ACPI ", "firmware's tables are there"},
	};

	if (start < LOW_MEMORY)
		return "below 1 MiB, which the kernel needs to start";
	for (size_t i = 0; i < sizeof(uses) / sizeof(*uses); i++)
		if (iomem_find(&needs->iomem, uses[i].name, start, end - 1))
			return uses[i].why;
	if (start < needs->initrd_end && end > needs->initrd)
		return "the boot loader puts the initial RAM disk there";
	if (!iomem_is_ram(&needs->iomem, start, end - 1) && !is_hole(needs, start, end))
		return "not memory that the kernel uses";
	return NULL;
}

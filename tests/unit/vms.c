/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vms: virtual machines found in a tree of /proc, and which mappings are guest RAM. */
#include "tree.h"
#include "unit.h"
#include "vms.h"

static struct tree tree;
static struct vms vms;
static struct vm vm;
static struct maps maps;
static struct vma vma;
static struct vm_ram ram;

/* Words with single blanks between them. */
static void put_process(int pid, const char *exe, const char *line)
{
	char cmdline[4096];
	size_t len = strlen(line) + 1;

	memcpy(cmdline, line, len);
	for (size_t i = 0; i < len; i++)
		if (cmdline[i] == ' ')
			cmdline[i] = '\0';
	tree_put_bytes(&tree, cmdline, len, "proc/%d/cmdline", pid);
	tree_put(
		&tree, "1 (q) S 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 77 9\n", "proc/%d/stat", pid);
	if (exe)
		tree_put_link(&tree, exe, "proc/%d/exe", pid);
	tree_put_dir(&tree, "proc/%d/fd/", pid);
}

static void put_maps(const char *text)
{
	tree_put(&tree, text, "proc/1/maps");
	CHECK(vm_find_ram(&vm, &tree.root, &maps) == 0);
}

static bool is_ram(const char *line)
{
	CHECK_TEXT(maps_parse(line, strlen(line), &vma), NULL);
	return vm_is_ram(&vm, &vma, &ram);
}

static void machines_are_told_from_other_processes(void)
{
	char found[64] = "";

	put_process(10, "/usr/bin/qemu-system-x86_64", "qemu -name a");
	put_process(11, "/usr/bin/bash", "bash qemu-system-x86_64");
	put_process(
		12, "/opt/renamed", "renamed -name c -uuid 0b5a4b3c-1111-2222-3333-444444444444");
	tree_put_link(&tree, "/dev/kvm", "proc/12/fd/8");
	tree_put_link(&tree, "anon_inode:kvm-vm", "proc/12/fd/9");
	put_process(13, "/usr/bin/qemu-system-i386 (deleted)", "qemu -name d");
	put_process(14, NULL, "/usr/bin/qemu-system-arm -name e"); /* may not be looked into */
	put_process(15, NULL, "sleep 1");
	tree_put(&tree, "", "proc/16/cmdline"); /* a thread of the kernel */
	tree_put(&tree, "x", "proc/cmdline");
	CHECK(vms_open(&vms, &tree.root) == 0);
	while (vms_next(&vms, &vm) > 0) {
		strcat(found, vm.args.name);
		CHECK_U64(vm.start, 77);
	}
	vms_close(&vms);
	CHECK_U64(strlen(found), 4);
	CHECK(strchr(found, 'a') && strchr(found, 'c') && strchr(found, 'd') && strchr(found, 'e'));
	CHECK(vms_take(&vms, 12, &vm) == 1);
	CHECK(vm_is_called(&vm, "c") && vm_is_called(&vm, "0B5A4B3C-1111-2222-3333-444444444444"));
	CHECK(!vm_is_called(&vm, "") && !vm_is_called(&vm, "C"));
	CHECK(vms_take(&vms, 11, &vm) == 0);
	CHECK(vms_take(&vms, 99, &vm) == -1 && errno == ENOENT);
}

static void a_command_line_too_long_is_doubted(void)
{
	char *line = calloc(1, VMS_CMDLINE_MAX + 1);

	strcpy(line, "qemu");
	put_process(20, "/usr/bin/qemu-system-x86_64", "");
	tree_put_bytes(&tree, line, VMS_CMDLINE_MAX + 1, "proc/20/cmdline");
	free(line);
	CHECK(vms_take(&vms, 20, &vm) == 1);
	CHECK(vm.args.doubtful);
}

static void the_only_mapping_of_that_size_is_the_backend(void)
{
	uint64_t gpa;

	put_process(1, "/usr/bin/qemu-system-x86_64",
		"qemu -m 64 -M pc,memory-backend=ram -object memory-backend-memfd,id=ram,size=64M");
	CHECK(vms_take(&vms, 1, &vm) == 1);
	put_maps("10000000-12000000 rw-s 00000000 00:01 5 /memfd:memory-backend-memfd (deleted)\n"
		 "12000000-14000000 rw-s 02000000 00:01 5 /memfd:memory-backend-memfd (deleted)\n"
		 "20000000-20100000 rw-s 00000000 00:01 6 /memfd:memory-backend-memfd (deleted)\n");
	CHECK(is_ram(
		"12000000-14000000 rw-s 02000000 00:01 5 /memfd:memory-backend-memfd (deleted)"));
	CHECK(ram.backend && !strcmp(ram.backend->id, "ram"));
	CHECK(vm_gpa(&vm, &ram, 0x12003000, &gpa));
	CHECK_U64(gpa, 0x2003000);
	CHECK(is_ram(
		"20000000-20100000 rw-s 00000000 00:01 6 /memfd:memory-backend-memfd (deleted)"));
	CHECK(!ram.backend && !vm_gpa(&vm, &ram, 0x20000000, &gpa));
}

static void two_of_that_size_are_not_told_apart(void)
{
	uint64_t gpa;

	put_maps("10000000-14000000 rw-s 00000000 00:01 5 /memfd:memory-backend-memfd (deleted)\n"
		 "20000000-24000000 rw-s 00000000 00:01 6 /memfd:memory-backend-memfd (deleted)\n");
	CHECK(is_ram(
		"10000000-14000000 rw-s 00000000 00:01 5 /memfd:memory-backend-memfd (deleted)"));
	CHECK(!ram.backend && !vm_gpa(&vm, &ram, 0x10000000, &gpa));
}

#define FILE_LINE(from, to, offset) \
#from "-" #to " rw-s " #offset " 00:0e 5 /memfd:memory-backend-memfd (deleted)\n"
#define SPLIT_LINE(from, to, offset, inode) \
#from "-" #to " rw-s " #offset " 00:01 " #inode " /memfd:hugesplit (deleted)\n"
#define GUARD "14000000-14200000 ---p 00000000 00:00 0 \n"

/* All 64 MiB from 0x10000000 on are the backend. */
static void check_all_is_ram(const char *part)
{
	uint64_t gpa;

	CHECK(is_ram(part));
	CHECK(ram.backend && ram.va == 0x10000000);
	CHECK(vm_gpa(&vm, &ram, vma.start, &gpa));
	CHECK_U64(gpa, vma.start - 0x10000000);
}

static void replaced_huge_pages_are_parts_of_the_backend(void)
{
	static const char *const maps_of[] = {
		/* in the midst, in two areas, and one behind the other */
		FILE_LINE(10000000, 10400000, 00000000) SPLIT_LINE(10400000, 10500000, 00000000, 7)
			SPLIT_LINE(10500000, 10600000, 00100000, 7) SPLIT_LINE(10600000, 10800000,
				00000000, 8) FILE_LINE(10800000, 14000000, 00800000) GUARD,
		/* at the begin, with others before it that are no memory */
		"0ffff000-10000000 rw-s 00000000 00:0e 4 anon_inode:kvm-vcpu:0\n" SPLIT_LINE(
			10000000, 10200000, 00000000, 7) SPLIT_LINE(10200000, 10400000, 00000000, 8)
			FILE_LINE(10400000, 14000000, 00400000) GUARD,
		/* at the end */
		FILE_LINE(10000000, 13e00000, 00000000) SPLIT_LINE(13e00000, 14000000, 00000000, 7)
			GUARD,
		/* all of it */
		SPLIT_LINE(10000000, 12000000, 00000000, 7)
			SPLIT_LINE(12000000, 14000000, 00000000, 8) GUARD,
	};

	put_process(1, NULL,
		"qemu-system-x86_64 -m 64 -M pc,memory-backend=ram -object "
		"memory-backend-memfd,id=ram,size=64M,share=on,hugetlb=on");
	CHECK(vms_take(&vms, 1, &vm) == 1);
	for (size_t i = 0; i < sizeof(maps_of) / sizeof(*maps_of); i++) {
		unit_row = maps_of[i];
		put_maps(maps_of[i]);
		check_all_is_ram("10000000-10200000 rw-s 00000000 00:01 7 /memfd:hugesplit");
		check_all_is_ram("10400000-10500000 rw-s 00000000 00:01 7 /memfd:hugesplit");
		check_all_is_ram("13e00000-14000000 rw-s 03e00000 00:0e 5 /memfd:x");
	}
}

static void what_is_only_like_it_is_not(void)
{
	static const char *const maps_of[] = {
		/* too much, another file behind it, another place in the file, a gap */
		FILE_LINE(10000000, 14000000, 00000000) SPLIT_LINE(14000000, 14200000, 00000000, 7),
		SPLIT_LINE(10000000, 10200000, 00000000,
			7) "10200000-14000000 rw-s 00200000 00:0e 5 /x\n",
		SPLIT_LINE(10000000, 10200000, 00000000, 7) FILE_LINE(10200000, 14000000, 00000000),
		FILE_LINE(10000000, 10400000, 00000000) SPLIT_LINE(10400000, 10600000, 00000000, 7)
			FILE_LINE(10600000, 14000000, 00400000),
		FILE_LINE(10000000, 10400000, 00000000) SPLIT_LINE(10600000, 14000000, 00000000, 7),
	};

	for (size_t i = 0; i < sizeof(maps_of) / sizeof(*maps_of); i++) {
		unit_row = maps_of[i];
		put_maps(maps_of[i]);
		CHECK(is_ram("10000000-10200000 rw-s 00000000 00:0e 5 /memfd:x"));
		CHECK(!ram.backend);
	}
}

static void private_memory_is_found_too(void)
{
	put_process(1, NULL, "qemu-system-x86_64 -m 64");
	CHECK(vms_take(&vms, 1, &vm) == 1);
	put_maps("10000000-14000000 rw-p 00000000 00:00 0 \n"
		 "14000000-14001000 ---p 00000000 00:00 0 \n");
	CHECK(is_ram("10000000-14000000 rw-p 00000000 00:00 0 "));
	CHECK(ram.backend && ram.backend->implicit);
	CHECK(!is_ram("18000000-1a000000 rw-p 00000000 00:00 0 "));
}

static void files_are_known_by_their_names(void)
{
	static const char *const paths[] = {"/hp/qemu_back_mem.b.AbCdEf (deleted)",
		"/hp/qemu_back_mem._objects_b.AbCdEf (deleted)", "/hp", "/hp (deleted)"};
	char line[256];

	put_process(1, NULL,
		"qemu-system-x86_64 -m 64 -numa node,memdev=a -numa node,memdev=b "
		"-object memory-backend-file,id=a,size=32M,share=on,mem-path=/hp2 "
		"-object memory-backend-file,id=b,size=32M,share=on,mem-path=/hp");
	CHECK(vms_take(&vms, 1, &vm) == 1);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		unit_row = paths[i];
		snprintf(line, sizeof(line), "10000000-12000000 rw-s 00000000 00:01 5 %s\n",
			paths[i]);
		put_maps(line);
		line[strlen(line) - 1] = '\0';
		CHECK(is_ram(line));
		CHECK(ram.backend && ram.backend->base == 32 << 20);
	}
}

static void devices_and_rings_are_not_ram(void)
{
	put_maps("");
	CHECK(is_ram("10000000-12000000 rw-s 00000000 00:01 5 /memfd:other (deleted)"));
	CHECK(is_ram("10000000-12000000 rw-s 00000000 00:01 5 /dev/shm/x"));
	CHECK(!is_ram("10000000-12000000 rw-s 00000000 00:05 5 /dev/vfio/12"));
	CHECK(!is_ram("10000000-12000000 rw-s 00000000 00:05 5 anon_inode:[vfio-device]"));
	CHECK(!is_ram("10000000-10003000 rw-s 00000000 00:05 5 /memfd:ring (deleted)"));
	CHECK(!is_ram("10000000-12000000 r--s 00000000 00:05 5 /usr/lib/locale"));
	CHECK(!is_ram("10000000-12000000 rw-p 00000000 00:01 5 /memfd:other (deleted)"));
}

int main(void)
{
	tree_make(&tree);
	UNIT(machines_are_told_from_other_processes);
	UNIT(a_command_line_too_long_is_doubted);
	UNIT(the_only_mapping_of_that_size_is_the_backend);
	UNIT(two_of_that_size_are_not_told_apart);
	UNIT(replaced_huge_pages_are_parts_of_the_backend);
	UNIT(what_is_only_like_it_is_not);
	UNIT(private_memory_is_found_too);
	UNIT(files_are_known_by_their_names);
	UNIT(devices_and_rings_are_not_ram);
	tree_remove(&tree);
	return unit_end();
}

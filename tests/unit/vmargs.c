/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmargs: what QEMU's command lines say of names and memory, and guest addresses. */
#include "qemuopt.h"
#include "unit.h"
#include "vmargs.h"

#define MIB UINT64_C(0x100000)
#define GIB UINT64_C(0x40000000)

static struct vmargs args;

/* Words with single blanks between them; '_' stands for a blank within one. */
static void parse(const char *line)
{
	char cmdline[4096];
	size_t len = strlen(line) + 1;

	unit_row = line;
	memcpy(cmdline, line, len);
	for (size_t i = 0; i < len; i++)
		cmdline[i] = (char)(line[i] == ' ' ? '\0' : line[i] == '_' ? ' ' : line[i]);
	memset(&args, 0xaa, sizeof(args));
	vmargs_parse(&args, cmdline, len);
}

static void names_are_read(void)
{
	static const struct {
		const char *line, *name;
	} cases[] = {
		{"qemu", ""},
		{"qemu -name web", "web"},
		{"qemu --name guest=web,debug-threads=on", "web"},
		{"qemu -name debug-threads=on,guest=a,,b", "a,b"},
		{"qemu -name web_server,process=x", "web server"},
		{"qemu -append -name -name web", "web"},
		{"qemu -nodefaults -name web", "web"},
		{"qemu disk.img -name web", "web"},
		{"qemu -name", ""},
		{"-name web", ""}, /* the first word is the program's */
		{"qemu -name a -name b", "b"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		parse(cases[i].line);
		CHECK_TEXT(args.name, cases[i].name);
	}
}

static void the_socket_of_qmp_is_found(void)
{
	static const struct {
		const char *line, *path;
	} cases[] = {
		{"qemu", ""},
		{"qemu -qmp unix:/run/a,server=on,wait=off", "/run/a"},
		{"qemu -qmp unix:b,,c,server", "b,c"},
		{"qemu -qmp-pretty unix:/run/a -qmp unix:/run/b", "/run/a"},
		{"qemu -qmp tcp:localhost:4444 -monitor unix:/run/a", ""},
		{"qemu -mon chardev=m,mode=control -chardev socket,id=m,path=/m,server=on", "/m"},
		{"qemu -chardev socket,id=m,path=/m -mon m,mode=control,pretty=on", "/m"},
		{"qemu -chardev socket,id=m,path=/m -mon m,mode=readline", ""},
		{"qemu -chardev socket,id=m,path=/m -mon n,mode=control", ""},
		{"qemu -chardev pty,id=m,path=/m -mon m,mode=control", ""},
		{"qemu -chardev socket,id=charmonitor,fd=22,server=on,wait=off "
		 "-mon chardev=charmonitor,id=monitor,mode=control",
			""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		parse(cases[i].line);
		CHECK_TEXT(args.qmp, cases[i].path);
	}
}

static void a_monitor_of_libvirt_is_known(void)
{
	static const struct {
		const char *line;
		bool is_libvirts;
	} cases[] = {
		{"qemu -chardev socket,id=charmonitor,fd=22,server=on,wait=off "
		 "-mon chardev=charmonitor,id=monitor,mode=control",
			true},
		{"qemu -chardev socket,id=charmonitor,path=/m -mon charmonitor,mode=control",
			false},
		{"qemu -chardev socket,id=charmonitor,fd=22 -mon charmonitor,mode=readline", false},
		{"qemu -chardev socket,id=m,fd=22 -mon m,mode=control", false},
		{"qemu -qmp unix:/q -chardev socket,id=charmonitor,fd=22 -mon "
		 "charmonitor,mode=control",
			false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		parse(cases[i].line);
		CHECK_U64(args.is_libvirts, cases[i].is_libvirts);
	}
}

static void a_uuid_is_one_or_absent(void)
{
	parse("qemu -uuid 0B5A4B3C-1111-2222-3333-444444444444");
	CHECK_TEXT(args.uuid, "0b5a4b3c-1111-2222-3333-444444444444");
	parse("qemu -uuid 0b5a4b3c-1111-2222-3333-44444444444");
	CHECK_TEXT(args.uuid, "");
	parse("qemu -uuid 0b5a4b3c-1111-2222-3333-4444444444444");
	CHECK_TEXT(args.uuid, "");
	parse("qemu -uuid 0b5a4b3cx1111-2222-3333-444444444444");
	CHECK_TEXT(args.uuid, "");
}

static void sizes_of_main_memory(void)
{
	static const struct {
		const char *line;
		uint64_t ram;
	} cases[] = {
		{"qemu", 128 * MIB},
		{"qemu -m 64", 64 * MIB},
		{"qemu -m 4G", 4 * GIB},
		{"qemu -m size=4194304k,slots=4,maxmem=8G", 4 * GIB},
		{"qemu -m slots=4,size=1g", GIB},
		{"qemu -m 1.5G", 0},
		{"qemu -m 99999999999999999999", 0},
		{"qemu -m 4097b", 8192},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		parse(cases[i].line);
		CHECK_U64(args.ram, cases[i].ram);
		CHECK_U64(args.backends, 1);
		CHECK(args.backend[0].implicit && !args.backend[0].shared);
		CHECK_U64(args.backend[0].size, cases[i].ram);
	}
}

static void backends_in_both_spellings(void)
{
	static const char *const lines[] = {
		"qemu -m 64 -machine pc,memory-backend=ram -object "
		"memory-backend-memfd,id=ram,size=64M,share=on",
		"qemu -m 64 -machine pc,memory-backend=ram -object "
		"{\"qom-type\":\"memory-backend-memfd\",\"id\":\"ram\",\"host-nodes\":[0,{\"a\":\"]"
		"\"}],\"size\":67108864,\"share\":true}",
		"qemu -M pc -machine memory-backend=ram -object "
		"size=64M,id=ram,qom-type=memory-backend-memfd",
		"qemu -object {_\"share\"_:_true_,_\"size\":67108864,\"id\":\"r\\u0061m\","
		"\"qom-type\":\"memory-backend-memfd\"} -M memory-backend=ram",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		parse(lines[i]);
		CHECK_U64(args.backends, 1);
		CHECK_TEXT(args.backend[0].id, "ram");
		CHECK_U64(args.backend[0].size, 64 * MIB);
		CHECK(args.backend[0].memory == VM_MEMORY_MEMFD && args.backend[0].shared);
		CHECK(args.backend[0].is_ram && !args.backend[0].implicit && !args.doubtful);
		CHECK_U64(args.ram, 64 * MIB);
	}
}

static void sharing_has_a_default_of_its_own(void)
{
	static const struct {
		const char *line;
		enum vm_memory memory;
		bool shared;
	} cases[] = {
		{"qemu -object memory-backend-ram,id=a,size=1M", VM_MEMORY_RAM, false},
		{"qemu -object memory-backend-ram,id=a,size=1M,share=on", VM_MEMORY_RAM, true},
		{"qemu -object memory-backend-ram,id=a,size=1M,share", VM_MEMORY_RAM, true},
		{"qemu -object memory-backend-memfd,id=a,size=1M", VM_MEMORY_MEMFD, true},
		{"qemu -object memory-backend-memfd,id=a,share=off", VM_MEMORY_MEMFD, false},
		{"qemu -object memory-backend-file,id=a,mem-path=/x", VM_MEMORY_FILE, false},
		{"qemu -object memory-backend-file,share=yes,mem-path=/x", VM_MEMORY_FILE, true},
		{"qemu -object memory-backend-shm,id=a", VM_MEMORY_SHM, true},
		{"qemu -object memory-backend-epc,id=a", VM_MEMORY_OTHER, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		parse(cases[i].line);
		CHECK_U64(args.backends, 2); /* and what -m makes */
		CHECK(args.backend[0].memory == cases[i].memory);
		CHECK(args.backend[0].shared == cases[i].shared);
	}
}

static void numa_nodes_follow_their_numbers(void)
{
	parse("qemu -m 3G -numa node,nodeid=1,memdev=b -numa node,nodeid=0,memdev=a "
	      "-object memory-backend-memfd,id=b,size=2G -object "
	      "memory-backend-memfd,id=a,size=1G");
	CHECK(!args.doubtful);
	CHECK(args.backend[0].is_ram && args.backend[1].is_ram);
	CHECK_U64(args.backend[0].base, GIB);
	CHECK_U64(args.backend[1].base, 0);
	CHECK_U64(args.backends, 2);
	parse("qemu -m 4G -numa node,memdev=a -object memory-backend-memfd,id=a,size=1G");
	CHECK(args.doubtful);
	parse("qemu -m 4G -numa node,memdev=none");
	CHECK(args.doubtful);
}

/* The examples of the comment in pc_init1(), and the borders of both machines. */
static void guest_addresses(void)
{
	static const struct {
		const char *line;
		uint64_t offset, gpa; /* gpa 0: not certain */
	} cases[] = {
		{"qemu -m 64", 0x9f000, 0x9f000},
		{"qemu -m 64", 0xa0000, 0},
		{"qemu -m 64", 0xff000, 0},
		{"qemu -m 64", 0x100000, 0x100000},
		{"qemu -m 64", 64 * MIB - 1, 64 * MIB - 1},
		{"qemu -m 64", 64 * MIB, 0},
		{"qemu -m 3583M", 3583 * MIB - 1, 3583 * MIB - 1},
		{"qemu -m 3584M", 3 * GIB - 1, 3 * GIB - 1},
		{"qemu -m 3584M", 3 * GIB, 4 * GIB},
		{"qemu -m 4G -M pc", 3 * GIB + 5, 4 * GIB + 5},
		{"qemu -m 4G -M pc-i440fx-9.2", 3 * GIB, 4 * GIB},
		{"qemu -m 4G -M pc-i440fx-2.1", 3 * GIB, 4 * GIB},
		{"qemu -m 4G -M pc-i440fx-2.0", 3 * GIB, 0},
		{"qemu -m 4G -M pc-i440fx-noble", 3 * GIB, 0},
		{"qemu -m 4G -M pc-1.3", 3 * GIB, 0},
		{"qemu -m 4G -M pc,max-ram-below-4g=2G", 2 * GIB, 4 * GIB},
		{"qemu -m 3968M -M pc,max-ram-below-4g=4G", 3968 * MIB - 1, 3968 * MIB - 1},
		{"qemu -m 4G -M q35", 2 * GIB - 1, 2 * GIB - 1},
		{"qemu -m 4G -M q35", 2 * GIB, 4 * GIB},
		{"qemu -m 4G -M pc-q35-7.2,usb=off", 2 * GIB, 4 * GIB},
		{"qemu -m 2815M -M q35", 2815 * MIB - 1, 2815 * MIB - 1},
		{"qemu -m 2816M -M q35", 2 * GIB, 4 * GIB},
		{"qemu -m 4G -M q35,max-ram-below-4g=1G", GIB, 4 * GIB},
		{"qemu -m 4G -M microvm", GIB, 0},
		{"qemu -m 4G -M virt", GIB, 0},
		{"qemu -m 4G -readconfig x", GIB, 0},
		{"qemu -m 4G -accel xen", GIB, 0},
		{"qemu -m 4G -global q35-pcihost.pci-hole64-size=1T", GIB, 0},
		{"qemu -m 600G", GIB, 0},
		{"qemu -m 4G,maxmem=2T", GIB, 0},
		{"qemu -m 1.5G", GIB, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t gpa = 0;

		parse(cases[i].line);
		CHECK(vmargs_gpa(&args, cases[i].offset, &gpa) == (cases[i].gpa != 0));
		CHECK_U64(gpa, cases[i].gpa);
	}
}

static void too_much_of_anything_makes_doubtful(void)
{
	char line[8192];
	size_t len = (size_t)sprintf(line, "qemu");

	for (int i = 0; i < VMARGS_BACKENDS_MAX + 1; i++)
		len += (size_t)sprintf(line + len, " -object memory-backend-ram,id=%d,size=1M", i);
	for (size_t i = 0; i < len; i++)
		if (line[i] == ' ')
			line[i] = '\0';
	vmargs_parse(&args, line, len + 1);
	CHECK(args.doubtful);
	CHECK_U64(args.backends, VMARGS_BACKENDS_MAX);
	parse("qemu -M memory-backend="
	      "0123456789012345678901234567890123456789012345678901234567890123456789");
	CHECK(args.doubtful);
	parse("qemu -numa node,nodeid=64,memdev=a");
	CHECK(args.doubtful);
}

static void a_word_cut_short_is_none(void)
{
	vmargs_parse(&args,
		"qemu\0-m\0"
		"64",
		10);
	CHECK_U64(args.ram, 128 * MIB);
	vmargs_parse(&args, "", 0);
	CHECK_TEXT(args.name, "");
}

static void sizes(void)
{
	static const struct {
		const char *text;
		uint64_t size;
	} cases[] = {{"1", 7}, {"1k", 1024}, {"1K", 1024}, {"3b", 3}, {"16E", 0},
		{"15E", 15ULL << 60}, {"", 0}, {"k", 0}, {"1kk", 0}, {"-1", 0}, {"0x10", 0},
		{"1.5G", 0}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unit_row = cases[i].text;
		CHECK_U64(qemuopt_size(cases[i].text, 7), cases[i].size);
	}
}

static void what_is_no_json_is_refused(void)
{
	static const char *const texts[] = {"{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1}x",
		"{\"a\" 1}", "{a:1}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u00g0\"}", "{\"a\":[}",
		"{\"a\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}", "{\"a\":\"\\u0"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct qemuopt opt;
		int more;

		unit_row = texts[i];
		qemuopt_open(&opt, texts[i], NULL);
		while ((more = qemuopt_next(&opt)) > 0)
			;
		CHECK(more == -1);
	}
}

int main(void)
{
	UNIT(names_are_read);
	UNIT(the_socket_of_qmp_is_found);
	UNIT(a_monitor_of_libvirt_is_known);
	UNIT(a_uuid_is_one_or_absent);
	UNIT(sizes_of_main_memory);
	UNIT(backends_in_both_spellings);
	UNIT(sharing_has_a_default_of_its_own);
	UNIT(numa_nodes_follow_their_numbers);
	UNIT(guest_addresses);
	UNIT(too_much_of_anything_makes_doubtful);
	UNIT(a_word_cut_short_is_none);
	UNIT(sizes);
	UNIT(what_is_no_json_is_refused);
	return unit_end();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vmargs.h"
#include "qemuopt.h"
#include "vmargs_layout.h"
#include "vmargs_monitor.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define MIB          (UINT64_C(1) << 20)

static bool copy_text(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		return false;
	memcpy(out, text, len + 1);
	return true;
}

static bool is_on(const char *value)
{
	return !strcmp(value, "on") || !strcmp(value, "yes") || !strcmp(value, "true") ||
	       !strcmp(value, "y");
}

/* --- The options that matter, one function each --- */

static void take_name(struct vmargs *args, const char *text)
{
	struct qemuopt opt;

	qemuopt_open(&opt, text, "guest");
	while (qemuopt_next(&opt) > 0)
		if (!strcmp(opt.key, "guest") && opt.whole)
			copy_text(args->name, sizeof(args->name), opt.value);
}

static void take_uuid(struct vmargs *args, const char *text)
{
	char uuid[VMARGS_UUID_MAX];
	size_t i;

	for (i = 0; i < sizeof(uuid) - 1 && text[i]; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		char c = text[i];

		if (c >= 'A' && c <= 'F')
			c = (char)(c | 0x20);
		if (dash ? c != '-' : !strchr("0123456789abcdef", c))
			return;
		uuid[i] = c;
	}
	uuid[i] = '\0';
	if (i == sizeof(uuid) - 1 && !text[i])
		memcpy(args->uuid, uuid, sizeof(uuid));
}

static void take_memory(struct vmargs *args, const char *text)
{
	struct qemuopt opt;
	int more;

	qemuopt_open(&opt, text, "size");
	while ((more = qemuopt_next(&opt)) > 0) {
		/* A bare number counts MiB; sizes are rounded up to 8 KiB (system/vl.c). */
		uint64_t size = qemuopt_size(opt.value, MIB);

		size = size <= UINT64_MAX - 8191 ? (size + 8191) / 8192 * 8192 : 0;
		if (!strcmp(opt.key, "size")) {
			args->ram = size;
			args->doubtful |= size == 0;
		} else if (!strcmp(opt.key, "maxmem")) {
			args->ram_max = size ? size : UINT64_MAX;
		}
	}
	args->doubtful |= more < 0;
}

/* Versions such as "pc-i440fx-9.2" are QEMU's own; distributions name theirs as they like. */
static enum vm_layout layout_of(const char *type)
{
	static const char i440fx[] = "pc-i440fx-", q35[] = "pc-q35-";
	char *end;

	if (!strcmp(type, "pc"))
		return VM_LAYOUT_PC;
	if (!strcmp(type, "q35"))
		return VM_LAYOUT_Q35;
	if (!strncmp(type, q35, sizeof(q35) - 1) && type[sizeof(q35) - 1] >= '0' &&
		type[sizeof(q35) - 1] <= '9')
		return VM_LAYOUT_Q35;
	if (strncmp(type, i440fx, sizeof(i440fx) - 1) != 0)
		return VM_LAYOUT_UNKNOWN;

	unsigned long major = strtoul(type + sizeof(i440fx) - 1, &end, 10);

	/* 2.0 and before split elsewhere (gigabyte_align). */
	if (*end != '.' || major < 2 || (major == 2 && !strcmp(end, ".0")))
		return VM_LAYOUT_UNKNOWN;
	return VM_LAYOUT_PC;
}

static void take_machine(struct vmargs *args, const char *text)
{
	struct qemuopt opt;
	int more;

	qemuopt_open(&opt, text, "type");
	while ((more = qemuopt_next(&opt)) > 0) {
		if (!strcmp(opt.key, "type")) {
			args->layout = layout_of(opt.value);
		} else if (!strcmp(opt.key, "memory-backend")) {
			args->doubtful |=
				!opt.whole || !copy_text(args->main_backend,
						      sizeof(args->main_backend), opt.value);
		} else if (!strcmp(opt.key, "max-ram-below-4g")) {
			args->below_4g_limit = qemuopt_size(opt.value, 1);
			args->doubtful |= args->below_4g_limit == 0;
		} else if (!strcmp(opt.key, "accel")) {
			args->doubtful |= !strncmp(opt.value, "xen", 3);
		}
	}
	args->doubtful |= more < 0;
}

/* Sharing is on where nothing else is said for memfd and shm (backends/hostmem-*.c). */
static const struct {
	const char *type;
	enum vm_memory memory;
	bool shared;
} backend_types[] = {
	{"memory-backend-ram", VM_MEMORY_RAM, false},
	{"memory-backend-file", VM_MEMORY_FILE, false},
	{"memory-backend-memfd", VM_MEMORY_MEMFD, true},
	{"memory-backend-shm", VM_MEMORY_SHM, true},
};

static void take_backend_type(struct vm_backend *backend, const char *type)
{
	backend->memory = VM_MEMORY_OTHER;
	for (size_t i = 0; i < COUNT(backend_types); i++) {
		if (strcmp(backend_types[i].type, type) != 0)
			continue;
		backend->memory = backend_types[i].memory;
		backend->shared = backend_types[i].shared;
	}
}

static bool is_backend(const char *text)
{
	struct qemuopt opt;

	qemuopt_open(&opt, text, "qom-type");
	while (qemuopt_next(&opt) > 0)
		if (!strcmp(opt.key, "qom-type"))
			return !strncmp(opt.value, "memory-backend-", 15);
	return false;
}

static void take_object(struct vmargs *args, const char *text)
{
	struct vm_backend *backend = &args->backend[args->backends];
	struct qemuopt opt;
	int more;

	if (!is_backend(text))
		return;
	if (args->backends == VMARGS_BACKENDS_MAX) {
		args->doubtful = true;
		return;
	}
	*backend = (struct vm_backend){0};
	qemuopt_open(&opt, text, "qom-type");
	while (qemuopt_next(&opt) > 0)
		if (!strcmp(opt.key, "qom-type"))
			take_backend_type(backend, opt.value);
	qemuopt_open(&opt, text, "qom-type");
	while ((more = qemuopt_next(&opt)) > 0) {
		if (!strcmp(opt.key, "id"))
			copy_text(backend->id, sizeof(backend->id), opt.value);
		else if (!strcmp(opt.key, "size"))
			backend->size = qemuopt_size(opt.value, 1);
		else if (!strcmp(opt.key, "share"))
			backend->shared = is_on(opt.value);
		else if (!strcmp(opt.key, "mem-path"))
			copy_text(backend->path, sizeof(backend->path), opt.value);
	}
	args->doubtful |= more < 0;
	args->backends++;
}

static void take_numa(struct vmargs *args, const char *text)
{
	char memdev[VMARGS_ID_MAX] = "";
	struct qemuopt opt;
	bool is_node = false;
	uint64_t node = args->nodes;

	qemuopt_open(&opt, text, "type");
	while (qemuopt_next(&opt) > 0) {
		if (!strcmp(opt.key, "type"))
			is_node = !strcmp(opt.value, "node");
		else if (!strcmp(opt.key, "nodeid"))
			node = strtoul(opt.value, NULL, 10);
		else if (!strcmp(opt.key, "memdev"))
			args->doubtful |= !copy_text(memdev, sizeof(memdev), opt.value);
	}
	if (!is_node)
		return;
	args->nodes++;
	if (node >= VMARGS_NODES_MAX)
		args->doubtful = true;
	else
		memcpy(args->node_backend[node], memdev, sizeof(memdev));
}

static void take_mem_path(struct vmargs *args, const char *text)
{
	args->doubtful |= !copy_text(args->mem_path, sizeof(args->mem_path), text);
}

/* The hole behind main memory can push it above 1 TiB. */
static void take_global(struct vmargs *args, const char *text)
{
	if (strstr(text, "pci-hole64-size"))
		args->doubtful = true;
}

/* Xen splits memory in its own way (xen_ram_init() in hw/i386/xen). */
static void take_accel(struct vmargs *args, const char *text)
{
	args->doubtful |= !strncmp(text, "xen", 3);
}

/* Whatever is in that file may change any of this. */
static void take_config(struct vmargs *args, const char *text)
{
	(void)text;
	args->doubtful = true;
}

static const struct {
	const char *name;
	void (*take)(struct vmargs *args, const char *text);
} taken[] = {
	{"name", take_name},
	{"uuid", take_uuid},
	{"m", take_memory},
	{"machine", take_machine},
	{"M", take_machine},
	{"object", take_object},
	{"numa", take_numa},
	{"mem-path", take_mem_path},
	{"global", take_global},
	{"accel", take_accel},
	{"readconfig", take_config},
	{"qmp", vmargs_take_qmp},
	{"qmp-pretty", vmargs_take_qmp},
	{"chardev", vmargs_take_chardev},
	{"mon", vmargs_take_mon},
};

/* Options without an argument (qemu-options.hx of QEMU 2.1 to 10): all others have one. */
static const char *const lonely[] = {"h", "help", "version", "mem-prealloc", "snapshot", "usb",
	"nographic", "full-screen", "win2k-hack", "no-fd-bootchk", "no-acpi", "no-hpet",
	"preconfig", "S", "s", "enable-kvm", "xen-attach", "xen-domid-restrict", "no-reboot",
	"no-shutdown", "daemonize", "only-migratable", "nodefaults", "no-user-config",
	"nodefconfig", "enable-sync-profile", "perfmap", "jitdump", "singlestep", "one-insn-per-tb",
	"old-param", "semihosting", "portrait", "curses", "sdl", "no-frame", "alt-grab",
	"ctrl-grab", "no-quit", "no-kvm", "no-kvm-irqchip", "no-kvm-pit", "no-kvm-pit-reinjection",
	"enable-hax", "enable-fips", "tdf", "rtc-td-hack"};

bool vmargs_has_argument(const char *name)
{
	for (size_t i = 0; i < COUNT(lonely); i++)
		if (!strcmp(lonely[i], name))
			return false;
	return true;
}

static void take_option(struct vmargs *args, const char *name, const char *text)
{
	for (size_t i = 0; i < COUNT(taken); i++)
		if (!strcmp(taken[i].name, name))
			taken[i].take(args, text);
}

void vmargs_parse(struct vmargs *args, const char *cmdline, size_t len)
{
	const char *end = cmdline + len, *p = cmdline;
	const char *name = NULL; /* of an option that waits for its argument */

	memset(args, 0, sizeof(*args));
	args->layout = VM_LAYOUT_PC; /* is_default, hw/i386/pc_piix.c */
	for (; p < end; p += strlen(p) + 1) {
		if (!memchr(p, '\0', (size_t)(end - p)))
			break; /* not ended: not a word */
		if (p == cmdline)
			continue; /* the program */
		if (name) {
			take_option(args, name, p);
			name = NULL;
		} else if (p[0] == '-' && p[1]) {
			name = p[1] == '-' ? p + 2 : p + 1;
			if (!vmargs_has_argument(name))
				name = NULL;
		}
	}
	vmargs_lay_out(args);
	vmargs_find_monitor(args);
}

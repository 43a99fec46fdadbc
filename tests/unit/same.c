/* SPDX-License-Identifier: GPL-2.0-or-later */
/* same: a command line of another host, as it is here. */
#include "move/same.h"
#include "unit.h"

#include <string.h>

static bool only_hugepages(const char *path)
{
	return strcmp(path, "/dev/hugepages") == 0;
}

static struct same same = {.qmp = "/run/x/ID.qmp", .id = "ID", .is_directory = only_hugepages};

/* For words that stand with a blank between them in TEXT; "!" and why where there is none. */
static const char *command_for(const char *text)
{
	static char words[4096], out[SAME_COMMAND_MAX];
	size_t len = strlen(text) + 1;

	memcpy(words, text, len);
	for (char *p = words; (p = strchr(p, ' ')); p++)
		*p = '\0';
	if (same_command(&same, words, len, out) == 0)
		return out;
	snprintf(out, sizeof(out), "!%s", same.why);
	return out;
}

#define QEMU "/usr/bin/qemu-system-x86_64 / "
#define HERE "cd / && exec /usr/bin/qemu-system-x86_64"
#define OWN  " -display none -S -incoming defer -qmp unix:/run/x/ID.qmp,server=on,wait=off"

static void what_makes_the_machine_stays(void)
{
	CHECK_TEXT(command_for(QEMU "-name guest=web -m 32 -no-reboot --smp 2 disk.raw"),
		HERE " -name guest=web -m 32 -no-reboot --smp 2 disk.raw" OWN);
}

static void what_is_of_the_host_goes(void)
{
	CHECK_TEXT(command_for(
			   QEMU "-S -incoming tcp:0:1 -m 1 -daemonize -pidfile /run/p -vnc :1 "
				"-display gtk -qmp unix:a,server=on -monitor stdio -gdb tcp::1 -s"),
		HERE " -m 1" OWN);
	CHECK_TEXT(command_for(QEMU "-chardev socket,id=a,path=/a,server=on -chardev "
				    "socket,path=/b,id=b -mon b,mode=control"),
		HERE " -chardev socket,id=a,path=/a,server=on" OWN);
}

static void memory_in_files_gets_its_own(void)
{
	CHECK_TEXT(command_for(QEMU "-object memory-backend-file,id=r,mem-path=/ram/a,,b,share=on"),
		HERE " -object memory-backend-file,id=r,mem-path=/ram/a,,b.ID,share=on" OWN);
	CHECK_TEXT(command_for(QEMU "-object memory-backend-file,id=r,mem-path=/ram/a,,"),
		HERE " -object memory-backend-file,id=r,mem-path=/ram/a,,.ID" OWN);
	CHECK_TEXT(command_for(QEMU "-object {\"qom-type\":\"memory-backend-file\","
				    "\"mem-path\":\"/a\",\"id\":\"r\"}"),
		HERE " -object '{\"qom-type\":\"memory-backend-file\",\"mem-path\":\"/a'.ID"
		     "'\",\"id\":\"r\"}'" OWN);
	CHECK_TEXT(command_for(QEMU "-object memory-backend-file,id=r,mem-path=/dev/hugepages"),
		HERE " -object memory-backend-file,id=r,mem-path=/dev/hugepages" OWN);
}

static void the_shell_sees_words(void)
{
	CHECK_TEXT(command_for(QEMU "-append $(reboot);' -m 1"),
		HERE " -append '$(reboot);'\\''' -m 1" OWN);
	CHECK_TEXT(command_for(QEMU "-append  -m 1"), HERE " -append '' -m 1" OWN);
}

static void what_cannot_be_had_is_refused(void)
{
	CHECK_TEXT(command_for(QEMU "-netdev tap,id=n,fd=3"),
		"!option -netdev tap,id=n,fd=3 cannot be had here");
	CHECK_TEXT(command_for(QEMU "-drive file=a,snapshot=on"),
		"!option -drive file=a,snapshot=on cannot be had here");
	CHECK_TEXT(command_for(QEMU "-drive file=/dev/fdset/1"),
		"!option -drive file=/dev/fdset/1 cannot be had here");
	CHECK_TEXT(command_for(QEMU "-snapshot"), "!option -snapshot cannot be had here");
	CHECK_TEXT(command_for(QEMU "-readconfig f"), "!option -readconfig f cannot be had here");
	CHECK_TEXT(command_for("/bin/sh / -c reboot"), "!/bin/sh is no QEMU");
	CHECK_TEXT(command_for("qemu-system-x86_64 /"), "!qemu-system-x86_64 is no QEMU");
	CHECK_TEXT(command_for("/qemu-system-x86_64"), "!its command line has no directory");
	CHECK_TEXT(command_for(QEMU "-m 1\033[2J"), "!its command line has control characters");
	CHECK_TEXT(command_for(QEMU "-m"), "!option -m lacks its argument");
}

int main(void)
{
	UNIT(what_makes_the_machine_stays);
	UNIT(what_is_of_the_host_goes);
	UNIT(memory_in_files_gets_its_own);
	UNIT(the_shell_sees_words);
	UNIT(what_cannot_be_had_is_refused);
	return unit_end();
}

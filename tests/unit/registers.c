/* SPDX-License-Identifier: GPL-2.0-or-later */
/* registers: what QEMU says is in a processor. */
#include "dump/registers.h"
#include "unit.h"

/* QEMU 10.0, a processor in 64-bit mode; lines that are not looked at are left out. */
static const char wide[] =
	"\r\nCPU#0\r\n"
	"RAX=0000000ae3271058 RBX=0000000000000051 RCX=0000000000000002 RDX=00000000001d8d70\r\n"
	"RSI=0000000000000004 RDI=0000000ae30982e8 RBP=ff4c5abc80013e00 RSP=ff4c5abc80013d88\r\n"
	"R8 =00000000001e4621 R9 =0000000000000009 R10=ff4c5abc80013d08 R11=ffffffffb98b68a8\r\n"
	"R12=0000000000000199 R13=0000000000000001 R14=0000000000000261 R15=ff38d2060217d000\r\n"
	"RIP=ffffffffb88dd637 RFL=00000283 [--S---C] CPL=0 II=0 A20=1 SMM=0 HLT=0\r\n"
	"ES =0000 0000000000000000 00000000 00000000\r\n"
	"CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]\r\n"
	"SS =0018 0000000000000000 ffffffff 00cf9300 DPL=0 DS   [-WA]\r\n"
	"DS =0000 0000000000000000 00000000 00000000\r\n"
	"FS =0000 0000000000000000 00000000 00000000\r\n"
	"GS =0000 ff38d2060f600000 00000000 00000000\r\n"
	"LDT=0000 0000000000000000 00000000 00008200 DPL=0 LDT\r\n"
	"TR =0040 fffffe6f501b9000 00004087 00008900 DPL=0 TSS64-avl\r\n"
	"GDT=     fffffe6f501b7000 0000007f\r\n"
	"IDT=     fffffe0000000000 00000fff\r\n"
	"CR0=80050033 CR2=ff38d2060ec01000 CR3=000000000dc22000 CR4=00751ef0\r\n";

/* The same, after reset. */
static const char narrow[] = "EAX=00000001 EBX=00000002 ECX=00000003 EDX=00000663\r\n"
			     "ESI=00000000 EDI=00000000 EBP=00000000 ESP=00000004\r\n"
			     "EIP=0000ff09 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0\r\n"
			     "CS =f000 ffff0000 0000ffff 00009b00\r\n"
			     "GDT=     00000000 0000ffff\r\n"
			     "CR0=60000010 CR2=00000000 CR3=00000000 CR4=00000000\r\n";

static void those_of_64_bits_are_read(void)
{
	struct registers r;

	CHECK(registers_parse(&r, wide));
	CHECK_U64(r.value[REGISTER_RAX], 0xae3271058);
	CHECK_U64(r.value[REGISTER_RSP], 0xff4c5abc80013d88);
	CHECK_U64(r.value[REGISTER_R8], 0x1e4621);
	CHECK_U64(r.value[REGISTER_R9], 9);
	CHECK_U64(r.value[REGISTER_R15], 0xff38d2060217d000);
	CHECK_U64(r.value[REGISTER_RIP], 0xffffffffb88dd637);
	CHECK_U64(r.value[REGISTER_RFLAGS], 0x283);
	CHECK_U64(r.value[REGISTER_CR3], 0xdc22000);
	CHECK_U64(r.segment[SEGMENT_CS].selector, 0x10);
	CHECK_U64(r.segment[SEGMENT_CS].flags, 0xaf9b00);
	CHECK_U64(r.segment[SEGMENT_GS].base, 0xff38d2060f600000);
	CHECK_U64(r.segment[SEGMENT_TR].limit, 0x4087);
	CHECK_U64(r.segment[SEGMENT_IDT].base, 0xfffffe0000000000);
	CHECK_U64(r.segment[SEGMENT_IDT].limit, 0xfff);
}

static void those_of_32_bits_are_read(void)
{
	struct registers r;

	CHECK(registers_parse(&r, narrow));
	CHECK_U64(r.value[REGISTER_RDX], 0x663);
	CHECK_U64(r.value[REGISTER_RIP], 0xff09);
	CHECK_U64(r.value[REGISTER_R8], 0);
	CHECK_U64(r.segment[SEGMENT_CS].base, 0xffff0000);
	CHECK_U64(r.segment[SEGMENT_GDT].limit, 0xffff);
	CHECK_U64(r.segment[SEGMENT_TR].limit, 0);
}

static void what_is_missing_or_no_number_is_not_there(void)
{
	struct registers r;
	char text[sizeof(narrow)];

	CHECK(!registers_parse(&r, ""));
	CHECK(!registers_parse(&r, "Invalid CPU index\r\n"));
	memcpy(text, narrow, sizeof(text));
	memcpy(strstr(text, "EIP="), "EIP!", 4);
	CHECK(!registers_parse(&r, text));
	memcpy(text, narrow, sizeof(text));
	memcpy(strstr(text, "EIP=0"), "EIP=x", 5);
	CHECK(!registers_parse(&r, text));
	memcpy(text, narrow, sizeof(text));
	memcpy(strstr(text, "CS =f"), "CS =-", 5);
	CHECK(registers_parse(&r, text));
	CHECK_U64(r.segment[SEGMENT_CS].base, 0);
}

int main(void)
{
	UNIT(those_of_64_bits_are_read);
	UNIT(those_of_32_bits_are_read);
	UNIT(what_is_missing_or_no_number_is_not_there);
	return unit_end();
}

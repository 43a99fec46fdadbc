/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace - lines of tracefs: "comm-pid [cpu] flags time: event: text".  What each event
 * prints is in include/trace/events/mce.h and include/ras/ras_event.h of the kernel.
 */
#include "aer.h"
#include "mca.h"
#include "poison.h"
#include "rasevent.h"
#include "tables.h"
#include "trace.h"
#include "trace_context.h"
#include "trace_field.h"

#include <stdio.h>

/* The event has all registers, those that hold nothing as 0. */
static void drop_empty(struct err *err)
{
	static const struct {
		enum err_field field;
		uint64_t valid;
	} fields[] = {{E_ADDR_REG, STATUS_ADDRV}, {E_MISC, STATUS_MISCV}, {E_SYND, 0}, {E_IPID, 0},
		{E_MCGCAP, 0}, {E_PPIN, 0}, {E_TSC, 0}, {E_T, 0}, {E_MICROCODE, 0}};
	uint64_t status = reg(err, E_STATUS);

	for (size_t i = 0; i < ROWS(fields); i++)
		if (reg(err, fields[i].field) == 0 && !(status & fields[i].valid))
			err_drop(err, fields[i].field);
	if (reg(err, E_SYND1) == 0 && reg(err, E_SYND2) == 0) {
		err_drop(err, E_SYND1);
		err_drop(err, E_SYND2);
	}
	if (reg(err, E_IP) == 0 && reg(err, E_CS) == 0) {
		err_drop(err, E_IP);
		err_drop(err, E_CS);
	}
}

static bool read_mce(struct scan *s)
{
	static struct err err;

	err_clear(&err);
	err_word(&err, E_SRC, "mce_record");
	err.t_nsec = 0;
	if (!trace_fields(&err, EVENT_MCE, s) || !err_has(&err, E_STATUS) ||
		!err_has(&err, E_CPUID)) {
		out_bad(line_now.number, "not a whole mce_record");
		return true;
	}
	drop_empty(&err);
	line_time(&err);
	mca_decode(&err);
	out_err(&err);
	return true;
}

/* "pfn 0x12345: recovery action for free buddy page: Recovered" */
static bool read_memory_failure(struct scan *s)
{
	uint64_t pfn;

	if (SCAN(s, "pfn ") && scan_hex(s, &pfn) && SCAN(s, ": ") &&
		poison_recovery(s, pfn, "memory_failure_event"))
		return true;
	out_bad(line_now.number, "not a memory_failure_event");
	return true;
}

/* " TLP Header={0x4a000001,0xc,0x1000004,0x0}" */
static void put_tlp(struct scan *s, struct err *err)
{
	uint64_t word[4];
	char text[40];
	int n;

	if (!SCAN(s, " TLP Header={"))
		return;
	for (int i = 0; i < 4; i++)
		if ((i && !SCAN(s, ",")) || !scan_hex(s, &word[i]))
			return;
	n = snprintf(text, sizeof(text), "%08x %08x %08x %08x", (unsigned int)word[0],
		(unsigned int)word[1], (unsigned int)word[2], (unsigned int)word[3]);
	err_text(err, E_TLP, text, (size_t)n);
}

/* "0000:00:1c.5 PCIe Bus Error: severity=Corrected, RxErr|BadTLP, TLP Header=..." */
static bool read_aer(struct scan *s)
{
	struct err err;
	const char *bdf, *names;
	size_t len;
	enum sev sev;

	err_clear(&err);
	if (!scan_word(s, &bdf, &len) || !SCAN(s, " PCIe Bus Error: severity=") ||
		!aer_severity(s, &sev)) {
		out_bad(line_now.number, "not an aer_event");
		return true;
	}
	err_word(&err, E_SRC, "aer_event");
	err_set(&err, E_SEV, sev);
	err_set(&err, E_CLASS, CLASS_PCIE);
	err_text(&err, E_BDF, bdf, len);
	if (SCAN(s, ", ") && scan_until(s, ',', &names, &len))
		err_text(&err, E_NAME, names, len);
	put_tlp(s, &err);
	line_time(&err);
	err_advise(&err);
	out_err(&err);
	return true;
}

/* "x pid=1 pid=147 grp=0 res=0": the name of a process may hold such words, numbers do not. */
static bool read_victim(struct scan s, struct err *err)
{
	struct scan rest = s;
	const char *last = NULL;
	uint64_t pid;

	while (SCAN_TO(&rest, " pid="))
		last = rest.p;
	if (!last)
		return false;
	rest.p = last;
	if (!scan_dec(&rest, &pid))
		return false;
	err_set(err, E_PID, pid);
	err_text(err, E_COMM, s.p, (size_t)(last - strlen(" pid=") - s.p));
	return true;
}

/* "sig=7 errno=0 code=4 comm=qemu pid=147 grp=0 res=0": of SIGBUS those about memory errors */
static bool read_signal(struct scan *s)
{
	enum { CODE_AR = 4, CODE_AO = 5 };
	struct err err;
	uint64_t code;

	if (!SCAN(s, "sig=7 ") || !SCAN_TO(s, "code=") || !scan_dec(s, &code) ||
		(code != CODE_AR && code != CODE_AO) || !SCAN(s, " comm="))
		return false;
	err_clear(&err);
	if (!read_victim(*s, &err)) {
		out_bad(line_now.number, "not a signal_generate event");
		return true;
	}
	err_word(&err, E_SRC, "signal_generate");
	err_set(&err, E_SEV, SEV_INFO);
	err_set(&err, E_CLASS, CLASS_SIGNAL);
	err_word(&err, E_SI, code == CODE_AR ? "mceerr_ar" : "mceerr_ao");
	line_time(&err);
	err_advise(&err);
	out_err(&err);
	return true;
}

/* Who reads an event as the kernel prints it, and as rasdaemon(8) does behind a time. */
static const struct {
	const char *name;
	bool (*read)(struct scan *s), (*stamped)(struct scan *s);
} events[] = {
	{"mce_record", read_mce, rasevent_mce},
	{"memory_failure_event", read_memory_failure, rasevent_poison},
	{"aer_event", read_aer, rasevent_aer},
	{"mc_event", trace_mc, trace_mc},
	{"signal_generate", read_signal, read_signal},
	{"arm_event", trace_arm, trace_arm},
	{"non_standard_event", trace_non_standard, trace_non_standard},
	{"extlog_mem_event", trace_extlog, trace_extlog},
	{"cxl_general_media", trace_cxl_media, trace_cxl_media},
	{"cxl_dram", trace_cxl_dram, trace_cxl_dram},
	{"cxl_memory_module", trace_cxl_module, trace_cxl_module},
	{"cxl_generic_event", trace_cxl_generic, trace_cxl_generic},
	{"cxl_poison", trace_cxl_poison, trace_cxl_poison},
	{"cxl_overflow", trace_cxl_overflow, trace_cxl_overflow},
	{"cxl_aer_correctable_error", trace_cxl_correctable, trace_cxl_correctable},
	{"cxl_aer_uncorrectable_error", trace_cxl_uncorrectable, trace_cxl_uncorrectable},
	{"cxl_port_aer_correctable_error", trace_cxl_correctable, trace_cxl_correctable},
	{"cxl_port_aer_uncorrectable_error", trace_cxl_uncorrectable, trace_cxl_uncorrectable},
};

/* The word that ends at P, where it is the name of an event; its number, or ROWS(events). */
static size_t find_event(const char *text, const char *p)
{
	enum { NAME_MAX_LEN = 32 };
	const char *start = p;

	while (start > text && p - start <= NAME_MAX_LEN &&
		(start[-1] == '_' || (start[-1] >= 'a' && start[-1] <= 'z')))
		start--;
	/* "ras:mc_event" is how perf(1) names it. */
	if (start == text || (start[-1] != ' ' && start[-1] != ':'))
		return ROWS(events);
	for (size_t i = 0; i < ROWS(events); i++)
		if (scan_is(start, (size_t)(p - start), events[i].name))
			return i;
	return ROWS(events);
}

/*
 * "CPU:0 [LOST 23 EVENTS]", "CPU:0 [LOST EVENTS]" where the kernel does not know how many
 * (print_trace_line() of kernel/trace/trace.c)
 */
static bool read_lost(struct scan s)
{
	uint64_t cpu, count = 0;

	if (!SCAN(&s, "CPU:") || !scan_dec(&s, &cpu) || !SCAN(&s, " [LOST "))
		return false;
	if (scan_dec(&s, &count) && !SCAN(&s, " "))
		return false;
	if (!SCAN(&s, "EVENTS]") || s.p != s.end)
		return false;
	if (!line_now.missed)
		out_missed("trace", strlen("trace"), count);
	return true;
}

/* The first name of an event in a line, S is then behind it; its number, or ROWS(events). */
static size_t find_name(struct scan *s)
{
	/* Few bytes of a line are colons, and few colons end such a name. */
	for (const char *p = s->p; (p = memchr(p, ':', (size_t)(s->end - p))); p++) {
		size_t i;

		if (s->end - p < 2 || p[1] != ' ' || p == s->p || p[-1] < 'a' || p[-1] > 'z')
			continue;
		i = find_event(s->p, p);
		if (i == ROWS(events))
			continue;
		s->p = p + 2;
		return i;
	}
	return ROWS(events);
}

/* The word at S, as far as it names an event. */
static size_t read_name(struct scan *s)
{
	const char *start = s->p - 1, *word;
	size_t len;

	scan_blanks(s);
	if (!scan_word(s, &word, &len) || word[len - 1] != ':' || !SCAN(s, " "))
		return ROWS(events);
	return find_event(start, word + len - 1);
}

/*
 * Behind the columns that a line has, for the name of a process in front of them may be that of
 * an event, or begin as another reader's line does: whatever has columns is nobody else's.
 */
bool trace_line(const char *text, size_t len)
{
	struct scan s = {text, text + len};
	bool has_columns;
	size_t i = ROWS(events);

	if (len && text[0] == 'C' && read_lost(s))
		return true;
	has_columns = trace_context(&s);
	if (has_columns)
		i = read_name(&s);
	else if (!line_now.traced) /* else half a line: a name may have an end of line */
		i = find_name(&s);
	if (i == ROWS(events))
		return has_columns;
	while (s.end > s.p && s.end[-1] == ' ')
		s.end--;
	return (rasevent_stamp(&s) ? events[i].stamped(&s) : events[i].read(&s)) || has_columns;
}

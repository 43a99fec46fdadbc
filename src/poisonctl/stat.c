/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poisonctl stat - what the kernel counts of bad memory, as records or for Prometheus. */
#include "cli.h"
#include "figures.h"
#include "poisonctl.h"
#include "rec.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static struct root root;
static bool prometheus;
static struct rec_writer record;

static const struct cli_option options[] = {
	{.name = "prometheus",
		.letter = 'p',
		.kind = CLI_FLAG,
		.to = &prometheus,
		.help = "print metrics in Prometheus' text format instead of records"},
	{0},
};

static const struct cli cli = {
	.usage = "[--prometheus]",
	.summary = "Print what the kernel counts of bad memory, and how it is set to deal with it.",
	.options = options,
	.root = &root,
};

static void begin(void)
{
	rec_begin(&record, "stat");
	rec_put_text(&record, "src", "poisonctl");
}

static void send(void)
{
	if (rec_send(&record, stdout) != 0)
		exit(say_output_failed());
}

static void put_figure(const struct figure *figure, uint64_t value)
{
	rec_put_u64(&record, figure->key, value);
}

static void put_metric(const struct figure *figure, uint64_t value)
{
	printf("# HELP %s %s\n# TYPE %s gauge\n%s %" PRIu64 "\n", figure->metric, figure->help,
		figure->metric, figure->metric, value);
}

static bool read_figure(const struct figure *figure, uint64_t *value)
{
	int there = figure_read(&root, figure, value);

	if (there < 0)
		die_errno(STATUS_FAILED, "read /%s", figure->path);
	return there;
}

/* Every kernel that deals with bad memory has the first figure, and others have some of the rest.
 */
static void need_memory_failure(void)
{
	uint64_t value;

	if (!read_figure(&figures[0], &value))
		die(STATUS_UNSUPPORTED,
			"read /%s: no HardwareCorrupted: this kernel does not deal with bad memory",
			figures[0].path);
}

static void put_machine(void (*put)(const struct figure *figure, uint64_t value))
{
	uint64_t value;

	for (size_t i = 0; i < figures_n; i++)
		if (read_figure(&figures[i], &value))
			put(&figures[i], value);
}

static void send_node(const struct node_counts *counts, void *context)
{
	(void)context;
	begin();
	rec_put_u64(&record, "node", counts->node);
	for (size_t i = 0; i < OUTCOMES; i++)
		rec_put_u64(&record, figures_outcome[i], counts->pages[i]);
	send();
}

/* The total is the sum of all others, which who reads metrics can make. */
static void print_node_metrics(const struct node_counts *counts, void *context)
{
	bool *begun = context;

	if (!*begun)
		puts("# HELP mempatrol_memory_failure_pages_total Pages that the kernel found bad, "
		     "by what became of them.\n"
		     "# TYPE mempatrol_memory_failure_pages_total counter");
	*begun = true;
	for (size_t i = 1; i < OUTCOMES; i++)
		printf("mempatrol_memory_failure_pages_total{node=\"%u\",result=\"%s\"} %" PRIu64
		       "\n",
			counts->node, figures_outcome[i], counts->pages[i]);
}

static void put_nodes(void (*take)(const struct node_counts *counts, void *context))
{
	bool begun = false;

	if (figures_by_node(&root, take, &begun) != 0)
		die_errno(STATUS_FAILED, "read /sys/devices/system/node");
}

static void print_records(void)
{
	begin();
	put_machine(put_figure);
	send();
	put_nodes(send_node);
	rec_begin(&record, "done");
	rec_put_text(&record, "src", "poisonctl");
	rec_put_text(&record, "scope", "stat");
	rec_put_u64(&record, "skipped", 0);
	send();
}

static void print_metrics(void)
{
	put_machine(put_metric);
	put_nodes(print_node_metrics);
}

enum status poisonctl_stat(int argc, char **argv)
{
	cli_no_operands(cli_parse(&cli, argc, argv), argc, argv);
	need_memory_failure();
	if (prometheus)
		print_metrics();
	else
		print_records();
	return STATUS_DONE;
}

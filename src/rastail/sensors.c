/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sensors - EDAC's counters of errors, and the temperatures of memory modules.
 *
 * Neither wakes who waits for them (Documentation/admin-guide/RAS/main.rst,
 * Documentation/hwmon/sysfs-interface.rst), so a timer does.
 */
#include "counters.h"
#include "outlet.h"
#include "wallclock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A controller's sums too: some drivers cannot tell the module. */
static const char *const edac_files[] = {
	"sys/devices/system/edac/mc/mc*/[cu]e_count",
	"sys/devices/system/edac/mc/mc*/[cu]e_noinfo_count",
	"sys/devices/system/edac/mc/mc*/dimm*/dimm_[cu]e_count",
	"sys/devices/system/edac/mc/mc*/rank*/dimm_[cu]e_count",
	NULL,
};

static const char *const hwmon_files[] = {
	"sys/class/hwmon/hwmon*/temp*_input",
	"sys/class/hwmon/hwmon*/temp*_alarm",
	NULL,
};

/* The drivers of sensors that sit on memory modules: DDR3 and DDR4, DDR5. */
static const char *const dimm_drivers[] = {"jc42", "spd5118", NULL};

/* The file FILE beside PATH, without its LF; "" when there is none. */
static void read_beside(
	const struct root *root, const char *path, const char *file, char *out, size_t size)
{
	const char *slash = strrchr(path, '/');

	if (!slash || root_read(root, out, size, "%.*s/%s", (int)(slash - path), path, file) < 0)
		*out = '\0';
	out[strcspn(out, "\n")] = '\0';
}

static bool is_on_dimm(const struct root *root, const char *path)
{
	char driver[64];

	read_beside(root, path, "name", driver, sizeof(driver));
	for (const char *const *name = dimm_drivers; *name; name++)
		if (strcmp(driver, *name) == 0)
			return true;
	return false;
}

static void report(const char *src, const struct counter *counter, bool is_new)
{
	char text[512], label[64];
	int len = snprintf(text, sizeof(text), "/%s:%s", counter->path, counter->value);

	/* The first reading tells what was before; a count of 0 is no event. */
	if (is_new && (!source_wishes.since_boot || strcmp(counter->value, "0") == 0))
		return;
	read_beside(&source_wishes.root, counter->path, "dimm_label", label, sizeof(label));
	outlet_raw(&(struct raw){
		.t = wallclock_now(),
		.src = src,
		.text = text,
		.len = len < (int)sizeof(text) ? (size_t)len : sizeof(text) - 1,
		.cut = len >= (int)sizeof(text),
		.was = is_new ? NULL : counter->was,
		.dimm = *label ? label : NULL,
	});
}

static void edac_changed(const struct counter *counter, bool is_new)
{
	report("edac", counter, is_new);
}

static void hwmon_changed(const struct counter *counter, bool is_new)
{
	report("hwmon", counter, is_new);
}

static struct counters edac = {.changed = edac_changed};
static struct counters hwmon = {.changed = hwmon_changed, .accepts = is_on_dimm};

/* None at all means that their driver is not loaded, or no longer. */
static int read_all(struct source *source, struct counters *counters, const char *const *patterns)
{
	ssize_t count = 0;

	for (; *patterns; patterns++) {
		ssize_t n = counters_read(counters, &source_wishes.root, *patterns);

		if (n < 0)
			return source_fail(
				source, "gone", errno, "read counters of %s", source_name(source));
		count += n;
	}
	source->wake_ns = clock_mono_ns() + source_wishes.interval_ns;
	return count ? 0
		     : source_fail(
			       source, "gone", ENOENT, "read counters of %s", source_name(source));
}

static int edac_read(struct source *source)
{
	return read_all(source, &edac, edac_files);
}

static int hwmon_read(struct source *source)
{
	return read_all(source, &hwmon, hwmon_files);
}

static void close_nothing(struct source *source)
{
	(void)source;
}

const struct source_kind source_edac = {
	.name = "edac", .open = edac_read, .wake = edac_read, .close = close_nothing};

const struct source_kind source_hwmon = {
	.name = "hwmon", .open = hwmon_read, .wake = hwmon_read, .close = close_nothing};

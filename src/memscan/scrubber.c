/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scrubber.h"
#include "num.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char controllers[] = "sys/devices/system/edac/mc";
static const char features[] = "sys/bus/edac/devices";

/* The files, and whether they are hexadecimal (EDAC_SCRUB_ATTR_SHOW in drivers/edac/scrub.c). */
static const struct {
	const char *file;
	bool hexadecimal;
} controls[SCRUBBER_CONTROLS] = {
	[SCRUBBER_RATE] = {"sdram_scrub_rate", false},
	[SCRUBBER_BACKGROUND] = {"enable_background", false},
	[SCRUBBER_CYCLE] = {"current_cycle_duration", false},
	[SCRUBBER_CYCLE_MIN] = {"min_cycle_duration", false},
	[SCRUBBER_CYCLE_MAX] = {"max_cycle_duration", false},
	[SCRUBBER_ADDR] = {"addr", true},
	[SCRUBBER_SIZE] = {"size", true},
};

/* --- Finding them --- */

static int add(struct scrubbers *all, const char *folder, const char *name)
{
	struct scrubber *grown = reallocarray(all->scrubber, all->n + 1, sizeof(*grown));

	if (!grown)
		return -1;
	all->scrubber = grown;
	grown[all->n] = (struct scrubber){.folder = folder};
	if ((size_t)snprintf(grown[all->n].name, SCRUBBER_NAME, "%s", name) >= SCRUBBER_NAME) {
		errno = ENAMETOOLONG;
		return -1;
	}
	all->n++;
	return 0;
}

static bool has_number(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return !strncmp(name, prefix, len) && name[len] &&
	       name[len + strspn(name + len, "0123456789")] == '\0';
}

static int is_controller(const struct dirent *entry)
{
	return has_number(entry->d_name, "mc");
}

static int is_feature(const struct dirent *entry)
{
	return has_number(entry->d_name, "scrub");
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/*
 * Call TAKE for each entry of FOLDER, or of FOLDER/DEVICE, that FILTER lets through, mc9 before
 * mc10.  A folder that is not there is empty.
 */
static int each(struct scrubbers *all, const struct root *root, const char *folder,
	const char *device, int (*filter)(const struct dirent *),
	int (*take)(struct scrubbers *all, const struct root *root, const char *device,
		const char *name))
{
	struct dirent **entries;
	int fd = root_openat(root, O_RDONLY | O_DIRECTORY, "%s/%s", folder, device);
	int result = 0, n;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	n = scandirat(fd, ".", &entries, filter, versionsort);
	close(fd);
	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		if (result == 0)
			result = take(all, root, device, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return result;
}

static int take_controller(
	struct scrubbers *all, const struct root *root, const char *device, const char *name)
{
	int fd = root_openat(
		root, O_PATH, "%s/%s/%s", controllers, name, controls[SCRUBBER_RATE].file);

	(void)device;
	if (fd < 0)
		return errno == ENOENT ? 0 : -1; /* its driver cannot set a rate */
	close(fd);
	return add(all, controllers, name);
}

static int take_feature(
	struct scrubbers *all, const struct root *root, const char *device, const char *name)
{
	char path[SCRUBBER_NAME + 16];

	(void)root;
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", device, name) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return add(all, features, path);
}

static int take_device(
	struct scrubbers *all, const struct root *root, const char *device, const char *name)
{
	(void)device;
	return each(all, root, features, name, is_feature, take_feature);
}

int scrubbers_find(struct scrubbers *scrubbers, const struct root *root)
{
	*scrubbers = (struct scrubbers){0};
	if (each(scrubbers, root, controllers, ".", is_controller, take_controller) == 0 &&
		each(scrubbers, root, features, ".", is_visible, take_device) == 0)
		return 0;

	int error = errno;

	scrubbers_free(scrubbers);
	errno = error;
	return -1;
}

void scrubbers_free(struct scrubbers *scrubbers)
{
	free(scrubbers->scrubber);
	*scrubbers = (struct scrubbers){0};
}

/* --- Their controls --- */

int scrubber_read(const struct root *root, const struct scrubber *scrubber,
	enum scrubber_control control, uint64_t *out)
{
	char text[64];
	ssize_t len = root_read(root, text, sizeof(text), "%s/%s/%s", scrubber->folder,
		scrubber->name, controls[control].file);
	const char *why;

	if (len < 0)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	errno = EOPNOTSUPP;
	if (!strcmp(text, "-1"))
		return -1;
	errno = EBADMSG;
	if (controls[control].hexadecimal)
		why = num_address(text, out);
	else
		why = num_count(text, 0, UINT64_MAX, out);
	return why ? -1 : 0;
}

int scrubber_write(const struct root *root, const struct scrubber *scrubber,
	enum scrubber_control control, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text),
		controls[control].hexadecimal ? "0x%" PRIx64 "\n" : "%" PRIu64 "\n", value);
	return root_write(
		root, text, "%s/%s/%s", scrubber->folder, scrubber->name, controls[control].file);
}

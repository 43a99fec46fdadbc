/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binary - standard input as records of bytes. */
#include "binary.h"
#include "formats.h"
#include "output.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

enum { RECORD_MAX = 1 << 16 };

static struct {
	size_t start, end;
	bool at_end;
	unsigned char bytes[2 * RECORD_MAX];
} in;

/* Have WANTED bytes in the buffer; how many there are, or -1. */
static ssize_t need(size_t wanted)
{
	while (in.end - in.start < wanted && !in.at_end) {
		ssize_t n;

		memmove(in.bytes, in.bytes + in.start, in.end - in.start);
		in.end -= in.start;
		in.start = 0;
		n = read(STDIN_FILENO, in.bytes + in.end, sizeof(in.bytes) - in.end);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		in.end += (size_t)n;
		in.at_end = n == 0;
	}
	return (ssize_t)(in.end - in.start);
}

static enum status failed(const char *why)
{
	if (why)
		say("read standard input: %s", why);
	else
		say_errno("read standard input");
	return STATUS_FAILED;
}

enum status binary_run_mce(void)
{
	ssize_t have = need(RECORD_MAX);
	size_t len;

	output_unit = "record";
	if (have < 0)
		return failed(NULL);
	if (have == 0)
		return STATUS_DONE;
	len = binary_mce_length(in.bytes + in.start, (size_t)have, in.at_end);
	if (!len)
		return failed("no struct mce of a length that is known");
	while ((have = need(len)) > 0 && (size_t)have >= len) {
		line_now.number++;
		binary_mce(in.bytes + in.start, len);
		in.start += len;
	}
	out_flush();
	if (have)
		return failed(have < 0 ? NULL : "last record is cut short");
	return output_status();
}

/* Tables in memory are longer than what is in them. */
static bool rest_is_empty(void)
{
	ssize_t have;

	while ((have = need(1)) > 0) {
		for (; in.start < in.end; in.start++)
			if (in.bytes[in.start])
				return false;
	}
	return have == 0;
}

enum status binary_run_cper(void)
{
	ssize_t have;

	output_unit = "record";
	while ((have = need(CPER_HEADER_MIN)) > 0) {
		size_t len = cper_length(in.bytes + in.start, (size_t)have);

		if (!len && line_now.number && rest_is_empty())
			break;
		if (!len || len > RECORD_MAX)
			return failed("neither a CPER record nor a status block");
		have = need(len);
		if (have < 0 || (size_t)have < len)
			return failed(have < 0 ? NULL : "last record is cut short");
		line_now.number++;
		cper_record(in.bytes + in.start, len);
		in.start += len;
	}
	out_flush();
	return have < 0 ? failed(NULL) : output_status();
}

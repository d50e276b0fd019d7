// SPDX-License-Identifier: GPL-2.0-only
/* util.c - messages, exit codes, colour and human units */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

const char *verb_name;

void complain(const char *format, ...)
{
	va_list args;

	/* What was said on standard output comes first, in a shared terminal too. */
	fflush(stdout);
	fprintf(stderr, "mmscope%s%s: ", verb_name ? " " : "",
		verb_name ? verb_name : "");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static void *must(void *memory)
{
	if (!memory) {
		complain("out of memory");
		exit(STATUS_TROUBLE);
	}
	return memory;
}

void *must_calloc(size_t count, size_t size)
{
	return must(calloc(count, size));
}

void *must_realloc(void *old, size_t size)
{
	return must(realloc(old, size));
}

char *must_format(const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	return must(length < 0 ? NULL : text);
}

char *read_whole(const char *path, size_t *length)
{
	size_t size = 0, room = 4096, more;
	FILE *file = fopen(path, "re");
	char *text;
	int error;

	if (!file)
		return NULL;
	text = must_calloc(1, room);
	while ((more = fread(text + size, 1, room - size - 1, file)) > 0) {
		size += more;
		if (size == room - 1)
			text = must_realloc(text, room *= 2);
	}
	error = ferror(file) ? errno : 0;
	fclose(file);
	if (error) {
		free(text);
		errno = error;
		return NULL;
	}
	text[size] = '\0';
	if (length)
		*length = size;
	return text;
}

bool may_colour(FILE *stream)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(stream)) && !(no && *no) &&
	       !(term && !strcmp(term, "dumb"));
}

void print_heading(const char *format, ...)
{
	bool bold = may_colour(stdout);
	va_list args;

	fputs(bold ? "\n\033[1m" : "\n", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fputs(bold ? "\033[0m\n" : "\n", stdout);
}

/* Three digits of value / unit. */
static const char *human(char buf[HUMAN_SIZE], uint64_t value, uint64_t unit,
			 const char *name)
{
	double scaled = (double)value / unit;

	snprintf(buf, HUMAN_SIZE, "%.*f %s",
		 scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0, scaled, name);
	return buf;
}

const char *human_ns(char buf[HUMAN_SIZE], uint64_t ns)
{
	/* What would be rounded to 1000 is 1.00 of the next unit. */
	if (ns >= 999500000)
		return human(buf, ns, 1000000000, "s");
	if (ns >= 999500)
		return human(buf, ns, 1000000, "ms");
	if (ns >= 1000)
		return human(buf, ns, 1000, "us");
	snprintf(buf, HUMAN_SIZE, "%d ns", (int)ns);
	return buf;
}

const char *human_bytes(char buf[HUMAN_SIZE], uint64_t bytes)
{
	if (bytes >= (1ULL << 30) - (1ULL << 19))
		return human(buf, bytes, 1ULL << 30, "GiB");
	if (bytes >= 10ULL << 20)
		return human(buf, bytes, 1ULL << 20, "MiB");
	snprintf(buf, HUMAN_SIZE, "%d KiB", (int)((bytes + 1023) / 1024));
	return buf;
}

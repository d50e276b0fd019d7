// SPDX-License-Identifier: GPL-2.0-only
/*
 * say.c - what a verb did, as lines of key=value
 */
#include "workload.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void say(const char *format, ...)
{
	char line[1024];
	va_list list;
	int len;

	va_start(list, format);
	len = vsnprintf(line, sizeof(line) - 1, format, list);
	va_end(list);
	if (len < 0 || len >= (int)sizeof(line) - 1)
		die_usage("a line of truth is too long");
	line[len++] = '\n';
	if (write(STDOUT_FILENO, line, len) != len)
		die("write to standard output");
}

void die(const char *format, ...)
{
	int error = errno;
	va_list list;

	fputs("mm-workload: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, ": %s\n", strerror(error));
	exit(1);
}

void die_usage(const char *format, ...)
{
	va_list list;

	fputs("mm-workload: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputs("; `mm-workload help` lists the verbs\n", stderr);
	exit(2);
}

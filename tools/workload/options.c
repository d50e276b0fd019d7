// SPDX-License-Identifier: GPL-2.0-only
/*
 * options.c - a verb's options, all of which are numbers
 */
#include "workload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

long number_in(const char *name, const char *text, long min, long max)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *end)
		die_usage("%s: '%s' is no number", name, text);
	if (value < min || value > max)
		die_usage("%s: %ld is not within %ld to %ld", name, value, min,
			  max);
	return value;
}

static const struct number *find_number(const struct number *wanted,
					const char *name)
{
	for (; wanted && wanted->name; wanted++)
		if (!strcmp(wanted->name, name))
			return wanted;
	return NULL;
}

int take_numbers(int argc, char **argv, const struct number *wanted, int words)
{
	const struct number *number;
	int at = 1;

	while (at < argc && !strncmp(argv[at], "--", 2)) {
		number = find_number(wanted, argv[at] + 2);
		if (!number)
			die_usage("%s: unknown option %s", argv[0], argv[at]);
		if (at + 1 == argc)
			die_usage("%s: %s wants a number", argv[0], argv[at]);
		*number->value = number_in(argv[at], argv[at + 1], number->min,
					   number->max);
		at += 2;
	}
	if (argc - at != words)
		die_usage("%s: %d words after the options, wanted %d", argv[0],
			  argc - at, words);
	return at;
}

// SPDX-License-Identifier: GPL-2.0-only
/* evidence.c - what speaks for a row, and what against it */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "selftest.h"

static char *format_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		text = must_format("%s", format);
	return text;
}

/* The first word on a matter counts: what follows may only follow from it. */
static void set_once(char **text, const char *format, va_list args)
{
	if (!*text)
		*text = format_text(format, args);
}

bool expect(struct test *test, bool as_it_must_be, const char *format, ...)
{
	va_list args;

	if (as_it_must_be)
		return true;
	va_start(args, format);
	set_once(&test->failure, format, args);
	va_end(args);
	return false;
}

static struct evidence *add_evidence(struct test *test)
{
	test->evidence = must_realloc(
		test->evidence, (test->pieces + 1) * sizeof(*test->evidence));
	memset(&test->evidence[test->pieces], 0, sizeof(*test->evidence));
	return &test->evidence[test->pieces++];
}

void show(struct test *test, const struct mmscope_record *record,
	  const char *format, ...)
{
	struct evidence *piece;
	va_list args;

	if (!record)
		return;
	piece = add_evidence(test);
	piece->record = *record;
	va_start(args, format);
	piece->shows = format_text(format, args);
	va_end(args);
}

void witness(struct test *test, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_evidence(test)->shows = format_text(format, args);
	va_end(args);
}

void differs(struct test *test, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_once(&test->difference, format, args);
	va_end(args);
}

void is_not_so_here(struct test *test, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_once(&test->not_here, format, args);
	va_end(args);
}

enum outcome skip_row(struct test *test, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_once(&test->skipped, format, args);
	va_end(args);
	return DONE;
}

enum outcome again(struct test *test, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_once(&test->failure, format, args);
	va_end(args);
	return AGAIN;
}

void test_clear(struct test *test)
{
	size_t i;

	for (i = 0; i < test->pieces; i++)
		free(test->evidence[i].shows);
	free(test->evidence);
	free(test->failure);
	free(test->difference);
	free(test->not_here);
	free(test->skipped);
	test->evidence = NULL;
	test->pieces = 0;
	test->failure = NULL;
	test->difference = NULL;
	test->not_here = NULL;
	test->skipped = NULL;
	test->count = 0;
}

void test_forget(struct test *test)
{
	test_clear(test);
	free(test->records);
	memset(test, 0, sizeof(*test));
}

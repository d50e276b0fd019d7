// SPDX-License-Identifier: GPL-2.0-only
/* findings.c - what a check has found, and the machine's files that it looks at */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "doctor/findings.h"

static void say(struct doctor *doctor, const char *check, const char *status,
		const char *format, va_list args)
{
	char *note;

	if (vasprintf(&note, format, args) < 0)
		note = NULL;
	row_begin(&doctor->rows);
	row_text(&doctor->rows, "check", "%s", check);
	row_text(&doctor->rows, "status", "%s", status);
	row_text(&doctor->rows, "note", "%s", note ? note : "");
	free(note);
}

void doctor_say(struct doctor *doctor, const char *check, bool fine,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(doctor, check, fine ? "ok" : "problem", format, args);
	va_end(args);
	doctor->problems += !fine;
}

void doctor_unknown(struct doctor *doctor, const char *check,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(doctor, check, "unknown", format, args);
	va_end(args);
}

const char *doctor_advice(int error)
{
	return error == EACCES || error == EPERM ? " (run it with sudo)" : "";
}

char *doctor_file(const struct doctor *doctor, const char *name)
{
	char *path = must_format("%s%s", doctor->root, name);
	char *text = read_whole(path, NULL);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	free(path);
	return text;
}

bool doctor_has(const struct doctor *doctor, const char *name)
{
	char *path = must_format("%s%s", doctor->root, name);
	bool has = !access(path, F_OK);

	free(path);
	return has;
}

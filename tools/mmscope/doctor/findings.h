/* SPDX-License-Identifier: GPL-2.0-only */
/* findings.h - what the checks of `mmscope doctor` have found */
#ifndef MMSCOPE_FINDINGS_H
#define MMSCOPE_FINDINGS_H

#include <stdbool.h>

#include "rows/rows.h"

/**
 * struct doctor - a visit
 * @root: the machine's root directory, "" for this one
 * @release: of the kernel that runs
 * @problems: found so far
 */
struct doctor {
	const char *root;
	const char *release;
	struct rows rows;
	unsigned int problems;
};

/* One check's row: its note says what to do, or that all is well. */
void doctor_say(struct doctor *doctor, const char *check, bool fine,
		const char *format, ...) __attribute__((format(printf, 4, 5)));
/* What cannot be seen here is neither: the note says why. */
void doctor_unknown(struct doctor *doctor, const char *check,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A file of the machine up to its first newline, to be freed; NULL if there is none. */
char *doctor_file(const struct doctor *doctor, const char *name);
bool doctor_has(const struct doctor *doctor, const char *name);
/* What to do about an error of a file that could not be read; may be empty. */
const char *doctor_advice(int error);

#endif /* MMSCOPE_FINDINGS_H */

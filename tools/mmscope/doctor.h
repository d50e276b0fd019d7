/* SPDX-License-Identifier: GPL-2.0-only */
/* doctor.h - the checks of `mmscope doctor`, on any tree that looks like / */
#ifndef MMSCOPE_DOCTOR_H
#define MMSCOPE_DOCTOR_H

#include <stdbool.h>

#include "table.h"

/**
 * struct doctor - a visit
 * @root: the machine's root directory, "" for this one
 * @release: of the kernel that runs
 * @problems: found so far
 */
struct doctor {
	const char *root;
	const char *release;
	struct table table;
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

/* Whether the module is loaded or can be: installed, built for this kernel, signed. */
void doctor_check_module(struct doctor *doctor);

/* Prints what it finds; returns STATUS_OK or STATUS_TROUBLE. */
int doctor_run(struct doctor *doctor, bool is_root, bool json);

#endif /* MMSCOPE_DOCTOR_H */

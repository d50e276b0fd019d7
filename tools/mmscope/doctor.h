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

/* Prints what it finds; returns STATUS_OK or STATUS_TROUBLE. */
int doctor_run(struct doctor *doctor, bool is_root, bool json);

#endif /* MMSCOPE_DOCTOR_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* doctor.h - `mmscope doctor`, on any tree that looks like / */
#ifndef MMSCOPE_DOCTOR_H
#define MMSCOPE_DOCTOR_H

#include <stdbool.h>

#include "doctor/findings.h"

extern const struct row_type doctor_type;

/* Prints what it finds; returns STATUS_OK or STATUS_TROUBLE. */
int doctor_run(struct doctor *doctor, bool is_root, bool json);

#endif /* MMSCOPE_DOCTOR_H */

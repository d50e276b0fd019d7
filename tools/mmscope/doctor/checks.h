/* SPDX-License-Identifier: GPL-2.0-only */
/* checks.h - the checks of `mmscope doctor` */
#ifndef MMSCOPE_CHECKS_H
#define MMSCOPE_CHECKS_H

#include "doctor/findings.h"

/* Whether the kernel has what the module needs, and has it switched on. */
void doctor_check_kernel(struct doctor *doctor);
/* Whether the module is loaded or can be: installed, built for this kernel, signed. */
void doctor_check_module(struct doctor *doctor);
/* Of the module that is loaded. */
void doctor_check_loaded(struct doctor *doctor);

#endif /* MMSCOPE_CHECKS_H */

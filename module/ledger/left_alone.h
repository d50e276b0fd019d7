/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * left_alone.h - what the ledger does not look at, and why
 */
#ifndef MMSCOPE_LEFT_ALONE_H
#define MMSCOPE_LEFT_ALONE_H

#include <linux/types.h>

/**
 * struct mmscope_left_alone - something that the ledger does not look at
 * @what: a module, a function, or a word of a parameter
 * @why: the reason, and what can be done about it
 */
struct mmscope_left_alone {
	char what[64];
	char why[128];
};

__printf(2, 3) void mmscope_leave_alone(const char *what, const char *why, ...);
const struct mmscope_left_alone *mmscope_left_alone(unsigned int n);
unsigned int mmscope_nr_left_alone(void);
void mmscope_left_alone_clear(void);

#endif /* MMSCOPE_LEFT_ALONE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * checked.h - records of moments at which an mm is there, and its counters with it
 *
 * The ledger compares the counters with its sums first, whether the record is wanted
 * or not. Off, it costs one patched-out jump.
 */
#ifndef MMSCOPE_CHECKED_H
#define MMSCOPE_CHECKED_H

#include "emit/emit.h"
#include "ledger/accounts.h"

/* As mmscope_emit_by(), and so on. @mm_ is one expression, evaluated once. */
#define mmscope_emit_checked_by(moment_, task_, type_, how_, mm_, ...) \
	do {                                                           \
		struct mmscope_mm *checked_ = (mm_);                   \
                                                                       \
		mmscope_ledger_check(checked_, MMSCOPE_TYPE_##type_);  \
		mmscope_emit_by(moment_, task_, type_, how_, checked_, \
				__VA_ARGS__);                          \
	} while (0)

#define mmscope_emit_checked_at(moment_, ...) \
	mmscope_emit_checked_by(moment_, current, __VA_ARGS__)

#define mmscope_emit_checked(...)                                 \
	do {                                                      \
		struct mmscope_moment moment_ = mmscope_moment(); \
                                                                  \
		mmscope_emit_checked_at(moment_, __VA_ARGS__);    \
	} while (0)

#endif /* MMSCOPE_CHECKED_H */

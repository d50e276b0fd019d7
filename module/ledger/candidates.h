/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * candidates.h - functions that look as if they changed mm_users or mm_count
 */
#ifndef MMSCOPE_CANDIDATES_H
#define MMSCOPE_CANDIDATES_H

#include <linux/types.h>

#include "base/text.h"

void mmscope_candidates_free(void);

extern const struct mmscope_text mmscope_candidates_text;

#endif /* MMSCOPE_CANDIDATES_H */

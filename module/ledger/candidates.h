/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * candidates.h - functions that look as if they changed mm_users or mm_count
 */
#ifndef MMSCOPE_CANDIDATES_H
#define MMSCOPE_CANDIDATES_H

#include <linux/types.h>

void mmscope_candidates_free(void);

#endif /* MMSCOPE_CANDIDATES_H */

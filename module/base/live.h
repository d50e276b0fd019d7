/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live.h - whether the module may be used
 */
#ifndef MMSCOPE_LIVE_H
#define MMSCOPE_LIVE_H

#include <linux/types.h>

bool mmscope_is_live(void);
void mmscope_set_live(void);
int mmscope_may_open(void);

#endif /* MMSCOPE_LIVE_H */

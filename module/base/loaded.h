/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loaded.h - debugfs files and tracepoints are refused (-EAGAIN) until loading has
 * succeeded
 */
#ifndef MMSCOPE_LOADED_H
#define MMSCOPE_LOADED_H

#include <linux/types.h>

bool mmscope_is_live(void);
void mmscope_set_live(void);
int mmscope_may_open(void);

#endif /* MMSCOPE_LOADED_H */

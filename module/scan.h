/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scan.h - the address spaces that were there before
 */
#ifndef MMSCOPE_SCAN_H
#define MMSCOPE_SCAN_H

#include <linux/types.h>

void mmscope_scan(bool say);
void mmscope_scan_tasks_of(u32 *tasks);

#endif /* MMSCOPE_SCAN_H */

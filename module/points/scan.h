/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scan.h - the address spaces that were there before
 */
#ifndef MMSCOPE_SCAN_H
#define MMSCOPE_SCAN_H

void mmscope_scan(void);
unsigned long mmscope_scan_unsaid(void);

#endif /* MMSCOPE_SCAN_H */

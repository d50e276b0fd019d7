/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scan.h - the tasks there are, and the address spaces that were there before
 */
#ifndef MMSCOPE_SCAN_H
#define MMSCOPE_SCAN_H

#include <linux/types.h>

struct task_struct;

struct task_struct *mmscope_task_from(pid_t *pid);
void mmscope_each_task(void (*look)(struct task_struct *task, void *data),
		       void *data);
void mmscope_scan(void);
unsigned long mmscope_scan_unsaid(void);

#endif /* MMSCOPE_SCAN_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tasks.h - the tasks there are, one after the other
 */
#ifndef MMSCOPE_TASKS_H
#define MMSCOPE_TASKS_H

#include <linux/types.h>

struct task_struct;

/* Tasks that are looked at before others get the CPU. */
#define MMSCOPE_TASKS_PIECE 256

struct task_struct *mmscope_task_from(pid_t *pid);
void mmscope_each_task(void (*look)(struct task_struct *task, void *data),
		       void *data);

#endif /* MMSCOPE_TASKS_H */

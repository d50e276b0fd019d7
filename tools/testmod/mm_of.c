// SPDX-License-Identifier: GPL-2.0-only
/*
 * mm_of.c - the mm of a process that a test names
 */
#include "mmscope_test.h"

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

struct mm_struct *test_mm_of(const char *text, int *pid)
{
	struct task_struct *task;
	struct mm_struct *mm;
	struct pid *found;
	int error;

	error = kstrtoint(text, 10, pid);
	if (error)
		return ERR_PTR(error);
	found = find_get_pid(*pid);
	task = get_pid_task(found, PIDTYPE_PID);
	put_pid(found);
	if (!task)
		return ERR_PTR(-ESRCH);
	mm = get_task_mm(task);
	put_task_struct(task);
	return mm ? mm : ERR_PTR(-EINVAL);
}

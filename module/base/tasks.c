// SPDX-License-Identifier: GPL-2.0-only
/*
 * tasks.c - the tasks there are, one after the other
 */
#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "base/tasks.h"

/**
 * mmscope_task_from() - the next task by pid
 * @pid: in the initial pid namespace, where to begin; gets the task's
 *
 * As find_ge_pid(), which modules do not get. Who goes from pid to pid meets each task
 * that lives as long as the walk, threads too, and may stop anywhere: no list
 * is walked that would have to be held.
 *
 * Context: under rcu_read_lock().
 * Return: the task, or NULL if there is none from that pid on.
 */
struct task_struct *mmscope_task_from(pid_t *pid)
{
	struct task_struct *task;
	struct pid *next;

	while ((next = idr_get_next(&init_pid_ns.idr, pid))) {
		task = pid_task(next, PIDTYPE_PID);
		if (task)
			return task;
		++*pid;
	}
	return NULL;
}

/**
 * mmscope_each_task() - look at all tasks, in pieces
 * @look: is called for each, under rcu_read_lock()
 * @data: handed on to @look
 *
 * Context: may sleep.
 */
void mmscope_each_task(void (*look)(struct task_struct *task, void *data),
		       void *data)
{
	struct task_struct *task;
	unsigned int n;
	pid_t pid = 1;

	do {
		rcu_read_lock();
		for (n = 0; n < MMSCOPE_TASKS_PIECE; n++, pid++) {
			task = mmscope_task_from(&pid);
			if (!task)
				break;
			look(task, data);
		}
		rcu_read_unlock();
		cond_resched();
	} while (n == MMSCOPE_TASKS_PIECE);
}

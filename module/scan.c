// SPDX-License-Identifier: GPL-2.0-only
/*
 * scan.c - the address spaces that were there before
 *
 * Recording is attached already when this looks at the tasks: an mm that is
 * born meanwhile is seen at its birth, one that dies at its death, and every
 * other one here.
 */
#include <linux/mm.h>
#include <linux/sched/task.h>

#include "compat.h"
#include "emit.h"
#include "filter.h"
#include "scan.h"

/*
 * A task's mm can neither be given up nor freed while the task is locked:
 * exit_mm() and exec_mmap() change task->mm under the same lock, and give up
 * the old one after it.
 */
static void scan_task(struct task_struct *task, bool say)
{
	struct mmscope_mm *mm;
	bool known;

	task_lock(task);
	if (!task->mm)
		goto out;
	known = mmscope_mm_find(task->mm);
	mm = mmscope_mm_find_or_add(task->mm);
	if (!mm || (known && task != task->group_leader))
		goto out;
	if (!mm->pid)
		mmscope_mm_set_owner(mm, task->group_leader);
	if (mmscope_filter_follows(task->pid))
		set_bit(MMSCOPE_MM_FOLLOWED, &mm->flags);
	if (!say)
		goto out;
	preempt_disable();
	mmscope_emit_name_of(task->group_leader, mm);
	mmscope_emit(mm_birth, MMSCOPE_HOW_found, mm, .parent_mm = mm->parent,
		     .owner = mm->pid,
		     .users = atomic_read(&task->mm->mm_users),
		     .count = atomic_read(&task->mm->mm_count));
	preempt_enable();
out:
	task_unlock(task);
}

/**
 * mmscope_scan() - find every mm that a task has
 * @say: record each as an mm_birth with how=found, once for each process that
 *	uses it
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_scan(bool say)
{
	struct task_struct *process, *task;

	rcu_read_lock();
	mmscope_for_each_task(process, task)
		scan_task(task, say);
	rcu_read_unlock();
}

/**
 * mmscope_scan_tasks_of() - count the tasks that have a share of each mm_users
 * @tasks: one counter for each slot of the table
 *
 * Context: any that may take the RCU read lock.
 */
void mmscope_scan_tasks_of(u32 *tasks)
{
	struct task_struct *process, *task;
	struct mm_struct *mm;
	struct mmscope_mm *entry;

	rcu_read_lock();
	mmscope_for_each_task(process, task) {
		/* One inside kthread_use_mm() has an mm, but no share of it. */
		mm = task->flags & PF_KTHREAD ? NULL : READ_ONCE(task->mm);
		entry = mm ? mmscope_mm_find(mm) : NULL;
		if (entry)
			tasks[entry - mmscope_mm_entries]++;
	}
	rcu_read_unlock();
}

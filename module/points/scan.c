// SPDX-License-Identifier: GPL-2.0-only
/*
 * scan.c - the address spaces that were there before
 *
 * Recording is attached already when this looks at the tasks: an mm that is
 * born meanwhile is seen at its birth, one that dies at its death, and every
 * other one here.
 */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>

#include "base/recording.h"
#include "base/tasks.h"
#include "emit/emit.h"
#include "points/scan.h"
#include "record/ring.h"
#include "table/filter.h"
#include "table/mm_table.h"

/* How often, a tenth of a millisecond apart. */
#define SCAN_TRIES 1000

/**
 * struct scan - an announcement of what was there before
 * @pid: where to go on
 * @tries: how often that task has been looked at in vain
 * @room: mm's for which there is room on this CPU
 * @silent: there is room nowhere: each is told before the first record about it
 * @done: all tasks have been looked at
 */
struct scan {
	pid_t pid;
	unsigned int tries;
	unsigned long room;
	bool silent;
	bool done;
};

/* Mm's that the last announcement had no room for. */
static unsigned long unsaid;

/* With preemption off, and the task locked. */
static void scan_say(struct scan *scan, struct task_struct *task,
		     struct mmscope_mm *mm)
{
	if (scan->silent) {
		set_bit(MMSCOPE_MM_UNSAID, &mm->flags);
		unsaid++;
		return;
	}
	if (scan->room)
		scan->room--;
	clear_bit(MMSCOPE_MM_UNSAID, &mm->flags);
	mmscope_emit_name_of(task->group_leader, mm);
	mmscope_emit(mm_birth, MMSCOPE_HOW_found, mm, .parent_mm = mm->parent,
		     .owner = mm->pid,
		     .users = atomic_read(&task->mm->mm_users),
		     .count = atomic_read(&task->mm->mm_count));
}

/*
 * A task's mm can neither be given up nor freed while the task is locked:
 * exit_mm() and exec_mmap() change task->mm under the same lock, and give up
 * the old one after it.
 *
 * A handler on another CPU may find the same mm in the same moment, and then both may
 * come away empty. This task is then to be looked at again: a handler that finds the
 * mm later does not know whose it is.
 *
 * Return: false if the task is to be looked at again.
 */
static bool scan_task(struct scan *scan, struct task_struct *task)
{
	struct mmscope_mm *mm;
	bool known, again = false;

	task_lock(task);
	if (!task->mm)
		goto out;
	known = mmscope_mm_find(task->mm);
	mm = mmscope_mm_find_or_add(task->mm);
	if (!mm) {
		again = !mmscope_mm_some_are_missing();
		goto out;
	}
	/* A group leader that has exited has no mm any more; its threads have it. */
	if (known && mm->pid && task != task->group_leader)
		goto out;
	if (!mm->pid)
		mmscope_mm_set_owner(mm, task->group_leader);
	if (mmscope_filter_follows(task->pid))
		set_bit(MMSCOPE_MM_FOLLOWED, &mm->flags);
	preempt_disable();
	scan_say(scan, task, mm);
	preempt_enable();
out:
	task_unlock(task);
	return !again;
}

static void scan_piece(struct scan *scan)
{
	struct task_struct *task;
	bool again = false;
	unsigned int n;

	rcu_read_lock();
	for (n = 0; n < MMSCOPE_TASKS_PIECE && (scan->room || scan->silent);
	     n++) {
		task = mmscope_task_from(&scan->pid);
		if (!task) {
			scan->done = true;
			break;
		}
		again = !scan_task(scan, task) && scan->tries++ < SCAN_TRIES;
		if (again)
			break;
		scan->tries = 0;
		scan->pid++;
	}
	rcu_read_unlock();
	if (again)
		usleep_range(100, 200);
	else
		cond_resched();
}

/* Until half of this CPU's ring is full: two records for each mm. */
static long scan_here(void *data)
{
	struct mmscope_ring *ring = mmscope_ring_of(raw_smp_processor_id());
	struct scan *scan = data;

	scan->room = ring ? (ring->mask + 1) / 4 : 0;
	while (!scan->done && (scan->room || scan->silent))
		scan_piece(scan);
	return 0;
}

/**
 * mmscope_scan() - find every mm that a task has
 *
 * Each is recorded as an mm_birth with how=found, once for each process that uses it.
 * That must not push out of the rings what it has just said, so no more than half of a
 * ring is filled with it; then the next CPU's, and if all are half full the rest of
 * the mm's are told when there is something else to be told about them.
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_scan(void)
{
	struct scan scan = { .pid = 1 };
	int cpu, first = raw_smp_processor_id();

	unsaid = 0;
	scan_here(&scan);
	cpus_read_lock();
	for_each_online_cpu(cpu)
		if (!scan.done && cpu != first)
			work_on_cpu(cpu, scan_here, &scan);
	cpus_read_unlock();
	scan.silent = true;
	scan_here(&scan);
}

/**
 * mmscope_scan_unsaid() - mm's that the last announcement had no room for
 */
unsigned long mmscope_scan_unsaid(void)
{
	return unsaid;
}

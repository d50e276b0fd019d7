/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clone_slot.h - clones under way: what is known between entry and return
 *
 * A slot belongs to the task which makes the clone. Only that task touches it.
 */
#ifndef MMSCOPE_CLONE_SLOT_H
#define MMSCOPE_CLONE_SLOT_H

#include <linux/percpu.h>
#include <linux/sched.h>

#include "points/clone_stats.h"
#include "shared/record.h"
#include "table/mm_table.h"

/**
 * struct mmscope_clone_slot - one clone under way
 * @task: who makes it; NULL: the slot is free
 * @parent: the mm of the task that makes it, which it keeps until the return
 * @child: copy_mm's argument while a probe on copy_mm itself waits for its return
 * @begin: kernel_clone's entry, ns
 * @birth: mm_init's or dup_mm's entry, ns; 0: nothing was copied
 * @decided: when copy_mm was seen to be done, ns; 0: not
 * @succeeded: when the child was complete, ns; 0: not
 * @flags: as given
 * @result: what is known of the decision and the copy
 * @kind: fork, vfork, clone, thread, kthread
 */
struct mmscope_clone_slot {
	struct task_struct *task;
	struct mmscope_mm *parent;
	struct task_struct *child;
	u64 begin;
	u64 birth;
	u64 decided;
	u64 succeeded;
	u64 flags;
	struct mmscope_clone_result result;
	enum mmscope_how kind;
};

/* The slot that was last claimed on each CPU; never NULL. */
DECLARE_PER_CPU(struct mmscope_clone_slot *, mmscope_clone_slot_last);

struct mmscope_clone_slot *mmscope_clone_slot_search(void);

/**
 * mmscope_clone_slot_find() - the clone that the current task makes
 *
 * Mostly the last one that was claimed on this CPU.
 *
 * Context: task, with preemption off.
 * Return: the slot; NULL: there is none, or none was free.
 */
static __always_inline struct mmscope_clone_slot *mmscope_clone_slot_find(void)
{
	struct mmscope_clone_slot *last = raw_cpu_read(mmscope_clone_slot_last);

	if (likely(READ_ONCE(last->task) == current))
		return last;
	return mmscope_clone_slot_search();
}

struct mmscope_clone_slot *mmscope_clone_slot_claim(void);

/**
 * mmscope_clone_slot_release() - the clone is done
 * @slot: the current task's
 */
static __always_inline void
mmscope_clone_slot_release(struct mmscope_clone_slot *slot)
{
	/* All of the slot has been read before another task can claim it. */
	smp_store_release(&slot->task, NULL);
}

int mmscope_clone_slots_alloc(unsigned int max_clones);
void mmscope_clone_slots_free(void);
void mmscope_clone_slots_clear(void);
size_t mmscope_clone_slots_bytes(void);

#endif /* MMSCOPE_CLONE_SLOT_H */

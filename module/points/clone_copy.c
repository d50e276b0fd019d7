// SPDX-License-Identifier: GPL-2.0-only
/*
 * clone_copy.c - what copy_mm() and dup_mm() come to, within a clone
 *
 * Noted in the clone's slot, which belongs to the task that makes the clone; clone.c tells
 * of it when the clone has succeeded or failed.
 */
#include <linux/kprobes.h>
#include <linux/ptrace.h>
#include <linux/sched.h>

#include "attach/point.h"
#include "base/clock.h"
#include "points/clone.h"
#include "points/clone_slot.h"
#include "points/clone_stats.h"

/**
 * mmscope_clone_birth() - mm_init() has begun on the copy
 * @new_mm: its id
 * @now: ns
 *
 * Context: the task that makes the clone, with preemption off.
 */
void mmscope_clone_birth(u64 new_mm, u64 now)
{
	struct mmscope_clone_slot *slot = mmscope_clone_slot_find();

	if (!slot)
		return;
	slot->result.new_mm = new_mm;
	if (!slot->birth)
		slot->birth = now;
}

/* copy_mm() is done and @child->mm is what it decided. */
static void copy_mm_decided(struct task_struct *child)
{
	struct mmscope_clone_slot *slot = mmscope_clone_slot_find();
	struct mm_struct *mm = child->mm;

	if (!slot)
		return;
	slot->decided = mmscope_now();
	mmscope_clone_result(&slot->result, mm);
	if (slot->result.path == MMSCOPE_HOW_dup && slot->birth)
		slot->result.copy_ns = slot->decided - slot->birth;
}

/**
 * mmscope_at_copy_namespaces() - copy_namespaces(flags, child)
 * @flags: not used
 * @child: the task that is being made
 * @caller: not used
 *
 * copy_process() calls it right after copy_mm() has succeeded, and nobody else
 * does, on 5.10 to 7.3.
 */
void mmscope_at_copy_namespaces(unsigned long flags, unsigned long child,
				unsigned long caller)
{
	copy_mm_decided((struct task_struct *)child);
}

/**
 * mmscope_at_copy_mm() - copy_mm(flags, child), where it is a function
 * @ri: not used
 * @regs: at entry
 */
int mmscope_at_copy_mm(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct mmscope_clone_slot *slot = mmscope_clone_slot_find();

	mmscope_hit(MMSCOPE_POINT_copy_mm);
	if (!slot)
		return 1;
	slot->child = (struct task_struct *)regs_get_kernel_argument(regs, 1);
	return 0;
}

/**
 * mmscope_at_copy_mm_return() - copy_mm() returns
 * @ri: not used
 * @regs: at return
 */
int mmscope_at_copy_mm_return(struct kretprobe_instance *ri,
			      struct pt_regs *regs)
{
	struct mmscope_clone_slot *slot = mmscope_clone_slot_find();

	if (slot && !(int)regs_return_value(regs))
		copy_mm_decided(slot->child);
	return 0;
}

/**
 * mmscope_at_dup_mm() - dup_mm(child, mm), where it is a function
 * @ri: not used
 * @regs: at entry
 */
int mmscope_at_dup_mm(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct mmscope_clone_slot *slot = mmscope_clone_slot_find();

	mmscope_hit(MMSCOPE_POINT_dup_mm);
	if (!slot)
		return 1;
	slot->birth = mmscope_now();
	return 0;
}

/**
 * mmscope_at_dup_mm_return() - dup_mm() returns
 * @ri: not used
 * @regs: at return
 */
int mmscope_at_dup_mm_return(struct kretprobe_instance *ri,
			     struct pt_regs *regs)
{
	struct mmscope_clone_slot *slot = mmscope_clone_slot_find();

	if (slot)
		slot->result.copy_ns = mmscope_now() - slot->birth;
	return 0;
}

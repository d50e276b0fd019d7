// SPDX-License-Identifier: GPL-2.0-only
/*
 * clone.c - what becomes of each clone
 *
 * kernel_clone()		fork_begin
 *   copy_process()
 *     copy_mm()		the decision is noted here ...
 *     task_newtask		... and is a success here: dup_mm, copy_mm
 *   return			fork_end; a failed clone's dup_mm and copy_mm before it
 *
 * Whatever is known between entry and return lies in a slot that belongs to the
 * task which makes the clone. Only that task ever touches it.
 */
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "attach.h"
#include "clock.h"
#include "clone.h"
#include "clone_slot.h"
#include "clone_stats.h"
#include "emit.h"
#include "filter.h"
#include "lifetime.h"

/* Not in <linux/sched.h> of every kernel under one name. */
#ifdef PF_IO_WORKER
#define CLONE_IO_TASK PF_IO_WORKER
#else
#define CLONE_IO_TASK 0
#endif

/* Flags with which a clone is still a plain fork: they share nothing. */
#define CLONE_FORK_FLAGS                                                      \
	(CSIGNAL | CLONE_PIDFD | CLONE_PTRACE | CLONE_PARENT | CLONE_SETTLS | \
	 CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID |    \
	 CLONE_DETACHED | CLONE_UNTRACED | CLONE_CLEAR_SIGHAND |              \
	 CLONE_INTO_CGROUP)

static enum mmscope_how clone_kind(u64 flags)
{
	if (!current->mm)
		return MMSCOPE_HOW_kthread;
	if (flags & CLONE_THREAD)
		return MMSCOPE_HOW_thread;
	if (flags & CLONE_VFORK)
		return MMSCOPE_HOW_vfork;
	return flags & ~(u64)CLONE_FORK_FLAGS ? MMSCOPE_HOW_clone :
						MMSCOPE_HOW_fork;
}

/* A clone without kernel_clone() and so without a slot. */
static enum mmscope_how task_kind(struct task_struct *child, u64 flags)
{
	if (!child->pid)
		return MMSCOPE_HOW_idle_thread;
	if (child->flags & CLONE_IO_TASK)
		return MMSCOPE_HOW_io_thread;
	return clone_kind(flags);
}

static int users_of(struct mm_struct *mm)
{
	return mm ? atomic_read(&mm->mm_users) : 0;
}

static int count_of(struct mm_struct *mm)
{
	return mm ? atomic_read(&mm->mm_count) : 0;
}

/* Clones that the kernel could not show, said where they are missing. */
static void count_missed(void)
{
	static unsigned long last_missed;
	unsigned long missed =
		mmscope_point_missed(&mmscope_points[MMSCOPE_POINT_do_fork]);
	unsigned long before = READ_ONCE(last_missed);

	if (likely(missed == before))
		return;
	/* Starts from 0 again with each attaching. */
	if (cmpxchg(&last_missed, before, missed) == before && missed > before)
		mmscope_lose_many(MMSCOPE_HOW_probe_missed, missed - before);
}

/**
 * mmscope_at_clone() - kernel_clone(struct kernel_clone_args *)
 * @ri: keeps the slot until the return
 * @regs: at entry
 *
 * Return: 1 if the return is of no interest.
 */
int mmscope_at_clone(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct kernel_clone_args *args =
		(const void *)regs_get_kernel_argument(regs, 0);
	struct mm_struct *mm = current->mm;
	struct mmscope_mm *parent;
	struct mmscope_moment m;
	struct mmscope_clone_slot *slot;

	mmscope_hit(MMSCOPE_POINT_do_fork);
	count_missed();
	if (!mmscope_filter_follows(current->pid))
		return 1;
	m = mmscope_moment();
	parent = mmscope_mm_seen(mm);
	slot = mmscope_clone_slot_claim();
	if (!slot) {
		mmscope_lose(MMSCOPE_HOW_no_clone_slot);
		return 1;
	}
	slot->parent = parent;
	slot->birth = 0;
	slot->decided = 0;
	slot->succeeded = 0;
	slot->flags = args->flags;
	slot->kind = clone_kind(args->flags);
	/* What only a copy has; the rest is set with the decision. */
	slot->result.path = MMSCOPE_HOW_unknown;
	slot->result.new_mm = 0;
	slot->result.copy_ns = 0;
	slot->result.users = 0;
	slot->result.count = 0;
	slot->result.vmas = 0;
	slot->result.pages = 0;
	slot->result.pgtable_pages = 0;
	mmscope_emit_at(m, fork_begin, slot->kind, parent,
			.clone_flags = args->flags,
			.exit_signal = args->exit_signal, .users = users_of(mm),
			.count = count_of(mm));
	slot->begin = m.now;
	*(struct mmscope_clone_slot **)ri->data = slot;
	return 0;
}

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

static __always_inline struct mmscope_moment
emit_copy(struct mmscope_moment m, struct mmscope_mm *parent,
	  const struct mmscope_clone_result *result, pid_t child, int error)
{
	/* Without its time there is nothing to say that copy_mm does not say. */
	if (result->path == MMSCOPE_HOW_dup && result->copy_ns)
		mmscope_emit_at(m, dup_mm, MMSCOPE_HOW_unknown, parent,
				.new_mm = result->new_mm, .ns = result->copy_ns,
				.vmas = result->vmas, .pages = result->pages,
				.pgtable_pages = result->pgtable_pages,
				.result = error);
	if (!error)
		mmscope_emit_at(m, copy_mm, result->path, parent,
				.new_mm = result->new_mm, .child = child,
				.users = result->users, .count = result->count,
				.vmas = result->vmas, .pages = result->pages,
				.pgtable_pages = result->pgtable_pages);
	return m;
}

/* The child is complete and not running yet; the current task made it. */
static __always_inline u64 clone_succeeded(struct task_struct *child,
					   struct mmscope_mm *parent,
					   enum mmscope_how kind,
					   struct mmscope_clone_result *result,
					   bool decided)
{
	struct mmscope_moment m = mmscope_moment();

	if (!decided)
		mmscope_clone_result(result, child->mm);
	if (result->path == MMSCOPE_HOW_dup)
		mmscope_mm_set_owner(mmscope_mm_find(child->mm), child);
	m = emit_copy(m, parent, result, child->pid, 0);
	mmscope_emit_name_of_new(&m, child, parent);
	mmscope_clone_count_ok(kind, result);
	return m.now;
}

/* One that never passed kernel_clone(), or found no slot there. */
static noinline void slotless_succeeded(struct task_struct *child, u64 flags)
{
	struct mmscope_clone_result result = {};

	clone_succeeded(child, mmscope_mm_seen(current->mm),
			task_kind(child, flags), &result, false);
}

static void task_is_new(struct task_struct *child, u64 flags)
{
	struct mmscope_clone_slot *slot;

	mmscope_filter_clone(child);
	if (!mmscope_filter_follows(current->pid)) {
		mmscope_name_forget(child->pid);
		return;
	}
	slot = mmscope_clone_slot_find();
	if (unlikely(!slot)) {
		slotless_succeeded(child, flags);
		return;
	}
	slot->succeeded = clone_succeeded(child, slot->parent, slot->kind,
					  &slot->result, slot->decided);
	slot->result.child = child->pid;
}

/**
 * mmscope_on_task_newtask() - tracepoint in copy_process(), past all failures
 * @data: not used
 * @child: the new task
 * @flags: as given
 *
 * It stands right behind the count that /proc/stat shows as `processes`, and is
 * passed by io_uring's and vhost's threads and by idle tasks too, which never
 * see kernel_clone().
 */
void mmscope_on_task_newtask(void *data, struct task_struct *child, u64 flags)
{
	preempt_disable_notrace();
	mmscope_hit(MMSCOPE_POINT_new_task);
	task_is_new(child, flags);
	preempt_enable_notrace();
}

/**
 * mmscope_on_task_newtask_long() - the same for a kernel whose flags are a long
 * @data: not used
 * @child: the new task
 * @flags: as given
 */
void mmscope_on_task_newtask_long(void *data, struct task_struct *child,
				  unsigned long flags)
{
	mmscope_on_task_newtask(data, child, flags);
}

/**
 * mmscope_at_wake_up_new_task() - wake_up_new_task(child)
 * @child: the new task
 * @unused: not used
 * @caller: not used
 *
 * Stands in for task_newtask. The flags are known only if the clone has a slot.
 */
void mmscope_at_wake_up_new_task(unsigned long child, unsigned long unused,
				 unsigned long caller)
{
	struct task_struct *task = (struct task_struct *)child;

	task_is_new(task, thread_group_leader(task) ? 0 : CLONE_THREAD);
}

/* What a failed clone got to, told when it returns. */
static noinline __cold void clone_failed(struct mmscope_clone_slot *slot,
					 int error)
{
	struct mmscope_clone_result *result = &slot->result;
	struct mmscope_moment m = mmscope_moment();

	if (slot->decided) {
		emit_copy(m, slot->parent, result, 0, 0);
	} else if (slot->birth) {
		result->path = MMSCOPE_HOW_dup;
		if (!result->copy_ns)
			result->copy_ns = m.now - slot->birth;
		emit_copy(m, slot->parent, result, 0, error);
	}
	mmscope_clone_count_failed(slot->kind, result);
}

/**
 * mmscope_at_clone_return() - kernel_clone() returns
 * @ri: has the slot
 * @regs: at return
 */
int mmscope_at_clone_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	/* 32 bits wide: the upper half of the register may be anything. */
	int value = (int)regs_return_value(regs);
	struct mmscope_clone_slot *slot =
		*(struct mmscope_clone_slot **)ri->data;
	struct mmscope_moment m;
	u64 now, vfork_ns = 0;

	if (value < 0 && !slot->succeeded)
		clone_failed(slot, value);
	m = mmscope_moment();
	now = m.now;
	if (unlikely(slot->flags & CLONE_VFORK) && slot->succeeded)
		vfork_ns = now - slot->succeeded;
	mmscope_emit_at(
		m, fork_end, slot->kind, slot->parent, .ns = now - slot->begin,
		.vfork_ns = vfork_ns, .clone_flags = slot->flags,
		/* The caller's pid namespace may number it otherwise. */
		.result = slot->succeeded ? slot->result.child : value,
		.path = slot->result.path);
	if (slot->succeeded)
		mmscope_clone_count_time(slot->kind, &slot->result,
					 now - slot->begin, vfork_ns);
	mmscope_clone_slot_release(slot);
	return 0;
}

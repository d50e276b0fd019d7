// SPDX-License-Identifier: GPL-2.0-only
/*
 * clone.c - what becomes of each clone
 *
 * kernel_clone()		fork_begin
 *   copy_process()		from here on there is a slot
 *     copy_mm()		the decision is noted here ...
 *     task_newtask		... and is a success here: dup_mm, copy_mm
 *   return			fork_end; a failed clone's dup_mm and copy_mm before it
 *   wake_up_new_task()
 *   wait_for_vfork_done()	nothing is held here
 *
 * Whatever is known between copy_process()'s entry and return lies in a slot that
 * belongs to the task which makes the clone. Only that task ever touches it. How long
 * a vfork parent waits is told by the child, which ends the wait: see lifetime.c.
 *
 * idle, io_uring and vhost threads are made by copy_process() without kernel_clone();
 * their fork_begin is made at copy_process().
 */
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "attach/point.h"
#include "base/clock.h"
#include "emit/emit.h"
#include "emit/names.h"
#include "points/checked.h"
#include "points/clone.h"
#include "points/clone_slot.h"
#include "points/clone_stats.h"
#include "points/mm_seen.h"
#include "record/losses.h"
#include "table/filter.h"

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

static unsigned long last_missed;

/*
 * Clones that the kernel could not show, said where they are missing: asked for where one
 * is seen to be, since a clone that succeeds passes task_newtask without a slot then, and
 * when recording ends, for those that failed.
 */
static bool count_missed(void)
{
	unsigned long missed = mmscope_point_missed(
		&mmscope_points[MMSCOPE_POINT_copy_process]);
	unsigned long before = READ_ONCE(last_missed);

	if (likely(missed == before))
		return false;
	if (cmpxchg(&last_missed, before, missed) == before && missed > before)
		mmscope_lose_many(MMSCOPE_HOW_probe_missed, missed - before);
	return true;
}

/**
 * mmscope_clones_missed() - count what probes could not show, at the end
 *
 * Context: may sleep; the points are still attached.
 */
void mmscope_clones_missed(void)
{
	preempt_disable();
	count_missed();
	preempt_enable();
}

/**
 * struct clone_begin - what kernel_clone()'s handler has told copy_process()'s
 * @task: who makes the clone; NULL: nothing is told
 * @switches: how often it had been switched out then
 * @now: ns
 * @kind: fork, vfork, clone, thread, kthread
 *
 * kernel_clone() calls copy_process() first of all. A task that has been switched out in
 * between, and perhaps moved to another CPU, does not believe what stands here, and all of it
 * is looked at once more.
 */
struct clone_begin {
	const struct task_struct *task;
	unsigned long switches;
	u64 now;
	enum mmscope_how kind;
};

static DEFINE_PER_CPU(struct clone_begin, clone_begin);

/**
 * mmscope_clones_begin() - nothing is known of any clone
 *
 * Context: nothing is attached.
 */
void mmscope_clones_begin(void)
{
	int cpu;

	/* As what the kernel counts, which starts from 0 with each attaching. */
	last_missed = 0;
	for_each_possible_cpu(cpu)
		per_cpu(clone_begin, cpu).task = NULL;
}

static __always_inline unsigned long switches_so_far(void)
{
	return current->nvcsw + current->nivcsw;
}

static __always_inline struct mmscope_moment
clone_begins(struct mmscope_moment m, struct mmscope_mm *parent,
	     const struct kernel_clone_args *args, enum mmscope_how kind)
{
	struct mm_struct *mm = current->mm;

	mmscope_emit_checked_at(m, fork_begin, kind, parent,
				.clone_flags = args->flags,
				.exit_signal = args->exit_signal,
				.users = users_of(mm), .count = count_of(mm));
	return m;
}

/*
 * kernel_clone() itself refuses one thing before it calls copy_process(), 5.10 to 7.3:
 * the pidfd and the child's pid are to be stored at the same place.
 */
static bool kernel_clone_refuses(const struct kernel_clone_args *args)
{
	return unlikely(args->flags & CLONE_PIDFD) &&
	       args->flags & CLONE_PARENT_SETTID &&
	       args->pidfd == args->parent_tid;
}

static noinline __cold void
clone_is_refused(struct mmscope_moment m, struct mmscope_mm *parent,
		 const struct kernel_clone_args *args)
{
	struct mmscope_clone_result result = {};
	enum mmscope_how kind = clone_kind(args->flags);

	mmscope_emit_checked_at(m, fork_end, kind, parent, .ns = 0,
				.clone_flags = args->flags, .result = -EINVAL,
				.path = MMSCOPE_HOW_unknown);
	mmscope_clone_count_failed(kind, &result);
}

/**
 * mmscope_at_kernel_clone() - kernel_clone(struct kernel_clone_args *)
 * @args: its argument
 * @unused: not used
 * @caller: not used
 */
void mmscope_at_kernel_clone(unsigned long args, unsigned long unused,
			     unsigned long caller)
{
	const struct kernel_clone_args *clone_args = (const void *)args;
	struct clone_begin *begin = this_cpu_ptr(&clone_begin);
	struct mmscope_mm *parent;
	struct mmscope_moment m;
	enum mmscope_how kind;

	if (!mmscope_filter_follows(current->pid))
		return;
	m = mmscope_moment();
	parent = mmscope_mm_seen(current->mm);
	kind = clone_kind(clone_args->flags);
	m = clone_begins(m, parent, clone_args, kind);
	if (kernel_clone_refuses(clone_args)) {
		clone_is_refused(m, parent, clone_args);
		return;
	}
	begin->switches = switches_so_far();
	begin->now = m.now;
	begin->kind = kind;
	begin->task = current;
}

/* Threads of io_uring and vhost share an mm; an idle task's maker has none. */
static enum mmscope_how kind_of_direct(void)
{
	return current->mm ? MMSCOPE_HOW_io_thread : MMSCOPE_HOW_idle_thread;
}

/* Where kernel_clone()'s handler has told nothing, or on another CPU. */
static noinline void look_at_clone(struct mmscope_clone_slot *slot,
				   const struct kernel_clone_args *args,
				   unsigned long caller)
{
	struct mmscope_moment m = mmscope_moment();

	slot->parent = mmscope_mm_seen(current->mm);
	slot->begin = m.now;
	slot->kind = clone_kind(args->flags);
	/* Where do_fork is left out nobody knows who calls. */
	if (!mmscope_points[MMSCOPE_POINT_do_fork].size ||
	    mmscope_point_holds(MMSCOPE_POINT_do_fork, caller))
		return;
	slot->kind = kind_of_direct();
	clone_begins(m, slot->parent, args, slot->kind);
}

/**
 * mmscope_at_copy_process() - copy_process(pid, trace, node, struct kernel_clone_args *)
 * @ri: keeps the slot until the return
 * @regs: at entry
 *
 * Return: 1 if the return is of no interest.
 */
int mmscope_at_copy_process(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct kernel_clone_args *args =
		(const void *)regs_get_kernel_argument(regs, 3);
	struct clone_begin *begin = this_cpu_ptr(&clone_begin);
	struct mmscope_clone_slot *slot;

	mmscope_hit(MMSCOPE_POINT_copy_process);
	if (!mmscope_filter_follows(current->pid))
		return 1;
	slot = mmscope_clone_slot_claim();
	if (!slot) {
		mmscope_lose(MMSCOPE_HOW_no_clone_slot);
		return 1;
	}
	slot->flags = args->flags;
	slot->birth = 0;
	slot->decided = 0;
	slot->succeeded = 0;
	/* What only a copy has; the rest is set with the decision. */
	slot->result.path = MMSCOPE_HOW_unknown;
	slot->result.new_mm = 0;
	slot->result.copy_ns = 0;
	slot->result.users = 0;
	slot->result.count = 0;
	slot->result.vmas = 0;
	slot->result.pages = 0;
	slot->result.pgtable_pages = 0;
	*(struct mmscope_clone_slot **)ri->data = slot;
	if (likely(begin->task == current &&
		   begin->switches == switches_so_far())) {
		begin->task = NULL;
		slot->parent = mmscope_mm_seen(current->mm);
		slot->begin = begin->now;
		slot->kind = begin->kind;
	} else {
		look_at_clone(slot, args, mmscope_caller(regs));
	}
	return 0;
}

static __always_inline struct mmscope_moment
emit_copy(struct mmscope_moment m, struct mmscope_mm *parent,
	  const struct mmscope_clone_result *result, pid_t child, int error)
{
	/* Without its time there is nothing to say that copy_mm does not say. */
	if (result->path == MMSCOPE_HOW_dup && result->copy_ns)
		mmscope_emit_checked_at(m, dup_mm, MMSCOPE_HOW_unknown, parent,
					.new_mm = result->new_mm,
					.ns = result->copy_ns,
					.vmas = result->vmas,
					.pages = result->pages,
					.pgtable_pages = result->pgtable_pages,
					.result = error);
	if (!error)
		mmscope_emit_checked_at(m, copy_mm, result->path, parent,
					.new_mm = result->new_mm,
					.child = child, .users = result->users,
					.count = result->count,
					.vmas = result->vmas,
					.pages = result->pages,
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

/*
 * One whose copy_process() was not seen, or found no slot there. What else was lost of
 * it is counted: a probe that was missed and a slot that was not to be had where that
 * happened, and here what went unseen because kprobes are switched off.
 */
static noinline void slotless_succeeded(struct task_struct *child, u64 flags)
{
	struct mmscope_clone_result result = {};
	unsigned int unseen;

	unseen = mmscope_point_disarmed(MMSCOPE_POINT_copy_process) +
		 mmscope_point_disarmed(MMSCOPE_POINT_do_fork);
	if (!count_missed() && unseen)
		mmscope_lose_many(MMSCOPE_HOW_probe_disarmed, unseen);
	clone_succeeded(child, mmscope_mm_seen(current->mm),
			task_kind(child, flags), &result, false);
}

static __always_inline void slot_succeeded(struct mmscope_clone_slot *slot,
					   struct task_struct *child)
{
	slot->succeeded = clone_succeeded(child, slot->parent, slot->kind,
					  &slot->result, slot->decided);
}

/* False if nothing is to be recorded of it. */
static __always_inline bool task_is_wanted(struct task_struct *child)
{
	mmscope_filter_clone(child);
	if (mmscope_filter_follows(current->pid))
		return true;
	mmscope_name_forget(child->pid);
	return false;
}

static void task_is_new(struct task_struct *child, u64 flags)
{
	struct mmscope_clone_slot *slot;

	if (!task_is_wanted(child))
		return;
	slot = mmscope_clone_slot_find();
	if (likely(slot))
		slot_succeeded(slot, child);
	else
		slotless_succeeded(child, flags);
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
 * Stands in for task_newtask. It comes after copy_process(), whose return has told of
 * the clone where it was seen. Otherwise the flags are not known.
 */
void mmscope_at_wake_up_new_task(unsigned long child, unsigned long unused,
				 unsigned long caller)
{
	struct task_struct *task = (struct task_struct *)child;

	if (task_is_wanted(task) &&
	    !mmscope_points[MMSCOPE_POINT_copy_process].attached)
		slotless_succeeded(
			task, thread_group_leader(task) ? 0 : CLONE_THREAD);
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
 * mmscope_at_copy_process_return() - copy_process() returns the child or an error
 * @ri: has the slot
 * @regs: at return
 */
int mmscope_at_copy_process_return(struct kretprobe_instance *ri,
				   struct pt_regs *regs)
{
	struct task_struct *child = (void *)regs_return_value(regs);
	struct mmscope_clone_slot *slot =
		*(struct mmscope_clone_slot **)ri->data;
	struct mmscope_moment m;
	u64 ns;

	if (IS_ERR(child)) {
		clone_failed(slot, PTR_ERR(child));
	} else if (unlikely(!slot->succeeded)) {
		/* Nothing in copy_process() has told. */
		mmscope_filter_clone(child);
		slot_succeeded(slot, child);
	}
	m = mmscope_moment();
	ns = m.now - slot->begin;
	mmscope_emit_checked_at(
		m, fork_end, slot->kind, slot->parent, .ns = ns,
		.clone_flags = slot->flags,
		/* The caller's pid namespace may number it otherwise. */
		.result = IS_ERR(child) ? PTR_ERR(child) : child->pid,
		.path = slot->result.path);
	if (slot->succeeded)
		mmscope_clone_count_time(slot->kind, &slot->result, ns);
	mmscope_clone_slot_release(slot);
	return 0;
}

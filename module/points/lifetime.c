// SPDX-License-Identifier: GPL-2.0-only
/*
 * lifetime.c - birth, exec, exit, death and free of every mm
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/sched/task.h>

#include "attach/point.h"
#include "base/clock.h"
#include "base/symbols.h"
#include "emit/emit.h"
#include "emit/names.h"
#include "ledger/accounts.h"
#include "points/borrow.h"
#include "points/checked.h"
#include "points/clone.h"
#include "points/clone_stats.h"
#include "points/lifetime.h"
#include "points/mm_seen.h"
#include "table/filter.h"

static __always_inline void emit_free(struct mmscope_moment m,
				      struct mmscope_mm *mm,
				      enum mmscope_how how, pid_t dropper)
{
	mmscope_emit_at(m, mm_free, how, mm, .alive_ns = m.now - mm->birth,
			.dead_ns = mm->dead ? m.now - mm->dead : 0,
			.dropper = dropper);
}

/* An mm that never came to be, whose memory is born again. */
static noinline __cold void mm_was_never_born(struct mmscope_mm *stale,
					      struct mm_struct *mm)
{
	emit_free(mmscope_moment(), stale, MMSCOPE_HOW_never_born, 0);
	mmscope_ledger_never_born(stale);
	mmscope_mm_remove(mm);
}

/**
 * mmscope_at_mm_init() - mm_init(mm, task, ...)
 * @mm: the new mm, not initialized yet
 * @task: the child that dup_mm() makes it for, or current if mm_alloc() does
 * @caller: not used
 *
 * mm_init() sets users and count to 1 by plain stores. It can still fail, for
 * want of a page directory, and then frees the mm without a word: such an mm
 * is given up here, when its memory is born again.
 */
void mmscope_at_mm_init(unsigned long mm, unsigned long task,
			unsigned long caller)
{
	bool dup = (struct task_struct *)task != current;
	enum mmscope_how how = dup ? MMSCOPE_HOW_dup : MMSCOPE_HOW_exec;
	struct mmscope_mm *parent = mmscope_mm_seen(current->mm);
	struct mmscope_mm *stale = mmscope_mm_find((struct mm_struct *)mm);
	struct mmscope_moment m;
	struct mmscope_mm *new;

	if (unlikely(stale))
		mm_was_never_born(stale, (struct mm_struct *)mm);
	m = mmscope_moment();
	new = mmscope_mm_add((struct mm_struct *)mm, how, m.now);
	if (!new)
		return;
	mmscope_ledger_birth(new);
	new->parent = parent->id;
	mmscope_mm_set_owner(new, current);
	if (mmscope_filter_follows(current->pid))
		set_bit(MMSCOPE_MM_FOLLOWED, &new->flags);
	mmscope_emit_at(m, mm_birth, how, new, .parent_mm = new->parent,
			.owner = dup ? 0 : current->tgid, .users = 1,
			.count = 1);
	if (dup)
		mmscope_clone_birth(new->id, new->birth);
}

/*
 * A vfork parent waits until its child lets go of the mm: mm_release() completes
 * vfork_done, which is set as long as somebody waits. A child's start_time is taken in
 * copy_process(), by the same clock, right before the child is complete.
 */
static noinline u64 vfork_waited(u64 now, const struct mm_struct *mm)
{
	const struct task_struct *parent;
	u64 ns = now - current->start_time;

	/* Readers of sched RCU: preemption is off. A parent that waits keeps its mm. */
	parent = rcu_dereference_sched(current->real_parent);
	mmscope_clone_count_wait(READ_ONCE(parent->mm) == mm ?
					 MMSCOPE_HOW_share :
					 MMSCOPE_HOW_dup,
				 ns);
	return ns;
}

static __always_inline struct mmscope_moment
task_leaves(struct mmscope_moment m, struct mm_struct *mm, enum mmscope_how how)
{
	struct mmscope_mm *entry = mmscope_mm_seen(mm);
	u64 vfork_ns = 0;

	if (unlikely(READ_ONCE(current->vfork_done)))
		vfork_ns = vfork_waited(m.now, mm);
	mmscope_ledger_leave(entry);
	mmscope_emit_checked_at(m, exit_mm, how, entry, .vfork_ns = vfork_ns,
				.users = atomic_read(&mm->mm_users) - 1,
				.count = atomic_read(&mm->mm_count));
	return m;
}

/**
 * mmscope_at_exec_mm_release() - exec_mm_release(task, mm)
 * @task: current
 * @mm: the mm that it is about to leave; NULL for a kernel thread
 * @caller: not used
 *
 * exec_mmap() calls it first of all. After it only a fatal signal can stop the
 * change. A kernel thread that execs gives back what it borrowed.
 */
void mmscope_at_exec_mm_release(unsigned long task, unsigned long mm,
				unsigned long caller)
{
	if (!mm)
		mmscope_borrow_end(MMSCOPE_HOW_exec);
	else if ((struct task_struct *)task == current)
		task_leaves(mmscope_moment(), (struct mm_struct *)mm,
			    MMSCOPE_HOW_exec);
}

/**
 * mmscope_at_exit_mm_release() - exit_mm_release(task, mm)
 * @task: current
 * @mm: its mm; NULL for a kernel thread
 * @caller: not used
 *
 * exit_mm() calls it first, then takes a count of its own, gives up the users,
 * and goes on as a borrower of what was its own.
 */
void mmscope_at_exit_mm_release(unsigned long task, unsigned long mm,
				unsigned long caller)
{
	struct mmscope_moment m;

	if (!mm)
		return;
	m = mmscope_moment();
	if (likely((struct task_struct *)task == current))
		m = task_leaves(m, (struct mm_struct *)mm, MMSCOPE_HOW_exit);
	mmscope_borrow_begin(m, (struct mm_struct *)mm, MMSCOPE_HOW_exit);
}

/**
 * mmscope_at_release_by_exec() - mm_exit_exec_release(task, mm), if by exec
 * @task: current
 * @mm: as for exec_mm_release()
 * @caller: not used
 *
 * 7.3 has one function for both; do_exit() has set PF_EXITING long before.
 */
void mmscope_at_release_by_exec(unsigned long task, unsigned long mm,
				unsigned long caller)
{
	if (!(current->flags & PF_EXITING))
		mmscope_at_exec_mm_release(task, mm, caller);
}

/**
 * mmscope_at_release_by_exit() - mm_exit_exec_release(task, mm), if by exit
 * @task: current
 * @mm: as for exit_mm_release()
 * @caller: not used
 */
void mmscope_at_release_by_exit(unsigned long task, unsigned long mm,
				unsigned long caller)
{
	if (current->flags & PF_EXITING)
		mmscope_at_exit_mm_release(task, mm, caller);
}

static void task_execed(void)
{
	struct mm_struct *mm = current->mm;
	struct mmscope_mm *entry = mmscope_mm_seen(mm);

	if (entry == &mmscope_mm_unknown)
		return;
	mmscope_name_forget(current->pid);
	mmscope_mm_set_owner(entry, current);
	mmscope_filter_exec(entry);
	mmscope_emit_checked(exec_mm, MMSCOPE_HOW_exec, entry,
			     .old_mm = entry->parent,
			     .users = atomic_read(&mm->mm_users),
			     .count = atomic_read(&mm->mm_count));
}

/**
 * mmscope_on_sched_process_exec() - tracepoint: an exec has succeeded
 * @data: not used
 * @task: current
 * @old_pid: not used
 * @bprm: not used
 */
void mmscope_on_sched_process_exec(void *data, struct task_struct *task,
				   pid_t old_pid, struct linux_binprm *bprm)
{
	preempt_disable_notrace();
	mmscope_hit(MMSCOPE_POINT_exec_mm);
	task_execed();
	preempt_enable_notrace();
}

/**
 * mmscope_at_setup_new_exec() - setup_new_exec(bprm): the mm is changed
 * @bprm: not used
 * @unused: not used
 * @caller: not used
 */
void mmscope_at_setup_new_exec(unsigned long bprm, unsigned long unused,
			       unsigned long caller)
{
	task_execed();
}

/**
 * mmscope_at_exit_mmap() - exit_mmap(mm): users has reached 0
 * @mm: the mm
 * @unused: not used
 * @caller: not used
 *
 * __mmput() still holds the one count that all users shared.
 */
void mmscope_at_exit_mmap(unsigned long mm, unsigned long unused,
			  unsigned long caller)
{
	struct mm_struct *dead = (struct mm_struct *)mm;
	/* First, as it may be found only now. */
	struct mmscope_mm *entry = mmscope_mm_seen(dead);
	struct mmscope_moment m = mmscope_moment();

	if (entry == &mmscope_mm_unknown)
		return;
	entry->dead = m.now;
	mmscope_emit_checked_at(m, mm_dead, MMSCOPE_HOW_unknown, entry,
				.alive_ns = m.now - entry->birth,
				.users = atomic_read(&dead->mm_users),
				.count = atomic_read(&dead->mm_count));
	mmscope_ledger_dead(entry);
}

/* Where a borrower's last reference is dropped: some functions and their pieces. */
#define RANGES 4

struct text_ranges {
	unsigned long address[RANGES];
	unsigned long size[RANGES];
	unsigned int used;
};

static struct text_ranges switch_text, deferred_text;

static bool ranges_have(const struct text_ranges *ranges, unsigned long address)
{
	unsigned int i;

	for (i = 0; i < ranges->used; i++)
		if (address - ranges->address[i] < ranges->size[i])
			return true;
	return false;
}

static void ranges_add(struct text_ranges *ranges, const char *function)
{
	static struct mmscope_symbol symbol;
	unsigned int n;

	for (n = 0; ranges->used < RANGES; n++) {
		if (mmscope_symbol_nth(function, n, &symbol))
			return;
		ranges->address[ranges->used] = symbol.address;
		ranges->size[ranges->used++] = symbol.size;
	}
}

/**
 * mmscope_find_droppers() - where the last references to an mm are dropped
 *
 * On PREEMPT_RT finish_task_switch() leaves the drop to RCU, since freeing may
 * sleep there. The callback that does it ends with a jump to __mmdrop() and so
 * is not seen itself, but RCU calls no other that does.
 *
 * Context: may sleep; nothing is attached.
 */
void mmscope_find_droppers(void)
{
	ranges_add(&switch_text, "finish_task_switch");
	if (!switch_text.used)
		pr_notice(
			"this kernel has no finish_task_switch: mm_free cannot tell whether a borrower's return was the last drop\n");
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		ranges_add(&deferred_text, "__mmdrop_delayed");
		ranges_add(&deferred_text, "rcu_do_batch");
	}
}

/**
 * mmscope_at_mmdrop() - __mmdrop(mm): count has reached 0
 * @mm: the mm; freed when this function returns
 * @unused: not used
 * @caller: tells the drop after a context switch, which is a borrower's, from
 *	all others
 */
void mmscope_at_mmdrop(unsigned long mm, unsigned long unused,
		       unsigned long caller)
{
	struct mm_struct *gone = (struct mm_struct *)mm;
	/* First, as it may be found only now. */
	struct mmscope_mm *entry = mmscope_mm_seen(gone);
	struct mmscope_moment m = mmscope_moment();
	enum mmscope_how how = MMSCOPE_HOW_other;
	pid_t dropper = -1;

	if (entry == &mmscope_mm_unknown) {
		mmscope_mm_remove(gone);
		return;
	}
	if (ranges_have(&deferred_text, caller))
		dropper = entry->returned_by;
	else if (ranges_have(&switch_text, caller))
		dropper = mmscope_borrow_returned(gone);
	if (dropper >= 0)
		how = MMSCOPE_HOW_context_switch;
	else
		dropper = current->pid;
	emit_free(m, entry, how, dropper);
	mmscope_ledger_free(entry);
	mmscope_mm_remove(gone);
}

/**
 * mmscope_on_task_rename() - tracepoint: a task's name changes
 * @data: not used
 * @task: the task
 * @comm: its new name
 */
void mmscope_on_task_rename(void *data, struct task_struct *task,
			    const char *comm)
{
	mmscope_hit(MMSCOPE_POINT_task_rename);
	mmscope_name_forget(task->pid);
}

/**
 * mmscope_at_set_task_comm() - __set_task_comm(task, name, exec)
 * @task: the task
 * @comm: its new name
 * @caller: not used
 */
void mmscope_at_set_task_comm(unsigned long task, unsigned long comm,
			      unsigned long caller)
{
	mmscope_name_forget(((struct task_struct *)task)->pid);
}

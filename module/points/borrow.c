// SPDX-License-Identifier: GPL-2.0-only
/*
 * borrow.c - who runs on whose mm: active_mm and lazy TLB
 *
 * context_switch() in kernel/sched/core.c, 5.10 to 7.3, decides by two pointers:
 *
 *	prev->mm  next->mm
 *	  set       set     plain: nothing is borrowed
 *	  set       NULL    borrow: next takes prev->active_mm, count + 1
 *	  NULL      NULL    hand-off: the loan goes from prev to next
 *	  NULL      set     return: finish_task_switch() drops the count
 *
 * sched_switch fires right before it, with interrupts off and the runqueue lock
 * held, so what is read there is what context_switch() will act on. A loan
 * also begins where a task gives up its own mm while it runs (exit_mm(),
 * kthread_unuse_mm()), and ends where it takes one (kthread_use_mm(), exec).
 */
#include <linux/cpuhotplug.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#include "attach/point.h"
#include "base/clock.h"
#include "base/recording.h"
#include "emit/emit.h"
#include "ledger/accounts.h"
#include "points/borrow.h"
#include "points/checked.h"
#include "points/mm_seen.h"
#include "table/filter.h"

/* Written by its own CPU only, with preemption off. */
static DEFINE_PER_CPU(struct mmscope_borrow, borrow);

/* One instruction on x86, without a pointer that has to be kept for it. */
#define borrow_get(field) raw_cpu_read(borrow.field)
#define borrow_set(field, value) raw_cpu_write(borrow.field, value)
#define borrow_add(field, value) raw_cpu_add(borrow.field, value)

static int count_after(struct mm_struct *mm, int change)
{
	return atomic_read(&mm->mm_count) +
	       (MMSCOPE_LAZY_TLB_COUNTS ? change : 0);
}

/* @task is current, in all three. */
static __always_inline void borrow_begins(struct mmscope_moment m,
					  const struct task_struct *task,
					  struct mm_struct *mm, pid_t borrower,
					  enum mmscope_how how, int change)
{
	struct mmscope_mm *entry = mmscope_mm_seen(mm);

	borrow_set(mm, mm);
	borrow_set(id, entry->id);
	borrow_set(lender, task->pid);
	borrow_set(borrower, borrower);
	borrow_add(borrows, 1);
	mmscope_emit_checked_by(m, task, lazy_borrow, how, entry,
				.lender = task->pid, .borrower = borrower,
				.users = atomic_read(&mm->mm_users),
				.count = count_after(mm, change));
	borrow_set(since, m.now);
	if (how == MMSCOPE_HOW_context_switch)
		mmscope_ledger_lazy(entry, change);
}

static __always_inline void borrow_ends(struct mmscope_moment m,
					const struct task_struct *task,
					struct mm_struct *mm, pid_t next,
					enum mmscope_how how, int change)
{
	/* Another mm than noted: the loan began where it could not be seen. */
	bool known = borrow_get(mm) == mm;
	struct mmscope_mm *entry = mmscope_mm_seen(mm);
	u64 ns;

	borrow_set(mm, NULL);
	borrow_set(returned, mm);
	borrow_set(returned_by, task->pid);
	borrow_add(returns, 1);
	/* There the last drop may come much later, and on another CPU. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) &&
	    how == MMSCOPE_HOW_context_switch && entry != &mmscope_mm_unknown)
		entry->returned_by = task->pid;
	ns = likely(known) ? m.now - borrow_get(since) : 0;
	borrow_add(total_ns, ns);
	if (unlikely(ns > borrow_get(longest_ns)))
		borrow_set(longest_ns, ns);
	mmscope_emit_checked_by(m, task, lazy_return, how, entry, .ns = ns,
				.lender = likely(known) ? borrow_get(lender) :
							  0,
				.borrower = task->pid, .next = next,
				.users = atomic_read(&mm->mm_users),
				.count = count_after(mm, change));
	if (how == MMSCOPE_HOW_context_switch)
		mmscope_ledger_lazy(entry, change);
}

static __always_inline void borrow_passes(struct mmscope_moment m,
					  const struct task_struct *task,
					  struct mm_struct *mm, pid_t borrower)
{
	struct mmscope_mm *entry = mmscope_mm_seen(mm);

	if (unlikely(borrow_get(mm) != mm)) {
		borrow_set(mm, mm);
		borrow_set(id, entry->id);
		borrow_set(lender, 0);
		borrow_set(since, m.now);
	}
	borrow_set(borrower, borrower);
	borrow_add(handoffs, 1);
	mmscope_emit_checked_by(m, task, lazy_handoff,
				MMSCOPE_HOW_context_switch, entry,
				.ns = m.now - borrow_get(since),
				.previous = task->pid, .borrower = borrower,
				.users = atomic_read(&mm->mm_users),
				.count = atomic_read(&mm->mm_count));
}

static void borrow_say_found(const struct mmscope_borrow *b,
			     const struct mm_struct *mm,
			     struct mmscope_mm *entry)
{
	mmscope_emit_checked(lazy_borrow, MMSCOPE_HOW_found, entry,
			     .lender = b->lender, .borrower = b->borrower,
			     .users = atomic_read(&mm->mm_users),
			     .count = atomic_read(&mm->mm_count));
}

/*
 * A task that exits is noted as a borrower when exit_mm() begins. If it is
 * preempted, or waits for mmap_lock, before it really gives up its mm, that note is
 * gone; the loan is its own all the same, and how long it has it is known unless it
 * moved.
 *
 * A reader of cpuN that exits closes its file after exit_mm(). Nothing was recorded
 * when it became the borrower, and mmscope_borrows_say() found no note at the close.
 */
static void borrow_was_own(struct mmscope_borrow *b, struct mm_struct *mm,
			   struct task_struct *task)
{
	struct mmscope_mm *entry = mmscope_mm_seen(mm);

	b->mm = mm;
	b->id = mmscope_mm_id(entry);
	b->lender = task->pid;
	b->borrower = task->pid;
	b->since = b->exiting == task->pid ? b->exiting_since : mmscope_now();
	/* Pairs with the barrier in reader_unmark(): one of the two tells. */
	smp_mb();
	/* Another flag may change at this moment; this one was set before the barrier. */
	if (unlikely(data_race(entry->flags) & BIT(MMSCOPE_MM_WAS_READER)))
		borrow_say_found(b, mm, entry);
}

/*
 * A kernel thread runs on another mm than it had, and took none: the CPU goes
 * offline, and sched_force_init_mm() (7.0 and later; inlined) has given the
 * loan back. The mm may be gone by now.
 */
static void borrow_was_dropped(struct mmscope_borrow *b, pid_t borrower)
{
	/* A copy: the entry is another mm's as soon as this one is freed. */
	struct mmscope_mm gone = {
		.id = b->id,
		.flags = BIT(MMSCOPE_MM_UNKNOWN),
	};
	struct mmscope_mm *entry = mmscope_mm_find(b->mm);
	u64 ns = mmscope_now() - b->since;
	int users = 0, count = 0;
	unsigned long slot;

	if (entry && mmscope_mm_slot(entry, &slot) &&
	    mmscope_mm_counters(slot, b->mm, b->id, &users, &count))
		gone.flags |= READ_ONCE(entry->flags) & ~BIT(MMSCOPE_MM_UNSAID);
	if (entry && this_cpu_read(mmscope_filter_lent) == entry) {
		/* The loan was recorded from its beginning, a reader's or not. */
		this_cpu_write(mmscope_filter_lent, NULL);
		gone.flags &= ~BIT(MMSCOPE_MM_READER);
	}
	mmscope_emit_checked(lazy_return, MMSCOPE_HOW_offline, &gone, .ns = ns,
			     .lender = b->lender, .borrower = borrower,
			     .users = users, .count = count);
	b->mm = NULL;
	b->returns++;
	b->total_ns += ns;
	b->longest_ns = max(b->longest_ns, ns);
}

/* What becomes of a loan that is another than the noted one. */
static noinline __cold void borrow_is_another(struct mmscope_borrow *b,
					      struct mm_struct *mm,
					      struct task_struct *prev)
{
	if (prev->flags & PF_EXITING)
		borrow_was_own(b, mm, prev);
	else if (b->mm)
		borrow_was_dropped(b, prev->pid);
}

/*
 * Out of line, so that a plain switch needs no stack frame; with the arguments
 * where the tracepoint put them. The clock is looked at first, when there is
 * little to keep over the call. prev->active_mm is there: context_switch() is
 * about to follow it, too.
 */
static noinline __noclone notrace void borrow_step(void *data, bool preempt,
						   struct task_struct *prev,
						   struct task_struct *next)
{
	struct mmscope_moment m = mmscope_moment();
	struct mm_struct *mm = prev->active_mm;

	if (unlikely(!prev->mm && borrow_get(mm) != mm)) {
		borrow_is_another(this_cpu_ptr(&borrow), mm, prev);
		/* The loan may have been noted just now, after the first look. */
		m = mmscope_moment();
	}
	if (prev->mm)
		borrow_begins(m, prev, mm, next->pid,
			      MMSCOPE_HOW_context_switch, 1);
	else if (next->mm)
		borrow_ends(m, prev, mm, next->pid, MMSCOPE_HOW_context_switch,
			    -1);
	else
		borrow_passes(m, prev, mm, next->pid);
}

static __always_inline void switches(void *data, bool preempt,
				     struct task_struct *prev,
				     struct task_struct *next)
{
	mmscope_hit(MMSCOPE_POINT_context_switch);
	if (likely(prev->mm && next->mm))
		this_cpu_write(borrow.mm, NULL);
	else
		borrow_step(data, preempt, prev, next);
}

/**
 * mmscope_on_sched_switch() - tracepoint, right before context_switch()
 * @data: not used
 * @preempt: not used
 * @prev: runs now
 * @next: runs next
 * @prev_state: not used
 *
 * Context: interrupts off, runqueue lock held: no wake-up, no lock.
 */
void notrace mmscope_on_sched_switch(void *data, bool preempt,
				     struct task_struct *prev,
				     struct task_struct *next,
				     unsigned int prev_state)
{
	switches(data, preempt, prev, next);
}

/**
 * mmscope_on_sched_switch_stateless() - the same for a kernel without the state
 * @data: not used
 * @preempt: not used
 * @prev: runs now
 * @next: runs next
 *
 * Context: as mmscope_on_sched_switch().
 */
void notrace mmscope_on_sched_switch_stateless(void *data, bool preempt,
					       struct task_struct *prev,
					       struct task_struct *next)
{
	switches(data, preempt, prev, next);
}

/**
 * mmscope_borrow_begin() - the current task gives up its mm and goes on on it
 * @m: now
 * @mm: the mm
 * @how: exit or unuse_mm
 *
 * exit_mm() takes a count for the loan. kthread_unuse_mm() ends with as many as
 * before: until 6.4 the use's reference becomes the loan's, since then one is
 * taken and the other dropped.
 *
 * Context: task, with preemption off.
 */
void mmscope_borrow_begin(struct mmscope_moment m, struct mm_struct *mm,
			  enum mmscope_how how)
{
	borrow_begins(m, current, mm, current->pid, how,
		      how == MMSCOPE_HOW_exit ? 1 : 0);
	borrow_set(exiting, current->pid);
	borrow_set(exiting_since, borrow_get(since));
}

/**
 * mmscope_borrow_end() - the current kernel thread's loan ends without a switch
 * @how: exec, use_mm or offline
 *
 * Context: task, with preemption off.
 */
void mmscope_borrow_end(enum mmscope_how how)
{
	struct mm_struct *mm = current->active_mm;

	if (mm && !current->mm)
		borrow_ends(mmscope_moment(), current, mm, current->pid, how,
			    -1);
}

/**
 * mmscope_at_kthread_use_mm() - kthread_use_mm(mm)
 * @mm: the mm to be used
 * @unused: not used
 * @caller: not used
 *
 * A thread that borrows that very mm ends with as many references as before:
 * until 6.4 the loan's becomes the use's, since then one is taken and the other
 * dropped.
 */
void mmscope_at_kthread_use_mm(unsigned long mm, unsigned long unused,
			       unsigned long caller)
{
	struct mm_struct *borrowed = current->active_mm;

	if (borrowed && !current->mm)
		borrow_ends(mmscope_moment(), current, borrowed, current->pid,
			    MMSCOPE_HOW_use_mm,
			    borrowed == (struct mm_struct *)mm ? 0 : -1);
}

/**
 * mmscope_at_kthread_unuse_mm() - kthread_unuse_mm(mm)
 * @mm: the mm that was used
 * @unused: not used
 * @caller: not used
 */
void mmscope_at_kthread_unuse_mm(unsigned long mm, unsigned long unused,
				 unsigned long caller)
{
	mmscope_borrow_begin(mmscope_moment(), (struct mm_struct *)mm,
			     MMSCOPE_HOW_unuse_mm);
}

/**
 * mmscope_at_idle_task_exit() - idle_task_exit(): this CPU runs nothing any more
 * @unused: not used
 * @unused_too: not used
 * @caller: not used
 *
 * finish_cpu() drops the count of what the idle task borrowed, on another CPU,
 * right afterwards. Before 7.0.
 */
void mmscope_at_idle_task_exit(unsigned long unused, unsigned long unused_too,
			       unsigned long caller)
{
	mmscope_borrow_end(MMSCOPE_HOW_offline);
}

/*
 * A CPU that is off borrows nothing. What it ran on last may be the kernel's own
 * mm, whose loans nobody has to give back.
 */
static int borrow_cpu_dead(unsigned int cpu)
{
	per_cpu(borrow, cpu).mm = NULL;
	per_cpu(borrow, cpu).returned = NULL;
	return 0;
}

static int borrow_hotplug_state;

/**
 * mmscope_borrows_watch() - know when a CPU is off
 *
 * Context: may sleep. Called again it does nothing.
 * Return: 0 or what the hotplug core says.
 */
int mmscope_borrows_watch(void)
{
	int state;

	if (borrow_hotplug_state)
		return 0;
	state = cpuhp_setup_state_nocalls(
		CPUHP_BP_PREPARE_DYN, "mmscope:borrow", NULL, borrow_cpu_dead);
	if (state < 0)
		return state;
	borrow_hotplug_state = state;
	return 0;
}

/**
 * mmscope_borrows_unwatch() - not any more
 *
 * Context: may sleep.
 */
void mmscope_borrows_unwatch(void)
{
	if (borrow_hotplug_state)
		cpuhp_remove_state_nocalls(borrow_hotplug_state);
	borrow_hotplug_state = 0;
}

/**
 * mmscope_borrow_returned() - whose return an mm's last drop was
 * @mm: the mm whose count has reached 0 in finish_task_switch() on this CPU
 *
 * finish_task_switch() drops what the switch right before it returned, so the
 * last return that this CPU noted is the one.
 *
 * Context: on the CPU that drops, with preemption off.
 * Return: the borrower's pid; -1 if that return was not seen.
 */
pid_t mmscope_borrow_returned(const struct mm_struct *mm)
{
	struct mmscope_borrow *b = this_cpu_ptr(&borrow);

	if (b->returned != mm)
		return -1;
	return b->returned_by;
}

/*
 * The task that runs here cannot go on while this interrupts it. A loan that is
 * known already is said again for a capture that begins now, but not counted.
 */
static void borrow_find(void *unused)
{
	struct mmscope_borrow *b = this_cpu_ptr(&borrow);
	struct mm_struct *mm = current->active_mm;
	struct mmscope_mm *entry;

	if (current->mm || !mm)
		return;
	entry = mmscope_mm_seen(mm);
	if (b->mm != mm) {
		b->mm = mm;
		b->id = entry->id;
		b->since = mmscope_now();
		b->lender = 0;
		b->borrower = current->pid;
		b->borrows++;
	}
	borrow_say_found(b, mm, entry);
}

/**
 * mmscope_borrows_find() - record who borrows what already
 *
 * Each is a lazy_borrow with how=found. Only what runs on a CPU can borrow: a kernel
 * thread that is switched out has passed its loan on or given it back.
 *
 * Context: may sleep; under mmscope_mutex, while recording.
 */
void mmscope_borrows_find(void)
{
	on_each_cpu(borrow_find, NULL, true);
}

static bool borrow_is_of(int cpu, void *mm)
{
	return READ_ONCE(per_cpu(borrow, cpu).mm) == mm;
}

static void borrow_keep(void *mm)
{
	if (!current->mm && current->active_mm == mm)
		this_cpu_write(mmscope_filter_lent, mmscope_mm_find(mm));
}

/**
 * mmscope_borrows_keep() - go on recording the loans that an mm has now
 * @mm: the current task's, of which nothing else is to be recorded from now on
 *
 * They would have no end; as one has that begins between this and the caller's mark.
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_borrows_keep(struct mm_struct *mm)
{
	on_each_cpu_cond(borrow_is_of, borrow_keep, mm, true);
}

static void borrow_say(void *mm)
{
	if (current->active_mm != mm)
		return;
	if (this_cpu_read(mmscope_filter_lent) == mmscope_mm_find(mm))
		this_cpu_write(mmscope_filter_lent, NULL);
	else
		borrow_find(NULL);
}

/**
 * mmscope_borrows_say() - record the loans of an mm that is recorded from now on
 * @mm: it is held; never followed
 *
 * They began while nothing was recorded of it, and would be handed on or given back
 * without having been borrowed; but for those of mmscope_borrows_keep().
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_borrows_say(struct mm_struct *mm)
{
	on_each_cpu_cond(borrow_is_of, borrow_say, mm, true);
}

/**
 * mmscope_borrows_clear() - forget the loans; totals stay
 *
 * Context: nothing is attached.
 */
void mmscope_borrows_clear(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		per_cpu(borrow, cpu).mm = NULL;
		per_cpu(borrow, cpu).returned = NULL;
		per_cpu(mmscope_filter_lent, cpu) = NULL;
	}
}

/**
 * mmscope_borrow_copy() - a CPU's loan as it is now
 * @cpu: a possible CPU
 * @copy: gets it; the fields may be of two moments close together
 */
void mmscope_borrow_copy(unsigned int cpu, struct mmscope_borrow *copy)
{
	*copy = per_cpu(borrow, cpu);
}

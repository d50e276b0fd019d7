/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * borrow.h - who runs on whose mm: active_mm and lazy TLB
 */
#ifndef MMSCOPE_BORROW_H
#define MMSCOPE_BORROW_H

#include <linux/sched.h>

#include "base/compat.h"
#include "record/ring.h"
#include "shared/record.h"

struct mm_struct;

/**
 * struct mmscope_borrow - the loan that one CPU has, and what it has had
 * @mm: borrowed now, never followed; NULL: a user task runs
 * @id: of that mm
 * @since: ns; when this CPU took the loan
 * @lender: pid of the user task that ran before
 * @borrower: pid of who has it now
 * @returned: the mm of this CPU's last return
 * @returned_by: pid of who had it
 * @exiting: pid of the task that last began to give up its mm here
 * @exiting_since: ns; when
 * @borrows: how many loans
 * @handoffs: how many times a loan was passed on
 * @returns: how many loans were given back
 * @total_ns: time on loan, of those given back
 * @longest_ns: the longest of them
 */
struct mmscope_borrow {
	struct mm_struct *mm;
	u64 id;
	u64 since;
	pid_t lender;
	pid_t borrower;
	struct mm_struct *returned;
	pid_t returned_by;
	pid_t exiting;
	u64 exiting_since;
	u64 borrows;
	u64 handoffs;
	u64 returns;
	u64 total_ns;
	u64 longest_ns;
};

void mmscope_borrows_find(void);
void mmscope_borrows_keep(struct mm_struct *mm);
void mmscope_borrows_say(struct mm_struct *mm);
int mmscope_borrows_watch(void);
void mmscope_borrows_unwatch(void);
void mmscope_borrows_clear(void);
void mmscope_borrow_begin(struct mmscope_moment m, struct mm_struct *mm,
			  enum mmscope_how how);
void mmscope_borrow_end(enum mmscope_how how);
pid_t mmscope_borrow_returned(const struct mm_struct *mm);
void mmscope_borrow_copy(unsigned int cpu, struct mmscope_borrow *copy);

/* Handlers; points.c says where. */
void mmscope_on_sched_switch(void *data, bool preempt, struct task_struct *prev,
			     struct task_struct *next, unsigned int prev_state);
void mmscope_on_sched_switch_stateless(void *data, bool preempt,
				       struct task_struct *prev,
				       struct task_struct *next);
void mmscope_at_idle_task_exit(unsigned long unused, unsigned long unused_too,
			       unsigned long caller);
void mmscope_at_kthread_use_mm(unsigned long mm, unsigned long unused,
			       unsigned long caller);
void mmscope_at_kthread_unuse_mm(unsigned long mm, unsigned long unused,
				 unsigned long caller);

#endif /* MMSCOPE_BORROW_H */

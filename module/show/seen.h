/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seen.h - all address spaces at once, as the files `mms` and `holders` show them
 */
#ifndef MMSCOPE_SEEN_H
#define MMSCOPE_SEEN_H

#include <linux/sched.h>
#include <linux/types.h>

#include "points/borrow.h"

struct mm_struct;

/* Ends a list of CPUs or of kernel threads. */
#define MMSCOPE_SEEN_END -1

/**
 * struct mmscope_seen_mm - one mm
 * @mm: its address; not to be followed
 * @slot: in the table; only while recording
 * @id: its number
 * @birth: ns, or when it was found
 * @dead: ns, when mm_users reached 0; 0 while it has users
 * @pages: resident ones, about; only while not recording
 * @users: mm_users
 * @count: mm_count
 * @tasks: that have a share of mm_users
 * @cpu: the first CPU that borrows it
 * @kthread: the first kernel thread in kthread_use_mm()
 * @pid: whose it is
 * @how: dup, exec or found
 * @comm: whose it is
 */
struct mmscope_seen_mm {
	const struct mm_struct *mm;
	unsigned long slot;
	u64 id;
	u64 birth;
	u64 dead;
	u64 pages;
	int users;
	int count;
	u32 tasks;
	int cpu;
	int kthread;
	pid_t pid;
	u8 how;
	char comm[TASK_COMM_LEN];
};

/**
 * struct mmscope_seen_borrow - a CPU's loan
 * @next: the next CPU that borrows the same mm
 * @borrow: the loan, and those before
 */
struct mmscope_seen_borrow {
	int next;
	struct mmscope_borrow borrow;
};

/**
 * struct mmscope_seen_kthread - a kernel thread in kthread_use_mm()
 * @next: the next one that uses the same mm
 * @pid: which one
 * @comm: its name
 */
struct mmscope_seen_kthread {
	int next;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/* Kernel threads that are told by name; io_uring has none, vhost one for each queue. */
#define MMSCOPE_SEEN_KTHREADS 1024

/**
 * struct mmscope_seen - all of them
 * @recording: who borrows is known, and what is dead
 * @session: mmscope_session() then
 * @now: ns
 * @mms: dead ones first, else by id
 * @nr_mms: how many
 * @max_mms: for how many there is room
 * @places: where in @mms an mm is, plus 1, by a hash of its address; 0: no mm
 * @bits: there are 1 << @bits places
 * @borrows: one for each CPU number
 * @kthreads: kernel threads in kthread_use_mm()
 * @nr_kthreads: how many of them
 */
struct mmscope_seen {
	bool recording;
	u64 session;
	u64 now;
	struct mmscope_seen_mm *mms;
	unsigned long nr_mms;
	unsigned long max_mms;
	u32 *places;
	unsigned int bits;
	struct mmscope_seen_borrow *borrows;
	struct mmscope_seen_kthread *kthreads;
	int nr_kthreads;
};

struct mmscope_seen *mmscope_see(void);
void mmscope_seen_free(struct mmscope_seen *seen);
bool mmscope_seen_is_current(const struct mmscope_seen *seen);

#endif /* MMSCOPE_SEEN_H */

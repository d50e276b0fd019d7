// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_holders.c - the file `holders`: who holds each mm, dead ones that are still
 * pinned first
 *
 * A counter is explained by tasks, by borrowing CPUs, and by takes that were seen
 * and not given back. What that leaves over is said to be unknown: it is from
 * before the ledger was on, or from where the ledger does not look.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "borrow.h"
#include "clock.h"
#include "compat.h"
#include "control.h"
#include "ledger.h"
#include "record_names.h"
#include "memory.h"
#include "scan.h"
#include "stacks.h"
#include "takes.h"

/* Frames of a take's stack that fit a line; the file `stacks` has all. */
#define HOLDER_FRAMES 5

/* Others may change a counter between two looks; after so many it is shown. */
#define HOLDER_LOOKS 5

struct held_mm {
	unsigned long slot;
	struct mmscope_mm mm;
	u32 tasks;
	int users;
	int count;
	u64 pages;
};

/* A dead mm has no users; a held one has users, but no task among them. */
static const char *held_state(const struct held_mm *held)
{
	if (!held->users)
		return "dead";
	return held->tasks ? "live" : "held";
}

static void seconds(u64 since, char *text, size_t size)
{
	u64 ns = mmscope_now() - since;

	snprintf(text, size, "%llu.%03llu", ns / NSEC_PER_SEC,
		 ns % NSEC_PER_SEC / NSEC_PER_MSEC);
}

/* The beginning of a line, up to what the holder is. */
static void holder_begin(struct seq_file *m, const struct held_mm *held,
			 const char *holder, const char *counter, int n)
{
	seq_printf(m, "%8llu  %-5s %6d %6d %8llu  %-8s %-7s %5d ", held->mm.id,
		   held_state(held), held->users, held->count, held->pages,
		   holder, counter, n);
}

static void holder_who(struct seq_file *m, pid_t pid, const char *comm,
		       u64 since)
{
	char age[24] = "-", word[TASK_COMM_LEN];

	if (since)
		seconds(since, age, sizeof(age));
	seq_printf(m, "%7d  %-15s %12s  ", pid,
		   mmscope_comm_word(comm, word), age);
}

static unsigned int show_borrows_of(struct seq_file *m,
				    const struct held_mm *held)
{
	struct mmscope_borrow borrow;
	unsigned int cpu, n = 0;

	for_each_possible_cpu(cpu) {
		mmscope_borrow_copy(cpu, &borrow);
		if (!borrow.mm || borrow.id != held->mm.id)
			continue;
		n++;
		if (!m)
			continue;
		holder_begin(m, held, "borrow", "count", 1);
		holder_who(m, borrow.borrower, "", borrow.since);
		seq_printf(m, "CPU %u\n", cpu);
	}
	return MMSCOPE_LAZY_TLB_COUNTS ? n : 0;
}

static void show_take(struct seq_file *m, const struct held_mm *held,
		      const struct mmscope_take *take)
{
	const struct mmscope_site *site = mmscope_site(take->site);

	holder_begin(m, held, "take",
		     take->counter == MMSCOPE_USERS ? "users" : "count", 1);
	holder_who(m, take->pid, take->comm, take->since);
	seq_printf(m, "%s: %s", site ? site->label : "?",
		   site && site->what ? site->what : "-");
	if (take->stack) {
		seq_printf(m, "; stack %u: ", take->stack);
		mmscope_stack_line(m, take->stack, HOLDER_FRAMES);
	}
	seq_putc(m, '\n');
}

/* @m NULL: only count them, by counter. */
static void show_takes_of(struct seq_file *m, const struct held_mm *held,
			  int *n)
{
	struct mmscope_take take;
	unsigned int i;

	n[MMSCOPE_USERS] = 0;
	n[MMSCOPE_COUNT] = 0;
	for (i = 0; i < MMSCOPE_TAKE_WINDOW; i++) {
		if (!mmscope_take_copy(held->mm.id, i, &take))
			continue;
		n[take.counter]++;
		if (m)
			show_take(m, held, &take);
	}
}

/* Kernel threads inside kthread_use_mm(). */
static unsigned int show_kthreads_of(struct seq_file *m,
				     const struct held_mm *held,
				     struct mm_struct *mm)
{
	struct task_struct *process;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process(process) {
		if (!(process->flags & PF_KTHREAD) ||
		    READ_ONCE(process->mm) != mm)
			continue;
		n++;
		if (!m)
			continue;
		holder_begin(m, held, "use_mm", "count", 1);
		holder_who(m, process->pid, process->comm, 0);
		seq_puts(m, "kthread_use_mm()\n");
	}
	rcu_read_unlock();
	return n;
}

static void show_rest(struct seq_file *m, const struct held_mm *held,
		      const char *counter, int n)
{
	if (!n)
		return;
	holder_begin(m, held, "unknown", counter, n);
	holder_who(m, 0, "", 0);
	seq_puts(m,
		 mmscope_ledger_is_on() ?
			 "from before the ledger was on, or not seen by it\n" :
			 "the ledger is off: echo 1 > ledger\n");
}

static bool held_look(struct held_mm *held, struct mm_struct *mm)
{
	return mmscope_mm_counters(held->slot, mm, held->mm.id, &held->users,
				   &held->count);
}

/* What tasks, loans and takes leave over, looked at until it stands still. */
static bool held_rest(struct held_mm *held, struct mm_struct *mm, int *rest)
{
	int takes[MMSCOPE_COUNTERS], users, count, looks;

	for (looks = 0; looks < HOLDER_LOOKS; looks++) {
		if (!held_look(held, mm))
			return false;
		users = held->users;
		count = held->count;
		show_takes_of(NULL, held, takes);
		rest[MMSCOPE_USERS] =
			users - (int)held->tasks - takes[MMSCOPE_USERS];
		rest[MMSCOPE_COUNT] = count - !!users - takes[MMSCOPE_COUNT] -
				      (int)show_borrows_of(NULL, held) -
				      (int)show_kthreads_of(NULL, held, mm);
		if (!held_look(held, mm))
			return false;
		if (held->users == users && held->count == count &&
		    !rest[MMSCOPE_USERS] && !rest[MMSCOPE_COUNT])
			break;
	}
	return true;
}

static void show_held(struct seq_file *m, struct held_mm *held,
		      struct mm_struct *mm)
{
	int rest[MMSCOPE_COUNTERS], takes[MMSCOPE_COUNTERS];

	if (!held_rest(held, mm, rest))
		return;
	held->pages = held->users ? mmscope_mm_pages_about(mm) : 0;
	if (held->tasks) {
		holder_begin(m, held, "tasks", "users", held->tasks);
		holder_who(m, held->mm.pid, held->mm.comm, held->mm.birth);
		seq_puts(m, "its own\n");
	}
	if (held->users) {
		holder_begin(m, held, "users", "count", 1);
		holder_who(m, held->mm.pid, held->mm.comm, held->mm.birth);
		seq_puts(m, "all users together\n");
	} else {
		holder_begin(m, held, "-", "-", 0);
		holder_who(m, held->mm.pid, held->mm.comm, held->mm.dead);
		seq_puts(m, "its own, until it died\n");
	}
	show_borrows_of(m, held);
	show_kthreads_of(m, held, mm);
	show_takes_of(m, held, takes);
	show_rest(m, held, "users", rest[MMSCOPE_USERS]);
	show_rest(m, held, "count", rest[MMSCOPE_COUNT]);
}

/* First those that nobody would expect to be there. */
static void show_all(struct seq_file *m, const u32 *tasks, bool alive)
{
	struct held_mm held = {};
	struct mm_struct *mm;

	for (held.slot = 0; held.slot < mmscope_mm_slots(); held.slot++) {
		mm = mmscope_mm_copy(held.slot, &held.mm);
		if (!mm || !held_look(&held, mm))
			continue;
		held.tasks = tasks[held.slot];
		if ((held.users && held.tasks) == alive)
			show_held(m, &held, mm);
	}
}

/**
 * mmscope_holders_show() - the file `holders`
 * @m: where to
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_holders_show(struct seq_file *m)
{
	u32 *tasks = NULL;

	seq_puts(
		m,
		"#     mm  state  users  count    pages  holder   counter     n     pid  comm                   age_s  what\n");
	if (!mmscope_look())
		tasks = mmscope_alloc(mmscope_mm_slots() * sizeof(*tasks));
	if (!tasks) {
		seq_puts(m, "# no memory to show the address spaces\n");
		return;
	}
	mmscope_scan_tasks_of(tasks);
	show_all(m, tasks, false);
	show_all(m, tasks, true);
	kvfree(tasks);
}

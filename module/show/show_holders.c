// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_holders.c - the file `holders`: who holds each mm, dead ones that are still
 * pinned first
 *
 * A counter is explained by tasks, by borrowing CPUs, and by takes that were seen
 * and not given back. What that leaves over is said to be unknown: it is from
 * before the ledger was on, or from where the ledger does not look.
 *
 * All mm's are explained when the file is read from its beginning; the lines are
 * shown one by one afterwards.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/memory.h"
#include "ledger/ledger.h"
#include "ledger/stacks.h"
#include "points/borrow.h"
#include "record/record_names.h"
#include "show/holders.h"
#include "show/text.h"

/* Frames of a take's stack that fit a line; the file `stacks` has all. */
#define HOLDER_FRAMES 5

/* A dead mm has no users; a held one has users, but no task among them. */
static const char *held_state(const struct mmscope_seen_mm *mm)
{
	if (!mm->users)
		return "dead";
	return mm->tasks ? "live" : "held";
}

/* The beginning of a line, up to what the holder is. */
static void holder_begin(struct seq_file *m, const struct mmscope_seen_mm *mm,
			 const char *holder, const char *counter, int n)
{
	seq_printf(m, "%8llu  %-5s %6d %6d %8llu  %-8s %-7s %5d ", mm->id,
		   held_state(mm), mm->users, mm->count, mm->pages, holder,
		   counter, n);
}

static void holder_who(struct seq_file *m, pid_t pid, const char *comm,
		       u64 since, u64 now)
{
	char age[24] = "-", word[TASK_COMM_LEN];
	u64 ns = now > since ? now - since : 0;

	if (since)
		snprintf(age, sizeof(age), "%llu.%03llu", ns / NSEC_PER_SEC,
			 ns % NSEC_PER_SEC / NSEC_PER_MSEC);
	seq_printf(m, "%7d  %-15s %12s  ", pid, mmscope_comm_word(comm, word),
		   age);
}

static const char *counter_name(enum mmscope_counter counter)
{
	return counter == MMSCOPE_USERS ? "users" : "count";
}

static void show_take(struct seq_file *m, const struct mmscope_seen_mm *mm,
		      const struct mmscope_take *take, u64 now)
{
	const struct mmscope_site *site = take->by;

	holder_begin(m, mm, "take", counter_name(take->counter), 1);
	holder_who(m, take->pid, take->comm, take->since, now);
	seq_printf(m, "%s: %s", site ? site->label : "?",
		   site && site->what ? site->what : "-");
	if (take->stack) {
		seq_printf(m, "; stack %u: ", take->stack);
		mmscope_stack_line(m, take->stack, HOLDER_FRAMES);
	}
	seq_putc(m, '\n');
}

static void show_rest(struct seq_file *m, const struct mmscope_seen_mm *mm,
		      const struct mmscope_holder *holder)
{
	holder_begin(m, mm, "unknown", counter_name(holder->counter),
		     holder->n);
	holder_who(m, 0, "", 0, 0);
	seq_puts(m,
		 mmscope_ledger_is_on() ?
			 "from before the ledger was on, or not seen by it\n" :
			 "the ledger is off: echo 1 > ledger\n");
}

/* Those that the mm's own process is: tasks, users, and the dead process. */
static void show_own(struct seq_file *m, const struct mmscope_seen_mm *mm,
		     const struct mmscope_holder *holder, u64 now)
{
	switch (holder->kind) {
	case MMSCOPE_HOLDER_TASKS:
		holder_begin(m, mm, "tasks", "users", holder->n);
		holder_who(m, mm->pid, mm->comm, mm->birth, now);
		seq_puts(m, "its own\n");
		break;
	case MMSCOPE_HOLDER_USERS:
		holder_begin(m, mm, "users", "count", 1);
		holder_who(m, mm->pid, mm->comm, mm->birth, now);
		seq_puts(m, "all users together\n");
		break;
	default:
		holder_begin(m, mm, "-", "-", 0);
		holder_who(m, mm->pid, mm->comm, mm->dead, now);
		seq_puts(m, "its own, until it died\n");
		break;
	}
}

static void show_holder(struct seq_file *m, const struct mmscope_seen_mm *mm,
			const struct mmscope_holder *holder, u64 now)
{
	switch (holder->kind) {
	case MMSCOPE_HOLDER_BORROW:
		holder_begin(m, mm, "borrow", "count", 1);
		holder_who(m, holder->pid, "", holder->since, now);
		seq_printf(m, "CPU %d\n", holder->n);
		break;
	case MMSCOPE_HOLDER_USE_MM:
		holder_begin(m, mm, "use_mm", "count", 1);
		holder_who(m, holder->pid, holder->comm, 0, now);
		seq_puts(m, "kthread_use_mm()\n");
		break;
	case MMSCOPE_HOLDER_TAKE:
		show_take(m, mm, &holder->take, now);
		break;
	case MMSCOPE_HOLDER_UNTOLD:
		holder_begin(m, mm, "untold", "-", holder->n);
		holder_who(m, 0, "", 0, 0);
		seq_puts(
			m,
			"takes that were seen and had no room to be noted; some may have been given back\n");
		break;
	case MMSCOPE_HOLDER_REST:
		show_rest(m, mm, holder);
		break;
	default:
		show_own(m, mm, holder, now);
		break;
	}
}

static void *holders_look(void)
{
	return mmscope_holders_collect();
}

static void holders_forget(void *seen)
{
	mmscope_holders_free(seen);
}

static unsigned long holders_rows(void *seen)
{
	return 1 + ((struct mmscope_holders *)seen)->nr;
}

static void holders_row(struct seq_file *m, void *seen, unsigned long n)
{
	const struct mmscope_holders *holders = seen;
	struct mmscope_holder holder;

	if (!n) {
		seq_puts(
			m,
			"#     mm  state  users  count    pages  holder   counter     n     pid  comm                   age_s  what\n");
		return;
	}
	holder = holders->list[n - 1];
	/* `echo free > enable` may have freed them since the first row. */
	if (holder.kind == MMSCOPE_HOLDER_TAKE &&
	    holders->sites != mmscope_sites_generation())
		holder.take.by = NULL;
	show_holder(m, &holders->seen->mms[holder.mm], &holder,
		    holders->seen->now);
}

const struct mmscope_text mmscope_holders_text = {
	.name = "holders",
	.mode = 0400,
	.look = holders_look,
	.forget = holders_forget,
	.rows = holders_rows,
	.row = holders_row,
};

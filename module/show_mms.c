// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_mms.c - the file `mms`: every address space, pinned dead ones first
 */
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "borrow.h"
#include "clock.h"
#include "control.h"
#include "debugfs.h"
#include "memory.h"
#include "mm_table.h"
#include "record_names.h"
#include "scan.h"

struct mm_row {
	struct mmscope_mm mm;
	u32 tasks;
	int users;
	int count;
};

static int row_compare(const void *left, const void *right)
{
	const struct mm_row *a = left, *b = right;

	if (!a->users != !b->users)
		return a->users ? 1 : -1;
	return a->mm.id < b->mm.id ? -1 : a->mm.id > b->mm.id;
}

/* Fills rows, at most max; returns how many. */
static unsigned long rows_collect(struct mm_row *rows, unsigned long max,
				  const u32 *tasks)
{
	unsigned long slot, n = 0;
	struct mm_struct *mm;
	struct mm_row *row;

	for (slot = 0; slot < mmscope_mm_slots() && n < max; slot++) {
		row = &rows[n];
		mm = mmscope_mm_copy(slot, &row->mm);
		if (!mm || !mmscope_mm_counters(slot, mm, row->mm.id,
						&row->users, &row->count))
			continue;
		row->tasks = tasks[slot];
		n++;
	}
	return n;
}

static void borrowers_text(u64 id, char *text, size_t size)
{
	struct mmscope_borrow borrow;
	size_t length = 0;
	unsigned int cpu;

	text[0] = '\0';
	for_each_possible_cpu(cpu) {
		mmscope_borrow_copy(cpu, &borrow);
		if (borrow.mm && borrow.id == id)
			length += scnprintf(text + length, size - length, "%s%u",
					    length ? "," : "", cpu);
	}
	if (!length)
		snprintf(text, size, "-");
}

static void seconds_text(u64 ns, char *text, size_t size)
{
	snprintf(text, size, "%llu.%03llu", ns / NSEC_PER_SEC,
		 ns % NSEC_PER_SEC / NSEC_PER_MSEC);
}

static void row_show(struct seq_file *m, const struct mm_row *row, u64 now)
{
	char borrowers[64], age[24], dead[24] = "-";

	borrowers_text(row->mm.id, borrowers, sizeof(borrowers));
	seconds_text(now - row->mm.birth, age, sizeof(age));
	if (!row->users && row->mm.dead)
		seconds_text(now - row->mm.dead, dead, sizeof(dead));
	seq_printf(m, "%8llu  %-5s %6d %6d %6u %5d  %-9s %12s %10s  %-6s %7d  %s\n",
		   row->mm.id, row->users ? "live" : "dead", row->users,
		   row->count, row->tasks, row->count - !!row->users, borrowers,
		   age, dead, mmscope_how_label(row->mm.how), row->mm.pid,
		   row->mm.comm[0] ? row->mm.comm : "-");
}

/**
 * mmscope_mms_show() - the file `mms`
 * @m: where to
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_mms_show(struct seq_file *m)
{
	struct mm_row *rows = NULL;
	u32 *tasks = NULL;
	unsigned long n, i, used = 0;
	u64 now;

	seq_puts(m,
		 "#     mm  state  users  count  tasks  pins  borrowers        age_s     dead_s  how        pid  comm\n");
	if (mmscope_look())
		goto no_memory;
	for (i = 0; i < mmscope_mm_slots(); i++)
		used += !!READ_ONCE(mmscope_mm_keys[i]);
	/* Some may be born meanwhile. */
	used += used / 8 + 64;
	tasks = mmscope_alloc(mmscope_mm_slots() * sizeof(*tasks));
	rows = mmscope_alloc(used * sizeof(*rows));
	if (!tasks || !rows)
		goto no_memory;
	mmscope_scan_tasks_of(tasks);
	n = rows_collect(rows, used, tasks);
	sort(rows, n, sizeof(*rows), row_compare, NULL);
	now = mmscope_now();
	for (i = 0; i < n; i++)
		row_show(m, &rows[i], now);
	goto out;
no_memory:
	seq_puts(m, "# no memory to show the address spaces\n");
out:
	kvfree(rows);
	kvfree(tasks);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_mms.c - the file `mms`: every address space, pinned dead ones first
 */
#include <linux/kernel.h>
#include <linux/seq_file.h>

#include "record/record_names.h"
#include "show/seen.h"
#include "show/text.h"

/* All of them, however many, with as many blanks behind as the column has. */
static void borrowers_show(struct seq_file *m, const struct mmscope_seen *seen,
			   const struct mmscope_seen_mm *mm)
{
	char one[12];
	int cpu, length = 0;

	if (!seen->recording || mm->cpu == MMSCOPE_SEEN_END) {
		seq_printf(m, "%-9s", seen->recording ? "-" : "?");
		return;
	}
	for (cpu = mm->cpu; cpu != MMSCOPE_SEEN_END;
	     cpu = seen->borrows[cpu].next) {
		length += scnprintf(one, sizeof(one), "%s%d", length ? "," : "",
				    cpu);
		seq_puts(m, one);
	}
	seq_printf(m, "%*s", max(9 - length, 0), "");
}

static void seconds_text(u64 ns, char *text, size_t size)
{
	snprintf(text, size, "%llu.%03llu", ns / NSEC_PER_SEC,
		 ns % NSEC_PER_SEC / NSEC_PER_MSEC);
}

static void mm_row(struct seq_file *m, const struct mmscope_seen *seen,
		   const struct mmscope_seen_mm *mm)
{
	u64 now = max(seen->now, max(mm->birth, mm->dead));
	char age[24], dead[24] = "-";

	seconds_text(now - mm->birth, age, sizeof(age));
	if (!mm->users && mm->dead)
		seconds_text(now - mm->dead, dead, sizeof(dead));
	seq_printf(m, "%8llu  %-5s %6d %6d %6u %5d  ", mm->id,
		   mm->users ? "live" : "dead", mm->users, mm->count, mm->tasks,
		   mm->count - !!mm->users);
	borrowers_show(m, seen, mm);
	seq_printf(m, " %12s %10s  %-6s %7d  ", age, dead,
		   mmscope_how_label(mm->how), mm->pid);
	mmscope_comm_show(m, mm->comm[0] ? mm->comm : "-");
	seq_putc(m, '\n');
}

static void *mms_look(void)
{
	return mmscope_see();
}

static void mms_forget(void *seen)
{
	mmscope_seen_free(seen);
}

static unsigned long mms_rows(void *seen)
{
	return 1 + ((struct mmscope_seen *)seen)->nr_mms;
}

static void mms_row(struct seq_file *m, void *seen, unsigned long n)
{
	if (!n)
		seq_puts(
			m,
			"#     mm  state  users  count  tasks  pins  borrowers        age_s     dead_s  how        pid  comm\n");
	else
		mm_row(m, seen, &((struct mmscope_seen *)seen)->mms[n - 1]);
}

const struct mmscope_text mmscope_mms_text = {
	.name = "mms",
	.mode = 0400,
	.look = mms_look,
	.forget = mms_forget,
	.rows = mms_rows,
	.row = mms_row,
	.own = true,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_borrows.c - the file `borrows`: who runs on whose mm, per CPU
 *
 * While nothing is recorded only a CPU itself knows what it runs on, and none is
 * interrupted to say so: `?` then.
 */
#include <linux/cpumask.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "base/clock.h"
#include "base/recording.h"
#include "points/borrow.h"
#include "record/record_names.h"
#include "show/text.h"

static void comm_of(pid_t pid, unsigned int cpu, char *comm, size_t size)
{
	struct task_struct *task;

	if (!pid) {
		snprintf(comm, size, "swapper/%u", cpu);
		return;
	}
	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	snprintf(comm, size, "%s", task ? task->comm : "(exited)");
	rcu_read_unlock();
}

static void loan_show(struct seq_file *m, unsigned int cpu,
		      const struct mmscope_borrow *b)
{
	u64 now = mmscope_now();
	const char *none = mmscope_is_recording() ? "-" : "?";

	if (b->mm)
		seq_printf(m, "%5u %8llu %9d %8d %13llu", cpu, b->id,
			   b->borrower, b->lender,
			   now > b->since ? now - b->since : 0);
	else
		seq_printf(m, "%5u %8s %9s %8s %13s", cpu, none, none, none,
			   none);
}

static void cpu_row(struct seq_file *m, unsigned int cpu)
{
	char comm[TASK_COMM_LEN + 8] = "-";
	struct mmscope_borrow b;

	mmscope_borrow_copy(cpu, &b);
	if (!mmscope_is_recording()) {
		b.mm = NULL;
		comm[0] = '?';
	}
	if (b.mm)
		comm_of(b.borrower, cpu, comm, sizeof(comm));
	loan_show(m, cpu, &b);
	seq_printf(m, " %10llu %10llu %10llu %16llu %13llu  ", b.borrows,
		   b.handoffs, b.returns, b.total_ns, b.longest_ns);
	mmscope_comm_show(m, comm);
	seq_putc(m, '\n');
}

static unsigned long borrows_rows(void *seen)
{
	return 1 + nr_cpu_ids;
}

static void borrows_row(struct seq_file *m, void *seen, unsigned long n)
{
	if (!n)
		seq_puts(
			m,
			"# cpu       mm  borrower   lender        for_ns    borrows   handoffs    returns         total_ns    longest_ns  comm\n");
	else if (cpu_online(n - 1))
		cpu_row(m, n - 1);
}

const struct mmscope_text mmscope_borrows_text = {
	.name = "borrows",
	.mode = 0400,
	.rows = borrows_rows,
	.row = borrows_row,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_borrows.c - the file `borrows`: who runs on whose mm, per CPU
 */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "borrow.h"
#include "clock.h"
#include "control.h"

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

static void row_show(struct seq_file *m, unsigned int cpu, u64 now)
{
	struct mmscope_borrow b;
	char comm[TASK_COMM_LEN + 8] = "-";

	mmscope_borrow_copy(cpu, &b);
	if (b.mm) {
		comm_of(b.borrower, cpu, comm, sizeof(comm));
		seq_printf(m, "%5u %8llu %9d %8d %13llu", cpu, b.id, b.borrower,
			   b.lender, now > b.since ? now - b.since : 0);
	} else {
		seq_printf(m, "%5u %8s %9s %8s %13s", cpu, "-", "-", "-", "-");
	}
	seq_printf(m, " %10llu %10llu %10llu %16llu %13llu  %s\n", b.borrows,
		   b.handoffs, b.returns, b.total_ns, b.longest_ns, comm);
}

/**
 * mmscope_borrows_show() - the file `borrows`
 * @m: where to
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_borrows_show(struct seq_file *m)
{
	u64 now;
	int cpu;

	seq_puts(m,
		 "# cpu       mm  borrower   lender        for_ns    borrows   handoffs    returns         total_ns    longest_ns  comm\n");
	if (mmscope_look()) {
		seq_puts(m, "# no memory to show the borrows\n");
		return;
	}
	now = mmscope_now();
	for_each_online_cpu(cpu)
		row_show(m, cpu, now);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * spin.c - a kernel thread that takes a CPU and does not give it back
 *
 * Write the CPU's number from a task that runs there: the thread takes the CPU
 * from it and, with that, borrows its address space. "off" lets go. It spins
 * with preemption off, because a real-time thread alone would be throttled; and
 * never for long enough to make a watchdog bark.
 */
#include "mmscope_test.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#define LONGEST_NS (8ULL * NSEC_PER_SEC)

static struct task_struct *spinner;
static unsigned int cpu;
static int pid;
static bool spinning, timed_out;

static int spin(void *unused)
{
	u64 until = ktime_get_ns() + LONGEST_NS;

	preempt_disable();
	WRITE_ONCE(spinning, true);
	while (!kthread_should_stop() && ktime_get_ns() < until)
		cpu_relax();
	WRITE_ONCE(spinning, false);
	preempt_enable();
	WRITE_ONCE(timed_out, !kthread_should_stop());
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static void spin_stop(void)
{
	if (spinner)
		kthread_stop(spinner);
	spinner = NULL;
}

static int spin_write(const char *text)
{
	int error = kstrtouint(text, 10, &cpu);

	if (error)
		return error;
	if (spinner)
		return -EBUSY;
	if (cpu >= nr_cpu_ids || !cpu_online(cpu))
		return -ENODEV;
	spinner = kthread_create(spin, NULL, "mmscope_spin");
	if (IS_ERR(spinner)) {
		error = PTR_ERR(spinner);
		spinner = NULL;
		return error;
	}
	timed_out = false;
	pid = spinner->pid;
	kthread_bind(spinner, cpu);
	sched_set_fifo(spinner);
	wake_up_process(spinner);
	return 0;
}

static void spin_show(struct seq_file *file)
{
	seq_printf(file, "what=spin spinning=%d cpu=%u kthread=%d timed_out=%d\n",
		   READ_ONCE(spinning), cpu, pid, READ_ONCE(timed_out));
}

const struct test_file test_spin = {
	.name = "spin",
	.write = spin_write,
	.show = spin_show,
	.stop = spin_stop,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * kthreads.c - kernel threads that begin and end: clones without an mm
 *
 * Write how many; reading names the pids.
 */
#include "mmscope_test.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched.h>

#define MOST 64

static int pids[MOST];
static unsigned int made;

static int until_stopped(void *unused)
{
	while (!kthread_should_stop())
		msleep_interruptible(10);
	return 0;
}

static int kthreads_write(const char *text)
{
	struct task_struct *task;
	unsigned int count, i;
	int error;

	error = kstrtouint(text, 10, &count);
	if (error)
		return error;
	if (!count || count > MOST)
		return -ERANGE;
	for (i = 0; i < count; i++) {
		task = kthread_run(until_stopped, NULL, "mmscope_test/%u", i);
		made = i;
		if (IS_ERR(task))
			return PTR_ERR(task);
		pids[i] = task->pid;
		kthread_stop(task);
	}
	made = count;
	return 0;
}

static void kthreads_show(struct seq_file *file)
{
	unsigned int i;

	for (i = 0; i < made; i++)
		seq_printf(file, "what=kthread pid=%d\n", pids[i]);
}

static void kthreads_stop(void)
{
	made = 0;
}

const struct test_file test_kthreads = {
	.name = "kthreads",
	.write = kthreads_write,
	.show = kthreads_show,
	.stop = kthreads_stop,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * use_mm.c - a kernel thread that works in a process's address space
 *
 * Write the process's pid; "off" makes the thread leave it again.
 */
#include "mmscope_test.h"

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

static struct task_struct *user;
static struct mm_struct *victim;
static int victim_pid, user_pid;
static u64 use_ns, unuse_ns;
static DECLARE_COMPLETION(using);

static int use(void *unused)
{
	use_ns = ktime_get_ns();
	kthread_use_mm(victim);
	complete(&using);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	kthread_unuse_mm(victim);
	unuse_ns = ktime_get_ns();
	return 0;
}

static void use_mm_stop(void)
{
	if (!user)
		return;
	kthread_stop(user);
	user = NULL;
	mmput(victim);
}

static int use_mm_write(const char *text)
{
	int error = 0;

	if (user)
		return -EBUSY;
	victim = test_mm_of(text, &victim_pid);
	if (IS_ERR(victim))
		return PTR_ERR(victim);
	unuse_ns = 0;
	reinit_completion(&using);
	user = kthread_run(use, NULL, "mmscope_use_mm");
	if (IS_ERR(user)) {
		error = PTR_ERR(user);
		user = NULL;
		mmput(victim);
		return error;
	}
	user_pid = user->pid;
	wait_for_completion(&using);
	return 0;
}

static void use_mm_show(struct seq_file *file)
{
	seq_printf(file, "what=use_mm kthread=%d victim=%d use_ns=%llu unuse_ns=%llu\n",
		   user_pid, victim_pid, use_ns, unuse_ns);
}

const struct test_file test_use_mm = {
	.name = "use_mm",
	.write = use_mm_write,
	.show = use_mm_show,
	.stop = use_mm_stop,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * leak.c - a leak: one reference of each kind on a process's mm, and nobody lets go
 *
 * Write the process's pid; "off" gives them back.
 */
#include "mmscope_test.h"

#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

static struct mm_struct *leaked;
static int pid;

/*
 * A function with a name that one can look for, whatever calls it. It takes no other
 * reference meanwhile, that the one it keeps could be taken for.
 */
static noinline int leak_take(struct task_struct *task)
{
	struct mm_struct *mm;

	task_lock(task);
	mm = task->mm;
	if (mm && !(task->flags & PF_KTHREAD)) {
		mmgrab(mm);
		mmget(mm);
		leaked = mm;
	}
	task_unlock(task);
	return leaked ? 0 : -EINVAL;
}

static void leak_stop(void)
{
	if (!leaked)
		return;
	mmput(leaked);
	mmdrop(leaked);
	leaked = NULL;
}

static int leak_write(const char *text)
{
	struct task_struct *task;
	struct pid *found;
	int error;

	if (leaked)
		return -EBUSY;
	error = kstrtoint(text, 10, &pid);
	if (error)
		return error;
	found = find_get_pid(pid);
	task = get_pid_task(found, PIDTYPE_PID);
	put_pid(found);
	if (!task)
		return -ESRCH;
	error = leak_take(task);
	put_task_struct(task);
	return error;
}

static void leak_show(struct seq_file *file)
{
	seq_printf(file, "what=leak pid=%d users=%d count=%d\n", pid, !!leaked,
		   !!leaked);
}

const struct test_file test_leak = {
	.name = "leak",
	.write = leak_write,
	.show = leak_show,
	.stop = leak_stop,
};

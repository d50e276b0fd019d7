// SPDX-License-Identifier: GPL-2.0-only
/*
 * leak.c - a leak: one reference of each kind on a process's mm, and nobody lets go
 *
 * Write the process's pid; "off" gives them back.
 */
#include "mmscope_test.h"

#include <linux/err.h>
#include <linux/sched/mm.h>

static struct mm_struct *leaked;
static int pid;

/* A function with a name that one can look for, whatever calls it. */
static noinline void leak_take(struct mm_struct *mm)
{
	mmgrab(mm);
	mmget(mm);
	leaked = mm;
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
	struct mm_struct *mm;

	if (leaked)
		return -EBUSY;
	mm = test_mm_of(text, &pid);
	if (IS_ERR(mm))
		return PTR_ERR(mm);
	leak_take(mm);
	mmput(mm);
	return 0;
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

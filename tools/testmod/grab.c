// SPDX-License-Identifier: GPL-2.0-only
/*
 * grab.c - a pin that nobody can see from user space: mmgrab on a process
 *
 * Write the process's pid; "off" drops it.
 */
#include "mmscope_test.h"

#include <linux/err.h>
#include <linux/sched/mm.h>

static struct mm_struct *grabbed;
static int pid;

static void grab_stop(void)
{
	if (grabbed)
		mmdrop(grabbed);
	grabbed = NULL;
}

static int grab_write(const char *text)
{
	struct mm_struct *mm;

	if (grabbed)
		return -EBUSY;
	mm = test_mm_of(text, &pid);
	if (IS_ERR(mm))
		return PTR_ERR(mm);
	mmgrab(mm);
	mmput(mm);
	grabbed = mm;
	return 0;
}

static void grab_show(struct seq_file *file)
{
	seq_printf(file, "what=grab pid=%d held=%d\n", pid, !!grabbed);
}

const struct test_file test_grab = {
	.name = "grab",
	.write = grab_write,
	.show = grab_show,
	.stop = grab_stop,
};

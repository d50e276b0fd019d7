// SPDX-License-Identifier: GPL-2.0-only
/*
 * stranger.c - a counter that lies where mm_count lies in an mm, and is none
 *
 * Write how often it is to go up.
 */
#include "mmscope_test.h"

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/slab.h>

static struct mm_struct *stranger;
static unsigned int times;

/* A function with a name that one can look for. */
static noinline void stranger_goes_up(struct mm_struct *like)
{
	atomic_inc(&like->mm_count);
}

static int stranger_write(const char *text)
{
	unsigned int i;
	int error = kstrtouint(text, 10, &times);

	if (error)
		return error;
	if (!stranger)
		stranger = kzalloc(sizeof(*stranger), GFP_KERNEL);
	if (!stranger)
		return -ENOMEM;
	for (i = 0; i < times; i++)
		stranger_goes_up(stranger);
	return 0;
}

static void stranger_show(struct seq_file *file)
{
	seq_printf(file, "what=stranger times=%u value=%d\n", times,
		   stranger ? atomic_read(&stranger->mm_count) : 0);
}

static void stranger_stop(void)
{
	kfree(stranger);
	stranger = NULL;
}

const struct test_file test_stranger = {
	.name = "stranger",
	.write = stranger_write,
	.show = stranger_show,
	.stop = stranger_stop,
};

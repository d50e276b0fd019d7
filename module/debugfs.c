// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs.c - /sys/kernel/debug/mmscope: which files there are
 *
 * debugfs keeps the module while one of its files is open, so nothing here can
 * go away under a reader; rmmod says EBUSY instead.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "attach.h"
#include "borrow.h"
#include "candidates.h"
#include "clone_stats.h"
#include "control.h"
#include "debugfs.h"
#include "filter.h"
#include "ledger.h"
#include "stacks.h"
#include "stream.h"
#include "watch.h"

/* No sensible filter is longer. */
#define WRITE_MAX 4096

/**
 * struct text_file - a file of text
 * @name: in the directory
 * @mode: its permissions
 * @show: prints it, under mmscope_mutex
 * @write: NULL, or takes what was written, under mmscope_mutex
 */
struct text_file {
	const char *name;
	umode_t mode;
	void (*show)(struct seq_file *m);
	int (*write)(char *text);
};

static struct dentry *directory;

static void readme_show(struct seq_file *m)
{
	seq_puts(m,
		 "mmscope: how fork made each address space, who uses it, who pins it, who borrows it\n"
		 "\n"
		 "	echo 1 > enable		record\n"
		 "	cat forks		what clones cost: by path (none, share, dup) and kind\n"
		 "	cat mms			the address spaces; dead ones that are still pinned first\n"
		 "	cat borrows		per CPU: which kernel thread runs on whose mm\n"
		 "	echo 1 > ledger		see every change of mm_users and mm_count, too\n"
		 "	cat ledger		by function; and whose ledger does not close\n"
		 "	cat holders		who holds each address space, dead ones first\n"
		 "	cat stacks		the calls that took references, each once\n"
		 "	cat candidates		functions where a change may hide that the ledger misses\n"
		 "	cat events		the records themselves, oldest first; lost ones are said in place\n"
		 "	cat probes		what is attached where, and what this kernel does not offer\n"
		 "	cat stats		records written and lost, memory, cost\n"
		 "	echo 0 > enable		stop; what was recorded stays readable\n"
		 "\n"
		 "	echo pid=PID > filter	only this process and its descendants\n"
		 "	echo 'comm=NAME types=copy_mm,fork_end' > filter\n"
		 "	echo off > filter	everything\n"
		 "\n"
		 "	echo PID > watch	every change of users and count of that process's mm,\n"
		 "				by hardware watchpoints\n"
		 "	cat watch		which instruction changed what, in which task, on which CPU\n"
		 "	echo off > watch	stop; it stops by itself when the mm is freed\n"
		 "\n"
		 "	mkdir trace && cp metadata cpu* trace	a CTF trace, for babeltrace2,\n"
		 "				Trace Compass or `mmscope report -i trace`\n"
		 "\n"
		 "cpuN is consumed by reading and has one reader at a time; all other files can be\n"
		 "read at any time and change nothing. The same records are tracepoints in\n"
		 "/sys/kernel/tracing/events/mmscope while recording is on.\n"
		 "users is mm_users, count is mm_count, ids of mm's are never given twice.\n");
}

static void enable_show(struct seq_file *m)
{
	seq_printf(m, "%d\n", mmscope_is_recording());
}

static int enable_write(char *text)
{
	unsigned int value;

	if (kstrtouint(strim(text), 10, &value) || value > 1)
		return -EINVAL;
	if (value)
		return mmscope_start();
	mmscope_stop();
	return 0;
}

static const struct text_file text_files[] = {
	{ "README", 0400, readme_show },
	{ "enable", 0600, enable_show, enable_write },
	{ "filter", 0600, mmscope_filter_show, mmscope_filter_set },
	{ "forks", 0400, mmscope_clone_stats_show },
	{ "mms", 0400, mmscope_mms_show },
	{ "borrows", 0400, mmscope_borrows_show },
	{ "ledger", 0600, mmscope_ledger_show, mmscope_ledger_set },
	{ "holders", 0400, mmscope_holders_show },
	{ "stacks", 0400, mmscope_stacks_show },
	{ "candidates", 0400, mmscope_candidates_show },
	{ "probes", 0400, mmscope_points_show },
	{ "stats", 0400, mmscope_stats_show },
	{ "metadata", 0400, mmscope_metadata_show },
};

static int text_show(struct seq_file *m, void *unused)
{
	const struct text_file *text = m->private;

	mutex_lock(&mmscope_mutex);
	text->show(m);
	mutex_unlock(&mmscope_mutex);
	return 0;
}

/**
 * mmscope_may_open() - whether a file may be opened now
 *
 * Loading is refused under lockdown, but a kernel can be locked down later. debugfs
 * then refuses files that can be written, and lets root read on in those of mode 0400
 * (debugfs_locked_down() in fs/debugfs/file.c, 5.10 to 7.3).
 *
 * Context: may sleep.
 * Return: 0 or -EPERM.
 */
int mmscope_may_open(void)
{
	return security_locked_down(LOCKDOWN_DEBUGFS);
}

static int text_open(struct inode *inode, struct file *file)
{
	int err = mmscope_may_open();

	return err ? err : single_open(file, text_show, inode->i_private);
}

static ssize_t text_write(struct file *file, const char __user *buffer,
			  size_t size, loff_t *position)
{
	const struct text_file *text =
		((struct seq_file *)file->private_data)->private;
	char *copy;
	int err;

	if (!text->write || size >= WRITE_MAX)
		return -EINVAL;
	copy = memdup_user_nul(buffer, size);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	/* A NUL inside would hide what comes after it. */
	err = strlen(copy) == size ? 0 : -EINVAL;
	if (!err) {
		mutex_lock(&mmscope_mutex);
		err = text->write(copy);
		mutex_unlock(&mmscope_mutex);
	}
	kfree(copy);
	return err ? err : size;
}

static const struct file_operations text_fops = {
	.owner = THIS_MODULE,
	.open = text_open,
	.release = single_release,
	.read = seq_read,
	.write = text_write,
	.llseek = seq_lseek,
};

/* debugfs lets its users ignore errors; but a file that is missing is a fault. */
static int create_file(const char *name, umode_t mode, void *data,
		       const struct file_operations *fops)
{
	struct dentry *file =
		debugfs_create_file(name, mode, directory, data, fops);

	if (!IS_ERR(file))
		return 0;
	pr_err("cannot make the debugfs file mmscope/%s: error %ld\n", name,
	       PTR_ERR(file));
	return PTR_ERR(file);
}

static int create_streams(void)
{
	char name[16];
	unsigned int cpu;
	int err = 0;

	for_each_possible_cpu(cpu) {
		snprintf(name, sizeof(name), "cpu%u", cpu);
		if (!err)
			err = create_file(name, 0400,
					  (void *)(unsigned long)cpu,
					  &mmscope_stream_fops);
	}
	return err;
}

static int create_files(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(text_files) && !err; i++)
		err = create_file(text_files[i].name, text_files[i].mode,
				  (void *)&text_files[i], &text_fops);
	if (!err)
		err = create_file("events", 0400, NULL, &mmscope_events_fops);
	if (!err)
		err = create_file("watch", 0600, NULL, &mmscope_watch_fops);
	return err ? err : create_streams();
}

/**
 * mmscope_debugfs_create() - make the directory and its files
 *
 * Context: may sleep.
 * Return: 0, or a negative errno that has been explained in the log.
 */
int mmscope_debugfs_create(void)
{
	int err;

	directory = debugfs_create_dir("mmscope", NULL);
	if (IS_ERR(directory)) {
		pr_err("cannot make the debugfs directory mmscope: error %ld; is debugfs switched off (debugfs=off)?\n",
		       PTR_ERR(directory));
		return PTR_ERR(directory);
	}
	/* debugfs makes directories 0755. */
	d_inode(directory)->i_mode = S_IFDIR | 0700;
	err = create_files();
	if (err)
		debugfs_remove(directory);
	return err;
}

/**
 * mmscope_debugfs_remove() - take the directory away
 *
 * Context: may sleep; waits for calls under way.
 */
void mmscope_debugfs_remove(void)
{
	debugfs_remove(directory);
}

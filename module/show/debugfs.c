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
#include <linux/seq_file.h>
#include <linux/string.h>

#include "base/live.h"
#include "base/recording.h"
#include "control/control.h"
#include "ledger/candidates.h"
#include "ledger/stacks.h"
#include "points/clone_stats.h"
#include "show/debugfs.h"
#include "show/stream.h"
#include "show/text.h"
#include "table/filter.h"

static struct dentry *directory;

static void readme_row(struct seq_file *m, void *seen, unsigned long n)
{
	seq_puts(
		m,
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
		"	echo free > enable	stop, and give back all memory with what was recorded\n"
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

static void enable_row(struct seq_file *m, void *seen, unsigned long n)
{
	seq_printf(m, "%d\n", mmscope_is_recording());
}

static int enable_write(char *text)
{
	unsigned int value;

	text = strim(text);
	if (!strcmp(text, "free"))
		return mmscope_give_back();
	if (kstrtouint(text, 10, &value) || value > 1)
		return -EINVAL;
	if (value)
		return mmscope_start();
	mmscope_stop();
	return 0;
}

static const struct mmscope_text readme_text = {
	.name = "README",
	.mode = 0400,
	.row = readme_row,
	.own = true,
};

static const struct mmscope_text enable_text = {
	.name = "enable",
	.mode = 0600,
	.row = enable_row,
	.write = enable_write,
};

static const struct mmscope_text *const text_files[] = {
	&readme_text,
	&enable_text,
	&mmscope_filter_text,
	&mmscope_clone_stats_text,
	&mmscope_mms_text,
	&mmscope_borrows_text,
	&mmscope_ledger_text,
	&mmscope_holders_text,
	&mmscope_stacks_text,
	&mmscope_candidates_text,
	&mmscope_points_text,
	&mmscope_stats_text,
	&mmscope_metadata_text_file,
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
		err = create_file(text_files[i]->name, text_files[i]->mode,
				  (void *)text_files[i], &mmscope_text_fops);
	if (!err)
		err = create_file("events", 0400, NULL, &mmscope_events_fops);
	if (!err)
		err = create_file("watch", 0600, NULL, &mmscope_watch_fops);
	return err ? err : create_streams();
}

/**
 * mmscope_debugfs_create() - make the directory and its files
 *
 * The last thing that can fail when the module is loaded: then the files can be opened.
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
	if (err) {
		debugfs_remove(directory);
		return err;
	}
	mmscope_set_live();
	return 0;
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

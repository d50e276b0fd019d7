// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - the files of mmscope_test in debugfs
 */
#include "mmscope_test.h"

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static const struct test_file *const files[] = {
	&test_symbol,
	&test_kthreads, &test_relay, &test_spin, &test_use_mm, &test_grab,
	&test_leak, &test_registers, &test_stranger,
};

static struct dentry *directory;
static DEFINE_MUTEX(lock);

static int show(struct seq_file *file, void *unused)
{
	const struct test_file *concern = file->private;

	/* Not under the lock: a reader may look while a write goes on. */
	concern->show(file);
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	return single_open(file, show, inode->i_private);
}

static ssize_t write(struct file *file, const char __user *from, size_t len,
		     loff_t *at)
{
	const struct seq_file *seq = file->private_data;
	const struct test_file *concern = seq->private;
	char *text;
	int error;

	if (len > 64)
		return -EINVAL;
	text = memdup_user_nul(from, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	mutex_lock(&lock);
	if (!strcmp(strim(text), "off")) {
		concern->stop();
		error = 0;
	} else {
		error = concern->write(strim(text));
	}
	mutex_unlock(&lock);
	kfree(text);
	return error ? error : len;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = open,
	.read = seq_read,
	.write = write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int __init mmscope_test_init(void)
{
	size_t i;

	directory = debugfs_create_dir("mmscope_test", NULL);
	if (IS_ERR(directory))
		return PTR_ERR(directory);
	for (i = 0; i < ARRAY_SIZE(files); i++)
		debugfs_create_file(files[i]->name, 0600, directory,
				    (void *)files[i], &operations);
	return 0;
}

static void __exit mmscope_test_exit(void)
{
	size_t i;

	debugfs_remove(directory);
	for (i = 0; i < ARRAY_SIZE(files); i++)
		files[i]->stop();
}

module_init(mmscope_test_init);
module_exit(mmscope_test_exit);

MODULE_DESCRIPTION("Kernel threads that do as mmscope's tests tell them");
MODULE_LICENSE("GPL");

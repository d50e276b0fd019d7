// SPDX-License-Identifier: GPL-2.0-only
/*
 * text.c - files of text in debugfs, shown row by row
 *
 * A row that does not fit the reader's buffer is shown once more, and no other. So a
 * file costs as much as it lists, and nobody waits for the mutex longer than
 * for a row.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "base/live.h"
#include "base/recording.h"
#include "show/text.h"

/* No sensible filter is longer. */
#define WRITE_MAX 4096

/**
 * struct reading - one opened file
 * @text: which file it is
 * @seen: what @text->look returned
 * @rows: how many there are
 * @looked: @seen and @rows are there
 * @moved: a row has been shown: who goes back to the beginning looks anew
 */
struct reading {
	const struct mmscope_text *text;
	void *seen;
	unsigned long rows;
	bool looked;
	bool moved;
};

static void reading_forget(struct reading *reading)
{
	if (reading->looked && reading->text->forget)
		reading->text->forget(reading->seen);
	reading->looked = false;
	reading->moved = false;
	reading->seen = NULL;
}

static int reading_look(struct reading *reading)
{
	const struct mmscope_text *text = reading->text;
	void *seen = text->look ? text->look() : NULL;

	/* seq_read() would go on for ever after -EAGAIN, 5.10 to 7.3. */
	if (IS_ERR(seen))
		return seen == ERR_PTR(-EAGAIN) ? -EBUSY : PTR_ERR(seen);
	reading->seen = seen;
	reading->looked = true;
	reading->rows = 1;
	if (text->rows) {
		mutex_lock(&mmscope_mutex);
		reading->rows = text->rows(seen);
		mutex_unlock(&mmscope_mutex);
	}
	return 0;
}

/* Row n is at position n; what it is known by is never NULL. */
static void *text_at(const struct reading *reading, loff_t position)
{
	return position < reading->rows ? (void *)(position + 1UL) : NULL;
}

static void *text_start(struct seq_file *m, loff_t *position)
{
	struct reading *reading = m->private;
	int err;

	if (!*position && reading->moved)
		reading_forget(reading);
	if (!reading->looked) {
		err = reading_look(reading);
		if (err)
			return ERR_PTR(err);
	}
	return text_at(reading, *position);
}

static void *text_next(struct seq_file *m, void *value, loff_t *position)
{
	struct reading *reading = m->private;

	reading->moved = true;
	++*position;
	return text_at(reading, *position);
}

static void text_stop(struct seq_file *m, void *value)
{
}

static int text_show(struct seq_file *m, void *value)
{
	struct reading *reading = m->private;
	const struct mmscope_text *text = reading->text;

	cond_resched();
	if (!text->own)
		mutex_lock(&mmscope_mutex);
	text->row(m, reading->seen, (unsigned long)value - 1);
	if (!text->own)
		mutex_unlock(&mmscope_mutex);
	return 0;
}

static const struct seq_operations text_seq = {
	.start = text_start,
	.next = text_next,
	.stop = text_stop,
	.show = text_show,
};

static int text_open(struct inode *inode, struct file *file)
{
	struct reading *reading;
	int err = mmscope_may_open();

	if (err)
		return err;
	reading = __seq_open_private(file, &text_seq, sizeof(*reading));
	if (!reading)
		return -ENOMEM;
	reading->text = inode->i_private;
	return 0;
}

static int text_release(struct inode *inode, struct file *file)
{
	reading_forget(((struct seq_file *)file->private_data)->private);
	return seq_release_private(inode, file);
}

static ssize_t text_write(struct file *file, const char __user *buffer,
			  size_t size, loff_t *position)
{
	const struct reading *reading =
		((struct seq_file *)file->private_data)->private;
	char *copy;
	int err;

	if (!reading->text->write || size >= WRITE_MAX)
		return -EINVAL;
	copy = memdup_user_nul(buffer, size);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	/* A NUL inside would hide what comes after it. */
	err = strlen(copy) == size ? 0 : -EINVAL;
	if (!err) {
		mutex_lock(&mmscope_mutex);
		err = reading->text->write(copy);
		mutex_unlock(&mmscope_mutex);
	}
	kfree(copy);
	return err ? err : size;
}

const struct file_operations mmscope_text_fops = {
	.owner = THIS_MODULE,
	.open = text_open,
	.release = text_release,
	.read = seq_read,
	.write = text_write,
	.llseek = seq_lseek,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * show_events.c - the file `events`: what is still in the rings, merged by time
 *
 * As a file that grows: whoever reads on after its end gets what was recorded since.
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "debugfs.h"
#include "emit.h"
#include "memory.h"
#include "record_names.h"
#include "ring.h"

/**
 * struct lane - one CPU's part of the merge
 * @cursor: the record after the one held
 * @begin: index of the first record at opening
 * @end: index after the newest, as of opening or of going on
 * @record: the record held
 * @pending: the next cause of loss that is to be said after the last record
 * @holds: there is one
 */
struct lane {
	struct mmscope_cursor cursor;
	unsigned long begin;
	unsigned long end;
	struct mmscope_record record;
	unsigned int pending;
	bool holds;
};

/**
 * struct merge - one opened file
 * @position: how many records were passed
 * @next: the lane with the oldest record, NULL at the end
 * @ended: that it is the end was said
 * @lanes: one for each possible CPU
 */
struct merge {
	loff_t position;
	struct lane *next;
	bool ended;
	struct lane lanes[];
};

static void lane_advance(struct lane *lane, unsigned int cpu)
{
	struct mmscope_ring *ring = mmscope_ring_of(cpu);

	if (!ring) {
		lane->holds = false;
		return;
	}
	lane->holds = mmscope_ring_read(ring, cpu, lane->end, &lane->cursor,
					&lane->record);
	if (lane->holds)
		return;
	lane->holds = mmscope_pending_loss(cpu, &lane->pending, false,
					   &lane->record);
	lane->record.head.timestamp =
		max(lane->record.head.timestamp, lane->cursor.last);
}

static void merge_choose(struct merge *merge)
{
	unsigned int cpu;
	struct lane *lane;

	merge->next = NULL;
	for_each_possible_cpu(cpu) {
		lane = &merge->lanes[cpu];
		if (lane->holds &&
		    (!merge->next ||
		     lane->record.head.timestamp <
			     merge->next->record.head.timestamp))
			merge->next = lane;
	}
}

static void merge_rewind(struct merge *merge)
{
	unsigned int cpu;
	struct lane *lane;

	for_each_possible_cpu(cpu) {
		lane = &merge->lanes[cpu];
		lane->cursor.next = lane->begin;
		lane->cursor.last = 0;
		lane->pending = 0;
		lane_advance(lane, cpu);
	}
	merge->position = 0;
	merge_choose(merge);
}

static void merge_advance(struct merge *merge)
{
	if (!merge->next)
		return;
	lane_advance(merge->next, merge->next - merge->lanes);
	merge->position++;
	merge_choose(merge);
}

/* What was recorded since, and again a loss that still goes on. */
static void merge_go_on(struct merge *merge)
{
	struct mmscope_ring *ring;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		ring = mmscope_ring_of(cpu);
		if (!ring)
			continue;
		merge->lanes[cpu].end = mmscope_ring_written(ring);
		merge->lanes[cpu].pending = 0;
		lane_advance(&merge->lanes[cpu], cpu);
	}
	merge_choose(merge);
}

/*
 * Position 0 is the header line; record n is at position n + 1. The end is said once,
 * or `cat` would never end where its own work makes records.
 */
static void *events_start(struct seq_file *m, loff_t *position)
{
	struct merge *merge = m->private;

	if (!*position)
		return SEQ_START_TOKEN;
	if (merge->position > *position - 1)
		merge_rewind(merge);
	while (merge->next && merge->position < *position - 1)
		merge_advance(merge);
	if (!merge->next && merge->ended)
		merge_go_on(merge);
	merge->ended = !merge->next;
	return merge->next;
}

static void *events_next(struct seq_file *m, void *value, loff_t *position)
{
	struct merge *merge = m->private;

	++*position;
	if (value != SEQ_START_TOKEN)
		merge_advance(merge);
	return merge->next;
}

static void events_stop(struct seq_file *m, void *value)
{
}

static int events_show(struct seq_file *m, void *value)
{
	struct merge *merge = m->private;

	if (value == SEQ_START_TOKEN)
		mmscope_record_header(m);
	else
		mmscope_record_line(m, &merge->next->record);
	return 0;
}

static const struct seq_operations events_seq = {
	.start = events_start,
	.next = events_next,
	.stop = events_stop,
	.show = events_show,
};

static int events_open(struct inode *inode, struct file *file)
{
	struct mmscope_ring *ring;
	struct merge *merge;
	unsigned int cpu;
	int err = mmscope_may_open();

	if (err)
		return err;
	merge = kvzalloc(struct_size(merge, lanes, nr_cpu_ids), MMSCOPE_GFP);
	if (!merge)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		ring = mmscope_ring_of(cpu);
		if (!ring)
			continue;
		merge->lanes[cpu].begin = mmscope_ring_first(ring);
		merge->lanes[cpu].end = mmscope_ring_written(ring);
	}
	merge_rewind(merge);
	err = seq_open(file, &events_seq);
	if (err) {
		kvfree(merge);
		return err;
	}
	((struct seq_file *)file->private_data)->private = merge;
	return 0;
}

static int events_release(struct inode *inode, struct file *file)
{
	kvfree(((struct seq_file *)file->private_data)->private);
	return seq_release(inode, file);
}

const struct file_operations mmscope_events_fops = {
	.owner = THIS_MODULE,
	.open = events_open,
	.release = events_release,
	.read = seq_read,
	.llseek = seq_lseek,
};

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

#include "base/live.h"
#include "base/memory.h"
#include "base/recording.h"
#include "record/losses.h"
#include "record/record_names.h"
#include "record/ring.h"
#include "show/debugfs.h"

/**
 * struct lane - one CPU's part of the merge
 * @cpu: which one
 * @cursor: the record after the one held
 * @begin: index of the first record at opening
 * @end: index after the newest, as of opening or of going on
 * @record: the record held
 * @pending: the next cause of loss that is to be said after the last record
 * @told: how much of each loss has been said
 */
struct lane {
	unsigned int cpu;
	struct mmscope_cursor cursor;
	unsigned long begin;
	unsigned long end;
	struct mmscope_record record;
	unsigned int pending;
	unsigned long told[MMSCOPE_HOW_END];
};

/**
 * struct merge - one opened file
 * @position: how many records were passed
 * @ended: that it is the end was said
 * @nr: lanes that hold a record
 * @heap: those lanes, the one with the oldest record first; each is not younger than the
 *	two at twice its place plus 1 and plus 2
 * @lanes: one for each possible CPU
 */
struct merge {
	loff_t position;
	bool ended;
	unsigned int nr;
	struct lane **heap;
	struct lane lanes[];
};

/* At the same time, the CPU with the lower number is first. */
static bool lane_is_older(const struct lane *a, const struct lane *b)
{
	if (a->record.head.timestamp != b->record.head.timestamp)
		return a->record.head.timestamp < b->record.head.timestamp;
	return a->cpu < b->cpu;
}

/* The lane at that place holds another record than before: down with it. */
static void heap_sift(struct merge *merge, unsigned int at)
{
	struct lane **heap = merge->heap, *lane = heap[at];
	unsigned int child;

	while ((child = 2 * at + 1) < merge->nr) {
		if (child + 1 < merge->nr &&
		    lane_is_older(heap[child + 1], heap[child]))
			child++;
		if (!lane_is_older(heap[child], lane))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = lane;
}

/* False: it has no further record. */
static bool lane_advance(struct lane *lane)
{
	struct mmscope_ring *ring = mmscope_ring_of(lane->cpu);

	if (ring && mmscope_ring_read(ring, lane->cpu, lane->end, &lane->cursor,
				      &lane->record))
		return true;
	if (!mmscope_pending_loss(lane->cpu, &lane->pending, lane->told,
				  &lane->record))
		return false;
	lane->record.head.timestamp =
		max(lane->record.head.timestamp, lane->cursor.last);
	return true;
}

/* Each lane takes its next record, and those that have one are put in order. */
static void merge_gather(struct merge *merge)
{
	struct lane *lane;
	unsigned int cpu;

	merge->nr = 0;
	for_each_possible_cpu(cpu) {
		lane = &merge->lanes[cpu];
		if (lane_advance(lane))
			merge->heap[merge->nr++] = lane;
	}
	for (cpu = merge->nr / 2; cpu-- > 0;)
		heap_sift(merge, cpu);
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
		memset(lane->told, 0, sizeof(lane->told));
	}
	merge->position = 0;
	merge_gather(merge);
}

static struct lane *merge_next(struct merge *merge)
{
	return merge->nr ? merge->heap[0] : NULL;
}

static void merge_advance(struct merge *merge)
{
	if (!merge->nr)
		return;
	if (!lane_advance(merge->heap[0]))
		merge->heap[0] = merge->heap[--merge->nr];
	if (merge->nr)
		heap_sift(merge, 0);
	merge->position++;
}

/* What was recorded since, and by how much a loss has grown. */
static void merge_go_on(struct merge *merge)
{
	struct mmscope_ring *ring;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		ring = mmscope_ring_of(cpu);
		if (ring)
			merge->lanes[cpu].end = mmscope_ring_written(ring);
		merge->lanes[cpu].pending = 0;
	}
	merge_gather(merge);
}

/*
 * Position 0 is the header line; record n is at position n + 1. The end is said once,
 * or `cat` would never end where its own work makes records.
 */
static void *events_start(struct seq_file *m, loff_t *position)
{
	struct merge *merge = m->private;

	if (!*position) {
		/* Who seeks is brought there from the beginning on. */
		if (merge->position)
			merge_rewind(merge);
		return SEQ_START_TOKEN;
	}
	if (merge->position > *position - 1)
		merge_rewind(merge);
	while (merge->nr && merge->position < *position - 1)
		merge_advance(merge);
	if (!merge->nr && merge->ended)
		merge_go_on(merge);
	merge->ended = !merge->nr;
	return merge_next(merge);
}

static void *events_next(struct seq_file *m, void *value, loff_t *position)
{
	struct merge *merge = m->private;

	++*position;
	if (value != SEQ_START_TOKEN)
		merge_advance(merge);
	return merge_next(merge);
}

static void events_stop(struct seq_file *m, void *value)
{
}

static int events_show(struct seq_file *m, void *value)
{
	const struct lane *lane = value;

	cond_resched();
	if (value == SEQ_START_TOKEN)
		mmscope_record_header(m);
	else
		mmscope_record_line(m, &lane->record);
	return 0;
}

static const struct seq_operations events_seq = {
	.start = events_start,
	.next = events_next,
	.stop = events_stop,
	.show = events_show,
};

static struct merge *merge_alloc(void)
{
	struct merge *merge;

	merge = kvzalloc(struct_size(merge, lanes, nr_cpu_ids), MMSCOPE_GFP);
	if (!merge)
		return NULL;
	merge->heap =
		kvmalloc_array(nr_cpu_ids, sizeof(*merge->heap), MMSCOPE_GFP);
	if (!merge->heap) {
		kvfree(merge);
		return NULL;
	}
	return merge;
}

static void merge_free(struct merge *merge)
{
	kvfree(merge->heap);
	kvfree(merge);
}

static void merge_begin(struct merge *merge)
{
	struct mmscope_ring *ring;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		merge->lanes[cpu].cpu = cpu;
		ring = mmscope_ring_of(cpu);
		if (!ring)
			continue;
		merge->lanes[cpu].begin = mmscope_ring_first(ring);
		merge->lanes[cpu].end = mmscope_ring_written(ring);
	}
	merge_rewind(merge);
}

static int events_open(struct inode *inode, struct file *file)
{
	struct merge *merge;
	int err = mmscope_may_open();

	if (err)
		return err;
	merge = merge_alloc();
	if (!merge)
		return -ENOMEM;
	err = seq_open(file, &events_seq);
	if (err) {
		merge_free(merge);
		return err;
	}
	mutex_lock(&mmscope_mutex);
	mmscope_rings_hold();
	mutex_unlock(&mmscope_mutex);
	merge_begin(merge);
	((struct seq_file *)file->private_data)->private = merge;
	return 0;
}

static int events_release(struct inode *inode, struct file *file)
{
	mutex_lock(&mmscope_mutex);
	mmscope_rings_let_go();
	mutex_unlock(&mmscope_mutex);
	merge_free(((struct seq_file *)file->private_data)->private);
	return seq_release(inode, file);
}

const struct file_operations mmscope_events_fops = {
	.owner = THIS_MODULE,
	.open = events_open,
	.release = events_release,
	.read = seq_read,
	.llseek = seq_lseek,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * readers.c - who reads the files cpuN: their doings are not recorded
 *
 * A reader that was recorded would feed itself. What is marked is the reader's mm; a loan
 * of it that was recorded before is recorded to its end, and one that began unrecorded
 * is said when the file is closed.
 */
#include <linux/list.h>
#include <linux/pid.h>
#include <linux/sched/task.h>

#include "base/recording.h"
#include "points/borrow.h"
#include "points/readers.h"
#include "table/mm_table.h"

/* Under mmscope_mutex. */
static LIST_HEAD(readers);

static bool readers_have(u64 id)
{
	struct mmscope_reader *reader;

	list_for_each_entry(reader, &readers, list)
		if (reader->id == id)
			return true;
	return false;
}

/* What is known of the mm that was marked; NULL: it is gone. */
static struct mmscope_mm *reader_marked(const struct mmscope_reader *reader)
{
	struct mmscope_mm *mm;

	if (!reader->id || !mmscope_is_recording())
		return NULL;
	mm = mmscope_mm_find(reader->mm);
	return mm && mm->id == reader->id ? mm : NULL;
}

/* Its mm is like any other from now on, if no other file has the same reader. */
static void reader_unmark(struct mmscope_reader *reader)
{
	struct mmscope_mm *mm = reader_marked(reader);
	u64 id = reader->id;

	reader->id = 0;
	if (!mm || readers_have(id))
		return;
	/* Whoever sees the second bit gone sees the first one. */
	set_bit(MMSCOPE_MM_WAS_READER, &mm->flags);
	clear_bit(MMSCOPE_MM_READER, &mm->flags);
	/* A loan that begins after the look at each CPU's must see the bit gone. */
	smp_mb__after_atomic();
	mmscope_borrows_say(reader->mm);
}

/* The mm is some task's that keeps it meanwhile. */
static void reader_mark(struct mmscope_reader *reader, struct mm_struct *mm)
{
	struct mmscope_mm *entry = mmscope_mm_find_or_add(mm);

	if (!entry)
		return;
	if (!readers_have(entry->id))
		mmscope_borrows_keep(mm);
	reader->mm = mm;
	reader->id = entry->id;
	set_bit(MMSCOPE_MM_READER, &entry->flags);
}

/*
 * Who reads is the reader, whoever opened the file: `cat <cpu0` is opened by the shell.
 * A reader that has execed since is another one.
 */
static void reader_read_by_current(struct mmscope_reader *reader)
{
	struct pid *old = NULL;

	if (!current->mm)
		return;
	mutex_lock(&mmscope_mutex);
	if (reader->pid != task_tgid(current)) {
		old = reader->pid;
		reader->pid = get_pid(task_tgid(current));
	}
	if (mmscope_is_recording() &&
	    mmscope_mm_id(mmscope_mm_find(current->mm)) != reader->id) {
		reader_unmark(reader);
		reader_mark(reader, current->mm);
	}
	mutex_unlock(&mmscope_mutex);
	put_pid(old);
}

/* Nearly always the one that read before; without the mutex, so for a hint only. */
static bool reader_is_current(const struct mmscope_reader *reader)
{
	return reader->pid == task_tgid(current) &&
	       READ_ONCE(reader->mm) == current->mm && READ_ONCE(reader->id);
}

/**
 * mmscope_reader_reads() - the current process reads the file
 * @reader: from mmscope_reader_add()
 *
 * Context: may sleep.
 */
void mmscope_reader_reads(struct mmscope_reader *reader)
{
	if (!reader_is_current(reader))
		reader_read_by_current(reader);
}

static void reader_mark_its(struct mmscope_reader *reader)
{
	struct task_struct *task = get_pid_task(reader->pid, PIDTYPE_TGID);
	struct mm_struct *mm;

	reader->id = 0;
	if (!task)
		return;
	/* As for scan_task(): the mm stays meanwhile. Nothing is recorded of it yet. */
	task_lock(task);
	mm = task->flags & PF_KTHREAD ? NULL : task->mm;
	if (mm) {
		struct mmscope_mm *entry = mmscope_mm_find_or_add(mm);

		reader->mm = mm;
		reader->id = mmscope_mm_id(entry);
		if (entry)
			set_bit(MMSCOPE_MM_READER, &entry->flags);
	}
	task_unlock(task);
	put_task_struct(task);
}

/**
 * mmscope_readers_mark() - the mm's of all readers, as recording begins
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_readers_mark(void)
{
	struct mmscope_reader *reader;

	list_for_each_entry(reader, &readers, list)
		reader_mark_its(reader);
}

static bool reader_is_there(unsigned int cpu)
{
	struct mmscope_reader *reader;

	list_for_each_entry(reader, &readers, list)
		if (reader->cpu == cpu)
			return true;
	return false;
}

/**
 * mmscope_reader_add() - the current process opens a CPU's file
 * @reader: to be filled in
 * @cpu: whose file it is
 *
 * Until somebody else reads it is the reader.
 *
 * Context: may sleep; under mmscope_mutex.
 * Return: 0, or -EBUSY if that file has a reader.
 */
int mmscope_reader_add(struct mmscope_reader *reader, unsigned int cpu)
{
	if (reader_is_there(cpu))
		return -EBUSY;
	reader->cpu = cpu;
	reader->pid = get_pid(task_tgid(current));
	if (mmscope_is_recording() && current->mm)
		reader_mark(reader, current->mm);
	list_add(&reader->list, &readers);
	return 0;
}

/**
 * mmscope_reader_remove() - the file is closed
 * @reader: from mmscope_reader_add()
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_reader_remove(struct mmscope_reader *reader)
{
	list_del(&reader->list);
	reader_unmark(reader);
	put_pid(reader->pid);
}

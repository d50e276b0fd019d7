// SPDX-License-Identifier: GPL-2.0-only
/*
 * filter.c - the words of the filter file, and which tasks they mean
 *
 * The tasks that are followed are one bit each, so that a handler's question
 * costs one look and a fork one bit. A new filter is made beside the old one and
 * takes its place at once.
 */
#include <linux/bitmap.h>
#include <linux/ctype.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "base/handlers.h"
#include "base/memory.h"
#include "base/recording.h"
#include "base/tasks.h"
#include "record/record_names.h"
#include "record/slow_path.h"
#include "table/filter.h"

#define FILTER_MAX_PIDS 16
#define FILTER_ALL_TYPES (BIT(MMSCOPE_TYPE_END) - 1)
/* Without these a reader could not tell what is missing, or who is who. */
#define FILTER_ALWAYS (BIT(MMSCOPE_TYPE_lost) | BIT(MMSCOPE_TYPE_comm))
#define FILTER_PIDS_BYTES (BITS_TO_LONGS(PID_MAX_LIMIT) * sizeof(long))

/**
 * struct filter - what the filter file holds
 * @pids: as written
 * @tgids: the thread groups that they belonged to then
 * @nr_pids: how many
 * @comm: the name, empty if none is asked for
 * @types: one bit for each type
 */
struct filter {
	pid_t pids[FILTER_MAX_PIDS];
	pid_t tgids[FILTER_MAX_PIDS];
	unsigned int nr_pids;
	char comm[TASK_COMM_LEN];
	unsigned long types;
};

unsigned long mmscope_filter_types = FILTER_ALL_TYPES;
unsigned long *mmscope_filter_pids;
DEFINE_PER_CPU(const struct mmscope_mm *, mmscope_filter_lent);

static struct filter filter = { .types = FILTER_ALL_TYPES };

static bool filter_names_tasks(const struct filter *f)
{
	return f->nr_pids || f->comm[0];
}

/* Whether any record may be one that is not wanted. */
static bool filter_is_set(const struct filter *f)
{
	return filter_names_tasks(f) || f->types != FILTER_ALL_TYPES;
}

static int filter_word_pid(struct filter *f, const char *value)
{
	struct task_struct *task;
	pid_t pid, tgid = 0;

	if (kstrtoint(value, 10, &pid) || pid <= 0 || pid >= PID_MAX_LIMIT ||
	    f->nr_pids == FILTER_MAX_PIDS)
		return -EINVAL;
	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	if (task)
		tgid = task->tgid;
	rcu_read_unlock();
	if (!tgid)
		return -EINVAL;
	f->pids[f->nr_pids] = pid;
	f->tgids[f->nr_pids++] = tgid;
	return 0;
}

static int filter_word_types(struct filter *f, char *value)
{
	unsigned int type;
	char *name;

	if (f->types)
		return -EINVAL;
	while ((name = strsep(&value, ","))) {
		for (type = 0; type < MMSCOPE_TYPE_END; type++)
			if (mmscope_type_label(type) &&
			    !strcmp(name, mmscope_type_label(type)))
				break;
		if (type == MMSCOPE_TYPE_END)
			return -EINVAL;
		f->types |= BIT(type);
	}
	return 0;
}

static int filter_word_comm(struct filter *f, const char *value)
{
	if (f->comm[0] || !*value || strlen(value) >= sizeof(f->comm))
		return -EINVAL;
	strscpy(f->comm, value, sizeof(f->comm));
	return 0;
}

static int filter_word(struct filter *f, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	if (!strcmp(word, "pid"))
		return filter_word_pid(f, value);
	if (!strcmp(word, "comm"))
		return filter_word_comm(f, value);
	if (!strcmp(word, "types"))
		return filter_word_types(f, value);
	return -EINVAL;
}

static int filter_parse(struct filter *f, char *text)
{
	unsigned int words = 0;
	bool off = false;
	char *word;
	int err;

	memset(f, 0, sizeof(*f));
	while ((word = strsep(&text, " \t\n"))) {
		if (!*word)
			continue;
		words++;
		if (!strcmp(word, "off")) {
			off = true;
			continue;
		}
		err = filter_word(f, word);
		if (err)
			return err;
	}
	if (!words || (off && words > 1))
		return -EINVAL;
	f->types = f->types ? f->types | FILTER_ALWAYS : FILTER_ALL_TYPES;
	return 0;
}

/* Whether the filter names this thread group itself. Under rcu_read_lock. */
static bool filter_names_group(const struct filter *f, struct task_struct *task)
{
	unsigned int i;

	for (i = 0; i < f->nr_pids; i++)
		if (f->tgids[i] == task->tgid)
			return true;
	return f->comm[0] &&
	       !strncmp(f->comm, task->group_leader->comm, sizeof(f->comm));
}

static bool filter_names_ancestor(const struct filter *f,
				  struct task_struct *task)
{
	for (; task->pid; task = rcu_dereference(task->real_parent))
		if (filter_names_group(f, task))
			return true;
	return false;
}

static void filter_follow_mm(struct task_struct *task)
{
	struct mmscope_mm *mm;

	/* An mm stays as long as its task has it, and that is under this lock. */
	task_lock(task);
	mm = task->mm && mmscope_mm_keys ? mmscope_mm_find(task->mm) : NULL;
	if (mm)
		set_bit(MMSCOPE_MM_FOLLOWED, &mm->flags);
	task_unlock(task);
}

/* What is looked for, and where it is noted. */
struct follow {
	const struct filter *filter;
	unsigned long *pids;
};

static void filter_follow_task(struct task_struct *task, void *data)
{
	const struct follow *follow = data;

	if (!filter_names_ancestor(follow->filter, task))
		return;
	set_bit(task->pid, follow->pids);
	filter_follow_mm(task);
}

static void filter_follow_tasks(const struct filter *f, unsigned long *pids)
{
	struct follow follow = { f, pids };

	mmscope_each_task(filter_follow_task, &follow);
}

static void filter_unfollow_mms(void)
{
	unsigned long slot;

	for (slot = 0; mmscope_mm_keys && slot < mmscope_mm_slots(); slot++) {
		clear_bit(MMSCOPE_MM_FOLLOWED, &mmscope_mm_entries[slot].flags);
		if (!(slot % 1024))
			cond_resched();
	}
}

/**
 * mmscope_filter_set() - replace the filter
 * @text: what was written; changed
 *
 * Context: may sleep; under mmscope_mutex.
 * Return: 0, -EINVAL for a word that is not understood or a pid that is not
 * there, -ENOMEM. The filter is then as it was.
 */
int mmscope_filter_set(char *text)
{
	unsigned long *pids = NULL, *old = mmscope_filter_pids;
	bool was_set = filter_is_set(&filter);
	struct filter f;
	int err;

	err = filter_parse(&f, text);
	if (err)
		return err;
	if (filter_names_tasks(&f)) {
		pids = mmscope_alloc(FILTER_PIDS_BYTES);
		if (!pids)
			return -ENOMEM;
	}
	/* Each record is asked about before the first of them can be unwanted. */
	if (filter_is_set(&f))
		mmscope_slow_path_enable();
	filter_unfollow_mms();
	if (pids)
		filter_follow_tasks(&f, pids);
	filter = f;
	WRITE_ONCE(mmscope_filter_types, f.types);
	/* A handler that sees the new bits sees them filled in. */
	smp_store_release(&mmscope_filter_pids, pids);
	/* Handlers look with preemption off. */
	mmscope_wait_for_handlers();
	kvfree(old);
	if (was_set)
		mmscope_slow_path_disable();
	/* Who was forked between the look at the tasks and the change. */
	mmscope_filter_apply();
	return 0;
}

/**
 * mmscope_filter_apply() - look for the filter's tasks and mm's once more
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_filter_apply(void)
{
	if (mmscope_filter_pids)
		filter_follow_tasks(&filter, mmscope_filter_pids);
}

/**
 * mmscope_filter_passes_reader() - whether a record about a reader's mm is wanted
 * @type: what happened
 * @mm: the mm of a reader of cpuN
 *
 * Only the rest of a loan that was recorded before it was a reader's.
 *
 * Context: any, with preemption off; called for each such record.
 */
bool mmscope_filter_passes_reader(enum mmscope_type type,
				  const struct mmscope_mm *mm)
{
	if (this_cpu_read(mmscope_filter_lent) != mm)
		return false;
	if (type == MMSCOPE_TYPE_lazy_borrow ||
	    type == MMSCOPE_TYPE_lazy_return)
		this_cpu_write(mmscope_filter_lent, NULL);
	return type == MMSCOPE_TYPE_lazy_handoff ||
	       type == MMSCOPE_TYPE_lazy_return;
}

/**
 * mmscope_filter_clone() - a new task takes after the one that made it
 * @child: the new task; the current one made it
 *
 * Context: any, with preemption off; @child does not run yet.
 */
void mmscope_filter_clone(struct task_struct *child)
{
	unsigned long *pids = READ_ONCE(mmscope_filter_pids);

	if (likely(!pids) || child->pid >= PID_MAX_LIMIT)
		return;
	if (test_bit(current->pid, pids))
		set_bit(child->pid, pids);
	else
		clear_bit(child->pid, pids);
}

/**
 * mmscope_filter_exec() - the current task has a new name and a new mm
 * @mm: the new mm, or NULL
 *
 * Context: any, with preemption off.
 */
void mmscope_filter_exec(struct mmscope_mm *mm)
{
	unsigned long *pids = READ_ONCE(mmscope_filter_pids);

	if (likely(!pids))
		return;
	if (filter.comm[0] &&
	    !strncmp(filter.comm, current->comm, sizeof(filter.comm)))
		set_bit(current->pid, pids);
	if (mm && test_bit(current->pid, pids))
		set_bit(MMSCOPE_MM_FOLLOWED, &mm->flags);
}

/* The filter as it could be written. */
static void filter_row(struct seq_file *m, void *seen, unsigned long n)
{
	const char *separator = "";
	unsigned int i, types = 0;

	for (i = 0; i < filter.nr_pids; i++) {
		seq_printf(m, "%spid=%d", separator, filter.pids[i]);
		separator = " ";
	}
	if (filter.comm[0]) {
		seq_printf(m, "%scomm=", separator);
		mmscope_comm_show(m, filter.comm);
		separator = " ";
	}
	if (filter.types == FILTER_ALL_TYPES) {
		seq_puts(m, filter_names_tasks(&filter) ? "\n" : "off\n");
		return;
	}
	seq_printf(m, "%stypes", separator);
	for (i = 0; i < MMSCOPE_TYPE_END; i++)
		if (filter.types & BIT(i) && mmscope_type_label(i))
			seq_printf(m, "%c%s", types++ ? ',' : '=',
				   mmscope_type_label(i));
	seq_putc(m, '\n');
}

const struct mmscope_text mmscope_filter_text = {
	.name = "filter",
	.mode = 0600,
	.row = filter_row,
	.write = mmscope_filter_set,
};

/**
 * mmscope_filter_bytes() - memory that the filter takes
 */
size_t mmscope_filter_bytes(void)
{
	return mmscope_filter_pids ? FILTER_PIDS_BYTES : 0;
}

/**
 * mmscope_filter_free() - give it back; nothing is attached any more
 */
void mmscope_filter_free(void)
{
	kvfree(mmscope_filter_pids);
	mmscope_filter_pids = NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * seen.c - all address spaces at once, as the files `mms` and `holders` show them
 *
 * While recording the table knows them all. Otherwise births and deaths go unseen, so
 * the tasks are looked at: a task that is locked keeps its mm, and nothing is read
 * of an mm later. What nobody runs on then is not seen, nor who borrows.
 *
 * One walk over the table, one over the tasks and one over the CPUs, each in pieces
 * between which others get the mutex and the CPU.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/memory.h"
#include "base/recording.h"
#include "base/tasks.h"
#include "show/seen.h"
#include "table/mm_table.h"

/* Slots of the table, or tasks, that are looked at in one piece. */
#define PIECE 256

/* How often it is begun anew, when recording began or ended or there were too many. */
#define TRIES 8

/**
 * mmscope_seen_free() - give it back
 * @seen: from mmscope_see(), or NULL
 */
void mmscope_seen_free(struct mmscope_seen *seen)
{
	if (!seen)
		return;
	kvfree(seen->mms);
	kvfree(seen->places);
	kvfree(seen->borrows);
	kvfree(seen->kthreads);
	kfree(seen);
}

static struct mmscope_seen *seen_alloc(unsigned long max_mms)
{
	struct mmscope_seen *seen = kzalloc(sizeof(*seen), MMSCOPE_GFP);

	if (!seen)
		return NULL;
	seen->max_mms = max_mms;
	seen->bits = order_base_2(max_mms) + 1;
	seen->mms = mmscope_alloc(max_mms * sizeof(*seen->mms));
	seen->places = mmscope_alloc(sizeof(*seen->places) << seen->bits);
	seen->borrows = mmscope_alloc(nr_cpu_ids * sizeof(*seen->borrows));
	seen->kthreads =
		mmscope_alloc(MMSCOPE_SEEN_KTHREADS * sizeof(*seen->kthreads));
	if (seen->mms && seen->places && seen->borrows && seen->kthreads)
		return seen;
	mmscope_seen_free(seen);
	return NULL;
}

/**
 * mmscope_seen_is_current() - whether the table still knows what was seen
 * @seen: from mmscope_see()
 *
 * Context: under mmscope_mutex.
 */
bool mmscope_seen_is_current(const struct mmscope_seen *seen)
{
	return seen->recording && mmscope_is_recording() &&
	       seen->session == mmscope_session();
}

/* ---- by address ---- */

/* The place of an mm, or the free one where it belongs; at least half are free. */
static u32 *place_of(const struct mmscope_seen *seen,
		     const struct mm_struct *mm)
{
	unsigned long mask = (1UL << seen->bits) - 1;
	unsigned long at = hash_ptr(mm, seen->bits);
	u32 *place;

	for (;;) {
		place = &seen->places[at];
		if (!*place || seen->mms[*place - 1].mm == mm)
			return place;
		at = (at + 1) & mask;
	}
}

static struct mmscope_seen_mm *seen_at(const struct mmscope_seen *seen,
				       const struct mm_struct *mm)
{
	u32 place = *place_of(seen, mm);

	return place ? &seen->mms[place - 1] : NULL;
}

/* NULL: there is no room. */
static struct mmscope_seen_mm *seen_add(struct mmscope_seen *seen)
{
	struct mmscope_seen_mm *new;

	if (seen->nr_mms == seen->max_mms)
		return NULL;
	new = &seen->mms[seen->nr_mms++];
	new->cpu = MMSCOPE_SEEN_END;
	new->kthread = MMSCOPE_SEEN_END;
	return new;
}

/* ---- by the table ---- */

static int see_slot(struct mmscope_seen *seen, unsigned long slot)
{
	struct mmscope_seen_mm *new;
	struct mmscope_mm known;
	struct mm_struct *mm;
	int users, count;

	mm = mmscope_mm_copy(slot, &known);
	if (!mm || !mmscope_mm_counters(slot, mm, known.id, &users, &count))
		return 0;
	new = seen_add(seen);
	if (!new)
		return -EAGAIN;
	new->mm = mm;
	new->slot = slot;
	new->id = known.id;
	new->birth = known.birth;
	new->dead = known.dead;
	new->users = users;
	new->count = count;
	new->pid = known.pid;
	new->how = known.how;
	memcpy(new->comm, known.comm, sizeof(new->comm));
	return 0;
}

static int see_piece_of_table(struct mmscope_seen *seen, unsigned long slot)
{
	unsigned long end = slot + PIECE;
	int err = 0;

	for (; slot < end && slot < mmscope_mm_slots() && !err; slot++)
		err = see_slot(seen, slot);
	return err;
}

static int see_table(struct mmscope_seen *seen, unsigned long slots)
{
	unsigned long slot;
	int err = 0;

	for (slot = 0; slot < slots && !err; slot += PIECE) {
		mutex_lock(&mmscope_mutex);
		err = mmscope_seen_is_current(seen) ?
			      see_piece_of_table(seen, slot) :
			      -EAGAIN;
		mutex_unlock(&mmscope_mutex);
		cond_resched();
	}
	return err;
}

/* Sorting many takes a while. */
static void give_way(void)
{
	static unsigned int compared;

	if (!(++compared % 1024))
		cond_resched();
}

static int seen_compare(const void *left, const void *right)
{
	const struct mmscope_seen_mm *a = left, *b = right;

	give_way();
	if (!a->users != !b->users)
		return a->users ? 1 : -1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static void seen_sort(struct mmscope_seen *seen)
{
	unsigned long i;

	sort(seen->mms, seen->nr_mms, sizeof(*seen->mms), seen_compare, NULL);
	for (i = 0; i < seen->nr_mms; i++) {
		*place_of(seen, seen->mms[i].mm) = i + 1;
		give_way();
	}
}

/* An address may have become another mm's since. */
static struct mmscope_seen_mm *seen_known(const struct mmscope_seen *seen,
					  const struct mm_struct *mm)
{
	struct mmscope_mm *entry = mmscope_mm_find(mm);
	struct mmscope_seen_mm *found = entry ? seen_at(seen, mm) : NULL;

	return found && found->id == READ_ONCE(entry->id) ? found : NULL;
}

/* ---- by the tasks ---- */

static void see_kthread(struct mmscope_seen *seen, struct task_struct *task,
			struct mmscope_seen_mm *mm)
{
	struct mmscope_seen_kthread *new;

	if (!mm || seen->nr_kthreads == MMSCOPE_SEEN_KTHREADS)
		return;
	new = &seen->kthreads[seen->nr_kthreads];
	new->next = mm->kthread;
	new->pid = task->pid;
	memcpy(new->comm, task->comm, sizeof(new->comm));
	mm->kthread = seen->nr_kthreads++;
}

static void see_task(struct mmscope_seen *seen, struct task_struct *task)
{
	struct mm_struct *mm = READ_ONCE(task->mm);
	struct mmscope_seen_mm *known = mm ? seen_known(seen, mm) : NULL;

	/* One inside kthread_use_mm() has an mm, but no share of it. */
	if (task->flags & PF_KTHREAD)
		see_kthread(seen, task, known);
	else if (known)
		known->tasks++;
}

static int see_unknown(struct mmscope_seen *seen, struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	struct mmscope_seen_mm *new;
	u32 *place;

	place = place_of(seen, task->mm);
	if (!*place) {
		new = seen_add(seen);
		if (!new)
			return -EAGAIN;
		*place = seen->nr_mms;
		new->mm = task->mm;
		new->birth = seen->now;
		new->how = MMSCOPE_HOW_found;
		new->pid = leader->pid;
		memcpy(new->comm, leader->comm, sizeof(new->comm));
	}
	new = &seen->mms[*place - 1];
	if (task->flags & PF_KTHREAD)
		see_kthread(seen, task, new);
	else
		new->tasks++;
	new->users = atomic_read(&task->mm->mm_users);
	new->count = atomic_read(&task->mm->mm_count);
	new->pages = mmscope_mm_pages_about(task->mm);
	return 0;
}

/* Not recording: the counters are read while the task keeps its mm. */
static int see_task_alone(struct mmscope_seen *seen, struct task_struct *task)
{
	int err = 0;

	task_lock(task);
	if (task->mm)
		err = see_unknown(seen, task);
	task_unlock(task);
	return err;
}

/* Under mmscope_mutex. */
static int see_piece_of_tasks(struct mmscope_seen *seen, pid_t *pid)
{
	struct task_struct *task = NULL;
	unsigned int n;
	int err = 0;

	if (seen->recording && !mmscope_seen_is_current(seen))
		return -EAGAIN;
	rcu_read_lock();
	for (n = 0; n < PIECE && !err; n++) {
		task = mmscope_task_from(pid);
		if (!task)
			break;
		if (seen->recording)
			see_task(seen, task);
		else
			err = see_task_alone(seen, task);
		++*pid;
	}
	rcu_read_unlock();
	return err ? err : !!task;
}

static int see_tasks(struct mmscope_seen *seen)
{
	pid_t pid = 1;
	int more;

	do {
		mutex_lock(&mmscope_mutex);
		more = see_piece_of_tasks(seen, &pid);
		mutex_unlock(&mmscope_mutex);
		cond_resched();
	} while (more > 0);
	return more;
}

/* ---- by the CPUs ---- */

static void see_borrows(struct mmscope_seen *seen)
{
	struct mmscope_seen_borrow *mine;
	struct mmscope_seen_mm *mm;
	int cpu;

	/* From the last one, so that the lists begin with the first. */
	for (cpu = nr_cpu_ids - 1; cpu >= 0; cpu--) {
		if (!cpu_possible(cpu))
			continue;
		mine = &seen->borrows[cpu];
		mmscope_borrow_copy(cpu, &mine->borrow);
		mm = mine->borrow.mm ? seen_at(seen, mine->borrow.mm) : NULL;
		if (!mm || mm->id != mine->borrow.id)
			continue;
		mine->next = mm->cpu;
		mm->cpu = cpu;
	}
}

/* ---- all together ---- */

static int see_recorded(struct mmscope_seen *seen, unsigned long slots)
{
	int err = see_table(seen, slots);

	if (err)
		return err;
	seen_sort(seen);
	err = see_tasks(seen);
	if (err)
		return err;
	mutex_lock(&mmscope_mutex);
	if (mmscope_seen_is_current(seen))
		see_borrows(seen);
	else
		err = -EAGAIN;
	mutex_unlock(&mmscope_mutex);
	return err;
}

static int see_unrecorded(struct mmscope_seen *seen)
{
	unsigned long i;
	int err = see_tasks(seen);

	for (i = 0; i < seen->nr_mms && !err; i++)
		seen->mms[i].id = mmscope_mm_new_id();
	return err;
}

/* How many there are: each slot's look is a word. Under mmscope_mutex. */
static unsigned long mms_used(unsigned long slots)
{
	unsigned long slot, used = 0;

	for (slot = 0; slot < slots; slot++)
		used += !!READ_ONCE(mmscope_mm_keys[slot]);
	return used;
}

static void count_task(struct task_struct *task, void *number)
{
	++*(unsigned long *)number;
}

static unsigned long tasks_now(void)
{
	unsigned long n = 0;

	mmscope_each_task(count_task, &n);
	return n;
}

/* Begins, with room for those that are born meanwhile. */
static struct mmscope_seen *see_begin(unsigned int try, unsigned long *slots)
{
	bool recording;
	unsigned long n = 0;
	u64 session;
	struct mmscope_seen *seen;

	*slots = 0;
	mutex_lock(&mmscope_mutex);
	recording = mmscope_is_recording();
	session = mmscope_session();
	if (recording) {
		*slots = mmscope_mm_slots();
		n = mms_used(*slots);
	}
	mutex_unlock(&mmscope_mutex);
	if (!recording)
		n = tasks_now();
	seen = seen_alloc((n + n / 8 + 64) << try);
	if (!seen)
		return NULL;
	seen->recording = recording;
	seen->session = session;
	seen->now = mmscope_now();
	return seen;
}

/**
 * mmscope_see() - look at all address spaces
 *
 * Context: may sleep; takes mmscope_mutex, in pieces.
 * Return: for mmscope_seen_free(); -ENOMEM, or -EAGAIN if recording begins and ends all
 * the time.
 */
struct mmscope_seen *mmscope_see(void)
{
	struct mmscope_seen *seen;
	unsigned long slots;
	unsigned int try;
	int err = 0;

	for (try = 0; try < TRIES; try++) {
		seen = see_begin(try, &slots);
		if (!seen)
			return ERR_PTR(-ENOMEM);
		err = seen->recording ? see_recorded(seen, slots) :
					see_unrecorded(seen);
		if (!err)
			return seen;
		mmscope_seen_free(seen);
	}
	return ERR_PTR(err);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * holders.c - who holds each mm, for the file `holders`
 *
 * Tasks and loans come from one walk over the tasks and one over the CPUs. An mm that
 * these and its takes do not explain is looked at again by itself: others may have
 * changed a counter between two looks.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/compat.h"
#include "base/memory.h"
#include "base/recording.h"
#include "ledger/accounts.h"
#include "ledger/ledger.h"
#include "show/holders.h"
#include "table/mm_table.h"

/* So often an mm is looked at that is not explained. */
#define HOLDER_LOOKS 5

/* Mm's that are explained before others get the mutex and the CPU. */
#define PIECE 32

/**
 * mmscope_holders_free() - give it back
 * @holders: from mmscope_holders_collect(), or NULL
 */
void mmscope_holders_free(struct mmscope_holders *holders)
{
	if (!holders)
		return;
	mmscope_seen_free(holders->seen);
	kvfree(holders->list);
	kfree(holders);
}

/* Room for one line more; the lines there are may move. */
static bool holders_grow(struct mmscope_holders *holders)
{
	unsigned long max = holders->max ? 2 * holders->max : 256;
	struct mmscope_holder *list;

	if (holders->nr < holders->max)
		return true;
	list = kvmalloc_array(max, sizeof(*list), MMSCOPE_GFP);
	if (!list)
		return false;
	if (holders->nr)
		memcpy(list, holders->list, holders->nr * sizeof(*list));
	kvfree(holders->list);
	holders->list = list;
	holders->max = max;
	return true;
}

static struct mmscope_holder *holder_add(struct mmscope_holders *holders,
					 u32 mm, enum mmscope_holder_kind kind,
					 int n)
{
	struct mmscope_holder *new;

	if (!holders_grow(holders))
		return NULL;
	new = &holders->list[holders->nr++];
	memset(new, 0, sizeof(*new));
	new->mm = mm;
	new->kind = kind;
	new->n = n;
	return new;
}

static int add_own(struct mmscope_holders *holders, u32 at)
{
	const struct mmscope_seen_mm *mm = &holders->seen->mms[at];

	if (mm->tasks &&
	    !holder_add(holders, at, MMSCOPE_HOLDER_TASKS, mm->tasks))
		return -ENOMEM;
	if (!holder_add(holders, at,
			mm->users ? MMSCOPE_HOLDER_USERS : MMSCOPE_HOLDER_DEAD,
			1))
		return -ENOMEM;
	return 0;
}

static int add_borrow(struct mmscope_holders *holders, u32 at, int cpu,
		      const struct mmscope_borrow *borrow)
{
	struct mmscope_holder *new =
		holder_add(holders, at, MMSCOPE_HOLDER_BORROW, cpu);

	if (!new)
		return -ENOMEM;
	new->pid = borrow->borrower;
	new->since = borrow->since;
	return 0;
}

/* Those of the walk over the CPUs, or each CPU's as it is now. */
static int add_borrows(struct mmscope_holders *holders, u32 at, bool again)
{
	const struct mmscope_seen *seen = holders->seen;
	const struct mmscope_seen_mm *mm = &seen->mms[at];
	struct mmscope_borrow borrow;
	int cpu, n = 0, err = 0;

	if (again) {
		for_each_possible_cpu(cpu) {
			mmscope_borrow_copy(cpu, &borrow);
			if (err || !borrow.mm || borrow.id != mm->id)
				continue;
			err = add_borrow(holders, at, cpu, &borrow);
			n++;
		}
	} else {
		for (cpu = mm->cpu; cpu != MMSCOPE_SEEN_END && !err;
		     cpu = seen->borrows[cpu].next, n++)
			err = add_borrow(holders, at, cpu,
					 &seen->borrows[cpu].borrow);
	}
	return err ? err : MMSCOPE_LAZY_TLB_COUNTS ? n : 0;
}

static int add_kthreads(struct mmscope_holders *holders, u32 at)
{
	const struct mmscope_seen *seen = holders->seen;
	const struct mmscope_seen_kthread *kthread;
	struct mmscope_holder *new;
	int i, n = 0;

	for (i = seen->mms[at].kthread; i != MMSCOPE_SEEN_END;
	     i = kthread->next, n++) {
		kthread = &seen->kthreads[i];
		new = holder_add(holders, at, MMSCOPE_HOLDER_USE_MM, 1);
		if (!new)
			return -ENOMEM;
		new->pid = kthread->pid;
		memcpy(new->comm, kthread->comm, sizeof(new->comm));
	}
	return n;
}

static int add_take(struct mmscope_holders *holders, u32 at,
		    const struct mmscope_take *take)
{
	struct mmscope_holder *new =
		holder_add(holders, at, MMSCOPE_HOLDER_TAKE, 1);

	if (!new)
		return -ENOMEM;
	new->take = *take;
	return 0;
}

/* @n gets how many there are of each counter. */
static int add_takes(struct mmscope_holders *holders, u32 at, int *n)
{
	const struct mmscope_seen_mm *mm = &holders->seen->mms[at];
	struct mmscope_account account;
	struct mmscope_take take;
	unsigned int i;
	int left, err = 0;

	n[MMSCOPE_USERS] = 0;
	n[MMSCOPE_COUNT] = 0;
	if (!holders->seen->recording ||
	    !mmscope_account_copy(mm->slot, mm->id, &account))
		return 0;
	left = atomic_read(&account.takes);
	for (i = 0; i < MMSCOPE_TAKE_WINDOW && left > 0 && !err; i++) {
		if (!mmscope_take_copy(mm->id, i, &take))
			continue;
		left--;
		n[take.counter]++;
		err = add_take(holders, at, &take);
	}
	if (!err && account.untold &&
	    !holder_add(holders, at, MMSCOPE_HOLDER_UNTOLD, account.untold))
		err = -ENOMEM;
	return err;
}

static int add_rest(struct mmscope_holders *holders, u32 at,
		    enum mmscope_counter counter, int n)
{
	struct mmscope_holder *new;

	if (!n)
		return 0;
	new = holder_add(holders, at, MMSCOPE_HOLDER_REST, n);
	if (!new)
		return -ENOMEM;
	new->counter = counter;
	return 0;
}

/* False: the mm is gone. While not recording it may be, and was read before. */
static bool look(const struct mmscope_seen *seen, struct mmscope_seen_mm *mm)
{
	return !seen->recording ||
	       mmscope_mm_counters(mm->slot, (struct mm_struct *)mm->mm, mm->id,
				   &mm->users, &mm->count);
}

/*
 * One look: all lines but the rest. Returns 1 if the counters stood still and are
 * explained, 0 if not, -ENOENT if the mm is gone.
 */
static int explain_once(struct mmscope_holders *holders, u32 at, bool again,
			int *rest)
{
	struct mmscope_seen_mm *mm = &holders->seen->mms[at];
	int takes[MMSCOPE_COUNTERS], users, count, borrows, kthreads, err;

	if (!look(holders->seen, mm))
		return -ENOENT;
	users = mm->users;
	count = mm->count;
	err = add_own(holders, at);
	if (err)
		return err;
	borrows = add_borrows(holders, at, again);
	kthreads = add_kthreads(holders, at);
	err = add_takes(holders, at, takes);
	if (borrows < 0 || kthreads < 0 || err)
		return -ENOMEM;
	rest[MMSCOPE_USERS] = users - (int)mm->tasks - takes[MMSCOPE_USERS];
	rest[MMSCOPE_COUNT] =
		count - !!users - takes[MMSCOPE_COUNT] - borrows - kthreads;
	if (holders->seen->recording && users)
		mm->pages = mmscope_mm_pages_about((struct mm_struct *)mm->mm);
	if (!look(holders->seen, mm))
		return -ENOENT;
	return mm->users == users && mm->count == count &&
	       !rest[MMSCOPE_USERS] && !rest[MMSCOPE_COUNT];
}

static int explain(struct mmscope_holders *holders, u32 at)
{
	unsigned int looks = mmscope_ledger_is_on() ? HOLDER_LOOKS : 1, n;
	unsigned long first = holders->nr;
	int rest[MMSCOPE_COUNTERS], done = 0;

	for (n = 0; n < looks && !done; n++) {
		holders->nr = first;
		done = explain_once(holders, at, n, rest);
	}
	if (done == -ENOENT) {
		holders->nr = first;
		return 0;
	}
	if (done < 0)
		return done;
	done = add_rest(holders, at, MMSCOPE_USERS, rest[MMSCOPE_USERS]);
	return done ? done :
		      add_rest(holders, at, MMSCOPE_COUNT, rest[MMSCOPE_COUNT]);
}

/* Under mmscope_mutex. Those that everybody expects to be there come last. */
static int explain_piece(struct mmscope_holders *holders, unsigned long at,
			 bool alive)
{
	const struct mmscope_seen *seen = holders->seen;
	unsigned long end = min(at + PIECE, seen->nr_mms);
	const struct mmscope_seen_mm *mm;
	int err = 0;

	if (seen->recording && !mmscope_seen_is_current(seen))
		return -EAGAIN;
	for (; at < end && !err; at++) {
		mm = &seen->mms[at];
		if ((mm->users && mm->tasks) == alive)
			err = explain(holders, at);
	}
	return err;
}

static int explain_all(struct mmscope_holders *holders, bool alive)
{
	unsigned long at;
	int err = 0;

	for (at = 0; at < holders->seen->nr_mms && !err; at += PIECE) {
		mutex_lock(&mmscope_mutex);
		err = explain_piece(holders, at, alive);
		mutex_unlock(&mmscope_mutex);
		cond_resched();
	}
	return err;
}

static struct mmscope_holders *collect_once(void)
{
	struct mmscope_holders *holders =
		kzalloc(sizeof(*holders), MMSCOPE_GFP);
	int err;

	if (!holders)
		return ERR_PTR(-ENOMEM);
	holders->sites = mmscope_sites_generation();
	holders->seen = mmscope_see();
	if (IS_ERR(holders->seen)) {
		err = PTR_ERR(holders->seen);
		kfree(holders);
		return ERR_PTR(err);
	}
	err = explain_all(holders, false);
	if (!err)
		err = explain_all(holders, true);
	if (!err)
		return holders;
	mmscope_holders_free(holders);
	return ERR_PTR(err);
}

/**
 * mmscope_holders_collect() - find out who holds each mm
 *
 * Context: may sleep; takes mmscope_mutex, in pieces.
 * Return: for mmscope_holders_free(); -ENOMEM, or -EAGAIN if recording began or ended
 * twice meanwhile.
 */
struct mmscope_holders *mmscope_holders_collect(void)
{
	struct mmscope_holders *holders = collect_once();

	return holders == ERR_PTR(-EAGAIN) ? collect_once() : holders;
}

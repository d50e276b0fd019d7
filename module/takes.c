// SPDX-License-Identifier: GPL-2.0-only
/*
 * takes.c - who took a reference and has not given it back
 *
 * The kernel counts references and knows nobody by name. A take is noted with its
 * taker, and a put is matched with the take that it most likely ends: the sums in
 * ledger.c are exact, this is the best guess at the names behind them.
 *
 * Shares of mm_users that tasks have are not takes: which tasks there are is known.
 * Nor are loans of the scheduler and of exiting tasks: borrow.c knows them.
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "clock.h"
#include "memory.h"
#include "stacks.h"
#include "takes.h"

#define TAKE_BITS 13

enum { TAKE_FREE, TAKE_BUSY, TAKE_THERE };

static struct mmscope_take *takes;

/**
 * mmscope_takes_alloc() - memory for takes
 *
 * Context: may sleep. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_takes_alloc(void)
{
	if (!takes)
		takes = mmscope_alloc(mmscope_takes_bytes());
	return takes ? 0 : -ENOMEM;
}

/**
 * mmscope_takes_free() - give it back; no probe is attached any more
 */
void mmscope_takes_free(void)
{
	kvfree(takes);
	takes = NULL;
}

/**
 * mmscope_takes_clear() - forget all takes; no probe is attached
 */
void mmscope_takes_clear(void)
{
	memset(takes, 0, mmscope_takes_bytes());
}

/**
 * mmscope_takes_bytes() - memory that the takes take
 */
size_t mmscope_takes_bytes(void)
{
	return sizeof(*takes) << TAKE_BITS;
}

static struct mmscope_take *take_at(u64 mm, unsigned int n)
{
	return &takes[(hash_64(mm, TAKE_BITS) + n) & (BIT(TAKE_BITS) - 1)];
}

static bool take_is_of(const struct mmscope_take *take, u64 mm)
{
	/* Pairs with the release in take_note(). */
	return atomic_read_acquire(&take->state) == TAKE_THERE &&
	       READ_ONCE(take->mm) == mm;
}

static void take_end(struct mmscope_account *account, struct mmscope_take *take)
{
	/* One of two puts at once gets it; the other finds another one or none. */
	if (atomic_cmpxchg(&take->state, TAKE_THERE, TAKE_BUSY) != TAKE_THERE)
		return;
	atomic_dec(&account->takes);
	atomic_set_release(&take->state, TAKE_FREE);
}

static u32 take_note(struct mmscope_account *account,
		     enum mmscope_counter counter,
		     const struct mmscope_site *site, bool leaving,
		     struct pt_regs *regs, u64 now)
{
	struct mmscope_take *take;
	unsigned int n;

	for (n = 0; n < MMSCOPE_TAKE_WINDOW; n++) {
		take = take_at(account->id, n);
		if (atomic_read(&take->state) != TAKE_FREE ||
		    atomic_cmpxchg(&take->state, TAKE_FREE, TAKE_BUSY) !=
			    TAKE_FREE)
			continue;
		take->mm = account->id;
		take->counter = counter;
		take->leaving = leaving;
		take->since = now;
		take->site = site ? site->number : 0;
		take->pid = current->pid;
		memcpy(take->comm, current->comm, sizeof(take->comm));
		take->stack = site ? mmscope_stack_here(site->address, regs) :
				     0;
		atomic_inc(&account->takes);
		atomic_set_release(&take->state, TAKE_THERE);
		return take->stack;
	}
	/* The sums know of it all the same. */
	WRITE_ONCE(account->untold, account->untold + 1);
	return 0;
}

/* What holds: a kind of file, ksm, ..., or which module. */
static bool same_kind(const struct mmscope_take *take,
		      const struct mmscope_site *site)
{
	const struct mmscope_site *taker = mmscope_site(take->site);

	return taker && taker->owner == site->owner &&
	       taker->what == site->what;
}

/*
 * How well a put fits a take: the kind of holder says most, then who did it. A
 * put by mmput() says nothing of the kind. 0: not at all.
 */
static unsigned int fits(const struct mmscope_take *take,
			 enum mmscope_counter counter,
			 const struct mmscope_site *site, bool others)
{
	bool own = take->pid == current->pid;

	if (take->counter != counter || take->leaving || !(own || others))
		return 0;
	if (site->role == MMSCOPE_ROLE_PUT)
		return own ? 2 : 1;
	if (same_kind(take, site))
		return own ? 4 : 3;
	/* An own take that a function of no known kind ends. */
	return own ? 1 : 0;
}

/*
 * Of takes that fit as well, the newest of one's own, as they nest; the oldest of
 * another's, as they do not.
 */
static bool fits_better(const struct mmscope_take *take, unsigned int fit,
			const struct mmscope_take *best, unsigned int best_fit)
{
	if (fit != best_fit)
		return fit > best_fit;
	if (!fit)
		return false;
	return take->pid == current->pid ? take->since >= best->since :
					   take->since < best->since;
}

static void take_match(struct mmscope_account *account,
		       enum mmscope_counter counter,
		       const struct mmscope_site *site, bool others)
{
	int left = atomic_read(&account->takes);
	struct mmscope_take *take, *best = NULL;
	unsigned int n, fit, best_fit = 0;

	for (n = 0; n < MMSCOPE_TAKE_WINDOW && left > 0; n++) {
		take = take_at(account->id, n);
		if (!take_is_of(take, account->id))
			continue;
		left--;
		fit = fits(take, counter, site, others);
		if (fits_better(take, fit, best, best_fit)) {
			best = take;
			best_fit = fit;
		}
	}
	if (best)
		take_end(account, best);
}

/* Whether the current task's share was about to go; if so, it is gone now. */
static bool has_left(struct mmscope_account *account)
{
	int left = atomic_read(&account->takes);
	struct mmscope_take *take;
	unsigned int n;

	for (n = 0; n < MMSCOPE_TAKE_WINDOW && left > 0; n++) {
		take = take_at(account->id, n);
		if (!take_is_of(take, account->id))
			continue;
		left--;
		if (take->leaving && take->pid == current->pid) {
			take_end(account, take);
			return true;
		}
	}
	return false;
}

/**
 * mmscope_takes_change() - a counter is about to change
 * @account: of the mm
 * @counter: which
 * @delta: by how much
 * @site: the instruction
 * @mm: the mm
 * @regs: the registers there
 * @now: ns
 *
 * Context: the probe's handler.
 * Return: the number of the call stack, if this is a take that is noted.
 */
u32 mmscope_takes_change(struct mmscope_account *account,
			 enum mmscope_counter counter, int delta,
			 const struct mmscope_site *site,
			 const struct mm_struct *mm, struct pt_regs *regs,
			 u64 now)
{
	bool own_mm = current->mm == mm;

	/* In 5.10 the last count, which all users share, goes in mmput() too. */
	if (site->role != MMSCOPE_ROLE_HOLDER &&
	    (site->role != MMSCOPE_ROLE_PUT || delta > 0 ||
	     counter != MMSCOPE_USERS))
		return 0;
	if (delta > 0)
		return take_note(account, counter, site, false, regs, now);
	if (!atomic_read(&account->takes))
		return 0;
	/* exit_mm() and exec_mmap() have changed current->mm by then. */
	if (site->role == MMSCOPE_ROLE_PUT && !own_mm && has_left(account))
		return 0;
	/* A clone that fails gives up its child's share by mmput() too. */
	take_match(account, counter, site,
		   !own_mm || site->role != MMSCOPE_ROLE_PUT);
	return 0;
}

/**
 * mmscope_takes_leave() - the current task is about to give up its mm_users
 * @account: of its mm
 *
 * Context: the handler at exit_mm_release() or exec_mm_release().
 */
void mmscope_takes_leave(struct mmscope_account *account)
{
	take_note(account, MMSCOPE_USERS, NULL, true, NULL, mmscope_now());
}

/**
 * mmscope_takes_forget() - an mm is freed, and nobody holds it any more
 * @account: of the mm
 */
void mmscope_takes_forget(struct mmscope_account *account)
{
	int left = atomic_read(&account->takes);
	struct mmscope_take *take;
	unsigned int n;

	for (n = 0; n < MMSCOPE_TAKE_WINDOW && left > 0; n++) {
		take = take_at(account->id, n);
		if (!take_is_of(take, account->id))
			continue;
		left--;
		take_end(account, take);
	}
}

/**
 * mmscope_take_copy() - one of an mm's takes
 * @mm: id of the mm
 * @n: where to look; less than MMSCOPE_TAKE_WINDOW
 * @copy: gets it
 *
 * Return: false if there is none.
 */
bool mmscope_take_copy(u64 mm, unsigned int n, struct mmscope_take *copy)
{
	struct mmscope_take *take;

	if (!takes)
		return false;
	take = take_at(mm, n);
	if (!take_is_of(take, mm))
		return false;
	*copy = *take;
	/* Another may have taken its place meanwhile. */
	smp_rmb();
	return take_is_of(take, mm) && !copy->leaving && copy->mm == mm;
}

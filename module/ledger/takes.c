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

#include "base/clock.h"
#include "base/memory.h"
#include "ledger/stacks.h"
#include "ledger/takes.h"
#include "shared/take_rule.h"
#include "table/mm_table.h"

/*
 * As many slots as the table of mm's has, so that there is room for a take of each mm
 * when every mm that may be known has one, and half of the table is still empty.
 * 48 bytes each: 384 KiB at least, 12 MiB at most.
 */
#define TAKE_BITS_MIN 13U
#define TAKE_BITS_MAX 18U

/* The key of a slot is its mm's id, or one of these. No mm has them for an id. */
#define TAKE_FREE 0
#define TAKE_BUSY (-1)

/*
 * An account's @takes is one word, so that it changes at once: how many takes are
 * noted, how many slots from home on have to be looked at to find them all, and
 * whether the last one found no room.
 */
#define NOTED_MASK 0xffff
#define REACH_SHIFT 16
#define REACH_MASK 0xfff
#define NO_ROOM BIT(30)

/* Where there was no room it is looked for again by one take in so many. */
#define RETRY_MASK 63

static atomic64_t *keys;
static struct mmscope_take *takes;
static unsigned int take_bits;

static unsigned long take_slots(void)
{
	return 1UL << take_bits;
}

/**
 * mmscope_takes_alloc() - memory for takes
 *
 * Context: may sleep; the table of mm's is there. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_takes_alloc(void)
{
	if (takes)
		return 0;
	take_bits = clamp(mmscope_mm_bits, TAKE_BITS_MIN, TAKE_BITS_MAX);
	keys = mmscope_alloc(take_slots() * sizeof(*keys));
	if (keys)
		takes = mmscope_alloc(take_slots() * sizeof(*takes));
	if (takes)
		return 0;
	mmscope_takes_free();
	return -ENOMEM;
}

/**
 * mmscope_takes_free() - give it back; no probe is attached any more
 */
void mmscope_takes_free(void)
{
	kvfree(takes);
	takes = NULL;
	kvfree(keys);
	keys = NULL;
}

/**
 * mmscope_takes_clear() - forget all takes; no probe is attached
 */
void mmscope_takes_clear(void)
{
	memset(keys, 0, take_slots() * sizeof(*keys));
	memset(takes, 0, take_slots() * sizeof(*takes));
}

/**
 * mmscope_takes_bytes() - memory that the takes take
 */
size_t mmscope_takes_bytes(void)
{
	return takes ? take_slots() * (sizeof(*keys) + sizeof(*takes)) : 0;
}

/* ---- where the takes of an mm are ---- */

/**
 * struct take_place - a slot of an mm's window
 * @slot: its number
 * @looks: how many slots have been looked at, this one included
 */
struct take_place {
	unsigned long slot;
	unsigned int looks;
};

static struct take_place first_place(u64 mm)
{
	return (struct take_place){ hash_64(mm, take_bits), 1 };
}

static void next_place(struct take_place *place)
{
	place->slot = mmscope_window_next(place->slot, place->looks,
					  take_slots() - 1);
	place->looks++;
}

static bool take_is_of(unsigned long slot, u64 mm)
{
	/* Pairs with the release in take_note(). */
	return atomic64_read_acquire(&keys[slot]) == mm;
}

static unsigned int noted(int word)
{
	return word & NOTED_MASK;
}

static unsigned int reach(int word)
{
	return word >> REACH_SHIFT & REACH_MASK;
}

/* Before the take can be found, so that nobody thinks that there is none. */
static void account_notes(struct mmscope_account *account, unsigned int looks)
{
	int old, new, seen = atomic_read(&account->takes);

	do {
		old = seen;
		new = (noted(old) + 1) | max(reach(old), looks) << REACH_SHIFT;
		seen = atomic_cmpxchg(&account->takes, old, new);
	} while (seen != old);
}

/* After the last one nothing has to be looked at. */
static void account_ends(struct mmscope_account *account)
{
	int old, new, seen = atomic_read(&account->takes);

	do {
		old = seen;
		new = noted(old) > 1 ? (old & ~NO_ROOM) - 1 : 0;
		seen = atomic_cmpxchg(&account->takes, old, new);
	} while (seen != old);
}

/* One of two puts at once gets it; the other finds another one or none. */
static void take_end(struct mmscope_account *account, unsigned long slot)
{
	if (atomic64_cmpxchg(&keys[slot], account->id, TAKE_FREE) ==
	    account->id)
		account_ends(account);
}

/*
 * A free slot of an mm's window, which is the caller's from then on. Where the window
 * is full of takes that last, looking each time would cost hundreds of looks with
 * interrupts off; so most takes then look at the account only.
 *
 * Return: false if there is none.
 */
static bool find_room(struct mmscope_account *account, struct take_place *place)
{
	if (atomic_read(&account->takes) & NO_ROOM &&
	    READ_ONCE(account->untold) & RETRY_MASK)
		return false;
	for (*place = first_place(account->id);
	     place->looks <= MMSCOPE_TAKE_WINDOW; next_place(place))
		if (atomic64_read(&keys[place->slot]) == TAKE_FREE &&
		    atomic64_cmpxchg(&keys[place->slot], TAKE_FREE,
				     TAKE_BUSY) == TAKE_FREE)
			return true;
	atomic_or(NO_ROOM, &account->takes);
	return false;
}

static u32 take_note(struct mmscope_account *account,
		     enum mmscope_counter counter,
		     const struct mmscope_site *site, bool leaving,
		     struct pt_regs *regs, u64 now)
{
	struct mmscope_take *take;
	struct take_place place;

	if (!find_room(account, &place)) {
		/* The sums know of it all the same. A leave is no take. */
		if (!leaving)
			WRITE_ONCE(account->untold, account->untold + 1);
		return 0;
	}
	take = &takes[place.slot];
	take->counter = counter;
	take->leaving = leaving;
	take->since = now;
	take->by = site;
	take->pid = current->pid;
	memcpy(take->comm, current->comm, sizeof(take->comm));
	take->stack = site ? mmscope_stack_here(site->address, regs) : 0;
	account_notes(account, place.looks);
	atomic64_set_release(&keys[place.slot], account->id);
	return take->stack;
}

/* ---- which take a put ends ---- */

/* What holds: a kind of file, ksm, ..., or which module. */
static bool same_kind(const struct mmscope_take *take,
		      const struct mmscope_site *site)
{
	const struct mmscope_site *taker = take->by;

	return taker && taker->owner == site->owner &&
	       taker->what == site->what;
}

/* Of one's own the newest, of others' the oldest; see struct mmscope_take_choice. */
static bool is_better(const struct mmscope_take *take,
		      const struct mmscope_take *best)
{
	return take->pid == current->pid ? take->since >= best->since :
					   take->since < best->since;
}

static void take_match(struct mmscope_account *account,
		       enum mmscope_counter counter,
		       const struct mmscope_site *site, bool own_mm)
{
	int word = atomic_read(&account->takes);
	unsigned int left = noted(word), rank, best_rank = 0;
	struct mmscope_take *take, *best = NULL;
	struct take_place place;

	for (place = first_place(account->id);
	     left && place.looks <= reach(word); next_place(&place)) {
		if (!take_is_of(place.slot, account->id))
			continue;
		left--;
		take = &takes[place.slot];
		if (take->counter != counter || take->leaving)
			continue;
		rank = mmscope_take_rank(site->role, own_mm,
					 take->pid == current->pid,
					 same_kind(take, site));
		if (rank && (!best || rank < best_rank ||
			     (rank == best_rank && is_better(take, best)))) {
			best = take;
			best_rank = rank;
		}
		/* Most often there is one, and the next look would be for nothing. */
		if (!left)
			break;
	}
	if (best)
		take_end(account, best - takes);
}

/* Whether the current task's share was about to go; if so, it is gone now. */
static bool has_left(struct mmscope_account *account)
{
	int word = atomic_read(&account->takes);
	unsigned int left = noted(word);
	struct mmscope_take *take;
	struct take_place place;

	for (place = first_place(account->id);
	     left && place.looks <= reach(word); next_place(&place)) {
		if (!take_is_of(place.slot, account->id))
			continue;
		left--;
		take = &takes[place.slot];
		if (take->leaving && take->pid == current->pid) {
			take_end(account, place.slot);
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

	switch (mmscope_take_act(site->role, counter == MMSCOPE_USERS, delta)) {
	case MMSCOPE_TAKE_BEGINS:
		return take_note(account, counter, site, false, regs, now);
	case MMSCOPE_TAKE_ENDS:
		if (!noted(atomic_read(&account->takes)) ||
		    (mmscope_take_may_leave(site->role, own_mm) &&
		     has_left(account)))
			return 0;
		take_match(account, counter, site, own_mm);
		return 0;
	default:
		return 0;
	}
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
	int word = atomic_read(&account->takes);
	unsigned int left = noted(word);
	struct take_place place;

	for (place = first_place(account->id);
	     left && place.looks <= reach(word); next_place(&place)) {
		if (!take_is_of(place.slot, account->id))
			continue;
		left--;
		take_end(account, place.slot);
	}
}

/**
 * mmscope_take_copy() - one of an mm's takes
 * @mm: id of the mm
 * @n: where to look; less than MMSCOPE_TAKE_WINDOW
 * @copy: gets it
 *
 * Context: the takes are not freed meanwhile.
 * Return: false if there is none.
 */
bool mmscope_take_copy(u64 mm, unsigned int n, struct mmscope_take *copy)
{
	unsigned long slot;

	if (!takes)
		return false;
	/* The steps to it are 1, 2, ... n slots long. */
	slot = (hash_64(mm, take_bits) + (unsigned long)n * (n + 1) / 2) &
	       (take_slots() - 1);
	if (!take_is_of(slot, mm))
		return false;
	*copy = takes[slot];
	/* Another may have taken its place meanwhile. */
	smp_rmb();
	return take_is_of(slot, mm) && !copy->leaving;
}

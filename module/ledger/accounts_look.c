// SPDX-License-Identifier: GPL-2.0-only
/*
 * accounts_look.c - accounts of mm's that are older than the ledger, and of mm's about
 * which no records come
 */
#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "base/clock.h"
#include "base/recording.h"
#include "ledger/accounts.h"
#include "ledger/accounts_look.h"

/* An mm may be too busy to be taken over at the first look. */
#define JOIN_ROUNDS 5

/* ---- what was there before ---- */

/*
 * The difference between a counter and what has been seen of it, which is what
 * it was before. False if it moves too fast to be read.
 */
static bool join_difference(unsigned long slot, struct mm_struct *mm, u64 id,
			    s32 *difference)
{
	struct mmscope_account *account = &mmscope_accounts[slot];
	int users, count, before_users, before_count;
	unsigned int tries;

	for (tries = 0; tries < 10; tries++) {
		before_users = atomic_read(&account->sum[MMSCOPE_USERS]);
		before_count = atomic_read(&account->sum[MMSCOPE_COUNT]);
		/* The sums before the counters, ... */
		smp_rmb();
		if (!mmscope_mm_counters(slot, mm, id, &users, &count))
			return false;
		/* ... and the counters before the second look at the sums. */
		smp_rmb();
		if (atomic_read(&account->sum[MMSCOPE_USERS]) != before_users ||
		    atomic_read(&account->sum[MMSCOPE_COUNT]) != before_count)
			continue;
		difference[MMSCOPE_USERS] = users - before_users;
		difference[MMSCOPE_COUNT] = count - before_count;
		return true;
	}
	return false;
}

/* False if another look is needed. */
static bool join_one(unsigned long slot, bool again)
{
	struct mmscope_account *account = &mmscope_accounts[slot];
	struct mmscope_mm entry;
	struct mm_struct *mm = mmscope_mm_copy(slot, &entry);
	s32 difference[MMSCOPE_COUNTERS];

	if (!mm)
		return true;
	if (READ_ONCE(account->id) != entry.id)
		mmscope_account_begin(account, entry.id,
				      MMSCOPE_ACCOUNT_UNKNOWN, 0);
	if (mmscope_account_is_judged(account))
		return true;
	if (!join_difference(slot, mm, entry.id, difference))
		return false;
	if (again &&
	    !memcmp(difference, account->suspect, sizeof(difference))) {
		atomic_add(difference[MMSCOPE_USERS],
			   &account->sum[MMSCOPE_USERS]);
		atomic_add(difference[MMSCOPE_COUNT],
			   &account->sum[MMSCOPE_COUNT]);
		mmscope_account_joins(account);
		return true;
	}
	memcpy(account->suspect, difference, sizeof(account->suspect));
	return false;
}

/**
 * mmscope_accounts_join() - from now on births are judged, and what is there already
 *
 * A change may be between its probe and its instruction at any one look, but not the
 * same one at two with a grace period of RCU tasks in between. One of RCU would not
 * do: the probe of an optimized kprobe ends with preemption on, and the instruction
 * that the jump displaced comes after that, so that a task may be preempted in
 * between (arch/x86/kernel/kprobes/opt.c). synchronize_rcu_tasks() waits until each
 * task has gone on from there.
 *
 * Context: may sleep; every change is seen by now, on every CPU.
 */
void mmscope_accounts_join(void)
{
	bool waiting = true;
	unsigned long slot;
	int round;

	mmscope_accounts_count_births(true);
	for (round = 0; round < JOIN_ROUNDS && waiting; round++) {
		if (round)
			synchronize_rcu_tasks();
		waiting = false;
		for (slot = 0; slot < mmscope_mm_slots(); slot++) {
			preempt_disable();
			waiting |= !join_one(slot, round);
			preempt_enable();
			cond_resched();
		}
	}
}

/* ---- differences of mm's about which there are no more records ---- */

/*
 * Whether the counters of an mm differ from its sums by more than is known; that may be a
 * transient.
 */
static bool look_one(unsigned long slot, bool again)
{
	struct mmscope_account *account = &mmscope_accounts[slot];
	struct mmscope_mm entry;
	struct mm_struct *mm = mmscope_mm_copy(slot, &entry);
	s32 diff[MMSCOPE_COUNTERS];

	if (!mm || READ_ONCE(account->id) != entry.id ||
	    !mmscope_account_is_judged(account) ||
	    !join_difference(slot, mm, entry.id, diff) ||
	    !memcmp(diff, account->diff, sizeof(diff)))
		return false;
	if (!again || memcmp(diff, account->look, sizeof(diff))) {
		memcpy(account->look, diff, sizeof(account->look));
		return true;
	}
	if (atomic_cmpxchg(&account->busy, 0, 1))
		return true;
	if (!account->suspects && !account->diff[MMSCOPE_USERS] &&
	    !account->diff[MMSCOPE_COUNT]) {
		account->first_bad = mmscope_now();
		account->first_bad_type = 0;
	}
	memcpy(account->diff, diff, sizeof(account->diff));
	account->suspects = 0;
	atomic_set_release(&account->busy, 0);
	return false;
}

/**
 * mmscope_accounts_look() - find the differences that no record has shown
 *
 * A dead mm that is pinned, or a process that sleeps, makes no records at which its
 * counters would be looked at. As in mmscope_accounts_join() it takes two looks.
 *
 * Context: may sleep; under mmscope_mutex, while the ledger is on.
 */
void mmscope_accounts_look(void)
{
	bool differs = true;
	unsigned long slot;
	int round;

	for (round = 0; round < 2 && differs; round++) {
		if (round)
			synchronize_rcu_tasks();
		differs = false;
		for (slot = 0; slot < mmscope_mm_slots(); slot++) {
			preempt_disable();
			differs |= look_one(slot, round);
			preempt_enable();
			cond_resched();
		}
	}
}

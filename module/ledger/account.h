/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * account.h - one mm's ledger
 */
#ifndef MMSCOPE_ACCOUNT_H
#define MMSCOPE_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "ledger/sites.h"

/**
 * struct mmscope_account - one mm's ledger
 * @id: of the mm; another than the table's: nothing is known of it
 * @sum: what each counter should be
 * @hole: by how much each counter has been found to be another
 * @last_cpu: who changed each counter last
 * @state: enum mmscope_account_state
 * @suspects: how often a new difference was seen
 * @busy: somebody is judging it
 * @fine_type: the last record at which the sums were right ...
 * @wrong_type: ... and the first at which they were not; 0: found by looking
 * @suspect: the new difference
 * @look: the one that accounts_look.c has seen
 * @fine_cpu: on which CPU that was
 * @fine: time of the last record at which the sums were right
 * @wrong: time of the first at which they were not
 * @takes: how many takes takes.c has noted, and where they are: only it knows
 * @untold: takes that it had no room for, since the account began
 */
struct mmscope_account {
	u64 id;
	atomic_t sum[MMSCOPE_COUNTERS];
	s32 hole[MMSCOPE_COUNTERS];
	u16 last_cpu[MMSCOPE_COUNTERS];
	u8 state;
	u8 suspects;
	atomic_t busy;
	u8 fine_type;
	u8 wrong_type;
	u16 fine_cpu;
	s32 suspect[MMSCOPE_COUNTERS];
	s32 look[MMSCOPE_COUNTERS];
	u64 fine;
	u64 wrong;
	atomic_t takes;
	u32 untold;
};

enum mmscope_account_state {
	/* not to be judged: it came by unseen */
	MMSCOPE_ACCOUNT_UNKNOWN,
	/* seen from birth on */
	MMSCOPE_ACCOUNT_BORN,
	/* there before, taken over with the counters it had */
	MMSCOPE_ACCOUNT_JOINED,
};

static inline bool
mmscope_account_is_judged(const struct mmscope_account *account)
{
	return account->state != MMSCOPE_ACCOUNT_UNKNOWN;
}

#endif /* MMSCOPE_ACCOUNT_H */

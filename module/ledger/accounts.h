/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * accounts.h - what mm_users and mm_count of every mm should be
 *
 * Off, the ledger costs one patched-out jump where it would be asked.
 */
#ifndef MMSCOPE_ACCOUNTS_H
#define MMSCOPE_ACCOUNTS_H

#include <linux/jump_label.h>

#include "ledger/account.h"
#include "table/mm_table.h"

/**
 * struct mmscope_open_ledger - an mm whose ledger did not close
 * @id: of the mm
 * @hole: what is missing in mmscope's sums, for each counter
 * @fine: time of the last record at which they were right, 0: none
 * @wrong: time of the first at which they were not
 * @fine_type: that record's type
 * @wrong_type: that record's type
 * @pid: whose it was
 * @comm: whose it was
 */
struct mmscope_open_ledger {
	u64 id;
	s32 hole[MMSCOPE_COUNTERS];
	u64 fine;
	u64 wrong;
	u8 fine_type;
	u8 wrong_type;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct mmscope_ledger_totals - what the ledger has come to
 * @born: mm's whose birth it saw
 * @never_born: of them, those whose mm_init() failed
 * @freed: of them, those that were freed
 * @closed: of the freed, those whose changes sum to zero
 * @open: of the freed, those whose do not
 * @joined: mm's that were there before
 * @joined_closed: of them, freed with sums of zero
 * @joined_open: of them, freed with others
 * @unknown: freed without having been judged
 */
struct mmscope_ledger_totals {
	u64 born;
	u64 never_born;
	u64 freed;
	u64 closed;
	u64 open;
	u64 joined;
	u64 joined_closed;
	u64 joined_open;
	u64 unknown;
};

#define MMSCOPE_OPEN_LEDGERS 64

/* The ledger is on. */
DECLARE_STATIC_KEY_FALSE(mmscope_ledger_key);

/* Changes are counted by function, and not only added up for each mm. */
extern bool mmscope_ledger_counting;

/* The scheduler's own instructions are probed, too. Changed while the ledger is off. */
extern bool mmscope_accounts_audit;

/* One for each slot of the table of mm's; NULL while there is no ledger. */
extern struct mmscope_account *mmscope_accounts;

void mmscope_account_birth(struct mmscope_mm *mm);
void mmscope_account_never_born(struct mmscope_mm *mm);
void mmscope_account_check(struct mmscope_mm *mm, enum mmscope_type type);
void mmscope_account_dead(struct mmscope_mm *mm);
void mmscope_account_free(struct mmscope_mm *mm);
void mmscope_account_lazy(struct mmscope_mm *mm, int change);
void mmscope_account_leave(struct mmscope_mm *mm);

/*
 * The handlers' calls: nothing at all while the ledger is off, and nothing for an mm
 * that is not in the table, which has no account.
 */
#define MMSCOPE_LEDGER_HOOK(name)                                \
	static __always_inline void mmscope_ledger_##name(       \
		struct mmscope_mm *mm)                           \
	{                                                        \
		if (static_branch_unlikely(&mmscope_ledger_key)) \
			mmscope_account_##name(mm);              \
	}
/* mm_init() is about to make both counters 1 */
MMSCOPE_LEDGER_HOOK(birth)
/* mm_init() had failed */
MMSCOPE_LEDGER_HOOK(never_born)
/* mm_users has reached 0 */
MMSCOPE_LEDGER_HOOK(dead)
/* mm_count has reached 0 */
MMSCOPE_LEDGER_HOOK(free)
/* the current task is about to give up its share of mm_users */
MMSCOPE_LEDGER_HOOK(leave)

/**
 * mmscope_ledger_lazy() - the scheduler moves mm_count
 * @mm: the borrowed mm, or mmscope_mm_unknown
 * @change: 1 or -1
 *
 * Context: sched_switch.
 */
static __always_inline void mmscope_ledger_lazy(struct mmscope_mm *mm,
						int change)
{
	if (static_branch_unlikely(&mmscope_ledger_key))
		mmscope_account_lazy(mm, change);
}

/**
 * mmscope_ledger_check() - a record about an mm is about to be made
 * @mm: that mm, or mmscope_mm_unknown; one that is in the table cannot be freed meanwhile
 * @type: of the record
 */
static __always_inline void mmscope_ledger_check(struct mmscope_mm *mm,
						 enum mmscope_type type)
{
	if (static_branch_unlikely(&mmscope_ledger_key))
		mmscope_account_check(mm, type);
}

void mmscope_transition(struct mmscope_mm *mm, enum mmscope_counter counter,
			int delta, const struct mmscope_site *site,
			struct pt_regs *regs);

void mmscope_account_begin(struct mmscope_account *account, u64 id,
			   enum mmscope_account_state state, int sum);
void mmscope_account_joins(struct mmscope_account *account);
bool mmscope_account_copy(unsigned long slot, u64 id,
			  struct mmscope_account *copy);

int mmscope_accounts_alloc(void);
void mmscope_accounts_free(void);
void mmscope_accounts_clear(void);
void mmscope_accounts_count_births(bool on);
size_t mmscope_accounts_bytes(void);

void mmscope_ledger_totals(struct mmscope_ledger_totals *totals);
void mmscope_ledger_lazy_counts(int cpu, struct mmscope_site_counts *counts);
unsigned int mmscope_open_ledgers(struct mmscope_open_ledger *list);

#endif /* MMSCOPE_ACCOUNTS_H */

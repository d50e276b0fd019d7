/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ledger.h - what mm_users and mm_count of every mm should be
 *
 * Off, the ledger costs one patched-out jump where it would be asked.
 */
#ifndef MMSCOPE_LEDGER_H
#define MMSCOPE_LEDGER_H

#include <linux/jump_label.h>

#include "ledger/sites.h"
#include "table/mm_table.h"

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
 * @look: the one that mmscope_accounts_look() has seen
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

DECLARE_STATIC_KEY_FALSE(mmscope_ledger_key);

/* Changes are counted by function, and not only added up for each mm. */
extern bool mmscope_ledger_counting;

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

int mmscope_accounts_alloc(void);
void mmscope_accounts_free(void);
void mmscope_accounts_clear(void);
void mmscope_accounts_count_births(bool on);
void mmscope_accounts_join(void);
void mmscope_accounts_look(void);
size_t mmscope_accounts_bytes(void);

int mmscope_ledger_start(bool audit);
void mmscope_ledger_stop(void);
void mmscope_ledger_release(void);
bool mmscope_ledger_is_on(void);
bool mmscope_ledger_audits(void);
unsigned int mmscope_ledger_loans(unsigned int *after);
size_t mmscope_ledger_bytes(void);
bool mmscope_account_copy(unsigned long slot, u64 id,
			  struct mmscope_account *copy);
void mmscope_ledger_totals(struct mmscope_ledger_totals *totals);
void mmscope_ledger_lazy_counts(int cpu, struct mmscope_site_counts *counts);
unsigned int mmscope_open_ledgers(struct mmscope_open_ledger *list);
int mmscope_ledger_set(char *text);

#endif /* MMSCOPE_LEDGER_H */

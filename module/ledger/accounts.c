// SPDX-License-Identifier: GPL-2.0-only
/*
 * accounts.c - the sum of every change of each mm, and what its counters say to it
 *
 * Each mm has an account beside its entry in the table. A change is added before
 * the instruction that makes it is carried out, so another CPU may see a sum that
 * is ahead of its counter for as long as that takes: a difference counts only if
 * it lasts.
 */
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/memory.h"
#include "emit/emit.h"
#include "ledger/accounts.h"
#include "ledger/takes.h"

/* A difference that another look finds again after this long is no transient. */
#define LASTING_NS (50 * NSEC_PER_MSEC)
#define LASTING_LOOKS 3

/* CPUs that look at the same account by turns note that it is right so often. */
#define FINE_AGAIN_NS (100 * NSEC_PER_USEC)

DEFINE_STATIC_KEY_FALSE(mmscope_ledger_key);
bool mmscope_ledger_counting __read_mostly;
bool mmscope_accounts_audit __read_mostly;
struct mmscope_account *mmscope_accounts;

/* What is born now is seen from its first change on. */
static bool births_count;

struct ledger_cpu {
	struct mmscope_ledger_totals totals;
	struct mmscope_site_counts lazy;
};

/* Static per-CPU memory is what all modules share: this is allocated. */
static struct ledger_cpu __percpu *ledger_cpus;

/* The last ledgers that did not close; a slot is torn at worst. */
static struct mmscope_open_ledger open_ledgers[MMSCOPE_OPEN_LEDGERS];
static atomic_t nr_open_ledgers;

/* NULL for an mm that is not in the table, and so has no account. */
static struct mmscope_account *account_slot(const struct mmscope_mm *mm)
{
	unsigned long slot;

	return mmscope_mm_slot(mm, &slot) ? &mmscope_accounts[slot] : NULL;
}

static int counter_now(const struct mm_struct *mm, enum mmscope_counter counter)
{
	return atomic_read(counter == MMSCOPE_USERS ? &mm->mm_users :
						      &mm->mm_count);
}

/**
 * mmscope_account_begin() - an mm's ledger begins
 * @account: of the mm
 * @id: of the mm
 * @state: enum mmscope_account_state
 * @sum: what both counters are
 *
 * Context: any, with preemption off.
 */
void mmscope_account_begin(struct mmscope_account *account, u64 id,
			   enum mmscope_account_state state, int sum)
{
	memset(account, 0, sizeof(*account));
	atomic_set(&account->sum[MMSCOPE_USERS], sum);
	atomic_set(&account->sum[MMSCOPE_COUNT], sum);
	account->last_cpu[MMSCOPE_USERS] = raw_smp_processor_id();
	account->last_cpu[MMSCOPE_COUNT] = raw_smp_processor_id();
	account->state = state;
	/* Who finds the id finds the account filled in. */
	smp_store_release(&account->id, id);
}

/*
 * The account of an mm, begun if it has none: then the mm came by unseen and is
 * not judged. Two CPUs may both begin it, to the same effect. NULL: as account_slot().
 */
static __always_inline struct mmscope_account *
account_of(const struct mmscope_mm *mm)
{
	struct mmscope_account *account = account_slot(mm);

	/* Pairs with the release in mmscope_account_begin(). */
	if (account && unlikely(smp_load_acquire(&account->id) != mm->id))
		mmscope_account_begin(account, mm->id, MMSCOPE_ACCOUNT_UNKNOWN,
				      0);
	return account;
}

/* ---- births, changes ---- */

/**
 * mmscope_account_birth() - mm_init() is about to make both counters 1
 * @mm: the new mm
 *
 * Context: as the handler at mm_init(), with preemption off.
 */
void mmscope_account_birth(struct mmscope_mm *mm)
{
	struct mmscope_account *account = account_slot(mm);

	if (!account || !READ_ONCE(births_count))
		return;
	mmscope_account_begin(account, mm->id, MMSCOPE_ACCOUNT_BORN, 1);
	this_cpu_inc(ledger_cpus->totals.born);
}

/**
 * mmscope_account_never_born() - mm_init() had failed
 * @mm: the mm that never was
 */
void mmscope_account_never_born(struct mmscope_mm *mm)
{
	const struct mmscope_account *account = account_of(mm);

	if (account && account->state == MMSCOPE_ACCOUNT_BORN)
		this_cpu_inc(ledger_cpus->totals.never_born);
}

static bool account_moves(struct mmscope_account *account,
			  enum mmscope_counter counter)
{
	unsigned int cpu = raw_smp_processor_id();

	if (READ_ONCE(account->last_cpu[counter]) == cpu)
		return false;
	WRITE_ONCE(account->last_cpu[counter], cpu);
	return true;
}

/**
 * mmscope_transition() - an instruction is about to change a counter
 * @mm: the mm
 * @counter: which
 * @delta: by how much
 * @site: the instruction
 * @regs: the registers there
 *
 * Context: any that a kprobe can run in, with preemption off.
 */
void mmscope_transition(struct mmscope_mm *mm, enum mmscope_counter counter,
			int delta, const struct mmscope_site *site,
			struct pt_regs *regs)
{
	struct mmscope_account *account;
	struct mmscope_moment m;
	struct mm_struct *real;
	u32 stack;

	/* A probe lives a little longer than the ledger, and begins earlier. */
	if (!static_branch_likely(&mmscope_ledger_key))
		return;
	account = account_of(mm);
	if (!account)
		return;
	if (likely(READ_ONCE(mmscope_ledger_counting)))
		mmscope_site_count(site, delta,
				   account_moves(account, counter));
	if (site->role == MMSCOPE_ROLE_SWITCH)
		return;
	atomic_add(delta, &account->sum[counter]);
	m = mmscope_moment();
	real = READ_ONCE(mm->mm);
	stack = mmscope_takes_change(account, counter, delta, site, real, regs,
				     m.now);
	mmscope_emit_at(m, ref,
			counter == MMSCOPE_USERS ? MMSCOPE_HOW_users :
						   MMSCOPE_HOW_count,
			mm, .site = site->number, .delta = delta,
			.value = counter_now(real, counter) + delta,
			.stack = stack);
}

/**
 * mmscope_account_lazy() - the scheduler moves mm_count
 * @mm: the borrowed mm
 * @change: 1 or -1
 *
 * Context: sched_switch.
 */
void mmscope_account_lazy(struct mmscope_mm *mm, int change)
{
	struct mmscope_account *account = account_of(mm);

	if (!account || !MMSCOPE_LAZY_TLB_COUNTS)
		return;
	atomic_add(change, &account->sum[MMSCOPE_COUNT]);
	if (unlikely(!READ_ONCE(mmscope_ledger_counting)))
		return;
	if (change > 0)
		this_cpu_inc(ledger_cpus->lazy.takes);
	else
		this_cpu_inc(ledger_cpus->lazy.puts);
	/* With the audit on, the probes tell whose turn it was. */
	if (!mmscope_accounts_audit && account_moves(account, MMSCOPE_COUNT))
		this_cpu_inc(ledger_cpus->lazy.elsewhere);
}

/**
 * mmscope_account_leave() - the current task is about to give up its mm_users
 * @mm: its mm
 */
void mmscope_account_leave(struct mmscope_mm *mm)
{
	struct mmscope_account *account = account_of(mm);

	if (account)
		mmscope_takes_leave(account);
}

/**
 * mmscope_accounts_count_births() - births are judged from now on, or not any more
 * @on: which
 */
void mmscope_accounts_count_births(bool on)
{
	WRITE_ONCE(births_count, on);
}

/**
 * mmscope_account_joins() - an mm that was there before has its sums
 * @account: of the mm
 *
 * Context: with preemption off.
 */
void mmscope_account_joins(struct mmscope_account *account)
{
	WRITE_ONCE(account->state, MMSCOPE_ACCOUNT_JOINED);
	this_cpu_inc(ledger_cpus->totals.joined);
}

/* ---- judging ---- */

static void note_open(const struct mmscope_mm *mm,
		      const struct mmscope_account *account)
{
	unsigned int n = atomic_inc_return(&nr_open_ledgers) - 1;
	struct mmscope_open_ledger *open =
		&open_ledgers[n % MMSCOPE_OPEN_LEDGERS];

	*open = (struct mmscope_open_ledger){
		.id = mm->id,
		.hole = { account->hole[MMSCOPE_USERS],
			  account->hole[MMSCOPE_COUNT] },
		.fine = account->fine,
		.wrong = account->wrong,
		.fine_type = account->fine_type,
		.wrong_type = account->wrong_type,
		.pid = mm->pid,
	};
	memcpy(open->comm, mm->comm, sizeof(open->comm));
}

/* A difference that was not there before. */
static void account_suspect(struct mmscope_account *account, const s32 *hole,
			    enum mmscope_type type, u64 now)
{
	if (account->suspects &&
	    !memcmp(account->suspect, hole, sizeof(account->suspect))) {
		if (account->suspects < LASTING_LOOKS)
			account->suspects++;
		if (account->suspects < LASTING_LOOKS ||
		    (s64)(now - account->wrong) < (s64)LASTING_NS)
			return;
		memcpy(account->hole, hole, sizeof(account->hole));
		account->suspects = 0;
		return;
	}
	/* The first difference of a mm is the one worth telling. */
	if (!account->hole[MMSCOPE_USERS] && !account->hole[MMSCOPE_COUNT]) {
		account->wrong = now;
		account->wrong_type = type;
	}
	memcpy(account->suspect, hole, sizeof(account->suspect));
	account->suspects = 1;
}

/*
 * By another CPU, so that to note the same once more would move a cache line from CPU
 * to CPU at each switch.
 */
static bool account_was_just_looked_at(const struct mmscope_account *account,
				       u64 now)
{
	return READ_ONCE(account->fine_cpu) != raw_smp_processor_id() &&
	       now - READ_ONCE(account->fine) < FINE_AGAIN_NS;
}

/**
 * mmscope_account_check() - compare the counters with the sums
 * @mm: the mm of a record; it cannot be freed meanwhile
 * @type: of the record
 *
 * Context: any in which a record is made, with preemption off.
 */
void mmscope_account_check(struct mmscope_mm *mm, enum mmscope_type type)
{
	struct mmscope_account *account = account_of(mm);
	struct mm_struct *real;
	s32 hole[MMSCOPE_COUNTERS];
	unsigned int i;
	bool as_known;
	u64 now;

	if (!account || !mmscope_account_is_judged(account))
		return;
	real = READ_ONCE(mm->mm);
	for (i = 0; i < MMSCOPE_COUNTERS; i++)
		hole[i] = counter_now(real, i) - atomic_read(&account->sum[i]);
	now = mmscope_now();
	as_known = !memcmp(hole, account->hole, sizeof(hole)) &&
		   !READ_ONCE(account->suspects);
	if (likely(as_known) && account_was_just_looked_at(account, now))
		return;
	/* Another CPU's look is as good as ours. */
	if (atomic_cmpxchg(&account->busy, 0, 1))
		return;
	if (memcmp(hole, account->hole, sizeof(hole))) {
		account_suspect(account, hole, type, now);
	} else {
		account->suspects = 0;
		if (!hole[MMSCOPE_USERS] && !hole[MMSCOPE_COUNT]) {
			account->fine = now;
			account->fine_type = type;
			account->fine_cpu = raw_smp_processor_id();
		}
	}
	atomic_set_release(&account->busy, 0);
}

/* A counter is 0 and stays so: the sum must be, without any waiting. */
static void account_ends(struct mmscope_account *account,
			 enum mmscope_counter counter, enum mmscope_type type)
{
	s32 hole = -atomic_read(&account->sum[counter]);

	if (hole && !account->hole[MMSCOPE_USERS] &&
	    !account->hole[MMSCOPE_COUNT] && !account->suspects) {
		account->wrong = mmscope_now();
		account->wrong_type = type;
	}
	account->hole[counter] = hole;
}

/**
 * mmscope_account_dead() - mm_users has reached 0
 * @mm: the mm
 */
void mmscope_account_dead(struct mmscope_mm *mm)
{
	struct mmscope_account *account = account_of(mm);

	if (account && mmscope_account_is_judged(account))
		account_ends(account, MMSCOPE_USERS, MMSCOPE_TYPE_mm_dead);
}

static void account_closes(struct mmscope_account *account, bool closed)
{
	struct mmscope_ledger_totals *totals =
		this_cpu_ptr(&ledger_cpus->totals);

	if (account->state == MMSCOPE_ACCOUNT_UNKNOWN)
		totals->unknown++;
	else if (account->state == MMSCOPE_ACCOUNT_JOINED)
		closed ? totals->joined_closed++ : totals->joined_open++;
	else
		closed ? totals->closed++ : totals->open++;
	if (account->state == MMSCOPE_ACCOUNT_BORN)
		totals->freed++;
}

/**
 * mmscope_account_free() - mm_count has reached 0
 * @mm: the mm
 */
void mmscope_account_free(struct mmscope_mm *mm)
{
	struct mmscope_account *account = account_of(mm);
	bool closed = true;

	if (!account)
		return;
	if (mmscope_account_is_judged(account)) {
		account_ends(account, MMSCOPE_USERS, MMSCOPE_TYPE_mm_free);
		account_ends(account, MMSCOPE_COUNT, MMSCOPE_TYPE_mm_free);
		closed = !account->hole[MMSCOPE_USERS] &&
			 !account->hole[MMSCOPE_COUNT];
		if (!closed)
			note_open(mm, account);
	}
	account_closes(account, closed);
	mmscope_takes_forget(account);
}

/* ---- memory, and what others ask ---- */

/**
 * mmscope_accounts_alloc() - memory for an account of each mm in the table
 *
 * Context: may sleep; the table is there. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_accounts_alloc(void)
{
	if (!ledger_cpus)
		ledger_cpus = alloc_percpu_gfp(struct ledger_cpu, MMSCOPE_GFP);
	if (!ledger_cpus)
		return -ENOMEM;
	if (!mmscope_accounts)
		mmscope_accounts = mmscope_alloc(mmscope_mm_slots() *
						 sizeof(*mmscope_accounts));
	return mmscope_accounts ? 0 : -ENOMEM;
}

/**
 * mmscope_accounts_free() - give it back; no probe is attached any more
 */
void mmscope_accounts_free(void)
{
	kvfree(mmscope_accounts);
	mmscope_accounts = NULL;
	free_percpu(ledger_cpus);
	ledger_cpus = NULL;
}

/**
 * mmscope_accounts_bytes() - memory that the accounts take
 */
size_t mmscope_accounts_bytes(void)
{
	return mmscope_accounts ?
		       mmscope_mm_slots() * sizeof(*mmscope_accounts) +
			       num_possible_cpus() * sizeof(*ledger_cpus) :
		       0;
}

/**
 * mmscope_accounts_clear() - forget all accounts and totals
 *
 * Context: the ledger is off.
 */
void mmscope_accounts_clear(void)
{
	int cpu;

	memset(mmscope_accounts, 0,
	       mmscope_mm_slots() * sizeof(*mmscope_accounts));
	memset(open_ledgers, 0, sizeof(open_ledgers));
	atomic_set(&nr_open_ledgers, 0);
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(ledger_cpus, cpu), 0, sizeof(*ledger_cpus));
}

/**
 * mmscope_account_copy() - one account as it is now
 * @slot: of the mm in the table
 * @id: of the mm
 * @copy: gets it
 *
 * Return: false if nothing is known of that mm.
 */
bool mmscope_account_copy(unsigned long slot, u64 id,
			  struct mmscope_account *copy)
{
	if (!mmscope_accounts)
		return false;
	*copy = mmscope_accounts[slot];
	return copy->id == id;
}

/**
 * mmscope_ledger_totals() - sum up all CPUs
 * @totals: gets the sums
 */
void mmscope_ledger_totals(struct mmscope_ledger_totals *totals)
{
	const struct mmscope_ledger_totals *one;
	int cpu;

	memset(totals, 0, sizeof(*totals));
	if (!ledger_cpus)
		return;
	for_each_possible_cpu(cpu) {
		one = &per_cpu_ptr(ledger_cpus, cpu)->totals;
		totals->born += one->born;
		totals->never_born += one->never_born;
		totals->freed += one->freed;
		totals->closed += one->closed;
		totals->open += one->open;
		totals->joined += one->joined;
		totals->joined_closed += one->joined_closed;
		totals->joined_open += one->joined_open;
		totals->unknown += one->unknown;
	}
}

/**
 * mmscope_ledger_lazy_counts() - the scheduler's changes on one CPU
 * @cpu: a possible CPU
 * @counts: gets them
 */
void mmscope_ledger_lazy_counts(int cpu, struct mmscope_site_counts *counts)
{
	memset(counts, 0, sizeof(*counts));
	if (ledger_cpus)
		*counts = per_cpu_ptr(ledger_cpus, cpu)->lazy;
}

/**
 * mmscope_open_ledgers() - the last mm's that were freed with an open ledger
 * @list: room for MMSCOPE_OPEN_LEDGERS
 *
 * Return: how many there are.
 */
unsigned int mmscope_open_ledgers(struct mmscope_open_ledger *list)
{
	unsigned int n = atomic_read(&nr_open_ledgers);

	n = min_t(unsigned int, n, MMSCOPE_OPEN_LEDGERS);
	memcpy(list, open_ledgers, n * sizeof(*list));
	return n;
}

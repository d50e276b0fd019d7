// SPDX-License-Identifier: GPL-2.0-only
/* ledger_stats.c - what the changes of mm_users and mm_count in records add up to */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input/sites.h"
#include "model/ledger_stats.h"
#include "model/mms.h"

bool ledger_change(const struct mmscope_record *record, int *counter,
		   int *delta, int *value)
{
	switch (record->head.id) {
	case MMSCOPE_TYPE_ref:
		*counter = record->head.how == MMSCOPE_HOW_users ?
				   LEDGER_USERS :
				   LEDGER_COUNT;
		*delta = record->ref.delta;
		*value = record->ref.value;
		return true;
	case MMSCOPE_TYPE_lazy_borrow:
		*delta = 1;
		*value = record->lazy_borrow.count;
		break;
	case MMSCOPE_TYPE_lazy_return:
		*delta = -1;
		*value = record->lazy_return.count;
		break;
	default:
		return false;
	}
	*counter = LEDGER_COUNT;
	/* Loans that begin and end otherwise are in `ref` records. */
	return record->head.how == MMSCOPE_HOW_context_switch;
}

struct ledger_account *ledger_account(const struct ledger_stats *stats,
				      uint64_t mm)
{
	struct ledger_account *account;

	HASH_FIND(hh, stats->accounts, &mm, sizeof(mm), account);
	return account;
}

static struct ledger_account *account_of(struct ledger_stats *stats,
					 uint64_t mm)
{
	struct ledger_account *account = ledger_account(stats, mm);

	if (!account) {
		account = must_calloc(1, sizeof(*account));
		account->mm = mm;
		account->last_cpu[LEDGER_USERS] = -1;
		account->last_cpu[LEDGER_COUNT] = -1;
		HASH_ADD(hh, stats->accounts, mm, sizeof(mm), account);
	}
	return account;
}

static void account_drop(struct ledger_stats *stats,
			 struct ledger_account *account)
{
	HASH_DEL(stats->accounts, account);
	takes_drop(&stats->takes, &account->takes);
	free(account);
}

static struct ledger_row *row_of(struct ledger_stats *stats, int counter,
				 const struct mmscope_record *record)
{
	struct ledger_row *row, wanted;

	memset(&wanted.key, 0, sizeof(wanted.key));
	wanted.key.counter = counter;
	if (record->head.id == MMSCOPE_TYPE_ref) {
		memcpy(wanted.key.where, site_of(record->ref.site)->function,
		       sizeof(wanted.key.where));
	} else {
		snprintf(wanted.key.where, sizeof(wanted.key.where),
			 "context_switch on CPU %u", record->head.cpu);
	}
	HASH_FIND(hh, stats->rows, &wanted.key, sizeof(wanted.key), row);
	if (!row) {
		row = must_calloc(1, sizeof(*row));
		row->key = wanted.key;
		HASH_ADD(hh, stats->rows, key, sizeof(row->key), row);
	}
	return row;
}

static void see_change(struct ledger_stats *stats, const struct names *names,
		       const struct mmscope_record *record)
{
	struct ledger_account *account;
	int counter, delta, value;
	struct ledger_row *row;

	if (!ledger_change(record, &counter, &delta, &value))
		return;
	account = account_of(stats, record->head.mm);
	row = row_of(stats, counter, record);
	account->sum[counter] += delta;
	if (delta > 0)
		row->takes += delta;
	else
		row->puts -= delta;
	/* The first change that is seen moves the counter from nowhere. */
	row->elsewhere += account->last_cpu[counter] >= 0 &&
			  account->last_cpu[counter] != record->head.cpu;
	account->last_cpu[counter] = record->head.cpu;
	if (record->head.id != MMSCOPE_TYPE_ref)
		return;
	if (!stats->first_ref)
		stats->first_ref = record->head.timestamp;
	takes_change(&stats->takes, &account->takes, names, record);
}

static void see_birth(struct ledger_stats *stats,
		      const struct mmscope_record *record)
{
	struct ledger_account *account;

	if (!record->head.mm || record->head.how == MMSCOPE_HOW_found)
		return;
	account = account_of(stats, record->head.mm);
	account->birth = record->head.timestamp;
	account->born = stats->first_ref;
	account->early = !account->born;
	account->sum[LEDGER_USERS] = 1;
	account->sum[LEDGER_COUNT] = 1;
	account->last_cpu[LEDGER_USERS] = record->head.cpu;
	account->last_cpu[LEDGER_COUNT] = record->head.cpu;
	stats->born += account->born;
}

static void note_open(struct ledger_stats *stats,
		      const struct ledger_account *account,
		      const struct address_space *owner, uint64_t freed)
{
	struct ledger_open *open;

	stats->opens =
		must_realloc(stats->opens, (stats->nopens + 1) * sizeof(*open));
	open = &stats->opens[stats->nopens++];
	memset(open, 0, sizeof(*open));
	open->mm = account->mm;
	open->birth = account->birth;
	open->freed = freed;
	/* What the counters are, 0, less what they should be. */
	open->hole[LEDGER_USERS] = -account->sum[LEDGER_USERS];
	open->hole[LEDGER_COUNT] = -account->sum[LEDGER_COUNT];
	if (!owner)
		return;
	open->pid = owner->pid;
	memcpy(open->comm, owner->comm, sizeof(open->comm));
}

static void see_free(struct ledger_stats *stats,
		     const struct address_space *owner, unsigned int loans,
		     const struct mmscope_record *record)
{
	struct ledger_account *account = ledger_account(stats, record->head.mm);

	if (account && account->early && stats->first_ref &&
	    !account->sum[LEDGER_USERS] && !account->sum[LEDGER_COUNT]) {
		account->born = true;
		stats->born++;
	}
	if (!account || !account->born) {
		stats->before += stats->first_ref != 0;
	} else if (record->head.how == MMSCOPE_HOW_never_born) {
		stats->never_born++;
	} else {
		stats->freed++;
		if (!account->sum[LEDGER_USERS] && !account->sum[LEDGER_COUNT])
			stats->closed++;
		else if (loans && !account->sum[LEDGER_USERS] &&
			 account->sum[LEDGER_COUNT] == (int32_t)loans)
			stats->unsure++;
		else
			note_open(stats, account, owner,
				  record->head.timestamp);
	}
	if (account)
		account_drop(stats, account);
}

static void see_lost(struct ledger_stats *stats,
		     const struct mmscope_record *record)
{
	stats->gaps = must_realloc(stats->gaps,
				   (stats->ngaps + 1) * sizeof(*stats->gaps));
	stats->gaps[stats->ngaps++] = (struct ledger_gap){
		.since = record->lost.since,
		.until = record->head.timestamp,
	};
}

void ledger_stats_feed(struct ledger_stats *stats, const struct names *names,
		       const struct address_space *owner, unsigned int loans,
		       const struct mmscope_record *record)
{
	takes_feed(&stats->takes, record);
	switch (record->head.id) {
	case MMSCOPE_TYPE_mm_birth:
		see_birth(stats, record);
		break;
	case MMSCOPE_TYPE_mm_free:
		see_free(stats, owner, loans, record);
		break;
	case MMSCOPE_TYPE_lost:
		see_lost(stats, record);
		break;
	default:
		see_change(stats, names, record);
	}
}

/*
 * Gaps end one after the other, so of those that end after a birth only the earliest
 * beginning matters: @earliest of the first of them. Without this a capture with many
 * of both would take the product of the two.
 */
static uint64_t *earliest_from(const struct ledger_stats *stats)
{
	uint64_t *earliest = must_calloc(stats->ngaps + 1, sizeof(*earliest));
	size_t i;

	earliest[stats->ngaps] = UINT64_MAX;
	for (i = stats->ngaps; i-- > 0;)
		earliest[i] = stats->gaps[i].since < earliest[i + 1] ?
				      stats->gaps[i].since :
				      earliest[i + 1];
	return earliest;
}

/* Whether a gap lies between its birth and its end, in part at least. */
static bool is_unsure(const struct ledger_stats *stats,
		      const uint64_t *earliest, const struct ledger_open *open)
{
	size_t first = 0, end = stats->ngaps, middle;

	while (first < end) {
		middle = (first + end) / 2;
		if (stats->gaps[middle].until >= open->birth)
			end = middle;
		else
			first = middle + 1;
	}
	return earliest[first] <= open->freed;
}

void ledger_stats_finish(struct ledger_stats *stats)
{
	uint64_t *earliest = earliest_from(stats);
	size_t i, left = 0;

	for (i = 0; i < stats->nopens; i++) {
		if (is_unsure(stats, earliest, &stats->opens[i]))
			stats->unsure++;
		else
			stats->opens[left++] = stats->opens[i];
	}
	stats->nopens = left;
	free(earliest);
}

void ledger_stats_free(struct ledger_stats *stats)
{
	struct ledger_account *account, *next;
	struct ledger_row *row, *next_row;

	HASH_ITER(hh, stats->accounts, account, next)
	{
		account_drop(stats, account);
	}
	HASH_ITER(hh, stats->rows, row, next_row)
	{
		HASH_DEL(stats->rows, row);
		free(row);
	}
	takes_free(&stats->takes);
	free(stats->opens);
	free(stats->gaps);
}

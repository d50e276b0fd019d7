/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ledger_stats.h - what the changes of mm_users and mm_count in records add up to
 *
 * The same sums that the module keeps, made again from `ref` and lazy_* records,
 * so that a capture tells them too.
 */
#ifndef MMSCOPE_LEDGER_STATS_H
#define MMSCOPE_LEDGER_STATS_H

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "input/sites.h"
#include "model/names.h"
#include "model/takes.h"
#include "shared/record.h"

/* What one function, or the scheduler on one CPU, did to one counter. */
struct ledger_row {
	struct {
		char where[SITE_FUNCTION_SIZE];
		uint8_t counter;
	} key;
	uint64_t takes, puts, elsewhere;
	UT_hash_handle hh;
};

/**
 * struct ledger_account - one mm
 * @sum: of the changes of each counter; from 1 on if it was seen born
 * @last_cpu: who changed it last, -1: not known
 * @born: its birth was seen with the ledger on: it can be judged
 * @early: it was born before the first `ref` record, which is the first sign of the
 *	ledger; if its changes sum to zero in the end, it was on
 */
struct ledger_account {
	uint64_t mm;
	int32_t sum[LEDGER_COUNTERS];
	int32_t last_cpu[LEDGER_COUNTERS];
	bool born, early;
	uint64_t birth;
	struct take *takes; /* the newest */
	UT_hash_handle hh;
};

/* An mm that was freed with sums that are not zero. */
struct ledger_open {
	uint64_t mm, birth, freed;
	int32_t hole[LEDGER_COUNTERS];
	uint32_t pid;
	char comm[sizeof(struct mmscope_name) + 1];
};

/* Records are missing in between. */
struct ledger_gap {
	uint64_t since, until;
};

/**
 * struct ledger_stats - the ledger of a capture
 * @first_ref: when it was on, at the latest; 0: there is no sign of it
 * @unsure: freed with sums that are not zero while records were lost, or whose loan's
 *	end is not recorded, as recording ended then
 * @before: freed, and not seen born
 */
struct ledger_stats {
	struct ledger_row *rows;
	struct ledger_account *accounts;
	struct ledger_open *opens;
	struct ledger_gap *gaps;
	struct takes takes;
	size_t nopens, ngaps;
	uint64_t first_ref;
	uint64_t born, never_born, freed, closed, unsure, before;
};

struct address_space;

/**
 * ledger_stats_feed() - the next record
 * @stats: zeroed at first
 * @names: as of this record
 * @owner: of the mm in the head, NULL if not known
 * @loans: CPUs that borrow that mm, as far as records tell; asked for at its end
 * @record: in the order of time
 */
void ledger_stats_feed(struct ledger_stats *stats, const struct names *names,
		       const struct address_space *owner, unsigned int loans,
		       const struct mmscope_record *record);
/* At the end: what looks open only because records are missing is unsure. */
void ledger_stats_finish(struct ledger_stats *stats);
void ledger_stats_free(struct ledger_stats *stats);

struct ledger_account *ledger_account(const struct ledger_stats *stats,
				      uint64_t mm);

/* A record's change of a counter; false if it is none. */
bool ledger_change(const struct mmscope_record *record, int *counter,
		   int *delta, int *value);

#endif /* MMSCOPE_LEDGER_STATS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* borrow_stats.h - who borrowed whose mm, on which CPU, for how long */
#ifndef MMSCOPE_BORROW_STATS_H
#define MMSCOPE_BORROW_STATS_H

#include <stdint.h>
#include <uthash.h>

#include "model/names.h"
#include "shared/record.h"

/**
 * struct borrow_cpu - one CPU's borrowing
 * @mm: borrowed now; 0: none
 * @since: when, ns
 * @told: of the loan, ns that have been put down to earlier borrowers
 * @handed: of the loan, how often it was handed on
 */
struct borrow_cpu {
	uint32_t cpu;
	uint64_t mm;
	uint32_t borrower, lender, handed;
	uint64_t since, told;
	uint64_t borrows, handoffs, returns, total_ns, longest_ns;
	UT_hash_handle hh;
};

/*
 * Who lent to whom, by name: pids come and go. Times are of the borrower's own share
 * of each loan.
 */
struct borrow_pair {
	struct { char lender[COMM_SIZE + 8], borrower[COMM_SIZE + 8]; } key;
	uint64_t number, total_ns, longest_ns;
	UT_hash_handle hh;
};

/**
 * struct borrow_stats - loans
 * @longest: of whole loans, from the lender to the last borrower's end
 */
struct borrow_stats {
	struct borrow_cpu *cpus;
	struct borrow_pair *pairs;
	struct {
		uint64_t ns, mm, timestamp;
		uint32_t cpu, handed;
		char lender[COMM_SIZE + 8], borrower[COMM_SIZE + 8];
	} longest;
};

void borrow_stats_feed(struct borrow_stats *stats, const struct names *names,
		       const struct mmscope_record *record);
/* CPUs that borrow an mm, as far as records tell. */
unsigned int borrow_stats_loans(const struct borrow_stats *stats, uint64_t mm);
void borrow_stats_free(struct borrow_stats *stats);

#endif /* MMSCOPE_BORROW_STATS_H */

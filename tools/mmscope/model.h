/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model.h - what records add up to
 *
 * One pass over the records, in the order of time, keeps the state that debugfs
 * shows live (forks, mms, borrows) and the sums that `report` shows.
 */
#ifndef MMSCOPE_MODEL_H
#define MMSCOPE_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "shared/histogram.h"
#include "ledger_stats.h"
#include "names.h"
#include "shared/record.h"
#include "source.h"

#define COMM_SIZE (sizeof(struct mmscope_name) + 1)

/* Times in the buckets that the module uses. */
struct times {
	uint32_t counts[MMSCOPE_HISTOGRAM_BUCKETS];
	uint64_t number;
	uint64_t sum;
	uint64_t max;
};

void times_add(struct times *times, uint64_t ns);
uint64_t times_quantile(const struct times *times, unsigned int permille);
uint64_t times_mean(const struct times *times);

/* How many failed with one errno. */
struct failure {
	long error;
	uint64_t number;
};

#define FAILURES_MAX 8

/**
 * struct fork_row - all clones of one path and kind
 * @whole: of those that were seen to return with a child, the call less the wait
 *	of vfork's parent
 * @copy: dup_mm, where it ran
 * @vfork: the wait
 * @vmas: sums over the ok ones, as are @pages and @pgtable_pages
 * @failures: by errno; what does not fit is in the last one
 */
struct fork_row {
	struct { uint8_t path, kind; } key;
	uint64_t ok, failed;
	struct times whole, copy, vfork;
	uint64_t vmas, pages, pgtable_pages;
	struct failure failures[FAILURES_MAX];
	UT_hash_handle hh;
};

/* One clone, for the list of the most expensive. */
struct fork_event {
	uint64_t ns, copy_ns, vfork_ns, flags;
	uint32_t pid, vmas, pages;
	int32_t result;
	uint8_t path, kind;
	char comm[COMM_SIZE];
};

/* Programs that were started, by who forked for them and how. */
struct spawn_row {
	char comm[COMM_SIZE];
	uint64_t shared, copied, copy_ns;
	UT_hash_handle hh;
};

/* Copies that succeeded, by who forked: large and small mm's differ in what matters. */
struct copy_row {
	struct { char parent[COMM_SIZE]; uint8_t kind; } key;
	struct times copy;
	uint64_t vmas, pages;
	UT_hash_handle hh;
};

#define TOP_FORKS 10

/**
 * struct fork_stats - clones
 * @clones: what is known of the clone that a task is in, and of its own birth
 */
struct fork_stats {
	struct fork_row *rows;
	struct fork_event top[TOP_FORKS];
	unsigned int ntop;
	struct spawn_row *spawns;
	struct copy_row *copies;
	struct clone_state *clones;
};

void fork_stats_feed(struct fork_stats *stats, const struct names *names,
		     const struct mmscope_record *record);
/* At the end of the records. */
void fork_stats_finish(struct fork_stats *stats);
void fork_stats_free(struct fork_stats *stats);

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

/**
 * struct address_space - one mm
 * @users: as last seen in a record, likewise @count; -1: not seen
 * @tasks: those it was found with (as many as it had users), come and gone
 * @birth: or when it was found, ns
 * @dead: when users reached 0; 0: it lives
 * @dead_count: count at that moment
 * @dead_pid: the task that ran then
 * @pid: whose it was at birth or exec
 */
struct address_space {
	uint64_t id;
	int32_t users, count, tasks, dead_count;
	uint64_t birth, dead;
	uint8_t how;
	uint32_t pid, dead_pid;
	char comm[COMM_SIZE];
	UT_hash_handle hh;
};

/* Address spaces that stayed pinned after death, by who let go last. */
struct dropper_row {
	struct { char comm[COMM_SIZE + 8]; uint8_t how; } key;
	uint64_t number, total_ns, longest_ns, longest_mm;
	char longest_owner[COMM_SIZE];
	UT_hash_handle hh;
};

/* A hash over the fields of one byte: enum mmscope_how and mmscope_type. */
#define BYTE_VALUES 256

struct model {
	struct names names;
	struct fork_stats forks;
	struct borrow_stats borrows;
	struct ledger_stats ledger;
	struct address_space *mms;
	struct dropper_row *droppers;
	struct times pinned;
	uint64_t types[BYTE_VALUES];
	uint64_t births[BYTE_VALUES];
	uint64_t exits[BYTE_VALUES];
	uint64_t frees[BYTE_VALUES];
	uint64_t freed_undied; /* of those: their death is in no record */
	uint64_t lost[BYTE_VALUES];
	uint64_t lost_total;
	uint64_t now;
	uint64_t page_size;
};

/* A record_fn; @model is a struct model, zeroed at first. */
void model_feed(void *model, const struct mmscope_record *record);
/* At the end of the records, before anything is read off. */
void model_finish(struct model *model, const struct source *source);
void model_free(struct model *model);

#endif /* MMSCOPE_MODEL_H */

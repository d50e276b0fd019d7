/* SPDX-License-Identifier: GPL-2.0-only */
/* fork_stats.h - clones: by path and kind, the most expensive, and for which programs */
#ifndef MMSCOPE_FORK_STATS_H
#define MMSCOPE_FORK_STATS_H

#include <stdint.h>
#include <uthash.h>

#include "model/names.h"
#include "model/times.h"
#include "shared/record.h"

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

#endif /* MMSCOPE_FORK_STATS_H */

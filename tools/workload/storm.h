/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storm.h - clones of all kinds in an order that a seed decides
 */
#ifndef STORM_H
#define STORM_H

#include "workload.h"

struct storm_tally {
	long ok[KINDS];
	long failed[KINDS];
};

/**
 * struct storm - one worker's share
 * @state: of the random numbers; the seed and the worker's number
 * @clones: how many, at most
 * @until_ns: and for how long; shared, so that it can be cut short; may be NULL
 * @tally: what came of it, in memory that the parent shares
 */
struct storm {
	uint64_t state;
	long clones;
	const volatile int64_t *until_ns;
	struct storm_tally *tally;
};

void storm_run(struct storm *storm);
/* Forks @workers of them and waits; adds to @total, its own forks included. */
void storm_workers(long workers, long cpus, long clones, long seed,
		   const volatile int64_t *until_ns, struct storm_tally *total);
/* Zeroed memory that all children share. */
void *shared_memory(size_t size);
void storm_say(const struct storm_tally *total);

#endif /* STORM_H */

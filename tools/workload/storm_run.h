/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storm_run.h - clones of all kinds in an order that a seed decides
 */
#ifndef STORM_RUN_H
#define STORM_RUN_H

#include "workload.h"

struct storm_tally {
	long ok[KINDS];
	long failed[KINDS];
};

/**
 * struct storm - one worker's share, or the plan for all
 * @state: of the random numbers, made of seed and worker; in a plan: the seed
 * @clones: how many, at most
 * @rest_us: to sleep after each clone
 * @until_ns: and for how long; shared, so that it can be cut short; may be NULL
 * @tally: what came of it, in memory that the parent shares
 */
struct storm {
	uint64_t state;
	long clones;
	long rest_us;
	const volatile int64_t *until_ns;
	struct storm_tally *tally;
};

void storm_run(struct storm *storm);
/*
 * Forks @workers with what @plan says of state, rest and time, waits for them,
 * and adds to plan->tally, its own forks included. They share plan->clones.
 */
void storm_workers(long workers, long cpus, const struct storm *plan);
/* Zeroed memory that all children share. */
void *shared_memory(size_t size);
void storm_say(const struct storm_tally *total);

#endif /* STORM_RUN_H */

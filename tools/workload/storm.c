// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm.c - so many mixed clones, with what the kernel itself counted of them;
 * and the same for a time, with switches, for whoever loads and unloads
 */
#include "storm_run.h"

#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The kernel's count is read inside a bracket of times on both ends: clones
 * that others make within a bracket may or may not be in the count, clones
 * between the two brackets are.
 */
struct bracket {
	int64_t before_ns;
	int64_t after_ns;
	long processes;
};

static volatile int64_t *storm_until;

/* Whoever asked for it has enough: all children see the deadline pass. */
static void cut_short(int signal)
{
	(void)signal;
	*storm_until = 0;
}

static void storm_lasts_until(int64_t ns, struct storm *plan)
{
	storm_until = shared_memory(sizeof(*storm_until));
	*storm_until = ns;
	plan->until_ns = storm_until;
	signal(SIGTERM, cut_short);
}

static struct bracket take_bracket(void)
{
	struct bracket taken;

	taken.before_ns = now_ns();
	taken.processes = read_processes();
	taken.after_ns = now_ns();
	return taken;
}

int verb_storm(int argc, char **argv)
{
	long clones = 20000, seed = 1, cpus = cpu_count(), workers = 0;
	long rest_us = 0;
	const struct number options[] = {
		{ "clones", &clones, 1, 100000000 },
		{ "seed", &seed, 0, 1000000000 },
		{ "cpus", &cpus, 1, cpu_count() },
		{ "workers", &workers, 1, 1024 },
		{ "rest-us", &rest_us, 0, 1000000 },
		{ NULL },
	};
	struct storm_tally total = { 0 };
	struct storm plan = { .tally = &total };
	struct bracket begin, end;

	take_numbers(argc, argv, options, 0);
	if (!workers)
		workers = cpus;
	storm_lasts_until(INT64_MAX, &plan);
	begin = take_bracket();
	plan.state = seed;
	plan.rest_us = rest_us;
	plan.clones = clones;
	storm_workers(workers, cpus, &plan);
	end = take_bracket();
	storm_say(&total);
	say("what=storm seed=%ld workers=%ld grown=%ld begin_outer_ns=%lld begin_inner_ns=%lld end_inner_ns=%lld end_outer_ns=%lld",
	    seed, workers, end.processes - begin.processes,
	    (long long)begin.before_ns, (long long)begin.after_ns,
	    (long long)end.before_ns, (long long)end.after_ns);
	return 0;
}

/* Two processes hand a byte to and fro until the deadline. */
static void switch_until_then(long cpu, long rest_us)
{
	int there[2], back[2];
	char byte = 0;
	pid_t pid;

	pin_to_cpu(0, cpu);
	if (pipe(there) || pipe(back))
		die("pipe");
	pid = must_fork();
	if (!pid) {
		close(there[1]);
		while (read(there[0], &byte, 1) == 1 &&
		       write(back[1], &byte, 1) == 1)
			;
		_exit(0);
	}
	while (now_ns() < *storm_until && write(there[1], &byte, 1) == 1 &&
	       read(back[0], &byte, 1) == 1)
		if (rest_us)
			usleep(rest_us);
	close(there[1]);
	wait_child(pid);
}

int verb_churn(int argc, char **argv)
{
	long seconds = 5, seed = 1, rest_us = 0, i, cpus = cpu_count();
	const struct number options[] = {
		{ "seconds", &seconds, 1, 86400 },
		{ "seed", &seed, 0, 1000000000 },
		{ "rest-us", &rest_us, 0, 1000000 },
		{ NULL },
	};
	struct storm_tally total = { 0 };
	struct storm plan = { .clones = LONG_MAX, .tally = &total };
	pid_t pids[cpus];

	take_numbers(argc, argv, options, 0);
	plan.state = seed;
	plan.rest_us = rest_us;
	storm_lasts_until(now_ns() + seconds * 1000000000LL, &plan);
	for (i = 0; i < cpus; i++) {
		pids[i] = must_fork();
		total.ok[KIND_FORK]++;
		if (pids[i])
			continue;
		switch_until_then(i, plan.rest_us);
		_exit(0);
	}
	storm_workers(cpus, cpus, &plan);
	for (i = 0; i < cpus; i++)
		wait_child(pids[i]);
	storm_say(&total);
	say("what=churn seconds=%ld", seconds);
	return 0;
}

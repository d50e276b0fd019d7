// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm_run.c - forks, vforks, clones and threads, many and mixed
 *
 * Which kind comes next depends on the seed alone, so that the same storm can
 * be had again. A few children are left to run beside their parent before it
 * waits for them, so that births, exits and switches cross.
 */
#include "storm_run.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE 65536
/* Children that may run at once: each needs a place for its clone's stack. */
#define OPEN_CHILDREN 4

struct open_child {
	pid_t pid;
	char *stack;
};

/* splitmix64: small, and the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static enum clone_kind next_kind(uint64_t *state)
{
	unsigned int dice = next_random(state) % 100;

	if (dice < 40)
		return KIND_FORK;
	if (dice < 60)
		return KIND_VFORK;
	if (dice < 90)
		return KIND_THREAD;
	return KIND_CLONE;
}

static void *thread_returns(void *unused)
{
	return unused;
}

static int clone_returns(void *unused)
{
	(void)unused;
	return 0;
}

static void wait_open(struct open_child *child)
{
	int status;

	if (child->pid > 0)
		while (waitpid(child->pid, &status, __WALL) < 0 &&
		       errno == EINTR)
			;
	child->pid = 0;
}

static pid_t storm_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	return pid;
}

static pid_t storm_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid;
}

/* A thread leaves no child to wait for: joined at once. */
static bool storm_thread(const pthread_attr_t *attributes)
{
	pthread_t thread;

	if (pthread_create(&thread, attributes, thread_returns, NULL))
		return false;
	pthread_join(thread, NULL);
	return true;
}

static bool storm_one(enum clone_kind kind, struct open_child *place,
		      const pthread_attr_t *attributes)
{
	switch (kind) {
	case KIND_THREAD:
		return storm_thread(attributes);
	case KIND_VFORK:
		place->pid = storm_vfork();
		break;
	case KIND_CLONE:
		place->pid = clone(clone_returns, place->stack + STACK_SIZE,
				   CLONE_VM | SIGCHLD, NULL);
		break;
	default:
		place->pid = storm_fork();
	}
	return place->pid > 0;
}

void storm_run(struct storm *storm)
{
	struct open_child open[OPEN_CHILDREN] = { 0 };
	pthread_attr_t attributes;
	enum clone_kind kind;
	long i;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	for (i = 0; i < OPEN_CHILDREN; i++) {
		open[i].stack = aligned_alloc(16, STACK_SIZE);
		if (!open[i].stack)
			die("a stack");
	}
	for (i = 0; i < storm->clones; i++) {
		if (storm->until_ns && now_ns() > *storm->until_ns)
			break;
		kind = next_kind(&storm->state);
		wait_open(&open[i % OPEN_CHILDREN]);
		if (storm_one(kind, &open[i % OPEN_CHILDREN], &attributes))
			storm->tally->ok[kind]++;
		else
			storm->tally->failed[kind]++;
		if (storm->rest_us)
			usleep(storm->rest_us);
	}
	for (i = 0; i < OPEN_CHILDREN; i++)
		wait_open(&open[i]);
}

void *shared_memory(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		die("%zu bytes to share", size);
	return at;
}

void storm_workers(long workers, long cpus, const struct storm *plan)
{
	struct storm_tally *tallies = shared_memory(workers * sizeof(*tallies));
	struct storm_tally *total = plan->tally;
	pid_t pids[workers];
	long i, kind;

	for (i = 0; i < workers; i++) {
		struct storm storm = *plan;

		storm.state = plan->state * 1000003 + i;
		/* The first ones take what does not divide evenly. */
		storm.clones = plan->clones / workers +
			       (i < plan->clones % workers);
		storm.tally = &tallies[i];
		pids[i] = must_fork();
		total->ok[KIND_FORK]++;
		if (pids[i])
			continue;
		pin_to_cpu(0, i % cpus);
		storm_run(&storm);
		_exit(0);
	}
	for (i = 0; i < workers; i++) {
		wait_child(pids[i]);
		for (kind = 0; kind < KINDS; kind++) {
			total->ok[kind] += tallies[i].ok[kind];
			total->failed[kind] += tallies[i].failed[kind];
		}
	}
	munmap(tallies, workers * sizeof(*tallies));
}

void storm_say(const struct storm_tally *total)
{
	long kind;

	for (kind = 0; kind < KINDS; kind++)
		say("what=kind kind=%s path=%s ok=%ld failed=%ld",
		    kind_name(kind), kind == KIND_FORK ? "dup" : "share",
		    total->ok[kind], total->failed[kind]);
}

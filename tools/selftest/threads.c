// SPDX-License-Identifier: GPL-2.0-only
/* threads.c - rows 5 and 15: threads that the kernel knows, and others */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "selftest.h"
#include "trace.h"

#define STACK_SIZE 65536

/* ---- 5: users count threads ---- */

#define FEW 3
#define MANY 100

struct users {
	pid_t tids[MANY];
	long threads;
};

static pthread_mutex_t go_on = PTHREAD_MUTEX_INITIALIZER;

static void *wait_for_word(void *tid)
{
	*(pid_t *)tid = syscall(SYS_gettid);
	pthread_mutex_lock(&go_on);
	pthread_mutex_unlock(&go_on);
	return NULL;
}

static void make_threads(struct actor *actor)
{
	struct users *facts = actor->facts;
	pthread_t threads[MANY];
	pthread_attr_t small;
	int i;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_SIZE);
	pthread_mutex_lock(&go_on);
	for (i = 0; i < MANY; i++) {
		errno = pthread_create(&threads[i], &small, wait_for_word,
				       &facts->tids[i]);
		if (errno)
			actor_fail(actor, "pthread_create");
	}
	facts->threads = status_number(getpid(), "Threads:");
	actor_pause(actor);
	pthread_mutex_unlock(&go_on);
	for (i = 0; i < MANY; i++)
		pthread_join(threads[i], NULL);
}

/* As the n-th thread is made, n threads use the mm, and nobody borrows it. */
static enum outcome check_nth(struct test *test, const struct call *call, int n)
{
	const struct mmscope_own_fork_begin *begin = &call->begin->fork_begin;
	uint32_t tgid = call->begin->head.tgid;
	uint64_t mm = call->begin->head.mm, now = call->begin->head.timestamp;
	int users = trace_strangers(test, mm, MMSCOPE_HOW_users, tgid, 0, now);
	int count = trace_strangers(test, mm, MMSCOPE_HOW_count, tgid, 0, now);

	if (users || count)
		return again(test,
			     "somebody else holds the mm: users %+d, count %+d",
			     users, count);
	expect(test,
	       call->copy && begin->users == n &&
		       call->copy->copy_mm.users == n + 1,
	       "with %d threads users is %d, and %d with one more", n,
	       begin->users, call->copy ? call->copy->copy_mm.users : -1);
	expect(test, begin->count == 1, "with %d threads count is %d", n,
	       begin->count);
	return DONE;
}

static enum outcome check_threads(struct test *test, const struct actor *actor)
{
	const struct users *facts = actor->facts;
	struct call call;
	int i;

	for (i = 0; i < MANY; i++) {
		if (!trace_call_of(test, actor->pid, facts->tids[i], &call))
			return DONE;
		if (check_nth(test, &call, i + 1) == AGAIN)
			return AGAIN;
		if (i + 2 == FEW || i + 1 == MANY)
			show(test, call.copy, "%d threads: users %d, count %d",
			     i + 2, call.copy->copy_mm.users,
			     call.copy->copy_mm.count);
	}
	return DONE;
}

/* While all are there: what the kernel says, and what mms says. */
static void check_now(struct test *test, const struct actor *actor)
{
	const struct users *facts = actor->facts;
	uint64_t mm = trace_mm_of(test, actor->pid);
	char id[24], *users, *tasks;

	snprintf(id, sizeof(id), "%llu", (unsigned long long)mm);
	users = debugfs_cell("mms", "mm", id, "users");
	tasks = debugfs_cell("mms", "mm", id, "tasks");
	expect(test, facts->threads == MANY + 1,
	       "/proc/self/status: Threads: %ld", facts->threads);
	expect(test,
	       users && atol(users) == facts->threads && tasks &&
		       atol(tasks) == facts->threads,
	       "mms says users %s, tasks %s, and there are %ld threads",
	       users ? users : "-", tasks ? tasks : "-", facts->threads);
	witness(test, "/proc/self/status: Threads: %ld, as mms says",
		facts->threads);
	free(users);
	free(tasks);
}

enum outcome row_users(struct test *test)
{
	enum outcome outcome = DONE;
	struct actor actor;
	uint64_t mm;

	if (actor_start(test, &actor, cpu_for_actor(), make_threads,
			sizeof(struct users))) {
		watch_begin(actor.pid, state_has_ledger());
		if (actor_go(test, &actor) && actor_wait(test, &actor) &&
		    trace_read(test)) {
			outcome = check_threads(test, &actor);
			check_now(test, &actor);
			mm = trace_mm_of(test, actor.pid);
			if (actor_go(test, &actor) &&
			    actor_wait_end(test, &actor) &&
			    expect(test, trace_wait_free(test, mm),
				   "the mm was not freed"))
				watch_compare(test, mm);
		}
	}
	actor_end(&actor);
	return outcome;
}

/* ---- 15: user-level threads ---- */

#define CARRIERS 4
#define CONTEXTS 1000
#define CONTEXT_STACK 16384

struct contexts {
	pid_t tids[CARRIERS];
	unsigned int switches;
};

/* One carrier's; contexts of different carriers never meet. */
static _Thread_local ucontext_t scheduler, turn;

static void take_turn(void)
{
	swapcontext(&turn, &scheduler);
}

static void *carry(void *argument)
{
	unsigned int i, *switches = argument;
	char *stack = malloc(CONTEXT_STACK);

	for (i = 0; i < CONTEXTS / CARRIERS; i++) {
		getcontext(&turn);
		turn.uc_stack.ss_sp = stack;
		turn.uc_stack.ss_size = CONTEXT_STACK;
		turn.uc_link = &scheduler;
		makecontext(&turn, take_turn, 0);
		/* In, out by its own switch, in again, and out at its end. */
		swapcontext(&scheduler, &turn);
		swapcontext(&scheduler, &turn);
		__atomic_add_fetch(switches, 1, __ATOMIC_RELAXED);
	}
	free(stack);
	return NULL;
}

static void switch_contexts(struct actor *actor)
{
	struct contexts *facts = actor->facts;
	pthread_t threads[CARRIERS];
	int i;

	for (i = 0; i < CARRIERS; i++) {
		errno = pthread_create(&threads[i], NULL, carry,
				       &facts->switches);
		if (errno)
			actor_fail(actor, "pthread_create");
	}
	for (i = 0; i < CARRIERS; i++)
		pthread_join(threads[i], NULL);
}

enum outcome row_contexts(struct test *test)
{
	const struct mmscope_record *after = NULL;
	const struct contexts *facts;
	unsigned int clones = 0;
	struct actor actor;
	struct call call;

	if (actor_perform(test, &actor, ANY_CPU, switch_contexts,
			  sizeof(*facts))) {
		facts = actor.facts;
		while (trace_call_after(test, actor.pid, after, &call)) {
			after = call.end;
			clones++;
			expect(test, call.begin->head.how == MMSCOPE_HOW_thread,
			       "a clone that is no thread");
			show(test, call.end, "kernel thread %u of %d", clones,
			     CARRIERS);
		}
		expect(test, facts->switches == CONTEXTS,
		       "only %u contexts had their turns", facts->switches);
		expect(test, clones == CARRIERS,
		       "%u clones for %d threads that carry %u contexts",
		       clones, CARRIERS, facts->switches);
		witness(test, "the process itself: %u contexts had their turns",
			facts->switches);
	}
	actor_end(&actor);
	return DONE;
}

// SPDX-License-Identifier: GPL-2.0-only
/* end.c - rows 9 and 13: exit, and what outlives it */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"
#include "input/record_io.h"
#include "selftest.h"
#include "trace.h"

static void nothing_more(struct actor *actor)
{
	(void)actor;
}

/* ---- 9: dead and pinned ---- */

/* mms or borrows comes to say so. @visit: for which every CPU needs a user task. */
static bool cell_becomes(const char *file, const char *key, const char *column,
			 const char *value, bool visit)
{
	uint64_t until = now_ns() + (visit ? 30 : 3) * 1000000000ULL;
	const char *first = !strcmp(file, "mms") ? "mm" : "cpu";
	bool is_so = false;
	char *cell;

	while (!is_so && now_ns() < until) {
		cell = debugfs_cell(file, first, key, column);
		is_so = cell && !strcmp(cell, value);
		free(cell);
		if (!is_so && visit)
			cpus_visit();
		if (!is_so)
			sleep_us(5000);
	}
	return is_so;
}

/* Between two of its records, so that another one ran on its CPU. */
static bool was_switched_away(const struct mmscope_record *first,
			      const struct mmscope_record *last)
{
	const struct mmscope_record *record;

	for (record = first + 1; record < last; record++)
		if (record->head.pid == first->head.pid &&
		    (record->head.id == MMSCOPE_TYPE_lazy_handoff ||
		     record->head.id == MMSCOPE_TYPE_lazy_return))
			return true;
	return false;
}

static enum outcome check_borrowed_death(struct test *test, uint64_t mm,
					 int cpu)
{
	struct wanted returns = { .type = MMSCOPE_TYPE_lazy_return, .mm = mm };
	const struct mmscope_record *dead, *freed, *borrow, *own;

	dead = trace_first(test, .type = MMSCOPE_TYPE_mm_dead, .mm = mm);
	freed = trace_first(test, .type = MMSCOPE_TYPE_mm_free, .mm = mm);
	if (!expect(test, dead && freed, "no mm_dead, or no mm_free"))
		return DONE;
	/* The exiting task gave its own loan back, on the other CPU. */
	borrow = dead;
	do {
		borrow = trace_next(test, &returns, borrow);
	} while (borrow && borrow->head.cpu != cpu);
	if (!borrow || freed->head.cpu != cpu)
		return again(test, "CPU %d let go of it too early", cpu);
	/* Preempted, it gives its own loan back before its users' time. */
	own = trace_first(test, .type = MMSCOPE_TYPE_lazy_borrow,
			  .how = MMSCOPE_HOW_exit, .mm = mm);
	if (own && was_switched_away(own, dead))
		return again(test, "it was switched away while it exited");
	/* Its users' own, the borrower's, and the exiting task's loan from itself. */
	expect(test, !dead->mm_dead.users && dead->mm_dead.count == 3,
	       "it died with users %d, count %d", dead->mm_dead.users,
	       dead->mm_dead.count);
	expect(test,
	       freed->head.how == MMSCOPE_HOW_context_switch &&
		       freed->mm_free.dropper == borrow->lazy_return.borrower,
	       "it was freed by %u (%s), and not by its borrower %u",
	       freed->mm_free.dropper, how_name(freed->head.how),
	       borrow->lazy_return.borrower);
	expect(test,
	       freed->head.timestamp > dead->head.timestamp &&
		       borrow->lazy_return.count == 0,
	       "its borrower left count %d", borrow->lazy_return.count);
	show(test, dead, "users 0, and CPU %d still borrows it: count %d", cpu,
	     dead->mm_dead.count);
	show(test, borrow, "CPU %d gives it back", cpu);
	show(test, freed, "only now it is freed, by the borrower's return");
	watch_compare(test, mm);
	ledger_compare(test, mm);
	return DONE;
}

/* Others may run on its CPU too: only naps keep that borrowing its mm. */
static void nap_until_told(struct actor *actor)
{
	bool *told = actor->facts;

	while (!__atomic_load_n(told, __ATOMIC_ACQUIRE))
		sleep_us(500);
}

/*
 * It naps on one CPU, which goes idle on its mm. Then it is sent to another one, and
 * exits there.
 */
static enum outcome die_borrowed(struct test *test)
{
	int cpu = cpu_for_actor();
	enum outcome outcome = DONE;
	struct actor actor;
	cpu_set_t home;
	char key[16], id[24];
	uint64_t mm;

	CPU_ZERO(&home);
	CPU_SET(cpu_usable(0), &home);
	snprintf(key, sizeof(key), "%d", cpu);
	if (!actor_start(test, &actor, cpu, nap_until_told, sizeof(bool)) ||
	    !trace_read(test))
		goto out;
	watch_begin(actor.pid, state_has_ledger());
	actor_go(test, &actor);
	mm = trace_mm_of(test, actor.pid);
	snprintf(id, sizeof(id), "%llu", (unsigned long long)mm);
	if (!cell_becomes("borrows", key, "mm", id, false)) {
		outcome = again(test, "CPU %d does not go idle on it", cpu);
		goto out;
	}
	sched_setaffinity(actor.pid, sizeof(home), &home);
	__atomic_store_n((bool *)actor.facts, true, __ATOMIC_RELEASE);
	if (actor_wait_end(test, &actor) &&
	    expect(test, trace_wait_free(test, mm), "the mm was not freed"))
		outcome = check_borrowed_death(test, mm, cpu);
out:
	actor_end(&actor);
	return outcome;
}

static void check_held_death(struct test *test, uint64_t mm, pid_t closer,
			     uint64_t closing)
{
	const struct mmscope_record *dead, *freed, *take;

	dead = trace_first(test, .type = MMSCOPE_TYPE_mm_dead, .mm = mm);
	freed = trace_first(test, .type = MMSCOPE_TYPE_mm_free, .mm = mm);
	if (!expect(test, dead && freed, "no mm_dead, or no mm_free"))
		return;
	expect(test,
	       freed->head.how == MMSCOPE_HOW_other &&
		       freed->mm_free.dropper == (uint32_t)closer,
	       "it was freed by %u (%s), and not by %d who closed the file",
	       freed->mm_free.dropper, how_name(freed->head.how), (int)closer);
	expect(test,
	       freed->head.timestamp >= closing &&
		       dead->head.timestamp < closing,
	       "it did not live until the file was closed");
	take = trace_first(test, .type = MMSCOPE_TYPE_ref,
			   .how = MMSCOPE_HOW_count, .mm = mm, .pid = closer);
	show(test, take, "opening /proc/PID/mem takes a count");
	show(test, dead, "users 0, and the open file still holds it");
	show(test, freed, "only now it is freed, by closing the file");
	ledger_compare(test, mm);
}

static void die_held(struct test *test)
{
	struct actor actor;
	uint64_t mm = 0, closing;
	char *path, id[24];
	int fd = -1;

	if (actor_start(test, &actor, ANY_CPU, nothing_more, 0) &&
	    trace_read(test)) {
		mm = trace_mm_of(test, actor.pid);
		path = must_format("/proc/%d/mem", (int)actor.pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		expect(test, fd >= 0, "%s: %s", path, strerror(errno));
		free(path);
	}
	if (fd >= 0 && actor_go(test, &actor) && actor_wait_end(test, &actor)) {
		snprintf(id, sizeof(id), "%llu", (unsigned long long)mm);
		/* Until no CPU borrows it any more. */
		expect(test, cell_becomes("mms", id, "count", "1", true),
		       "mms does not show it dead with count 1");
		expect(test, cell_becomes("mms", id, "state", "dead", false),
		       "mms does not show it as dead");
		witness(test, "mms: mm %s is dead, users 0, count 1", id);
		closing = now_ns();
		close(fd);
		if (expect(test, trace_wait_free(test, mm),
			   "the mm was not freed"))
			check_held_death(test, mm, getpid(), closing);
	}
	actor_end(&actor);
}

enum outcome row_dead_pinned(struct test *test)
{
	if (cpus_usable() > 1 && die_borrowed(test) == AGAIN)
		return AGAIN;
	if (cpus_usable() < 2)
		witness(test,
			"by a borrower on another CPU: not tried, there is only one CPU");
	if (!test->failure)
		die_held(test);
	return DONE;
}

/* ---- 13: exit ---- */

#define THREADS 3

struct exits {
	pid_t tids[THREADS];
};

static pthread_mutex_t turns[THREADS];

struct leaver {
	pid_t *tid;
	pthread_mutex_t *turn;
};

static void *leave_in_turn(void *argument)
{
	struct leaver *leaver = argument;

	__atomic_store_n(leaver->tid, (pid_t)syscall(SYS_gettid),
			 __ATOMIC_RELEASE);
	pthread_mutex_lock(leaver->turn);
	return NULL;
}

static void leave_one_by_one(struct actor *actor)
{
	struct exits *facts = actor->facts;
	struct leaver leavers[THREADS];
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		leavers[i] = (struct leaver){ &facts->tids[i], &turns[i] };
		pthread_mutex_init(&turns[i], NULL);
		pthread_mutex_lock(&turns[i]);
		errno = pthread_create(&threads[i], NULL, leave_in_turn,
				       &leavers[i]);
		if (errno)
			actor_fail(actor, "pthread_create");
	}
	for (i = 0; i < THREADS; i++) {
		while (!__atomic_load_n(&facts->tids[i], __ATOMIC_ACQUIRE))
			sleep_us(100);
		pthread_mutex_unlock(&turns[i]);
		thread_join(threads[i], &facts->tids[i]);
	}
}

/* What the exiting task itself did to one counter. */
static void check_ref(struct test *test, uint64_t mm, uint32_t tid,
		      enum mmscope_how how, int delta, uint64_t from,
		      const char *what)
{
	const struct mmscope_record *ref;

	if (!state_has_ledger())
		return;
	ref = trace_first(test, .type = MMSCOPE_TYPE_ref, .how = how, .mm = mm,
			  .pid = tid, .from = from);
	expect(test, ref && ref->ref.delta == delta,
	       "%s: the ledger has no %s %+d of it", what, how_name(how),
	       delta);
	show(test, ref, "%s: %s %+d in %s", what, how_name(how), delta,
	     ref ? ref_function(ref) : "");
}

static void check_leaves(struct test *test, uint64_t mm, uint32_t tid, int left,
			 const char *what)
{
	const struct mmscope_record *leave, *borrow, *on;

	leave = trace_first(test, .type = MMSCOPE_TYPE_exit_mm,
			    .how = MMSCOPE_HOW_exit, .mm = mm, .pid = tid);
	borrow = trace_first(test, .type = MMSCOPE_TYPE_lazy_borrow,
			     .how = MMSCOPE_HOW_exit, .mm = mm, .pid = tid);
	if (!expect(test, leave && borrow, "%s: no exit_mm, or no loan", what))
		return;
	expect(test, leave->exit_mm.users == left, "%s leaves users %d, not %d",
	       what, leave->exit_mm.users, left);
	expect(test,
	       borrow->lazy_borrow.lender == tid &&
		       borrow->lazy_borrow.borrower == tid,
	       "%s borrows from %u, not from itself", what,
	       borrow->lazy_borrow.lender);
	expect(test, borrow->lazy_borrow.count == leave->exit_mm.count + 1,
	       "%s: its loan takes count from %d to %d", what,
	       leave->exit_mm.count, borrow->lazy_borrow.count);
	show(test, leave, "%s lets go of its mm, users left: %d", what, left);
	show(test, borrow, "%s goes on as a borrower of what was its own",
	     what);
	check_ref(test, mm, tid, MMSCOPE_HOW_count, 1, leave->head.timestamp,
		  what);
	check_ref(test, mm, tid, MMSCOPE_HOW_users, -1, leave->head.timestamp,
		  what);
	/* Handed on, or given back, by the exiting task when it is switched away. */
	for (on = borrow + 1; on < test->records + test->count; on++)
		if (on->head.mm == mm && on->head.pid == tid &&
		    (on->head.id == MMSCOPE_TYPE_lazy_handoff ||
		     on->head.id == MMSCOPE_TYPE_lazy_return))
			break;
	expect(test, on < test->records + test->count,
	       "%s never gave its loan back", what);
	if (on < test->records + test->count)
		show(test, on, "%s is switched away for ever", what);
}

static void check_exits(struct test *test, const struct actor *actor,
			uint64_t mm)
{
	const struct exits *facts = actor->facts;
	const struct mmscope_record *dead, *freed, *leave;
	char what[32];
	int i;

	for (i = 0; i < THREADS && !test->failure; i++) {
		snprintf(what, sizeof(what), "thread %d", i + 1);
		check_leaves(test, mm, facts->tids[i], THREADS - i, what);
	}
	check_leaves(test, mm, actor->pid, 0, "the last task");
	leave = trace_first(test, .type = MMSCOPE_TYPE_exit_mm, .mm = mm,
			    .pid = actor->pid);
	dead = trace_first(test, .type = MMSCOPE_TYPE_mm_dead, .mm = mm);
	freed = trace_first(test, .type = MMSCOPE_TYPE_mm_free, .mm = mm);
	expect(test,
	       leave && dead && freed &&
		       dead->head.pid == (uint32_t)actor->pid &&
		       dead->head.timestamp >= leave->head.timestamp &&
		       freed->head.timestamp >= dead->head.timestamp,
	       "exit_mm, mm_dead and mm_free do not follow each other");
	show(test, dead, "users is 0");
	show(test, freed, "count is 0");
}

enum outcome row_exit(struct test *test)
{
	enum outcome outcome = DONE;
	struct actor actor;
	uint64_t mm;

	if (!actor_start(test, &actor, cpu_for_actor(), leave_one_by_one,
			 sizeof(struct exits)))
		goto out;
	watch_begin(actor.pid, state_has_ledger());
	if (!actor_go(test, &actor) || !actor_wait_end(test, &actor) ||
	    !trace_read(test))
		goto out;
	mm = trace_mm_of(test, actor.pid);
	if (!expect(test, trace_wait_free(test, mm), "the mm was not freed"))
		goto out;
	if (trace_strangers(test, mm, MMSCOPE_HOW_users, actor.pid, 0, 0)) {
		outcome = again(test, "somebody else took references");
		goto out;
	}
	check_exits(test, &actor, mm);
	watch_compare(test, mm);
	ledger_compare(test, mm);
out:
	actor_end(&actor);
	return outcome;
}

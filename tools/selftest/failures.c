// SPDX-License-Identifier: GPL-2.0-only
/* failures.c - row 12: clones that fail, each at another place */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"
#include "input/record_io.h"
#include "selftest.h"
#include "trace.h"

enum { TAKEN_PID, WRONG_FLAGS, NO_MEMORY, CASES };

/**
 * struct failing - a clone that fails
 * @what: in words
 * @error: what the caller gets
 * @copies: it fails after dup_mm has begun
 * @decides: and after copy_mm
 */
static const struct failing {
	const char *what;
	int error;
	bool copies, decides;
} cases[CASES] = {
	[TAKEN_PID] = { "clone3() with a pid that is taken", EEXIST, true,
			true },
	[WRONG_FLAGS] = { "clone3(CLONE_SIGHAND) without CLONE_VM", EINVAL,
			  false, false },
	[NO_MEMORY] = { "fork() of more memory than there is", ENOMEM, true,
			false },
};

struct failures {
	long results[CASES];
	long tried[CASES];
};

static long failing_clone3(struct clone_args *args)
{
	long pid;

	args->exit_signal = SIGCHLD;
	pid = syscall(SYS_clone3, args, sizeof(*args));
	if (!pid)
		_exit(0);
	return pid < 0 ? -errno : pid;
}

#define OVERCOMMIT "/proc/sys/vm/overcommit_memory"

/* How much may be asked for at once, in bytes; 0: as much as one likes. */
static size_t most_memory(void)
{
	char *text = read_whole(OVERCOMMIT, NULL);
	int mode = text ? atoi(text) : 1;
	long kib = 0;

	free(text);
	if (mode == 0)
		kib = file_number("/proc/meminfo", "MemTotal:") +
		      file_number("/proc/meminfo", "SwapTotal:");
	else if (mode == 2)
		kib = file_number("/proc/meminfo", "CommitLimit:") -
		      file_number("/proc/meminfo", "Committed_AS:");
	return kib > 0 ? kib * 1024UL : 0;
}

/*
 * Two halves that may each be had, side by side, are one VMA, which nobody may have
 * a copy of. No page of it is ever touched.
 */
static bool fill_up(void)
{
	long page = sysconf(_SC_PAGESIZE);
	size_t half = most_memory() / 10 * 6 / page * page;
	char *area;
	int i;

	if (!half)
		return false;
	area = mmap(NULL, 2 * half, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (i = 0; area != MAP_FAILED && i < 2; i++)
		if (mmap(area + i * half, half, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			 0) == MAP_FAILED)
			/* With strict accounting one half is more than half. */
			return i;
	return area != MAP_FAILED;
}

static void fail_thrice(struct actor *actor)
{
	struct failures *facts = actor->facts;
	pid_t taken = getpid(), pid;
	struct clone_args set_tid = { .set_tid = (uintptr_t)&taken,
				      .set_tid_size = 1 };
	struct clone_args sighand = { .flags = CLONE_SIGHAND };

	facts->results[TAKEN_PID] = failing_clone3(&set_tid);
	facts->tried[TAKEN_PID] = 1;
	facts->results[WRONG_FLAGS] = failing_clone3(&sighand);
	facts->tried[WRONG_FLAGS] = 1;
	if (!fill_up())
		return;
	facts->tried[NO_MEMORY] = 1;
	pid = fork();
	if (!pid)
		_exit(0);
	facts->results[NO_MEMORY] = pid < 0 ? -errno : pid;
}

/* Born, dead and free again within the call. */
static void check_undone(struct test *test, const struct failing *failing,
			 const struct call *call)
{
	struct wanted wanted = { .pid = call->begin->head.pid,
				 .from = call->begin->head.timestamp,
				 .to = call->end->head.timestamp };
	const struct mmscope_record *birth, *dead, *freed;

	wanted.type = MMSCOPE_TYPE_mm_birth;
	birth = trace_next(test, &wanted, NULL);
	if (!failing->copies) {
		expect(test, !birth, "%s: a new mm was born", failing->what);
		return;
	}
	if (!expect(test, birth, "%s: no new mm was born", failing->what))
		return;
	wanted.mm = birth->head.mm;
	wanted.type = MMSCOPE_TYPE_mm_dead;
	dead = trace_next(test, &wanted, NULL);
	wanted.type = MMSCOPE_TYPE_mm_free;
	freed = trace_next(test, &wanted, NULL);
	expect(test, dead && freed, "%s: its new mm was not freed",
	       failing->what);
	show(test, birth, "%s: a new mm is born", failing->what);
	show(test, freed, "... and freed again");
	ledger_compare(test, birth->head.mm);
}

static void check_case(struct test *test, const struct failing *failing,
		       const struct call *call, long result)
{
	expect(test, result == -failing->error, "%s gave its caller %ld",
	       failing->what, result);
	expect(test, call->end->fork_end.result == -failing->error,
	       "%s is recorded with result %d", failing->what,
	       call->end->fork_end.result);
	expect(test, !!call->dup == failing->copies, "%s has %s dup_mm",
	       failing->what, call->dup ? "a" : "no");
	if (call->dup)
		expect(test,
		       call->dup->dup_mm.result ==
			       (failing->decides ? 0 : -failing->error),
		       "%s: dup_mm's result is %d", failing->what,
		       call->dup->dup_mm.result);
	expect(test, !!call->copy == failing->decides, "%s has %s copy_mm",
	       failing->what, call->copy ? "a" : "no");
	if (call->copy)
		expect(test, !call->copy->copy_mm.child,
		       "%s: copy_mm names a child", failing->what);
	check_undone(test, failing, call);
	show(test, call->end, "%s: the caller got %s", failing->what,
	     errno_name(-result));
}

enum outcome row_failures(struct test *test)
{
	const struct mmscope_record *after = NULL;
	const struct failures *facts;
	struct actor actor;
	struct call call;
	int i;

	if (actor_perform(test, &actor, ANY_CPU, fail_thrice, sizeof(*facts))) {
		facts = actor.facts;
		for (i = 0; i < CASES; i++) {
			if (!facts->tried[i]) {
				witness(test,
					"%s: not tried: " OVERCOMMIT
					" lets everybody have what he likes",
					cases[i].what);
				continue;
			}
			if (!expect(test,
				    trace_call_after(test, actor.pid, after,
						     &call),
				    "%s was not recorded", cases[i].what))
				break;
			after = call.end;
			check_case(test, &cases[i], &call, facts->results[i]);
		}
	}
	actor_end(&actor);
	return DONE;
}

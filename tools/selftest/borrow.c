// SPDX-License-Identifier: GPL-2.0-only
/* borrow.c - rows 6 to 8: active_mm and the scheduler's three steps */
#include <fcntl.h>
#include <stdlib.h>
#include <sched.h>
#include <unistd.h>

#include "input/record_io.h"
#include "selftest.h"
#include "trace.h"

/* Who has no mm, in words. */
static const char *kind_of_borrower(uint32_t pid)
{
	return pid ? "a kernel thread" : "the idle task";
}

static bool is_lazy(const struct mmscope_record *record)
{
	return record->head.id == MMSCOPE_TYPE_lazy_borrow ||
	       record->head.id == MMSCOPE_TYPE_lazy_handoff ||
	       record->head.id == MMSCOPE_TYPE_lazy_return;
}

/* ---- 6: active_mm ---- */

#define NAPS 20
#define NAP_US 500

static void take_naps(struct actor *actor)
{
	int i;

	(void)actor;
	for (i = 0; i < NAPS; i++)
		sleep_us(NAP_US);
}

/* The scheduler's own loan of this mm that this task began by going to sleep. */
static const struct mmscope_record *find_borrow(const struct test *test,
						uint64_t mm, uint32_t lender)
{
	struct wanted wanted = { .type = MMSCOPE_TYPE_lazy_borrow,
				 .how = MMSCOPE_HOW_context_switch,
				 .mm = mm };
	const struct mmscope_record *borrow = NULL;

	while ((borrow = trace_next(test, &wanted, borrow)))
		if (borrow->lazy_borrow.lender == lender)
			return borrow;
	return NULL;
}

static enum outcome check_active(struct test *test, uint32_t pid)
{
	uint64_t mm = trace_mm_of(test, pid);
	const struct mmscope_record *borrow = find_borrow(test, mm, pid), *back;
	uint32_t borrower;

	if (!borrow)
		return again(test,
			     "its CPU always had another user task to run");
	borrower = borrow->lazy_borrow.borrower;
	expect(test, is_kernel_thread(borrower),
	       "task %u borrows and is no kernel thread", borrower);
	back = trace_next(test,
			  &(const struct wanted){
				  .type = MMSCOPE_TYPE_lazy_return, .mm = mm },
			  borrow);
	if (!back)
		return again(test, "the loan has not ended yet");
	expect(test, back->lazy_return.lender == pid,
	       "the loan's lender was %u, and is %u at its end", pid,
	       back->lazy_return.lender);
	show(test, borrow, "task %u sleeps, and %s runs on its mm", pid,
	     kind_of_borrower(borrower));
	show(test, back, "a user task runs again, on an mm of its own");
	return DONE;
}

enum outcome row_active_mm(struct test *test)
{
	enum outcome outcome = DONE;
	struct actor actor;

	if (actor_perform(test, &actor, cpu_for_actor(), take_naps, 0))
		outcome = check_active(test, actor.pid);
	actor_end(&actor);
	return outcome;
}

/* ---- 7: borrow and return ---- */

/*
 * Reading it makes work for a kernel thread of each CPU, and waits for that. Not
 * every kernel has it; then there are the idle task's loans.
 */
#define WORK_FOR_EACH_CPU "/proc/sys/vm/stat_refresh"
#define WORKS 3

static void work_and_nap(struct actor *actor)
{
	char byte;
	int i, fd;

	take_naps(actor);
	for (i = 0; i < WORKS; i++) {
		fd = open(WORK_FOR_EACH_CPU, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return;
		if (read(fd, &byte, 1))
			sleep_us(NAP_US);
		close(fd);
	}
}

/**
 * struct loans - the loans of an mm that was on one CPU only
 * @lends: whether the last record left it on loan
 * @complete: how many were borrowed and returned
 * @to_threads: of them, to kernel threads that are not idle
 */
struct loans {
	bool lends;
	unsigned int complete, to_threads;
	const struct mmscope_record *borrow, *give_back;
};

/* The users' own count, and one while it is on loan. */
static void check_step(struct test *test, struct loans *loans,
		       const struct mmscope_record *record)
{
	const bool counts = !kernel_has("do_shoot_lazy_tlb");
	bool thread;

	switch (record->head.id) {
	case MMSCOPE_TYPE_lazy_borrow:
		expect(test, !loans->lends, "borrowed twice without a return");
		expect(test, record->lazy_borrow.count == 1 + counts,
		       "count is %d after a borrow", record->lazy_borrow.count);
		loans->lends = true;
		thread = record->lazy_borrow.borrower;
		if (!loans->borrow || (thread && !loans->to_threads))
			loans->borrow = record;
		loans->to_threads += thread;
		break;
	case MMSCOPE_TYPE_lazy_handoff:
		expect(test, loans->lends, "handed on without a borrow");
		expect(test, record->lazy_handoff.count == 1 + counts,
		       "count is %d after a hand-off",
		       record->lazy_handoff.count);
		break;
	case MMSCOPE_TYPE_lazy_return:
		expect(test, loans->lends, "returned without a borrow");
		expect(test, record->lazy_return.count == 1,
		       "count is %d after a return", record->lazy_return.count);
		loans->lends = false;
		loans->complete++;
		break;
	}
}

/* Up to where the process begins to exit, which is another row. */
static void check_steps(struct test *test, uint64_t mm, uint32_t pid,
			struct loans *loans)
{
	const struct mmscope_record *record = NULL, *exits;
	struct wanted wanted = { .mm = mm };

	exits = trace_first(test, .type = MMSCOPE_TYPE_exit_mm, .mm = mm,
			    .pid = pid);
	if (!expect(test, exits, "the process has no exit_mm"))
		return;
	wanted.to = exits->head.timestamp;
	while ((record = trace_next(test, &wanted, record)))
		if (is_lazy(record))
			check_step(test, loans, record);
	loans->give_back =
		trace_next(test,
			   &(const struct wanted){
				   .type = MMSCOPE_TYPE_lazy_return, .mm = mm },
			   loans->borrow);
}

static enum outcome check_loans(struct test *test, uint64_t mm, uint32_t pid)
{
	struct loans loans = { 0 };
	int others = trace_strangers(test, mm, MMSCOPE_HOW_count, pid, 0, 0);
	uint32_t borrower;

	if (others)
		return again(test, "somebody else holds the mm: count %+d",
			     others);
	check_steps(test, mm, pid, &loans);
	if (!test->failure && !loans.complete)
		return again(test,
			     "its CPU always had another user task to run");
	if (test->failure)
		return DONE;
	borrower = loans.borrow->lazy_borrow.borrower;
	show(test, loans.borrow, "to %s: count + 1",
	     kind_of_borrower(borrower));
	show(test, loans.give_back, "back to a user task: count - 1");
	witness(test, "%u loans on CPU %u, %u of them to kernel threads",
		loans.complete, loans.borrow->head.cpu, loans.to_threads);
	watch_compare(test, mm);
	ledger_compare(test, mm);
	if (kernel_has("do_shoot_lazy_tlb"))
		is_not_so_here(
			test,
			"borrowing does not count on this kernel: it stops the borrowers when an mm dies (MMU_LAZY_TLB_SHOOTDOWN, since 6.4)");
	witness(test, "kallsyms: enter_lazy_tlb is %s",
		kernel_has("enter_lazy_tlb") ? "a function of its own" :
					       "inlined");
	return DONE;
}

enum outcome row_borrow_return(struct test *test)
{
	enum outcome outcome = DONE;
	struct actor actor;
	uint64_t mm;

	if (actor_start(test, &actor, cpu_for_actor(), work_and_nap, 0)) {
		watch_begin(actor.pid, state_has_ledger());
		if (actor_go(test, &actor) && actor_wait_end(test, &actor) &&
		    trace_read(test)) {
			mm = trace_mm_of(test, actor.pid);
			if (expect(test, trace_wait_free(test, mm),
				   "the mm was not freed"))
				outcome = check_loans(test, mm, actor.pid);
		}
	}
	actor_end(&actor);
	return outcome;
}

/* ---- 8: hand-off ---- */

#define MOVES 5

/* What is written to a terminal's master a kernel thread takes to the other end. */
static int open_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master >= 0 && (grantpt(master) || unlockpt(master))) {
		close(master);
		master = -1;
	}
	return master;
}

/*
 * Work for a kernel thread right before a nap: after it the idle task runs on the
 * same mm. Being moved to another CPU leaves the kernel thread that does that
 * behind on ours, and then the idle task.
 */
static void make_work(struct actor *actor)
{
	int master = open_terminal(), i;

	(void)actor;
	for (i = 0; i < NAPS; i++) {
		if (master >= 0 && write(master, "\n", 1) != 1)
			break;
		sleep_us(2 * NAP_US);
	}
	for (i = 0; i < MOVES && cpus_usable() > 1; i++) {
		cpu_move_to(cpu_usable(0));
		sleep_us(NAP_US);
		cpu_move_to(cpu_for_actor());
		sleep_us(NAP_US);
	}
}

/* What else could have moved the count between two records of one CPU. */
static bool moved_between(const struct test *test,
			  const struct mmscope_record *first,
			  const struct mmscope_record *second)
{
	const struct mmscope_record *record;

	for (record = first + 1; record < second; record++)
		if (record->head.mm == first->head.mm && record->head.id)
			return true;
	(void)test;
	return false;
}

/* The record before it of the same mm on the same CPU, if that is a lazy one. */
static const struct mmscope_record *
step_before(const struct test *test, const struct mmscope_record *record)
{
	const struct mmscope_record *before = record;

	while (before-- > test->records)
		if (before->head.mm == record->head.mm &&
		    before->head.cpu == record->head.cpu)
			return is_lazy(before) ? before : NULL;
	return NULL;
}

static int count_of_step(const struct mmscope_record *record)
{
	return record->head.id == MMSCOPE_TYPE_lazy_borrow ?
		       record->lazy_borrow.count :
		       record->lazy_handoff.count;
}

static uint32_t borrower_of_step(const struct mmscope_record *record)
{
	return record->head.id == MMSCOPE_TYPE_lazy_borrow ?
		       record->lazy_borrow.borrower :
		       record->lazy_handoff.borrower;
}

/* Whether it is one from kernel thread to kernel thread, and all of it is right. */
static bool check_hand_off(struct test *test,
			   const struct mmscope_record *handoff)
{
	const struct mmscope_own_lazy_handoff *own = &handoff->lazy_handoff;
	const struct mmscope_record *before = step_before(test, handoff);

	if (!before || before->head.id == MMSCOPE_TYPE_lazy_return ||
	    before->head.how == MMSCOPE_HOW_exit ||
	    moved_between(test, before, handoff))
		return false;
	expect(test, own->previous == borrower_of_step(before),
	       "%u hands on what %u had", own->previous,
	       borrower_of_step(before));
	expect(test, own->count == count_of_step(before),
	       "count is %d before and %d after a hand-off",
	       count_of_step(before), own->count);
	expect(test,
	       is_kernel_thread(own->previous) &&
		       is_kernel_thread(own->borrower),
	       "task %u or %u is no kernel thread", own->previous,
	       own->borrower);
	show(test, before, "%s has the mm ...",
	     kind_of_borrower(borrower_of_step(before)));
	show(test, handoff, "... and hands it to %s: count stays %d",
	     kind_of_borrower(own->borrower), own->count);
	return true;
}

enum outcome row_hand_off(struct test *test)
{
	struct wanted wanted = { .type = MMSCOPE_TYPE_lazy_handoff };
	const struct mmscope_record *handoff = NULL;
	enum outcome outcome = DONE;
	struct actor actor;
	bool found = false;

	if (actor_start(test, &actor, cpu_for_actor(), make_work, 0)) {
		watch_begin(actor.pid, state_has_ledger());
		if (actor_go(test, &actor) && actor_wait_end(test, &actor) &&
		    trace_read(test)) {
			wanted.mm = trace_mm_of(test, actor.pid);
			if (!expect(test, trace_wait_free(test, wanted.mm),
				    "the mm was not freed"))
				goto out;
			while (!found &&
			       (handoff = trace_next(test, &wanted, handoff)))
				found = check_hand_off(test, handoff);
			if (found)
				watch_compare(test, wanted.mm);
			else
				outcome = again(
					test,
					"no kernel thread followed another");
		}
	}
out:
	actor_end(&actor);
	return outcome;
}

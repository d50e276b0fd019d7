/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * selftest.h - what the textbooks say of address spaces, tried on this kernel
 *
 * Each row is one claim and one experiment. A row makes a small process do
 * something, reads what mmscope recorded of it, and compares that with what the
 * process itself got back from the kernel. Its answer is nothing without records.
 */
#ifndef MMSCOPE_SELFTEST_H
#define MMSCOPE_SELFTEST_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "shared/record.h"

struct test;

/* What a row's experiment came to. */
enum outcome {
	DONE, /* the test says what */
	AGAIN, /* the scheduler, or somebody else, did otherwise: once more */
};

/**
 * struct row - a claim and its experiment
 * @number: as in Documentation/textbook.md
 * @name: one word, for the command line
 * @claim: what the textbooks say
 * @run: makes the experiment; called again as long as it says so, within bounds
 */
struct row {
	unsigned int number;
	const char *name;
	const char *claim;
	enum outcome (*run)(struct test *test);
};

/* Ends with a row without a name. */
extern const struct row selftest_rows[];

enum outcome row_one_entry(struct test *test);
enum outcome row_share(struct test *test);
enum outcome row_copy(struct test *test);
enum outcome row_kernel_thread(struct test *test);
enum outcome row_users(struct test *test);
enum outcome row_active_mm(struct test *test);
enum outcome row_borrow_return(struct test *test);
enum outcome row_hand_off(struct test *test);
enum outcome row_dead_pinned(struct test *test);
enum outcome row_vfork(struct test *test);
enum outcome row_exec(struct test *test);
enum outcome row_failures(struct test *test);
enum outcome row_exit(struct test *test);
enum outcome row_ptrace(struct test *test);
enum outcome row_contexts(struct test *test);
enum outcome row_references(struct test *test);

/* ---- evidence.c: what a row says ---- */

/* A record, or without one (head.id 0) what another witness says. */
struct evidence {
	struct mmscope_record record;
	char *shows;
};

/**
 * struct test - one row being tried
 * @begun: records from before this, ns, are of no interest
 * @records: those of this row, in the order of time
 * @failure: the first thing that speaks against the row, or why it is to be tried
 *	again
 * @difference: in what the kernel differs from the textbook
 * @not_here: how this kernel does otherwise
 * @skipped: why it could not be made
 */
struct test {
	const struct row *row;
	uint64_t begun;
	struct mmscope_record *records;
	size_t count, room;
	struct evidence *evidence;
	size_t pieces;
	char *failure, *difference, *not_here, *skipped;
};

/* Notes what is not as it must be; returns whether it is. */
bool expect(struct test *test, bool as_it_must_be, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A record as evidence, and what it shows; NULL, for which expect() has spoken. */
void show(struct test *test, const struct mmscope_record *record,
	  const char *format, ...) __attribute__((format(printf, 3, 4)));
/* What somebody else than mmscope's records says. */
void witness(struct test *test, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void differs(struct test *test, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* This kernel does otherwise, and says so itself: how, and since when. */
void is_not_so_here(struct test *test, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* For `return skip_row(...)` and `return again(...)`. */
enum outcome skip_row(struct test *test, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
enum outcome again(struct test *test, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* As if nothing had been tried yet. */
void test_clear(struct test *test);
void test_forget(struct test *test);

/* ---- test.c: trying a row ---- */

enum verdict { HOLDS, DIFFERS, NOT_HERE, SKIPPED, FAILED };
/* "holds", "holds with a difference", ... */
const char *verdict_name(enum verdict verdict);
/* Tries a row until it is done or its time is over. */
enum verdict test_run(struct test *test, const struct row *row);
void test_print(const struct test *test, enum verdict verdict, bool json);

/* ---- actor.c: processes that do something ---- */

/**
 * struct actor - a child that waits for a word, does its work and exits
 * @pid: of it
 * @ended: it has been waited for, with @status
 * @facts: memory that it shares with us: what it did and got
 */
struct actor {
	pid_t pid;
	int to[2], from[2];
	bool ended;
	int status;
	char *error;
	void *facts;
	size_t size;
};

/* No CPU in particular. */
#define ANY_CPU (-1)

/**
 * actor_start() - make the process; it waits for actor_go()
 * @actor: gets filled; to be given to actor_end()
 * @cpu: its address space is never anywhere else; or ANY_CPU
 * @work: what it does; @facts is zeroed memory of that size
 */
bool actor_start(struct test *test, struct actor *actor, int cpu,
		 void (*work)(struct actor *actor), size_t facts);
bool actor_go(struct test *test, struct actor *actor);
/* All of it at once, to the actor's exit and the reading of the records. */
bool actor_perform(struct test *test, struct actor *actor, int cpu,
		   void (*work)(struct actor *actor), size_t facts);
/* Waits until the actor has come to its next actor_pause(). */
bool actor_wait(struct test *test, struct actor *actor);
/* Waits for its exit, and keeps its facts; false, said, if it failed. */
bool actor_wait_end(struct test *test, struct actor *actor);
/* Ends it, if it has not ended, and forgets its facts. */
void actor_end(struct actor *actor);

/* In the actor: says that it has come so far, and waits for the next word. */
void actor_pause(struct actor *actor);
/* In the actor: it cannot go on. */
void actor_fail(struct actor *actor, const char *what)
	__attribute__((noreturn));
/*
 * In the actor: waits for a thread. pthread_join() returns before that has given up its
 * share of mm_users; that it has no number any more comes after, and asking for that
 * touches no counter. @tid is where the thread writes its own number, which it may not
 * have done yet.
 */
void thread_join(pthread_t thread, const pid_t *tid);
/* In the actor: takes a child back. */
void actor_reap(struct actor *actor, pid_t pid);
/* In the actor: a program that does nothing, as this process or a child of it. */
void exec_nothing(void) __attribute__((noreturn));
extern char *const nothing_words[];
#define NOTHING_PROGRAM "/proc/self/exe"
#define WORD_NOTHING "--nothing"

/* ---- machine.c: what this machine has ---- */

/* CPUs that this process may use: how many, and the n-th of them. */
unsigned int cpus_usable(void);
int cpu_usable(unsigned int n);
void cpu_move_to(int cpu);
/* Where an actor that needs a CPU for itself goes; else back to where we run. */
int cpu_for_actor(void);
/* Runs a user task on every CPU, so that borrowers let go. */
void cpus_visit(void);

/* Whether this kernel has a function of that name, by /proc/kallsyms. */
bool kernel_has(const char *function);
/* A kernel thread, an idle task included; a task that is gone is taken for one. */
bool is_kernel_thread(uint32_t pid);
/* The number behind "Key:" in /proc/PID/status; -1 if there is none. */
long status_number(pid_t pid, const char *key);
/* Lines of /proc/self/maps that are the process's own VMAs. */
long own_vmas(void);
/* The number behind a key and a blank in a file; -1 if there is none. */
long file_number(const char *path, const char *key);

/* ---- state.c: the module's state, as it was ---- */

/* Notes it, and sets what the experiments need; false if that failed. */
bool state_take(void);
/* What was noted, again. */
void state_restore(void);
bool state_has_ledger(void);
/* Holds the ledger of an mm that was freed against zero, where there is a ledger. */
void ledger_compare(struct test *test, uint64_t mm);
/*
 * A cell of one of debugfs's tables, in the row whose cell of column @first is
 * @key: to be freed; NULL if there is none.
 */
char *debugfs_cell(const char *file, const char *first, const char *key,
		   const char *column);

/* ---- watch.c: hardware watchpoints as a second witness ---- */

/*
 * Watches a process's counters, if that is possible here: on arm64 only without the
 * ledger, whose probes hide the changes.
 */
void watch_begin(pid_t pid, bool has_ledger);
/*
 * Holds the log, once the mm is free, against the records: each counter's every
 * change. Says as a witness what it saw, or why there is none.
 */
void watch_compare(struct test *test, uint64_t mm);
void watch_end(void);
bool watch_is_armed(void);

#endif /* MMSCOPE_SELFTEST_H */

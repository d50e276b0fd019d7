/* SPDX-License-Identifier: GPL-2.0-only */
/* trace.h - the records that a row of the selftest looks at */
#ifndef SELFTEST_TRACE_H
#define SELFTEST_TRACE_H

#include "selftest.h"

/* Reads the records up to now; false if that is not possible, which is said. */
bool trace_read(struct test *test);
/* How many the rings had no room for, of those that were read. */
uint64_t trace_lost(const struct test *test);
/* What the task of a record is called, NULL if not known. */
const char *trace_comm(const struct mmscope_record *record);
/* After the last row. */
void trace_end(void);

/**
 * struct wanted - which record
 * @type: 0: any; so for all others
 * @pid: the task in the head
 * @from: at or after this, ns
 * @to: before this
 */
struct wanted {
	enum mmscope_type type;
	enum mmscope_how how;
	uint32_t pid;
	uint64_t mm;
	uint64_t from, to;
};

/* The first one after @after (NULL: of all), or NULL. */
const struct mmscope_record *trace_next(const struct test *test,
					const struct wanted *wanted,
					const struct mmscope_record *after);
#define trace_first(test, ...) \
	trace_next(test, &(const struct wanted){ __VA_ARGS__ }, NULL)
unsigned int trace_count(const struct test *test, const struct wanted *wanted);

/**
 * struct call - one clone, from its entry to its return
 * @begin: fork_begin
 * @copy: copy_mm, NULL if copy_mm was not reached
 * @dup: dup_mm, likewise
 * @end: fork_end
 */
struct call {
	const struct mmscope_record *begin, *copy, *dup, *end;
};

/* The clone that made @child; false, having said so, if it is not all there. */
bool trace_call_of(struct test *test, uint32_t parent, uint32_t child,
		   struct call *call);
/* The clone of @parent that comes after @after. */
bool trace_call_after(const struct test *test, uint32_t parent,
		      const struct mmscope_record *after, struct call *call);

/* The mm of a process that was cloned during this row, by its last exec. */
uint64_t trace_mm_of(const struct test *test, uint32_t pid);

/* Waits until there is such a record, some seconds at most. */
bool trace_wait(struct test *test, const struct wanted *wanted);
/* The same for the free of an mm, bringing a user to every CPU. */
bool trace_wait_free(struct test *test, uint64_t mm);

/* What others than process @tgid changed of users or count (how), by the ledger. */
int trace_strangers(const struct test *test, uint64_t mm, enum mmscope_how how,
		    uint32_t tgid, uint64_t from, uint64_t to);
/* Whether others than our own processes took or gave back references meanwhile. */
bool trace_was_disturbed(const struct test *test);
/* The function of a ref's instruction, without offset. */
const char *ref_function(const struct mmscope_record *record);

uint64_t now_ns(void);
void sleep_us(unsigned int us);

#endif /* SELFTEST_TRACE_H */

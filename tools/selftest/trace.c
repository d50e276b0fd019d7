// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace.c - the records of a row, and finding one of them
 *
 * They are read as text, from `events`: reading cpuN would take them away from
 * whoever records, and make this process one that is never recorded itself.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "input/sites.h"
#include "input/source.h"
#include "model/names.h"
#include "selftest.h"
#include "trace.h"

/* How long a record is waited for that must come. */
#define WAIT_NS 30000000000ULL
#define WAIT_STEP_US 10000

uint64_t now_ns(void)
{
	struct timespec now;

	/* The records' own clock. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

void sleep_us(unsigned int us)
{
	struct timespec time = { us / 1000000, us % 1000000 * 1000L };

	/* Nobody sends signals here but who wants an end. */
	nanosleep(&time, NULL);
}

/*
 * One after the other through all rows, since what is there at the beginning may be
 * much: the rings of somebody who records all the time are full.
 */
static FILE *events;
static struct source source;
static struct names names;

/* Almost always the last; see live_next(). */
static void insert(struct test *test, const struct mmscope_record *record)
{
	size_t at = test->count++;

	for (; at &&
	       test->records[at - 1].head.timestamp > record->head.timestamp;
	     at--)
		test->records[at] = test->records[at - 1];
	test->records[at] = *record;
}

static void keep(void *to, const struct mmscope_record *record)
{
	struct test *test = to;

	names_feed(&names, record);
	if (record->head.timestamp < test->begun)
		return;
	if (test->count == test->room) {
		test->room = test->room ? 2 * test->room : 256;
		test->records = must_realloc(
			test->records, test->room * sizeof(*test->records));
	}
	insert(test, record);
}

bool trace_read(struct test *test)
{
	if (!events)
		events = live_open(&source);
	return expect(test,
		      events && live_next(events, &source, keep, test) ==
					STATUS_OK,
		      "the records could not be read");
}

uint64_t trace_lost(const struct test *test)
{
	const struct mmscope_record *record, *later;
	const struct mmscope_record *end = test->records + test->count;
	uint64_t lost = 0;

	for (record = test->records; record < end; record++) {
		if (record->head.id != MMSCOPE_TYPE_lost ||
		    record->lost.since < test->begun)
			continue;
		/* One that goes on is said again, with more. */
		for (later = record + 1; later < end; later++)
			if (later->head.id == MMSCOPE_TYPE_lost &&
			    later->head.cpu == record->head.cpu &&
			    later->head.how == record->head.how &&
			    later->lost.since == record->lost.since)
				break;
		if (later == end)
			lost += record->lost.records;
	}
	return lost;
}

const char *trace_comm(const struct mmscope_record *record)
{
	return names_get(&names, record->head.pid, record->head.cpu);
}

void trace_end(void)
{
	if (events)
		fclose(events);
	events = NULL;
	names_free(&names);
}

static bool fits(const struct mmscope_record *record,
		 const struct wanted *wanted)
{
	const struct mmscope_head *head = &record->head;

	return (!wanted->type || head->id == wanted->type) &&
	       (!wanted->how || head->how == wanted->how) &&
	       (!wanted->pid || head->pid == wanted->pid) &&
	       (!wanted->mm || head->mm == wanted->mm) &&
	       head->timestamp >= wanted->from &&
	       (!wanted->to || head->timestamp < wanted->to);
}

const struct mmscope_record *trace_next(const struct test *test,
					const struct wanted *wanted,
					const struct mmscope_record *after)
{
	size_t i = after ? after - test->records + 1 : 0;

	for (; i < test->count; i++)
		if (fits(&test->records[i], wanted))
			return &test->records[i];
	return NULL;
}

unsigned int trace_count(const struct test *test, const struct wanted *wanted)
{
	const struct mmscope_record *record = NULL;
	unsigned int count = 0;

	while ((record = trace_next(test, wanted, record)))
		count++;
	return count;
}

bool trace_call_after(const struct test *test, uint32_t parent,
		      const struct mmscope_record *after, struct call *call)
{
	struct wanted wanted = { .type = MMSCOPE_TYPE_fork_begin,
				 .pid = parent };

	memset(call, 0, sizeof(*call));
	call->begin = trace_next(test, &wanted, after);
	if (!call->begin)
		return false;
	wanted.type = MMSCOPE_TYPE_fork_end;
	call->end = trace_next(test, &wanted, call->begin);
	if (!call->end)
		return false;
	/* What a task records while it is in a clone is about that clone. */
	wanted.to = call->end->head.timestamp + 1;
	wanted.type = MMSCOPE_TYPE_copy_mm;
	call->copy = trace_next(test, &wanted, call->begin);
	if (call->copy > call->end)
		call->copy = NULL;
	wanted.type = MMSCOPE_TYPE_dup_mm;
	call->dup = trace_next(test, &wanted, call->begin);
	if (call->dup > call->end)
		call->dup = NULL;
	return true;
}

bool trace_call_of(struct test *test, uint32_t parent, uint32_t child,
		   struct call *call)
{
	const struct mmscope_record *after = NULL;

	while (trace_call_after(test, parent, after, call)) {
		if ((uint32_t)call->end->fork_end.result == child)
			return expect(test, call->copy,
				      "the clone that made %u has no copy_mm",
				      child);
		after = call->end;
	}
	return expect(test, false, "no fork_begin and fork_end of %u making %u",
		      parent, child);
}

uint64_t trace_mm_of(const struct test *test, uint32_t pid)
{
	const struct mmscope_record *record;
	uint64_t mm = 0;
	size_t i;

	for (i = 0; i < test->count; i++) {
		record = &test->records[i];
		if (record->head.id == MMSCOPE_TYPE_copy_mm &&
		    record->copy_mm.child == pid)
			mm = record->copy_mm.new_mm;
		else if (record->head.id == MMSCOPE_TYPE_exec_mm &&
			 record->head.tgid == pid)
			mm = record->head.mm;
	}
	return mm;
}

static bool wait_for(struct test *test, const struct wanted *wanted, bool visit)
{
	uint64_t until = now_ns() + WAIT_NS;

	while (trace_read(test)) {
		if (trace_next(test, wanted, NULL))
			return true;
		if (now_ns() > until)
			return false;
		if (visit)
			cpus_visit();
		sleep_us(WAIT_STEP_US);
	}
	return false;
}

bool trace_wait(struct test *test, const struct wanted *wanted)
{
	return wait_for(test, wanted, false);
}

bool trace_wait_free(struct test *test, uint64_t mm)
{
	struct wanted wanted = { .type = MMSCOPE_TYPE_mm_free, .mm = mm };

	return wait_for(test, &wanted, true);
}

int trace_strangers(const struct test *test, uint64_t mm, enum mmscope_how how,
		    uint32_t tgid, uint64_t from, uint64_t to)
{
	struct wanted wanted = { .type = MMSCOPE_TYPE_ref,
				 .how = how,
				 .mm = mm,
				 .from = from,
				 .to = to };
	const struct mmscope_record *record = NULL;
	int sum = 0;

	while ((record = trace_next(test, &wanted, record)))
		if (record->head.tgid != tgid)
			sum += record->ref.delta;
	return sum;
}

/* We ourselves, whoever guards us, and those that were cloned meanwhile. */
static bool is_ours(const struct test *test, uint32_t tgid)
{
	size_t i;

	if (tgid == (uint32_t)getpid() || tgid == (uint32_t)getppid())
		return true;
	for (i = 0; i < test->count; i++)
		if (test->records[i].head.id == MMSCOPE_TYPE_copy_mm &&
		    test->records[i].copy_mm.child == tgid)
			return true;
	return false;
}

bool trace_was_disturbed(const struct test *test)
{
	struct wanted wanted = { .type = MMSCOPE_TYPE_ref };
	const struct mmscope_record *ref = NULL;

	while ((ref = trace_next(test, &wanted, ref)))
		if (!is_ours(test, ref->head.tgid))
			return true;
	return false;
}

const char *ref_function(const struct mmscope_record *record)
{
	static char name[128];
	const char *label = mmscope_site_label(record->ref.site);

	snprintf(name, sizeof(name), "%s", label ? label : "?");
	/* symbol.isra.0+offset: the name in the source is what is meant. */
	name[strcspn(name, ".+")] = '\0';
	return name;
}

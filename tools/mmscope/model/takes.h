/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * takes.h - who took a reference and has not given it back
 *
 * The same best guess that the module makes, by the same rule (take_rule.h), from
 * `ref` records.
 */
#ifndef MMSCOPE_TAKES_H
#define MMSCOPE_TAKES_H

#include <stdint.h>

#include "model/names.h"
#include "shared/record.h"

/* The counters of an mm. */
enum { LEDGER_USERS, LEDGER_COUNT, LEDGER_COUNTERS };

struct take_queue;
struct take_task;

/*
 * The lists of an mm's takes that a put looks into: of one counter and, each or not,
 * of one task and of one kind of holder.
 */
enum {
	TAKES_OF_COUNTER,
	TAKES_OF_KIND,
	TAKES_OF_TASK,
	TAKES_OF_TASK_AND_KIND,
	TAKE_QUEUES,
};

/**
 * struct take - one reference that somebody holds
 * @stack: number of the calls that led there, 0: none
 * @counter: LEDGER_USERS or LEDGER_COUNT
 * @older: in the list of all takes of the mm, as is @newer
 */
struct take {
	struct take *older, *newer;
	uint64_t since;
	uint32_t site, stack, pid;
	uint8_t counter;
	char comm[sizeof(struct mmscope_name) + 1];
	struct {
		struct take_queue *queue;
		struct take *older, *newer;
	} in[TAKE_QUEUES];
};

/**
 * struct takes - the takes of all mm's
 * @queues: the lists of enum TAKES_*, by what they are of
 * @tasks: which mm each task has, and who is about to give one up
 *
 * Zeroed at first.
 */
struct takes {
	struct take_queue *queues;
	struct take_task *tasks;
};

/* The next record: what tasks do. */
void takes_feed(struct takes *takes, const struct mmscope_record *record);

/**
 * takes_change() - a `ref` record, after takes_feed()
 * @takes: of all mm's
 * @newest: of the mm of the record; changed as takes come and go
 * @names: as of this record
 * @record: the record
 */
void takes_change(struct takes *takes, struct take **newest,
		  const struct names *names,
		  const struct mmscope_record *record);

/* An mm is forgotten with all takes of it. */
void takes_drop(struct takes *takes, struct take **newest);
/* At last, when those of each mm have been dropped. */
void takes_free(struct takes *takes);

#endif /* MMSCOPE_TAKES_H */

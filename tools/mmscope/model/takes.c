// SPDX-License-Identifier: GPL-2.0-only
/*
 * takes.c - who took a reference and has not given it back
 *
 * A put looks at the ends of a few lists, never at all takes of an mm: there may be
 * thousands of them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/util.h"
#include "input/sites.h"
#include "model/takes.h"
#include "shared/take_rule.h"

struct take_task {
	uint32_t pid;
	uint64_t mm; /* its own; 0: none, or not known */
	uint64_t leaving; /* the mm that it is about to give up */
	UT_hash_handle hh;
};

/* What is not asked for is 0. */
struct queue_key {
	uint64_t mm;
	uint32_t pid;
	uint32_t kind;
	uint32_t counter;
	uint32_t which;
};

/* Takes in the order of time. A queue that is empty is not kept. */
struct take_queue {
	struct queue_key key;
	struct take *oldest, *newest;
	UT_hash_handle hh;
};

/* ---- tasks ---- */

static struct take_task *task_of(struct takes *takes, uint32_t pid)
{
	struct take_task *task;

	HASH_FIND(hh, takes->tasks, &pid, sizeof(pid), task);
	if (!task) {
		task = must_calloc(1, sizeof(*task));
		task->pid = pid;
		HASH_ADD(hh, takes->tasks, pid, sizeof(pid), task);
	}
	return task;
}

void takes_feed(struct takes *takes, const struct mmscope_record *record)
{
	const struct mmscope_head *head = &record->head;
	struct take_task *task;

	switch (head->id) {
	case MMSCOPE_TYPE_fork_begin:
	case MMSCOPE_TYPE_exec_mm:
		task_of(takes, head->pid)->mm = head->mm;
		break;
	case MMSCOPE_TYPE_copy_mm:
		if (record->copy_mm.child)
			task_of(takes, record->copy_mm.child)->mm =
				record->copy_mm.new_mm;
		break;
	case MMSCOPE_TYPE_mm_birth:
		if (head->how == MMSCOPE_HOW_found && record->mm_birth.owner)
			task_of(takes, record->mm_birth.owner)->mm = head->mm;
		break;
	case MMSCOPE_TYPE_exit_mm:
		task = task_of(takes, head->pid);
		task->mm = 0;
		task->leaving = head->mm;
		break;
	}
}

/* ---- lists ---- */

static struct queue_key key_of(unsigned int which, uint64_t mm, int counter,
			       uint32_t pid, unsigned int kind)
{
	struct queue_key key = { .mm = mm, .counter = counter, .which = which };

	if (which == TAKES_OF_TASK || which == TAKES_OF_TASK_AND_KIND)
		key.pid = pid;
	if (which == TAKES_OF_KIND || which == TAKES_OF_TASK_AND_KIND)
		key.kind = kind;
	return key;
}

static struct take_queue *queue_find(const struct takes *takes,
				     const struct queue_key *key)
{
	struct take_queue *queue;

	HASH_FIND(hh, takes->queues, key, sizeof(*key), queue);
	return queue;
}

static void queue_add(struct takes *takes, unsigned int which,
		      struct take *take, const struct queue_key *key)
{
	struct take_queue *queue = queue_find(takes, key);

	if (!queue) {
		queue = must_calloc(1, sizeof(*queue));
		queue->key = *key;
		HASH_ADD(hh, takes->queues, key, sizeof(queue->key), queue);
	}
	take->in[which].queue = queue;
	take->in[which].older = queue->newest;
	if (queue->newest)
		queue->newest->in[which].newer = take;
	else
		queue->oldest = take;
	queue->newest = take;
}

static void queue_remove(struct takes *takes, unsigned int which,
			 struct take *take)
{
	struct take *older = take->in[which].older;
	struct take *newer = take->in[which].newer;
	struct take_queue *queue = take->in[which].queue;

	if (older)
		older->in[which].newer = newer;
	else
		queue->oldest = newer;
	if (newer)
		newer->in[which].older = older;
	else
		queue->newest = older;
	if (queue->newest)
		return;
	HASH_DEL(takes->queues, queue);
	free(queue);
}

static void take_remove(struct takes *takes, struct take **newest,
			struct take *take)
{
	unsigned int which;

	for (which = 0; which < TAKE_QUEUES; which++)
		queue_remove(takes, which, take);
	if (take->older)
		take->older->newer = take->newer;
	if (take->newer)
		take->newer->older = take->older;
	else
		*newest = take->older;
	free(take);
}

/* ---- takes ---- */

static void take_note(struct takes *takes, struct take **newest, int counter,
		      const struct names *names,
		      const struct mmscope_record *record)
{
	const char *comm = names_get(names, record->head.pid, record->head.cpu);
	struct take *take = must_calloc(1, sizeof(*take));
	struct queue_key key;
	unsigned int which;

	take->since = record->head.timestamp;
	take->site = record->ref.site;
	take->stack = record->ref.stack;
	take->pid = record->head.pid;
	take->counter = counter;
	snprintf(take->comm, sizeof(take->comm), "%.16s", comm ? comm : "");
	for (which = 0; which < TAKE_QUEUES; which++) {
		key = key_of(which, record->head.mm, counter, take->pid,
			     site_of(take->site)->kind);
		queue_add(takes, which, take, &key);
	}
	take->older = *newest;
	if (*newest)
		(*newest)->newer = take;
	*newest = take;
}

/*
 * The take of one choice of a put. Of others' takes the oldest counts; that none of
 * them is the task's own has been found out by the choices before.
 */
static struct take *take_of(const struct takes *takes, int counter,
			    const struct mmscope_record *record,
			    const struct mmscope_take_choice *choice)
{
	const struct take_queue *queue;
	struct queue_key key;
	unsigned int which;

	if (choice->own)
		which = choice->same_kind ? TAKES_OF_TASK_AND_KIND :
					    TAKES_OF_TASK;
	else
		which = choice->same_kind ? TAKES_OF_KIND : TAKES_OF_COUNTER;
	key = key_of(which, record->head.mm, counter, record->head.pid,
		     site_of(record->ref.site)->kind);
	queue = queue_find(takes, &key);
	if (!queue)
		return NULL;
	return choice->own ? queue->newest : queue->oldest;
}

static void take_match(struct takes *takes, struct take **newest, int counter,
		       const struct mmscope_record *record, bool own_mm)
{
	enum mmscope_site_role role = site_of(record->ref.site)->role;
	struct mmscope_take_choice choice;
	struct take *take = NULL;
	unsigned int n;

	for (n = 0; !take && mmscope_take_choice(role, own_mm, n, &choice); n++)
		take = take_of(takes, counter, record, &choice);
	if (take)
		take_remove(takes, newest, take);
}

void takes_change(struct takes *takes, struct take **newest,
		  const struct names *names,
		  const struct mmscope_record *record)
{
	enum mmscope_site_role role = site_of(record->ref.site)->role;
	int counter = record->head.how == MMSCOPE_HOW_users ? LEDGER_USERS :
							      LEDGER_COUNT;
	struct take_task *task;
	bool own_mm;

	switch (mmscope_take_act(role, counter == LEDGER_USERS,
				 record->ref.delta)) {
	case MMSCOPE_TAKE_BEGINS:
		take_note(takes, newest, counter, names, record);
		break;
	case MMSCOPE_TAKE_ENDS:
		task = task_of(takes, record->head.pid);
		own_mm = task->mm == record->head.mm;
		if (mmscope_take_may_leave(role, own_mm) &&
		    task->leaving == record->head.mm)
			task->leaving = 0;
		else
			take_match(takes, newest, counter, record, own_mm);
		break;
	default:
		break;
	}
}

void takes_drop(struct takes *takes, struct take **newest)
{
	while (*newest)
		take_remove(takes, newest, *newest);
}

void takes_free(struct takes *takes)
{
	struct take_task *task, *next;

	HASH_ITER(hh, takes->tasks, task, next)
	{
		HASH_DEL(takes->tasks, task);
		free(task);
	}
}

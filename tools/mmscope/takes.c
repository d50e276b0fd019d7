// SPDX-License-Identifier: GPL-2.0-only
/* takes.c - who took a reference and has not given it back */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "ledger_stats.h"
#include "site_functions.h"
#include "sites.h"
#include "takes.h"
#include "util.h"

struct take_task {
	uint32_t pid;
	uint64_t mm; /* its own; 0: none, or not known */
	uint64_t leaving; /* the mm that it is about to give up */
	UT_hash_handle hh;
};

static const char a_module[] = "a module";

/* The function's own name: in a module MODULE: stands before it. */
static const char *after_module(const char *label)
{
	const char *colon = strchr(label, ':');

	return colon ? colon + 1 : label;
}

void site_function(const char *label, char *name, size_t size)
{
	const char *function = after_module(label);
	size_t length = strcspn(function, "+");

	/* What follows a dot is the compiler's, unless it is all there is. */
	if (strcspn(function, ".") && strcspn(function, ".") < length)
		length = strcspn(function, ".");
	snprintf(name, size, "%.*s", (int)(function + length - label), label);
}

/* NULL for a module's function, and for one that the list does not have. */
static const struct mmscope_site_function *listed(const char *label)
{
	char name[96];
	unsigned int i;

	site_function(label, name, sizeof(name));
	for (i = 0; i < mmscope_nr_site_functions; i++)
		if (!strcmp(mmscope_site_functions[i].name, name))
			return &mmscope_site_functions[i];
	return NULL;
}

static const char *label_of(uint32_t site)
{
	const char *label = mmscope_site_label(site);

	return label ? label : "?";
}

const char *site_what(const char *label)
{
	const struct mmscope_site_function *function = listed(label);

	if (strchr(label, ':'))
		return a_module;
	return function && function->what ? function->what : "-";
}

static enum mmscope_site_role role_of(const char *label)
{
	const struct mmscope_site_function *function = listed(label);

	return function ? function->role : MMSCOPE_ROLE_HOLDER;
}

/* ---- tasks ---- */

static struct take_task *task_of(struct take_tasks *tasks, uint32_t pid)
{
	struct take_task *task;

	HASH_FIND(hh, tasks->tasks, &pid, sizeof(pid), task);
	if (!task) {
		task = must_calloc(1, sizeof(*task));
		task->pid = pid;
		HASH_ADD(hh, tasks->tasks, pid, sizeof(pid), task);
	}
	return task;
}

void take_tasks_feed(struct take_tasks *tasks,
		     const struct mmscope_record *record)
{
	const struct mmscope_head *head = &record->head;
	struct take_task *task;

	switch (head->id) {
	case MMSCOPE_TYPE_fork_begin:
	case MMSCOPE_TYPE_exec_mm:
		task_of(tasks, head->pid)->mm = head->mm;
		break;
	case MMSCOPE_TYPE_copy_mm:
		if (record->copy_mm.child)
			task_of(tasks, record->copy_mm.child)->mm =
				record->copy_mm.new_mm;
		break;
	case MMSCOPE_TYPE_mm_birth:
		if (head->how == MMSCOPE_HOW_found && record->mm_birth.owner)
			task_of(tasks, record->mm_birth.owner)->mm = head->mm;
		break;
	case MMSCOPE_TYPE_exit_mm:
		task = task_of(tasks, head->pid);
		task->mm = 0;
		task->leaving = head->mm;
		break;
	}
}

void take_tasks_free(struct take_tasks *tasks)
{
	struct take_task *task, *next;

	HASH_ITER(hh, tasks->tasks, task, next)
	{
		HASH_DEL(tasks->tasks, task);
		free(task);
	}
}

/* ---- takes ---- */

static void take_note(struct take **takes, int counter,
		      const struct names *names,
		      const struct mmscope_record *record)
{
	const char *comm = names_get(names, record->head.pid, record->head.cpu);
	struct take *take = must_calloc(1, sizeof(*take));

	take->next = *takes;
	take->since = record->head.timestamp;
	take->site = record->ref.site;
	take->stack = record->ref.stack;
	take->pid = record->head.pid;
	take->counter = counter;
	snprintf(take->comm, sizeof(take->comm), "%.16s", comm ? comm : "?");
	*takes = take;
}

static bool same_kind(const char *taker, const char *giver)
{
	size_t module = after_module(taker) - taker;

	/* Literals of one table: each text is there once. */
	return site_what(taker) == site_what(giver) &&
	       module == (size_t)(after_module(giver) - giver) &&
	       !memcmp(taker, giver, module);
}

/* As in module/takes.c: the kind of holder says most, then who did it. */
static unsigned int fits(const struct take *take, int counter,
			 const struct mmscope_record *record, bool others)
{
	const char *label = label_of(record->ref.site);
	bool own = take->pid == record->head.pid;

	if (take->counter != counter || !(own || others))
		return 0;
	if (role_of(label) == MMSCOPE_ROLE_PUT)
		return own ? 2 : 1;
	if (same_kind(label_of(take->site), label))
		return own ? 4 : 3;
	return own ? 1 : 0;
}

/* The newest of one's own comes first in the list; of others', the oldest counts. */
static void take_match(struct take **takes, int counter,
		       const struct mmscope_record *record, bool others)
{
	struct take **at, **best = NULL, *ended;
	unsigned int fit, best_fit = 0;

	for (at = takes; *at; at = &(*at)->next) {
		fit = fits(*at, counter, record, others);
		if (!fit || fit < best_fit ||
		    (fit == best_fit && (*at)->pid == record->head.pid))
			continue;
		best = at;
		best_fit = fit;
	}
	if (!best)
		return;
	ended = *best;
	*best = ended->next;
	free(ended);
}

void takes_change(struct take **takes, struct take_tasks *tasks,
		  const struct names *names,
		  const struct mmscope_record *record)
{
	enum mmscope_site_role role = role_of(label_of(record->ref.site));
	struct take_task *task = task_of(tasks, record->head.pid);
	int counter = record->head.how == MMSCOPE_HOW_users ? LEDGER_USERS :
							      LEDGER_COUNT;
	bool own_mm = task->mm == record->head.mm;

	if (role != MMSCOPE_ROLE_HOLDER &&
	    (role != MMSCOPE_ROLE_PUT || record->ref.delta > 0))
		return;
	if (record->ref.delta > 0) {
		take_note(takes, counter, names, record);
	} else if (role == MMSCOPE_ROLE_PUT && counter == LEDGER_USERS &&
		   task->leaving == record->head.mm) {
		task->leaving = 0;
	} else {
		take_match(takes, counter, record,
			   !own_mm || role != MMSCOPE_ROLE_PUT);
	}
}

void takes_free(struct take **takes)
{
	struct take *take;

	while ((take = *takes)) {
		*takes = take->next;
		free(take);
	}
}

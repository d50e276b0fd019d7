// SPDX-License-Identifier: GPL-2.0-only
/* model.c - the state of every address space, and what records add up to */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "model/model.h"

/* The entry of an mm, made at first sight. */
static struct address_space *mm_of(struct model *model, uint64_t id)
{
	struct address_space *mm;

	HASH_FIND(hh, model->mms, &id, sizeof(id), mm);
	if (!mm) {
		mm = must_calloc(1, sizeof(*mm));
		mm->id = id;
		mm->users = -1;
		mm->count = -1;
		mm->birth = model->now;
		mm->how = MMSCOPE_HOW_found;
		HASH_ADD(hh, model->mms, id, sizeof(id), mm);
	}
	return mm;
}

static void see_counters(struct model *model, uint64_t id, int32_t users,
			 int32_t count)
{
	struct address_space *mm;

	if (!id)
		return;
	mm = mm_of(model, id);
	if (users >= 0)
		mm->users = users;
	if (count >= 0)
		mm->count = count;
}

static void set_owner(struct model *model, struct address_space *mm,
		      uint32_t pid, unsigned int cpu)
{
	const char *comm = names_get(&model->names, pid, cpu);

	mm->pid = pid;
	snprintf(mm->comm, sizeof(mm->comm), "%.16s", comm ? comm : "");
}

/*
 * A found mm is announced once for each process that uses it, by whoever began
 * to record; its owner is a field of its own.
 */
static void see_birth(struct model *model, const struct mmscope_record *record)
{
	struct address_space *mm;
	bool known;

	model->births[record->head.how]++;
	if (!record->head.mm)
		return;
	HASH_FIND(hh, model->mms, &record->head.mm, sizeof(record->head.mm),
		  mm);
	known = mm;
	see_counters(model, record->head.mm, record->mm_birth.users,
		     record->mm_birth.count);
	mm = mm_of(model, record->head.mm);
	if (record->head.how == MMSCOPE_HOW_found) {
		if (!known && mm->users > 0)
			mm->tasks = mm->users;
		if (record->mm_birth.owner)
			set_owner(model, mm, record->mm_birth.owner,
				  record->head.cpu);
		return;
	}
	mm->how = record->head.how;
	set_owner(model, mm, record->head.pid, record->head.cpu);
}

/* The task in the head has the mm as its own. */
static bool see_user(struct model *model, const struct mmscope_record *record)
{
	struct address_space *mm;

	if (!record->head.mm)
		return false;
	mm = mm_of(model, record->head.mm);
	if (!mm->pid)
		set_owner(model, mm, record->head.tgid, record->head.cpu);
	return true;
}

static void see_copy(struct model *model, const struct mmscope_record *record)
{
	const struct mmscope_own_copy_mm *copy = &record->copy_mm;
	struct address_space *mm;

	see_counters(model, copy->new_mm, copy->users, copy->count);
	if (!copy->new_mm || !copy->child)
		return;
	mm = mm_of(model, copy->new_mm);
	mm->tasks++;
	if (record->head.how == MMSCOPE_HOW_dup)
		set_owner(model, mm, copy->child, record->head.cpu);
}

static void see_exec(struct model *model, const struct mmscope_record *record)
{
	struct address_space *mm;

	see_counters(model, record->head.mm, record->exec_mm.users,
		     record->exec_mm.count);
	if (!record->head.mm)
		return;
	mm = mm_of(model, record->head.mm);
	mm->tasks++;
	mm->how = MMSCOPE_HOW_exec;
	set_owner(model, mm, record->head.pid, record->head.cpu);
}

static void see_dead(struct model *model, const struct mmscope_record *record)
{
	struct address_space *mm;

	see_counters(model, record->head.mm, 0, record->mm_dead.count);
	if (!record->head.mm)
		return;
	mm = mm_of(model, record->head.mm);
	mm->dead = record->head.timestamp;
	mm->dead_count = record->mm_dead.count;
	mm->dead_pid = record->head.pid;
	mm->tasks = 0;
}

static void count_pinned(struct model *model, const struct address_space *mm,
			 const struct mmscope_record *record)
{
	const struct mmscope_own_mm_free *end = &record->mm_free;
	struct dropper_row *row, wanted;
	const char *comm = names_get(&model->names, end->dropper,
				     record->head.cpu);

	memset(&wanted.key, 0, sizeof(wanted.key));
	snprintf(wanted.key.comm, sizeof(wanted.key.comm), "%s",
		 comm ? comm : "");
	wanted.key.how = record->head.how;
	HASH_FIND(hh, model->droppers, &wanted.key, sizeof(wanted.key), row);
	if (!row) {
		row = must_calloc(1, sizeof(*row));
		row->key = wanted.key;
		HASH_ADD(hh, model->droppers, key, sizeof(row->key), row);
	}
	times_add(&model->pinned, end->dead_ns);
	row->number++;
	row->total_ns += end->dead_ns;
	if (end->dead_ns >= row->longest_ns) {
		row->longest_ns = end->dead_ns;
		row->longest_mm = mm->id;
		memcpy(row->longest_owner, mm->comm, sizeof(mm->comm));
	}
}

/*
 * A task that exits borrows what was its own until it is switched away, so that
 * count is 2 when users reach 0 and the task's own return frees the mm: that is
 * the ordinary end. Pinned is what somebody else still held.
 */
static bool was_pinned(const struct address_space *mm,
		       const struct mmscope_record *record)
{
	if (!mm->dead || mm->dead_count < 2)
		return false;
	return mm->dead_count > 2 ||
	       record->head.how != MMSCOPE_HOW_context_switch ||
	       record->mm_free.dropper != mm->dead_pid;
}

static void see_free(struct model *model, const struct mmscope_record *record)
{
	struct address_space *mm;

	HASH_FIND(hh, model->mms, &record->head.mm, sizeof(record->head.mm),
		  mm);
	model->frees[record->head.how]++;
	if (record->head.how != MMSCOPE_HOW_never_born && !(mm && mm->dead))
		model->freed_undied++;
	if (!mm)
		return;
	if (was_pinned(mm, record))
		count_pinned(model, mm, record);
	HASH_DEL(model->mms, mm);
	free(mm);
}

static void see_mm(struct model *model, const struct mmscope_record *record)
{
	uint64_t mm = record->head.mm;

	switch (record->head.id) {
	case MMSCOPE_TYPE_fork_begin:
		see_counters(model, mm, record->fork_begin.users,
			     record->fork_begin.count);
		see_user(model, record);
		break;
	case MMSCOPE_TYPE_copy_mm:
		see_copy(model, record);
		break;
	case MMSCOPE_TYPE_mm_birth:
		see_birth(model, record);
		break;
	case MMSCOPE_TYPE_exec_mm:
		see_exec(model, record);
		break;
	case MMSCOPE_TYPE_exit_mm:
		see_counters(model, mm, record->exit_mm.users,
			     record->exit_mm.count);
		if (see_user(model, record))
			mm_of(model, mm)->tasks--;
		model->exits[record->head.how]++;
		break;
	case MMSCOPE_TYPE_lazy_borrow:
		see_counters(model, mm, record->lazy_borrow.users,
			     record->lazy_borrow.count);
		break;
	case MMSCOPE_TYPE_lazy_handoff:
		see_counters(model, mm, record->lazy_handoff.users,
			     record->lazy_handoff.count);
		break;
	case MMSCOPE_TYPE_lazy_return:
		see_counters(model, mm, record->lazy_return.users,
			     record->lazy_return.count);
		break;
	case MMSCOPE_TYPE_ref:
		if (record->head.how == MMSCOPE_HOW_users)
			see_counters(model, mm, record->ref.value, -1);
		else
			see_counters(model, mm, -1, record->ref.value);
		break;
	case MMSCOPE_TYPE_mm_dead:
		see_dead(model, record);
		break;
	case MMSCOPE_TYPE_mm_free:
		see_free(model, record);
		break;
	}
}

void model_feed(void *to, const struct mmscope_record *record)
{
	struct address_space *owner;
	struct model *model = to;
	unsigned int loans = 0;

	if (record->head.timestamp > model->now)
		model->now = record->head.timestamp;
	model->types[record->head.id]++;
	names_feed(&model->names, record);
	if (record->head.id == MMSCOPE_TYPE_lost) {
		model->lost[record->head.how] += record->lost.records;
		model->lost_total += record->lost.records;
	}
	/* Before an mm that is freed is forgotten. */
	HASH_FIND(hh, model->mms, &record->head.mm, sizeof(record->head.mm),
		  owner);
	if (record->head.id == MMSCOPE_TYPE_mm_free)
		loans = borrow_stats_loans(&model->borrows, record->head.mm);
	ledger_stats_feed(&model->ledger, &model->names, owner, loans, record);
	see_mm(model, record);
	fork_stats_feed(&model->forks, &model->names, record);
	borrow_stats_feed(&model->borrows, &model->names, record);
}

void model_finish(struct model *model, const struct source *source)
{
	model->page_size = source->page_size;
	fork_stats_finish(&model->forks);
	ledger_stats_finish(&model->ledger);
}

void model_free(struct model *model)
{
	struct dropper_row *row, *next_row;
	struct address_space *mm, *next;

	HASH_ITER(hh, model->mms, mm, next) {
		HASH_DEL(model->mms, mm);
		free(mm);
	}
	HASH_ITER(hh, model->droppers, row, next_row) {
		HASH_DEL(model->droppers, row);
		free(row);
	}
	fork_stats_free(&model->forks);
	borrow_stats_free(&model->borrows);
	ledger_stats_free(&model->ledger);
	names_free(&model->names);
}

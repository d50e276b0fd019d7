// SPDX-License-Identifier: GPL-2.0-only
/* fork_stats.c - clones: by path and kind, the dearest, and for which programs */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "model/fork_stats.h"

/**
 * struct clone_state - of one task
 * @kind: of the clone that it is in; unknown: its fork_begin was not seen
 * @path: what copy_mm decided
 * @child: who came of it, until the clone's return has been seen
 * @copy_ns: what the copy cost
 * @born: copy_mm's path when it was made itself; unknown after its first exec
 * @born_copy_ns: what that copy cost
 * @parent: the name of who made it
 * @comm: its own name when it cloned
 */
struct clone_state {
	uint32_t pid;
	uint8_t kind, path;
	uint32_t child;
	uint64_t copy_ns;
	uint32_t vmas, pages, pgtable_pages;
	uint8_t born;
	uint64_t born_copy_ns;
	char parent[COMM_SIZE];
	char comm[COMM_SIZE];
	UT_hash_handle hh;
};

static struct clone_state *state_of(struct fork_stats *stats, uint32_t pid)
{
	struct clone_state *state;

	HASH_FIND(hh, stats->clones, &pid, sizeof(pid), state);
	if (!state) {
		state = must_calloc(1, sizeof(*state));
		state->pid = pid;
		HASH_ADD(hh, stats->clones, pid, sizeof(pid), state);
	}
	return state;
}

static struct fork_row *row_of(struct fork_stats *stats, uint8_t path,
			       uint8_t kind)
{
	struct fork_row *row, wanted;

	memset(&wanted.key, 0, sizeof(wanted.key));
	wanted.key.path = path;
	wanted.key.kind = kind;
	HASH_FIND(hh, stats->rows, &wanted.key, sizeof(wanted.key), row);
	if (!row) {
		row = must_calloc(1, sizeof(*row));
		row->key = wanted.key;
		HASH_ADD(hh, stats->rows, key, sizeof(row->key), row);
	}
	return row;
}

static void count_failure(struct fork_row *row, long error)
{
	unsigned int i = 0;

	while (i < FAILURES_MAX - 1 && row->failures[i].number &&
	       row->failures[i].error != error)
		i++;
	row->failures[i].error = error;
	row->failures[i].number++;
	row->failed++;
}

static void keep_if_dear(struct fork_stats *stats,
			 const struct fork_event *event)
{
	unsigned int at = stats->ntop;

	while (at && stats->top[at - 1].ns < event->ns)
		at--;
	if (at == TOP_FORKS)
		return;
	if (stats->ntop < TOP_FORKS)
		stats->ntop++;
	memmove(&stats->top[at + 1], &stats->top[at],
		(stats->ntop - 1 - at) * sizeof(*event));
	stats->top[at] = *event;
}

static void count_copy(struct fork_stats *stats, uint8_t kind,
		       const struct clone_state *state)
{
	struct copy_row *row, wanted;

	memset(&wanted.key, 0, sizeof(wanted.key));
	snprintf(wanted.key.parent, sizeof(wanted.key.parent), "%s",
		 state->comm);
	wanted.key.kind = kind;
	HASH_FIND(hh, stats->copies, &wanted.key, sizeof(wanted.key), row);
	if (!row) {
		row = must_calloc(1, sizeof(*row));
		row->key = wanted.key;
		HASH_ADD(hh, stats->copies, key, sizeof(row->key), row);
	}
	times_add(&row->copy, state->copy_ns);
	row->vmas += state->vmas;
	row->pages += state->pages;
}

static void count_ok(struct fork_stats *stats, struct fork_row *row,
		     const struct clone_state *state)
{
	if (row->key.path == MMSCOPE_HOW_dup)
		count_copy(stats, row->key.kind, state);
	row->ok++;
	times_add(&row->copy, state->copy_ns);
	row->vmas += state->vmas;
	row->pages += state->pages;
	row->pgtable_pages += state->pgtable_pages;
}

/*
 * A task goes on to something else. A clone of its that had a child and was not
 * seen to return may have no fork_begin either: the capture began in its middle.
 */
static void settle_clone(struct fork_stats *stats, struct clone_state *state)
{
	uint8_t kind = state->kind;

	if (!kind && state->path == MMSCOPE_HOW_share)
		kind = MMSCOPE_HOW_io_thread;
	if (state->child)
		count_ok(stats, row_of(stats, state->path, kind), state);
	state->kind = MMSCOPE_HOW_unknown;
	state->path = MMSCOPE_HOW_unknown;
	state->child = 0;
	state->copy_ns = 0;
	state->vmas = 0;
	state->pages = 0;
	state->pgtable_pages = 0;
}

static void end_clone(struct fork_stats *stats, const struct names *names,
		      const struct mmscope_record *record)
{
	const struct mmscope_own_fork_end *end = &record->fork_end;
	struct clone_state *state = state_of(stats, record->head.pid);
	struct fork_row *row = row_of(stats, end->path, record->head.how);
	const char *comm = names_get(names, record->head.pid, record->head.cpu);
	struct fork_event event = {
		.ns = end->ns,
		.copy_ns = state->copy_ns,
		.flags = end->clone_flags,
		.pid = record->head.pid,
		.vmas = state->vmas,
		.pages = state->pages,
		.result = end->result,
		.path = end->path,
		.kind = record->head.how,
	};

	if (end->result < 0) {
		count_failure(row, -(long)end->result);
	} else {
		count_ok(stats, row, state);
		times_add(&row->whole, event.ns);
	}
	snprintf(event.comm, sizeof(event.comm), "%s", comm ? comm : "");
	keep_if_dear(stats, &event);
	state->child = 0;
	settle_clone(stats, state);
}

/* The child of a vfork lets go of the mm, and its parent goes on. */
static void end_wait(struct fork_stats *stats,
		     const struct mmscope_record *record)
{
	uint32_t child = record->head.pid;
	uint64_t wait = record->exit_mm.vfork_ns;
	uint8_t path = state_of(stats, child)->born;
	unsigned int i;

	/* Without its clone, from before the capture, it belongs to no row. */
	if (!wait || !path)
		return;
	times_add(&row_of(stats, path, MMSCOPE_HOW_vfork)->vfork, wait);
	for (i = 0; i < stats->ntop; i++)
		if (stats->top[i].kind == MMSCOPE_HOW_vfork &&
		    stats->top[i].result == (int32_t)child)
			stats->top[i].vfork_ns = wait;
}

static void decide_clone(struct fork_stats *stats, const struct names *names,
			 const struct mmscope_record *record)
{
	const struct mmscope_own_copy_mm *copy = &record->copy_mm;
	struct clone_state *state = state_of(stats, record->head.pid);
	const char *comm = names_get(names, record->head.pid, record->head.cpu);
	struct clone_state *child;

	if (state->child)
		settle_clone(stats, state);
	state->path = record->head.how;
	state->child = copy->child;
	state->vmas = copy->vmas;
	state->pages = copy->pages;
	state->pgtable_pages = copy->pgtable_pages;
	snprintf(state->comm, sizeof(state->comm), "%s", comm ? comm : "");
	if (!copy->child)
		return;
	child = state_of(stats, copy->child);
	settle_clone(stats, child);
	child->born = record->head.how;
	child->born_copy_ns = state->copy_ns;
	snprintf(child->parent, sizeof(child->parent), "%s", comm ? comm : "");
}

/* The first exec of a task tells what its mm was made for. */
static void count_exec(struct fork_stats *stats, uint32_t pid)
{
	struct clone_state *state = state_of(stats, pid);
	struct spawn_row *row;

	if (state->born != MMSCOPE_HOW_share && state->born != MMSCOPE_HOW_dup)
		return;
	HASH_FIND_STR(stats->spawns, state->parent, row);
	if (!row) {
		row = must_calloc(1, sizeof(*row));
		memcpy(row->comm, state->parent, sizeof(row->comm));
		HASH_ADD_STR(stats->spawns, comm, row);
	}
	if (state->born == MMSCOPE_HOW_share) {
		row->shared++;
	} else {
		row->copied++;
		row->copy_ns += state->born_copy_ns;
	}
	state->born = MMSCOPE_HOW_unknown;
}

void fork_stats_feed(struct fork_stats *stats, const struct names *names,
		     const struct mmscope_record *record)
{
	struct clone_state *state;

	switch (record->head.id) {
	case MMSCOPE_TYPE_fork_begin:
		state = state_of(stats, record->head.pid);
		settle_clone(stats, state);
		state->kind = record->head.how;
		break;
	case MMSCOPE_TYPE_dup_mm:
		state_of(stats, record->head.pid)->copy_ns = record->dup_mm.ns;
		break;
	case MMSCOPE_TYPE_copy_mm:
		decide_clone(stats, names, record);
		break;
	case MMSCOPE_TYPE_fork_end:
		end_clone(stats, names, record);
		break;
	case MMSCOPE_TYPE_exit_mm:
		end_wait(stats, record);
		break;
	case MMSCOPE_TYPE_exec_mm:
		count_exec(stats, record->head.pid);
		break;
	}
}

void fork_stats_finish(struct fork_stats *stats)
{
	struct clone_state *state, *next;

	HASH_ITER(hh, stats->clones, state, next)
		settle_clone(stats, state);
}

void fork_stats_free(struct fork_stats *stats)
{
	struct clone_state *state, *next_state;
	struct spawn_row *spawn, *next_spawn;
	struct copy_row *copy, *next_copy;
	struct fork_row *row, *next_row;

	HASH_ITER(hh, stats->clones, state, next_state) {
		HASH_DEL(stats->clones, state);
		free(state);
	}
	HASH_ITER(hh, stats->spawns, spawn, next_spawn) {
		HASH_DEL(stats->spawns, spawn);
		free(spawn);
	}
	HASH_ITER(hh, stats->copies, copy, next_copy) {
		HASH_DEL(stats->copies, copy);
		free(copy);
	}
	HASH_ITER(hh, stats->rows, row, next_row) {
		HASH_DEL(stats->rows, row);
		free(row);
	}
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * holders.h - who holds each mm, for the file `holders`
 */
#ifndef MMSCOPE_HOLDERS_H
#define MMSCOPE_HOLDERS_H

#include "ledger/takes.h"
#include "show/seen.h"

enum mmscope_holder_kind {
	/* its threads */
	MMSCOPE_HOLDER_TASKS,
	/* the one count that all users share */
	MMSCOPE_HOLDER_USERS,
	/* a dead mm's process */
	MMSCOPE_HOLDER_DEAD,
	/* a CPU on which a task without an mm of its own runs on it */
	MMSCOPE_HOLDER_BORROW,
	/* a kernel thread inside kthread_use_mm() */
	MMSCOPE_HOLDER_USE_MM,
	/* a reference that was seen taken */
	MMSCOPE_HOLDER_TAKE,
	/* such references that could not be noted */
	MMSCOPE_HOLDER_UNTOLD,
	/* what is left over */
	MMSCOPE_HOLDER_REST,
};

/**
 * struct mmscope_holder - one line
 * @mm: which one of those that were seen
 * @kind: enum mmscope_holder_kind
 * @counter: rest: which counter
 * @n: tasks, untold, rest: how many units; borrow: the CPU
 * @pid: borrow, use_mm: who
 * @since: borrow: ns
 * @comm: use_mm: its name
 * @take: take: the take
 */
struct mmscope_holder {
	u32 mm;
	u8 kind;
	u8 counter;
	int n;
	union {
		struct {
			pid_t pid;
			u64 since;
			char comm[TASK_COMM_LEN];
		};
		struct mmscope_take take;
	};
};

/**
 * struct mmscope_holders - all of them
 * @seen: the mm's
 * @list: the lines, those of one mm together
 * @nr: how many
 * @max: for how many there is room
 * @sites: mmscope_sites_generation() before the first take was copied: if it is another
 *	now, the sites that takes point to are gone
 */
struct mmscope_holders {
	unsigned int sites;
	struct mmscope_seen *seen;
	struct mmscope_holder *list;
	unsigned long nr;
	unsigned long max;
};

struct mmscope_holders *mmscope_holders_collect(void);
void mmscope_holders_free(struct mmscope_holders *holders);

#endif /* MMSCOPE_HOLDERS_H */

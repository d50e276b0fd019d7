/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * take_rule.h - which change of a counter is a take, and which take a put ends
 *
 * The kernel counts references and knows nobody by name. A take is noted with its
 * taker, and a put ends the take that it most likely gives back. The module does
 * this as the counters change, the reader once more from `ref` records: both
 * compile this file, so that `who` says the same live and from a capture.
 *
 * All functions are pure functions of plain values and may be called anywhere.
 */
#ifndef MMSCOPE_TAKE_RULE_H
#define MMSCOPE_TAKE_RULE_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#endif

#include "shared/site_functions.h"

/* What a change of a counter means for the list of takes. */
enum mmscope_take_act {
	/* nothing: a task's share, a loan, or the count that all users share */
	MMSCOPE_TAKE_NOTHING,
	/* somebody takes a reference */
	MMSCOPE_TAKE_BEGINS,
	/* somebody gives one back */
	MMSCOPE_TAKE_ENDS,
};

/**
 * mmscope_take_act() - what a change means
 * @role: enum mmscope_site_role of the function that makes it
 * @users: it changes mm_users, not mm_count
 * @delta: by how much
 *
 * mmput() drops the last mm_count too, the one that all users share, where the
 * compiler has inlined __mmput() (5.10) or mmdrop() (PREEMPT_RT) into it. That is
 * no holder's, so of mmput()'s changes only those of mm_users count here.
 */
static inline enum mmscope_take_act
mmscope_take_act(enum mmscope_site_role role, bool users, int delta)
{
	if (role == MMSCOPE_ROLE_HOLDER)
		return delta > 0 ? MMSCOPE_TAKE_BEGINS : MMSCOPE_TAKE_ENDS;
	if (role == MMSCOPE_ROLE_PUT && users && delta < 0)
		return MMSCOPE_TAKE_ENDS;
	return MMSCOPE_TAKE_NOTHING;
}

/**
 * mmscope_take_may_leave() - whether a put may be that of a task which leaves
 * @role: of the function
 * @own_mm: the mm is the current task's own
 *
 * exit_mm() and exec_mmap() have changed current->mm by the time they call mmput().
 * A task that was said to leave gives up its own share then, which is no take.
 */
static inline bool mmscope_take_may_leave(enum mmscope_site_role role,
					  bool own_mm)
{
	return role == MMSCOPE_ROLE_PUT && !own_mm;
}

/**
 * struct mmscope_take_choice - takes of the same counter that a put may end
 * @own: the current task's own, of which the newest counts, as they nest; else those
 *	of other tasks, of which the oldest counts, as they do not nest
 * @same_kind: taken for the same kind of holder in the same module; else any
 */
struct mmscope_take_choice {
	bool own;
	bool same_kind;
};

/**
 * mmscope_take_choice() - the choices of a put, best first
 * @role: of the function that puts
 * @own_mm: the mm is the current task's own
 * @n: from 0 up
 * @choice: gets the choice
 *
 * The kind of holder says most, then who did it. A put by mmput() says nothing of
 * the kind; by a task about its own mm it may be that of a clone that fails and
 * gives up its child's share, so it never ends another task's take.
 *
 * Return: false if there are no so many.
 */
static inline bool mmscope_take_choice(enum mmscope_site_role role, bool own_mm,
				       unsigned int n,
				       struct mmscope_take_choice *choice)
{
	if (role == MMSCOPE_ROLE_PUT) {
		*choice = (struct mmscope_take_choice){ .own = n == 0 };
		return n == 0 || (n == 1 && !own_mm);
	}
	/* An own take that a function of no known kind ends comes last. */
	*choice = (struct mmscope_take_choice){
		.own = n != 1,
		.same_kind = n < 2,
	};
	return n < 3;
}

/**
 * mmscope_take_rank() - how well a put fits a take of the same counter
 * @role: of the function that puts
 * @own_mm: the mm is the current task's own
 * @own: the take is the current task's own
 * @same_kind: the take is of the same kind as the put
 *
 * Return: the first choice that the take is in, counted from 1; 0: it is in none.
 */
static inline unsigned int mmscope_take_rank(enum mmscope_site_role role,
					     bool own_mm, bool own,
					     bool same_kind)
{
	struct mmscope_take_choice choice;
	unsigned int n;

	for (n = 0; mmscope_take_choice(role, own_mm, n, &choice); n++)
		if (choice.own == own && (same_kind || !choice.same_kind))
			return n + 1;
	return 0;
}

#endif /* MMSCOPE_TAKE_RULE_H */

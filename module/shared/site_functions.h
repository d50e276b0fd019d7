/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * site_functions.h - the functions that change mm_users or mm_count
 */
#ifndef MMSCOPE_SITE_FUNCTIONS_H
#define MMSCOPE_SITE_FUNCTIONS_H

/* What a change in a function means for the question who holds the mm. */
enum mmscope_site_role {
	/* somebody takes a reference of its own, or gives one back */
	MMSCOPE_ROLE_HOLDER,
	/* a new task's share of mm_users, taken by its parent */
	MMSCOPE_ROLE_CLONE,
	/* mm_users: a task that leaves, or a holder; told apart by mmscope */
	MMSCOPE_ROLE_PUT,
	/* mm_count: the one that all users share */
	MMSCOPE_ROLE_LAST,
	/* mm_count: an exiting task's loan, ended by the scheduler */
	MMSCOPE_ROLE_LOAN,
	/* the same two changes that sched_switch tells; armed for the audit only */
	MMSCOPE_ROLE_SWITCH,
};

/**
 * struct mmscope_site_function - a function to look into
 * @name: without what the compiler may append
 * @role: what its changes mean
 * @what: MMSCOPE_ROLE_HOLDER: what holds, for people
 */
struct mmscope_site_function {
	const char *name;
	enum mmscope_site_role role;
	const char *what;
};

extern const struct mmscope_site_function mmscope_site_functions[];
extern const unsigned int mmscope_nr_site_functions;

const struct mmscope_site_function *mmscope_site_function(const char *name);

#endif /* MMSCOPE_SITE_FUNCTIONS_H */

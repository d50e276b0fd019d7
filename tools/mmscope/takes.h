/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * takes.h - who took a reference and has not given it back
 *
 * The same best guess that the module makes (module/takes.c says how), from `ref`
 * records.
 */
#ifndef MMSCOPE_TAKES_H
#define MMSCOPE_TAKES_H

#include <stddef.h>
#include <stdint.h>

#include "names.h"
#include "record.h"

/**
 * struct take - one reference that somebody holds
 * @stack: number of the calls that led there, 0: none
 * @counter: enum of ledger_stats.h
 */
struct take {
	struct take *next; /* an older one */
	uint64_t since;
	uint32_t site, stack, pid;
	uint8_t counter;
	char comm[sizeof(struct mmscope_name) + 1];
};

struct take_task;

/* Which mm each task has, and who is about to give one up. Begins as { NULL }. */
struct take_tasks {
	struct take_task *tasks;
};

void take_tasks_feed(struct take_tasks *tasks,
		     const struct mmscope_record *record);
void take_tasks_free(struct take_tasks *tasks);

/* A `ref` record about the mm whose takes these are. */
void takes_change(struct take **takes, struct take_tasks *tasks,
		  const struct names *names,
		  const struct mmscope_record *record);
void takes_free(struct take **takes);

/**
 * site_function() - the function of a site, with its module if it is in one
 * @label: function+offset or MODULE:function+offset, as metadata has it
 * @name: gets it without offset and without what a compiler appends
 * @size: of @name
 */
void site_function(const char *label, char *name, size_t size);

/* What holds, for people; "-" if that is not known. */
const char *site_what(const char *label);

#endif /* MMSCOPE_TAKES_H */

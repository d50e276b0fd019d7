/* SPDX-License-Identifier: GPL-2.0-only */
/* names.h - what a pid is called at this point of the records */
#ifndef MMSCOPE_NAMES_H
#define MMSCOPE_NAMES_H

#include <stdint.h>

#include "shared/record.h"

/* A task's name with its NUL. */
#define COMM_SIZE (sizeof(struct mmscope_name) + 1)

struct named_task;

/* Begins as { NULL }. */
struct names {
	struct named_task *tasks;
};

/* Learns from `comm`, and from clones, whose child has its parent's name. */
void names_feed(struct names *names, const struct mmscope_record *record);
/* The name of a pid, NULL if not known; a CPU's idle task is swapper/CPU. */
const char *names_get(const struct names *names, uint32_t pid,
		      unsigned int cpu);
void names_free(struct names *names);

#endif /* MMSCOPE_NAMES_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* holders.h - who holds an mm: live from debugfs, or at the end of a capture */
#ifndef MMSCOPE_HOLDERS_H
#define MMSCOPE_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "rows/rows.h"

extern const struct row_type holders_type, stack_type;

/* Some mm's. */
struct mm_set {
	uint64_t *ids;
	size_t count;
};

void mm_set_add(struct mm_set *set, uint64_t mm);
bool mm_set_has(const struct mm_set *set, uint64_t mm);
void mm_set_free(struct mm_set *set);

/**
 * holders_live() - the rows of the module's `holders` about some mm's
 * @rows: initialized with holders_type, gets the rows
 * @all: from debugfs_read("holders")
 * @set: which
 *
 * Return: false if that is no such file.
 */
bool holders_live(struct rows *rows, const char *all,
		  const struct mm_set *set);
/* The same at the end of a capture. */
void holders_fill(struct rows *rows, const struct model *model,
		  const struct mm_set *set);

/**
 * holders_print() - the rows, and whole the calls that they name by number
 * @rows: with holders_type
 * @stacks: text of the file `stacks`, NULL if there is none
 * @json: as objects
 */
void holders_print(const struct rows *rows, const char *stacks, bool json);

/* The file `stacks`, live or as a capture has it; NULL if there is none. */
char *stacks_read(const char *capture);

#endif /* MMSCOPE_HOLDERS_H */

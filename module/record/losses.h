/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * losses.h - records that could not be made
 */
#ifndef MMSCOPE_LOSSES_H
#define MMSCOPE_LOSSES_H

#include <linux/percpu.h>

#include "shared/record.h"

/**
 * struct mmscope_losses - what one CPU could not record
 * @lost: by cause, counted for good
 * @pending: by cause, what no record has said yet
 * @any_pending: some of @pending is not 0
 * @pending_since: when the first of them was lost, ns
 *
 * Not a static per-CPU variable: all modules together have 8 KiB of those.
 */
struct mmscope_losses {
	u64 lost[MMSCOPE_HOW_END];
	unsigned long pending[MMSCOPE_HOW_END];
	unsigned long any_pending;
	u64 pending_since;
};

/* There while anything is attached, and as long as there are rings. */
extern struct mmscope_losses __percpu *mmscope_losses;

void mmscope_lose(enum mmscope_how why);
void mmscope_lose_many(enum mmscope_how why, unsigned long records);
bool mmscope_pending_loss(unsigned int cpu, unsigned int *why,
			  unsigned long told[MMSCOPE_HOW_END],
			  struct mmscope_record *record);
bool mmscope_take_loss(unsigned int cpu, struct mmscope_record *record);
void mmscope_return_loss(struct mmscope_record *record, bool recording);
void mmscope_losses_sum(u64 lost[MMSCOPE_HOW_END]);
int mmscope_losses_alloc(void);
void mmscope_losses_free(void);
size_t mmscope_losses_bytes(void);

#endif /* MMSCOPE_LOSSES_H */

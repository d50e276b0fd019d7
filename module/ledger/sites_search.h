/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sites_search.h - find the instructions in a text that may change a counter of an mm
 */
#ifndef MMSCOPE_SITES_SEARCH_H
#define MMSCOPE_SITES_SEARCH_H

#include <linux/types.h>

#include "ledger/sites.h"

/**
 * typedef mmscope_place_fn - what to do with a place that was found
 * @place: where it is; its address, rmw and counters are filled in
 * @text: a copy of the instruction and of what comes before it
 * @before: how many bytes come before it
 * @data: handed through
 */
typedef void (*mmscope_place_fn)(struct mmscope_place *place, const u8 *text,
				 size_t before, void *data);

void mmscope_search_text(struct mmscope_place *place, unsigned long start,
			 unsigned long size, mmscope_place_fn found,
			 void *data);
bool mmscope_place_is_ambiguous(const struct mmscope_place *place);

#endif /* MMSCOPE_SITES_SEARCH_H */

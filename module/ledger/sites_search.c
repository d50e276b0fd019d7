// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites_search.c - find the instructions in a text that may change a counter of an mm
 */
#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "base/compat.h"
#include "base/rmw_decode.h"
#include "ledger/sites_search.h"

/* Text is copied in pieces; an instruction may begin at the end of one. */
#define PIECE 2048

/* Copied with each piece, for whoever wants to know what an instruction works on. */
#define BEFORE 1024

/* Under mmscope_sites_mutex; too big for the stack. */
static u8 piece[BEFORE + PIECE + MMSCOPE_RMW_MAX_LENGTH];

#ifdef CONFIG_X86
/*
 * From where the offsets in an instruction count: from the mm, or, where a list of
 * mm's is walked, from the mm's link in it. swapoff does the one, page reclaim by
 * generations the other.
 */
static const size_t bases[] = {
	0,
	offsetof(struct mm_struct, mmlist),
#ifdef CONFIG_LRU_GEN
	offsetof(struct mm_struct, lru_gen.list),
#endif
};
#endif

static u8 counters_of(const struct mmscope_rmw *rmw)
{
#ifdef CONFIG_X86
	size_t i, offset;

	/* A sanitizer is asked first, with the counter's own address in a register. */
	if (!rmw->displacement &&
	    (IS_ENABLED(CONFIG_KASAN) || IS_ENABLED(CONFIG_KCSAN)))
		return BIT(MMSCOPE_USERS) | BIT(MMSCOPE_COUNT);
	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		offset = bases[i] + rmw->displacement;
		if (offset == offsetof(struct mm_struct, mm_users))
			return BIT(MMSCOPE_USERS);
		if (offset == offsetof(struct mm_struct, mm_count))
			return BIT(MMSCOPE_COUNT);
	}
	return 0;
#else
	/* The register holds the counter's own address. */
	return BIT(MMSCOPE_USERS) | BIT(MMSCOPE_COUNT);
#endif
}

/**
 * mmscope_place_is_ambiguous() - whether only its register tells what a place changes
 * @place: found by mmscope_search_text()
 *
 * Any 32-bit counter that lies first in a structure, or whose address is in a register,
 * is changed by such an instruction.
 */
bool mmscope_place_is_ambiguous(const struct mmscope_place *place)
{
	return !place->rmw.displacement;
}

/**
 * mmscope_search_text() - find the instructions that may change a counter of an mm
 * @place: role, what and owner are filled in; the rest is for @found
 * @start: of the text
 * @size: of the text, in bytes
 * @found: called for each
 * @data: for @found
 *
 * The text is never read beyond @start + @size, and what is not there is passed over:
 * the text of freed functions is still listed.
 *
 * Context: may sleep; under mmscope_sites_mutex.
 */
void mmscope_search_text(struct mmscope_place *place, unsigned long start,
			 unsigned long size, mmscope_place_fn found, void *data)
{
	unsigned long at = start, end = start + size;
	size_t before, begins, length, i;

	for (; at < end; at += begins) {
		before = min_t(size_t, at - start, BEFORE);
		begins = min_t(size_t, end - at, PIECE);
		length =
			min_t(size_t, end - at, PIECE + MMSCOPE_RMW_MAX_LENGTH);
		cond_resched();
		if (copy_from_kernel_nofault(piece, (void *)(at - before),
					     before + length))
			continue;
		for (i = 0; i < begins; i += MMSCOPE_RMW_STEP) {
			if (!mmscope_rmw_may_begin(piece + before + i) ||
			    !mmscope_rmw_decode(piece + before + i, length - i,
						&place->rmw) ||
			    (place->rmw.after && !mmscope_loops_are_used()))
				continue;
			place->address = at + i;
			place->counters = counters_of(&place->rmw);
			if (place->counters)
				found(place, piece + before + i, before + i,
				      data);
		}
	}
}

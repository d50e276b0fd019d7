/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * window.h - where something lies in a table, if its home is taken
 *
 * Each step is one slot longer than the last: 1, 3, 6, 10 from home. With steps of one
 * the full slots grow into long stretches: in one of twenty tables that are half full
 * some window of 32 has no room. So the windows of neighbours share only a few slots,
 * and there is room as long as half of the table is empty.
 */
#ifndef MMSCOPE_WINDOW_H
#define MMSCOPE_WINDOW_H

/* How many slots are looked at for an mm; a clone under way; the takes of one mm. */
#define MMSCOPE_MM_WINDOW 32
#define MMSCOPE_CLONE_WINDOW 16
#define MMSCOPE_TAKE_WINDOW 192

/**
 * mmscope_window_next() - where to look when a slot is another's
 * @slot: that slot
 * @looks: how many slots were looked at, that one included
 * @mask: the number of slots of the table, which is a power of two, less 1
 *
 * Return: the next slot; none twice, as long as there are fewer looks than slots.
 */
static inline unsigned long
mmscope_window_next(unsigned long slot, unsigned int looks, unsigned long mask)
{
	return (slot + looks) & mask;
}

#endif /* MMSCOPE_WINDOW_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * window.h - where something lies in a table, if its home is taken
 *
 * Each look is one slot further away than the last: at 1, 3, 6, 10 from home. Slot
 * after slot, what is full would grow into long stretches: in one of twenty tables
 * that are half full some window of 32 has no room. So nobody shares more than a
 * few slots of a window, and there is room as long as the table is half empty.
 */
#ifndef MMSCOPE_WINDOW_H
#define MMSCOPE_WINDOW_H

/* How many slots are looked at for an mm; how many for a clone under way. */
#define MMSCOPE_MM_WINDOW 32
#define MMSCOPE_CLONE_WINDOW 16

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

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.h - memory in large pieces
 *
 * Whoever asks says what could not be had and what to do about it. The kernel's
 * own words, a stack trace, would only frighten.
 */
#ifndef MMSCOPE_MEMORY_H
#define MMSCOPE_MEMORY_H

#include <linux/mm.h>
#include <linux/slab.h>

/* Fails rather than have the kernel kill somebody for it. */
#define MMSCOPE_GFP (GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/* Zeroed; for kvfree(). Context: may sleep. Return: NULL if there is none. */
static inline void *mmscope_alloc(size_t bytes)
{
	return kvzalloc(bytes, MMSCOPE_GFP);
}

/* The same, of that node if possible. */
static inline void *mmscope_alloc_node(size_t bytes, int node)
{
	return kvzalloc_node(bytes, MMSCOPE_GFP, node);
}

#endif /* MMSCOPE_MEMORY_H */

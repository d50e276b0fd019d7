/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slow_path.h - whether a record can be written straight away
 */
#ifndef MMSCOPE_SLOW_PATH_H
#define MMSCOPE_SLOW_PATH_H

#include <linux/jump_label.h>

/* A filter is set, or a full ring keeps its oldest records: each record is asked about. */
DECLARE_STATIC_KEY_FALSE(mmscope_slow_path_key);

/**
 * mmscope_slow_path_enable() - ask of each record whether it is wanted and has room
 *
 * Context: may sleep. To be undone as often as it is done.
 */
static inline void mmscope_slow_path_enable(void)
{
	static_branch_inc(&mmscope_slow_path_key);
}

/**
 * mmscope_slow_path_disable() - not any more
 *
 * Context: may sleep.
 */
static inline void mmscope_slow_path_disable(void)
{
	static_branch_dec(&mmscope_slow_path_key);
}

#endif /* MMSCOPE_SLOW_PATH_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * names.c - whose name stands in the rings already
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/threads.h>

#include "base/memory.h"
#include "emit/names.h"

#define NAMES_BYTES (BITS_TO_LONGS(PID_MAX_LIMIT) * sizeof(long))

unsigned long *mmscope_named_pids;

/**
 * mmscope_names_alloc() - memory for one bit for each possible pid
 *
 * Context: may sleep. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_names_alloc(void)
{
	if (!mmscope_named_pids)
		mmscope_named_pids = mmscope_alloc(NAMES_BYTES);
	return mmscope_named_pids ? 0 : -ENOMEM;
}

/**
 * mmscope_names_free() - give it back; nobody may emit any more
 */
void mmscope_names_free(void)
{
	kvfree(mmscope_named_pids);
	mmscope_named_pids = NULL;
}

/**
 * mmscope_names_bytes() - memory that the names take
 */
size_t mmscope_names_bytes(void)
{
	return mmscope_named_pids ? NAMES_BYTES : 0;
}

/**
 * mmscope_names_forget_all() - say every task's name once more
 *
 * Context: may sleep; recording may go on.
 */
void mmscope_names_forget_all(void)
{
	bitmap_zero(mmscope_named_pids, PID_MAX_LIMIT);
	/* Idle tasks need no telling: pid 0 is swapper. */
	set_bit(0, mmscope_named_pids);
}

/**
 * mmscope_name_forget() - a task is new or has another name
 * @pid: in the initial pid namespace
 *
 * Context: any.
 */
void mmscope_name_forget(pid_t pid)
{
	if (pid > 0 && pid < PID_MAX_LIMIT)
		clear_bit(pid, mmscope_named_pids);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * loaded.c - debugfs files and tracepoints are refused (-EAGAIN) until loading has
 * succeeded
 */
#include <linux/errno.h>
#include <linux/security.h>

#include "base/loaded.h"

/* Loading has succeeded. */
static bool live;

/**
 * mmscope_is_live() - whether the module may be used
 *
 * Its use count keeps it while a file of it is open, but not while it is being loaded:
 * do_init_module() frees a module whose init fails, whatever the count is (5.10 to 7.3).
 * So nobody gets hold of anything before loading has succeeded.
 *
 * Context: any.
 */
bool mmscope_is_live(void)
{
	/* Pairs with the release in mmscope_set_live(). */
	return smp_load_acquire(&live);
}

/**
 * mmscope_set_live() - loading has succeeded
 *
 * Who opens a file from now on sees all that was made ready before.
 */
void mmscope_set_live(void)
{
	/* Pairs with the acquire in mmscope_is_live(). */
	smp_store_release(&live, true);
}

/**
 * mmscope_may_open() - whether a file may be opened now
 *
 * Loading is refused under lockdown, but a kernel can be locked down later. debugfs
 * then refuses files that can be written, and lets root read on in those of mode 0400
 * (debugfs_locked_down() in fs/debugfs/file.c, 5.10 to 7.3).
 *
 * Context: may sleep.
 * Return: 0, -EPERM, or -EAGAIN while the module is being loaded. What is refused here
 * debugfs has let go of when debugfs_remove() returns.
 */
int mmscope_may_open(void)
{
	if (!mmscope_is_live())
		return -EAGAIN;
	return security_locked_down(LOCKDOWN_DEBUGFS);
}

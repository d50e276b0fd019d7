/* SPDX-License-Identifier: GPL-2.0-only */
/* capture_dir.h - the directory that a recording goes to */
#ifndef MMSCOPE_CAPTURE_DIR_H
#define MMSCOPE_CAPTURE_DIR_H

#include <stdbool.h>

/* Beside the trace; readers of CTF pass over names that begin with a dot. */
#define CAPTURE_STACKS ".stacks"

/**
 * capture_dir_check() - whether a capture may be written there
 * @path: of the directory
 *
 * Nothing but an older capture is ever replaced, and nothing changes yet.
 *
 * Return: STATUS_OK, or STATUS_USAGE after saying what stands in the way.
 */
int capture_dir_check(const char *path);

/**
 * capture_dir_make() - an empty directory for a capture
 * @path: passed capture_dir_check()
 * @force: remove an older capture instead of renaming it PATH.old
 *
 * Return: STATUS_OK, or STATUS_TROUBLE after saying why not.
 */
int capture_dir_make(const char *path, bool force);

#endif /* MMSCOPE_CAPTURE_DIR_H */

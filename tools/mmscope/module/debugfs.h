/* SPDX-License-Identifier: GPL-2.0-only */
/* debugfs.h - the module's directory: finding, reading, writing, explaining */
#ifndef MMSCOPE_DEBUGFS_H
#define MMSCOPE_DEBUGFS_H

#include <stdbool.h>

#define DEBUGFS_DEFAULT "/sys/kernel/debug/mmscope"

/**
 * debugfs_use() - where the directory is
 * @path: from the command line; NULL: $MMSCOPE_DEBUGFS, or DEBUGFS_DEFAULT
 */
void debugfs_use(const char *path);

/* The directory. */
const char *debugfs_directory(void);

/* A file of the directory; good until the next call. */
const char *debugfs_path(const char *name);

/**
 * debugfs_explain() - say why a file of the directory could not be used
 * @name: of the file
 * @error: the errno
 *
 * Names the cause (no root, no debugfs, no module, lockdown, another reader) and
 * the next step, in one line.
 */
void debugfs_explain(const char *name, int error);

/* As read_whole(), explained if it fails. */
char *debugfs_read(const char *name);
/* What a control file holds, without header lines; explained if it fails. */
char *debugfs_read_value(const char *name);
/* One write(); explained if it fails. */
bool debugfs_write(const char *name, const char *text);

#endif /* MMSCOPE_DEBUGFS_H */

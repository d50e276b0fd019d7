/* SPDX-License-Identifier: GPL-2.0-only */
/* directory.h - the directory that a recording goes to */
#ifndef MMSCOPE_CAPTURE_DIR_H
#define MMSCOPE_CAPTURE_DIR_H

#include <stdbool.h>

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
 * struct capture_dir - where a capture is being made
 * @path: what it is to be called
 * @now: where it is meanwhile; the same, or beside an older capture of that name
 * @made: @now did not exist before
 */
struct capture_dir {
	const char *path;
	char *now;
	bool made;
};

/**
 * capture_dir_make() - an empty directory for a capture
 * @directory: gets filled
 * @path: passed capture_dir_check()
 *
 * An older capture stays as it is until capture_dir_publish().
 *
 * Return: false after saying why not.
 */
bool capture_dir_make(struct capture_dir *directory, const char *path);

/**
 * capture_dir_publish() - there is a capture now: it gets its name
 * @directory: from capture_dir_make()
 * @force: remove an older capture instead of renaming it PATH.old
 *
 * Return: false after saying why not; it goes on where it is.
 */
bool capture_dir_publish(struct capture_dir *directory, bool force);

/* Nothing was recorded: everything is as before capture_dir_make(). */
void capture_dir_drop(struct capture_dir *directory);

#endif /* MMSCOPE_CAPTURE_DIR_H */

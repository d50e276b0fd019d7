/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text.h - files of text in debugfs, shown row by row
 */
#ifndef MMSCOPE_TEXT_H
#define MMSCOPE_TEXT_H

#include <linux/fs.h>

#include "base/text.h"

extern const struct file_operations mmscope_text_fops;

/* One for each file that is made here; each in a file of its own. */
extern const struct mmscope_text mmscope_borrows_text;
extern const struct mmscope_text mmscope_holders_text;
extern const struct mmscope_text mmscope_ledger_text;
extern const struct mmscope_text mmscope_metadata_text_file;
extern const struct mmscope_text mmscope_mms_text;
extern const struct mmscope_text mmscope_points_text;
extern const struct mmscope_text mmscope_stats_text;

#endif /* MMSCOPE_TEXT_H */

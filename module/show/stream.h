/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stream.h - the files cpuN: one CPU's records as CTF packets
 */
#ifndef MMSCOPE_STREAM_H
#define MMSCOPE_STREAM_H

#include <linux/fs.h>

extern const struct file_operations mmscope_stream_fops;

#endif /* MMSCOPE_STREAM_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text.h - what a file of text in debugfs consists of; show/text.c shows it
 */
#ifndef MMSCOPE_BASE_TEXT_H
#define MMSCOPE_BASE_TEXT_H

#include <linux/types.h>

struct seq_file;

/**
 * struct mmscope_text - one file of text
 * @name: in the directory
 * @mode: its permissions
 * @look: NULL, or looks at what is to be shown, once for each reading from the
 *	beginning; what it returns is handed to the functions below, ERR_PTR() is what
 *	the reader is told
 * @forget: gives that back; NULL: there is nothing to be given back
 * @rows: how many rows there are, at that moment; some may turn out empty. NULL: one
 * @row: shows one of them
 * @own: @row needs nothing but what @look returned, and is called without a lock
 * @write: NULL, or takes what was written, under mmscope_mutex
 *
 * @look takes mmscope_mutex itself, in pieces; @rows and @row are called under it. All
 * may sleep.
 */
struct mmscope_text {
	const char *name;
	umode_t mode;
	void *(*look)(void);
	void (*forget)(void *seen);
	unsigned long (*rows)(void *seen);
	void (*row)(struct seq_file *m, void *seen, unsigned long n);
	bool own;
	int (*write)(char *text);
};

#endif /* MMSCOPE_BASE_TEXT_H */

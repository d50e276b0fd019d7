/* SPDX-License-Identifier: GPL-2.0-only */
/* verb.h - one word of the command line */
#ifndef MMSCOPE_VERB_H
#define MMSCOPE_VERB_H

#include <stdbool.h>

struct options;
struct row_type;

/**
 * struct verb - one word of the command line
 * @letters: the options that it accepts, as letters of options.c's list
 * @synopsis: what follows "mmscope NAME"
 * @operands: whether there may be words besides the options
 * @command: whether a command may follow them, with options of its own
 * @about: a paragraph, lines without indentation
 * @rows: the kinds of rows that it shows, NULL at the end
 */
struct verb {
	const char *name;
	int (*run)(const struct options *options);
	const char *letters;
	const char *synopsis;
	bool operands, command;
	const char *summary;
	const char *about;
	const struct row_type *const *rows;
};

/* Its synopsis, what it is about, its options. */
void verb_print_help(const struct verb *verb);

#endif /* MMSCOPE_VERB_H */

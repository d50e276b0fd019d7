/* SPDX-License-Identifier: GPL-2.0-only */
/* verbs.h - the verbs of the command line and their options */
#ifndef MMSCOPE_VERBS_H
#define MMSCOPE_VERBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "source.h"
#include "table.h"

#define DEFAULT_CAPTURE "mmscope.data"
#define PIDS_MAX 16

/* What the command line says; each verb accepts some of it. */
struct options {
	const char *input;
	const char *output;
	const char *types;
	const char *comm;
	uint32_t pids[PIDS_MAX];
	unsigned int npids;
	unsigned int seconds;
	bool all, force, json, live, ledger, help;
	char **command; /* what follows the options, NULL at its end */
};

/**
 * struct verb - one word of the command line
 * @letters: the options that it accepts, as letters of options.c's list
 * @synopsis: what follows "mmscope NAME"
 * @operands: whether there may be words besides the options
 * @command: whether a command may follow them, with options of its own
 * @about: a paragraph, lines without indentation
 */
struct verb {
	const char *name;
	int (*run)(const struct options *options);
	const char *letters;
	const char *synopsis;
	bool operands, command;
	const char *summary;
	const char *about;
};

extern const struct verb verb_record, verb_report, verb_events, verb_forks,
	verb_mms, verb_borrows, verb_ledger, verb_who, verb_probes, verb_doctor, verb_selftest,
	verb_help;

/* All of them, NULL at the end. */
extern const struct verb *const verbs[];
const struct verb *verb_find(const char *name);
/* Its synopsis, what it is about, its options. */
void verb_print_help(const struct verb *verb);

/**
 * options_parse() - the options of a verb
 * @verb: that was named
 * @argc: from the verb's own name on
 * @argv: likewise
 * @options: gets filled
 *
 * Return: STATUS_OK, or STATUS_USAGE after one line on standard error.
 */
int options_parse(const struct verb *verb, int argc, char **argv,
		  struct options *options);
/* The options that a verb accepts, one a line. */
void options_print(const char *letters);

/* All records of -i's capture, or of the live rings. */
int read_source(const struct options *options, struct source *source,
		record_fn record, void *to);

/**
 * struct view - a table that debugfs has live and a capture adds up to
 * @file: of debugfs; also what JSON calls it
 * @columns: as debugfs has them
 * @fill: makes the rows out of records
 */
struct view {
	const char *file;
	const char *columns;
	void (*fill)(struct table *table, struct model *model);
};

int view_show(const struct view *view, const struct options *options);

#define FORKS_COLUMNS                                                         \
	"path kind ok failed p50_ns p99_ns max_ns copy_ns vfork_ns vmas "      \
	"pages pgtable_kib"

/* The rows of debugfs's tables out of records. */
void forks_fill(struct table *table, struct model *model);
void mms_fill(struct table *table, struct model *model);
void borrows_fill(struct table *table, struct model *model);

#endif /* MMSCOPE_VERBS_H */

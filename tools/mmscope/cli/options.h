/* SPDX-License-Identifier: GPL-2.0-only */
/* options.h - what the command line says */
#ifndef MMSCOPE_OPTIONS_H
#define MMSCOPE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct verb;

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

#endif /* MMSCOPE_OPTIONS_H */

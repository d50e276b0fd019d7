// SPDX-License-Identifier: GPL-2.0-only
/* options.c - one list of options, of which each verb accepts some */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cli/options.h"
#include "cli/verb.h"
#include "input/record_io.h"
#include "module/debugfs.h"
#include "shared/printable.h"

static const struct {
	struct option option;
	const char *argument;
	const char *about;
} list[] = {
	{ { "input", 1, NULL, 'i' }, "DIR", "read this capture instead of the live kernel" },
	{ { "live", 0, NULL, 'l' }, "", "read the live kernel, as without a capture" },
	{ { "output", 1, NULL, 'o' }, "DIR", "write the capture there, not to " DEFAULT_CAPTURE },
	{ { "force", 0, NULL, 'f' }, "", "replace an older capture instead of renaming it DIR.old" },
	{ { "all", 0, NULL, 'a' }, "", "record every task, not only the command's" },
	{ { "pid", 1, NULL, 'p' }, "PID", "record this process and its descendants; may be repeated" },
	{ { "comm", 1, NULL, 'c' }, "NAME", "record processes of this name and their descendants" },
	{ { "types", 1, NULL, 't' }, "TYPE,...", "only records of these types" },
	{ { "ledger", 0, NULL, 'L' }, "", "record every change of mm_users and mm_count, too" },
	{ { "seconds", 1, NULL, 's' }, "N", "stop after N seconds" },
	{ { "json", 0, NULL, 'j' }, "", "one JSON object a line" },
	{ { "debugfs", 1, NULL, 'd' }, "DIR", "the module's directory (also $MMSCOPE_DEBUGFS)" },
	{ { "help", 0, NULL, 'h' }, "", "say all this" },
};

#define OPTIONS (sizeof(list) / sizeof(list[0]))

void options_print(const char *letters)
{
	char words[40];
	size_t i;

	for (i = 0; i < OPTIONS; i++) {
		if (!strchr(letters, list[i].option.val))
			continue;
		snprintf(words, sizeof(words), "-%c, --%s%s%s",
			 list[i].option.val, list[i].option.name,
			 list[i].option.has_arg ? " " : "", list[i].argument);
		printf("  %-24s %s\n", words, list[i].about);
	}
}

static int number(const struct verb *verb, const char *text, const char *what,
		  unsigned int *value)
{
	char *end;
	long parsed;

	errno = 0;
	parsed = strtol(text, &end, 10);
	if (errno || *end || !*text || parsed < 1 || parsed > INT_MAX) {
		complain("%s wants a number from 1 up, not '%s' (see `mmscope help %s`)",
			 what, text, verb->name);
		return STATUS_USAGE;
	}
	*value = parsed;
	return STATUS_OK;
}

static int check_types(const char *types)
{
	size_t word;

	for (; *types; types += word + (types[word] == ',')) {
		word = strcspn(types, ",");
		if (!type_number(types, word)) {
			complain("unknown type '%.*s' (mmscope.1 lists them)",
				 (int)word, types);
			return STATUS_USAGE;
		}
	}
	return STATUS_OK;
}

static int take(const struct verb *verb, int letter, char *value,
		struct options *options)
{
	switch (letter) {
	case 'i':
		options->input = value;
		break;
	case 'l':
		options->live = true;
		break;
	case 'L':
		options->ledger = true;
		break;
	case 'o':
		options->output = value;
		break;
	case 'f':
		options->force = true;
		break;
	case 'a':
		options->all = true;
		break;
	case 'p':
		if (options->npids == PIDS_MAX) {
			complain("at most %d pids", PIDS_MAX);
			return STATUS_USAGE;
		}
		return number(verb, value, "--pid",
			      &options->pids[options->npids++]);
	case 'c':
		options->comm = value;
		/* The module's filter is words. */
		if (*value && !strpbrk(value, " \t\n"))
			break;
		complain("--comm wants a name without blanks, not '%s'", value);
		return STATUS_USAGE;
	case 't':
		options->types = value;
		return check_types(value);
	case 's':
		return number(verb, value, "--seconds", &options->seconds);
	case 'j':
		options->json = true;
		break;
	case 'd':
		debugfs_use(value);
		break;
	case 'h':
		options->help = true;
		break;
	}
	return STATUS_OK;
}

/* getopt_long() wants all of a verb's options, and to know where to stop. */
static void accepted(const struct verb *verb, char *letters,
		     struct option *options)
{
	size_t i;

	if (verb->command)
		*letters++ = '+';
	*letters++ = ':';
	for (i = 0; i < OPTIONS; i++) {
		if (!strchr(verb->letters, list[i].option.val))
			continue;
		*letters++ = list[i].option.val;
		if (list[i].option.has_arg)
			*letters++ = ':';
		*options++ = list[i].option;
	}
	*letters = '\0';
	memset(options, 0, sizeof(*options));
}

/* What getopt_long() did not like, as it stands on the command line. */
static void complain_of_option(const struct verb *verb, int letter,
			       const char *word)
{
	if (letter == ':')
		complain("no value for '%s' (see `mmscope help %s`)", word,
			 verb->name);
	else if (optopt && strchr(verb->letters, optopt))
		complain("'%s' takes no value (see `mmscope help %s`)", word,
			 verb->name);
	else if (optopt)
		complain("unknown option '-%c' (see `mmscope help %s`)",
			 mmscope_printable_char(optopt), verb->name);
	else
		complain("unknown option '%s' (see `mmscope help %s`)", word,
			 verb->name);
}

static bool is_number(const char *word)
{
	return *word && strspn(word, "0123456789") == strlen(word);
}

/*
 * A capture may be named by -i or as a word; among the words of a verb that wants a
 * number, it is the one that is none.
 */
static int take_words(const struct verb *verb, struct options *options)
{
	bool reads_captures = strchr(verb->letters, 'i');
	char **from, **to = options->command;

	for (from = to; *from; from++) {
		if (!reads_captures || options->input || **from == '-' ||
		    (verb->operands && is_number(*from)))
			*to++ = *from;
		else
			options->input = *from;
	}
	*to = NULL;
	if (verb->operands || verb->command || !*options->command)
		return STATUS_OK;
	complain("'%s' is one word too many (see `mmscope help %s`)",
		 *options->command, verb->name);
	return STATUS_USAGE;
}

int options_parse(const struct verb *verb, int argc, char **argv,
		  struct options *options)
{
	struct option longs[OPTIONS + 1];
	char shorts[2 * OPTIONS + 3];
	int letter, status = STATUS_OK;

	memset(options, 0, sizeof(*options));
	accepted(verb, shorts, longs);
	optind = 0;
	while (!status &&
	       (letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (letter == '?' || letter == ':') {
			complain_of_option(verb, letter, argv[optind - 1]);
			return STATUS_USAGE;
		}
		status = take(verb, letter, optarg, options);
	}
	options->command = argv + optind;
	return status ? status : take_words(verb, options);
}

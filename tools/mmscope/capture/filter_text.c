// SPDX-License-Identifier: GPL-2.0-only
/* filter_text.c - what is written to debugfs's filter */
#include <stdlib.h>

#include "base/util.h"
#include "capture/filter_text.h"

static void add(char **text, char *word)
{
	char *longer = *text ? must_format("%s %s", *text, word) : NULL;

	if (longer) {
		free(*text);
		free(word);
	}
	*text = longer ? longer : word;
}

char *filter_text(const struct options *options, pid_t child)
{
	char *text = NULL;
	unsigned int i;

	if (child && !options->all)
		add(&text, must_format("pid=%d", (int)child));
	for (i = 0; i < options->npids; i++)
		add(&text, must_format("pid=%u", options->pids[i]));
	if (options->comm)
		add(&text, must_format("comm=%s", options->comm));
	if (options->types)
		add(&text, must_format("types=%s", options->types));
	return text ? text : must_format("off");
}

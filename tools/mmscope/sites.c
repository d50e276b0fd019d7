// SPDX-License-Identifier: GPL-2.0-only
/* sites.c - what the instructions of `ref` records are called */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "sites.h"
#include "util.h"

/* More than the module ever has; what a damaged file says beyond is left out. */
#define SITES_MAX 4096

static char **labels;
static unsigned int nr_labels;

static void forget_all(void)
{
	unsigned int i;

	for (i = 0; i < nr_labels; i++)
		free(labels[i]);
	free(labels);
	labels = NULL;
	nr_labels = 0;
}

static void learn(unsigned int number, const char *label, size_t length)
{
	if (number >= SITES_MAX)
		return;
	if (number >= nr_labels) {
		labels = must_realloc(labels, (number + 1) * sizeof(*labels));
		memset(labels + nr_labels, 0,
		       (number + 1 - nr_labels) * sizeof(*labels));
		nr_labels = number + 1;
	}
	free(labels[number]);
	labels[number] = must_format("%.*s", (int)length, label);
}

void sites_parse(const char *metadata)
{
	const char *at = strstr(metadata, "\nenum site ");
	const char *end = at ? strstr(at, "\n}") : NULL;
	const char *label;
	size_t length;

	forget_all();
	/* Each line is <tab>"label" = number, */
	while (end && (at = strstr(at, "\t\"")) && at < end) {
		label = at + 2;
		length = strcspn(label, "\"\n");
		at = label + length;
		if (!strncmp(at, "\" = ", 4))
			learn(strtoul(at + 4, NULL, 10), label, length);
	}
}

unsigned int site_number(const char *label, size_t length)
{
	unsigned int i;

	for (i = 1; i < nr_labels; i++)
		if (labels[i] && strlen(labels[i]) == length &&
		    !memcmp(labels[i], label, length))
			return i;
	/* 0 is no site. */
	i = nr_labels ? nr_labels : 1;
	learn(i, label, length);
	return i;
}

const char *mmscope_site_label(unsigned int site)
{
	return site && site < nr_labels ? labels[site] : NULL;
}

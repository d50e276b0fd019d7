// SPDX-License-Identifier: GPL-2.0-only
/* sites.c - the instructions of `ref` records: their names, and what they mean */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "input/sites.h"
#include "shared/record.h"

/* More than the module ever has; what a damaged file says beyond is left out. */
#define SITES_MAX 65536

static struct site *sites;
static unsigned int nr_sites;

static const char a_module[] = "a module";

/* The function's own name: in a module MODULE: stands before it. */
static const char *after_module(const char *label)
{
	const char *colon = strchr(label, ':');

	return colon ? colon + 1 : label;
}

void site_function(const char *label, char *name, size_t size)
{
	const char *function = after_module(label);
	size_t length = strcspn(function, "+");

	/* What follows a dot is the compiler's, unless it is all there is. */
	if (strcspn(function, ".") && strcspn(function, ".") < length)
		length = strcspn(function, ".");
	snprintf(name, size, "%.*s", (int)(function + length - label), label);
}

/* Texts of one table: each is there once. */
static bool same_kind(const struct site *site, const struct site *other)
{
	size_t module = after_module(site->label) - site->label;

	return site->what == other->what &&
	       module == (size_t)(after_module(other->label) - other->label) &&
	       !memcmp(site->label, other->label, module);
}

static unsigned int kind_of(const struct site *site)
{
	unsigned int i;

	for (i = 1; i < nr_sites; i++)
		if (&sites[i] != site && sites[i].label &&
		    same_kind(site, &sites[i]))
			return sites[i].kind;
	return site - sites;
}

static void forget_all(void)
{
	unsigned int i;

	for (i = 0; i < nr_sites; i++)
		free(sites[i].label);
	free(sites);
	sites = NULL;
	nr_sites = 0;
}

static void learn(unsigned int number, const char *label, size_t length)
{
	const struct mmscope_site_function *function;
	struct site *site;

	if (number >= SITES_MAX)
		return;
	if (number >= nr_sites) {
		sites = must_realloc(sites, (number + 1) * sizeof(*sites));
		memset(sites + nr_sites, 0,
		       (number + 1 - nr_sites) * sizeof(*sites));
		nr_sites = number + 1;
	}
	site = &sites[number];
	free(site->label);
	site->label = must_format("%.*s", (int)length, label);
	site_function(site->label, site->function, sizeof(site->function));
	function = mmscope_site_function(site->function);
	site->role = function ? function->role : MMSCOPE_ROLE_HOLDER;
	site->what = strchr(site->label, ':')	? a_module :
		     function && function->what ? function->what :
						  "-";
	site->kind = kind_of(site);
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

	for (i = 1; i < nr_sites; i++)
		if (sites[i].label && !strncmp(sites[i].label, label, length) &&
		    !sites[i].label[length])
			return i;
	/* 0 is no site. */
	i = nr_sites ? nr_sites : 1;
	learn(i, label, length);
	return i;
}

const struct site *site_of(unsigned int site)
{
	static char question[] = "?";
	static const struct site none = {
		.label = question,
		.function = "?",
		.role = MMSCOPE_ROLE_HOLDER,
		.what = "-",
	};

	if (!site || site >= nr_sites || !sites[site].label)
		return &none;
	return &sites[site];
}

const char *mmscope_site_label(unsigned int site)
{
	return site && site < nr_sites ? sites[site].label : NULL;
}

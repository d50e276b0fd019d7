/* SPDX-License-Identifier: GPL-2.0-only */
/* sites.h - the instructions of `ref` records: their names, and what they mean */
#ifndef MMSCOPE_SITES_H
#define MMSCOPE_SITES_H

#include <stddef.h>

#include "shared/site_functions.h"

#define SITE_FUNCTION_SIZE 72

/**
 * struct site - one instruction
 * @label: function+offset or MODULE:function+offset, as metadata has it
 * @function: the same without offset, and without what a compiler appends
 * @role: what a change there means for the question who holds
 * @what: what holds, for people; "-" if that is not known
 * @kind: the same number for sites of the same holder in the same module
 */
struct site {
	char *label;
	char function[SITE_FUNCTION_SIZE];
	enum mmscope_site_role role;
	const char *what;
	unsigned int kind;
};

/**
 * sites_parse() - learn the sites of a capture
 * @metadata: its text; what was learned before is forgotten
 */
void sites_parse(const char *metadata);

/**
 * site_number() - the number of a site that a line of text names
 * @label: function+offset
 * @length: of it
 *
 * Return: its number; one that is not in use if the label is new.
 */
unsigned int site_number(const char *label, size_t length);

/* The site of that number; one with the label "?" if there is none. Never NULL. */
const struct site *site_of(unsigned int site);

/* Its label, NULL if there is no such site. */
const char *mmscope_site_label(unsigned int site);

/**
 * site_function() - the function of a site, with its module if it is in one
 * @label: function+offset or MODULE:function+offset, as metadata has it
 * @name: gets it without offset and without what a compiler appends
 * @size: of @name
 */
void site_function(const char *label, char *name, size_t size);

#endif /* MMSCOPE_SITES_H */

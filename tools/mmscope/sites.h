/* SPDX-License-Identifier: GPL-2.0-only */
/* sites.h - what the instructions of `ref` records are called */
#ifndef MMSCOPE_SITES_H
#define MMSCOPE_SITES_H

#include <stddef.h>

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

/* Its label, NULL if there is no such site. */
const char *mmscope_site_label(unsigned int site);

#endif /* MMSCOPE_SITES_H */

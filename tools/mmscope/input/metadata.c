// SPDX-License-Identifier: GPL-2.0-only
/* metadata.c - the few facts that the reader takes from a trace's metadata */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/source.h"

/* The value of `key = value;` in the first block of that name, quotes off. */
static void value_of(const char *text, const char *block, const char *key,
		     char *value, size_t size)
{
	const char *at = strstr(text, block), *end;
	char assignment[48];
	size_t length;

	*value = '\0';
	end = at ? strstr(at, "\n}") : NULL;
	snprintf(assignment, sizeof(assignment), "\t%s = ", key);
	at = at ? strstr(at, assignment) : NULL;
	if (!at || !end || at > end)
		return;
	at += strlen(assignment);
	at += *at == '"';
	length = strcspn(at, "\";\n");
	if (length >= size)
		length = size - 1;
	memcpy(value, at, length);
	value[length] = '\0';
}

static uint64_t number_of(const char *text, const char *block, const char *key)
{
	char value[32];

	value_of(text, block, key, value, sizeof(value));
	return strtoull(value, NULL, 10);
}

void metadata_parse(const char *text, struct metadata *metadata)
{
	static const char begin[] = "/* CTF 1.8";

	metadata->is_ctf = !strncmp(text, begin, sizeof(begin) - 1);
	value_of(text, "\nenv {", "tracer_name", metadata->tracer,
		 sizeof(metadata->tracer));
	value_of(text, "\nenv {", "kernel_release", metadata->kernel_release,
		 sizeof(metadata->kernel_release));
	value_of(text, "\ntrace {", "byte_order", metadata->byte_order,
		 sizeof(metadata->byte_order));
	metadata->abi = number_of(text, "\nenv {", "abi");
	metadata->page_size = number_of(text, "\nenv {", "page_size");
}

// SPDX-License-Identifier: GPL-2.0-only
/* json.c - JSON of any bytes, an object a line */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "output/json.h"
#include "shared/printable.h"

json_t *json_text(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = must_format("%s", text);
	json_t *string;

	mmscope_printable(copy, size);
	string = json_string(copy);
	free(copy);
	return string;
}

void json_line(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

// SPDX-License-Identifier: GPL-2.0-only
/* help.c - what is said of one verb */
#include <stdio.h>

#include "cli/options.h"
#include "cli/verb.h"

void verb_print_help(const struct verb *verb)
{
	printf("usage: mmscope %s %s\n\n%s\n\n", verb->name, verb->synopsis,
	       verb->about);
	options_print(verb->letters);
	printf("\nmore: man mmscope-%s\n", verb->name);
}

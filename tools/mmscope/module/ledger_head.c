// SPDX-License-Identifier: GPL-2.0-only
/* ledger_head.c - what stands above the tables of the module's file `ledger` */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module/ledger_head.h"

void ledger_head_parse(const char *text, struct ledger_head *head)
{
	text = text ? text + strspn(text, "# ") : "off";
	snprintf(head->state, sizeof(head->state), "%.*s",
		 (int)strcspn(text, ";\n"), text);
	head->audit = !strcmp(head->state, "on, with audit");
	head->on = head->audit || !strcmp(head->state, "on");
}

int64_t ledger_number(const char *text, const char *words)
{
	const char *at = strstr(text, words);

	return at ? strtoll(at + strlen(words), NULL, 10) : -1;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* ledger_head.h - what stands above the tables of the module's file `ledger` */
#ifndef MMSCOPE_LEDGER_HEAD_H
#define MMSCOPE_LEDGER_HEAD_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct ledger_head - whether the ledger is on
 * @state: as the file says it: "on", "on, with audit", "off"
 */
struct ledger_head {
	char state[32];
	bool on, audit;
};

/* @text: of the file; NULL: there is none, and the ledger is off. */
void ledger_head_parse(const char *text, struct ledger_head *head);
/* The first number behind these words, -1 if they are not there. */
int64_t ledger_number(const char *text, const char *words);

#endif /* MMSCOPE_LEDGER_HEAD_H */

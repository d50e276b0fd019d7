/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ledger.h - the ledger, on and off
 */
#ifndef MMSCOPE_LEDGER_H
#define MMSCOPE_LEDGER_H

#include <linux/types.h>

int mmscope_ledger_start(bool audit);
void mmscope_ledger_stop(void);
void mmscope_ledger_release(void);
bool mmscope_ledger_is_on(void);
bool mmscope_ledger_audits(void);
unsigned int mmscope_ledger_loans(unsigned int *after);
size_t mmscope_ledger_bytes(void);

#endif /* MMSCOPE_LEDGER_H */

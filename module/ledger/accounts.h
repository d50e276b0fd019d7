/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * accounts.h - what accounts.c and accounts_look.c share of the accounts
 */
#ifndef MMSCOPE_ACCOUNTS_H
#define MMSCOPE_ACCOUNTS_H

#include "ledger/ledger.h"

/* One for each slot of the table of mm's; NULL while there is no ledger. */
extern struct mmscope_account *mmscope_accounts;

static inline bool
mmscope_account_is_judged(const struct mmscope_account *account)
{
	return account->state != MMSCOPE_ACCOUNT_UNKNOWN;
}

void mmscope_account_begin(struct mmscope_account *account, u64 id,
			   enum mmscope_account_state state, int sum);
void mmscope_account_joins(struct mmscope_account *account);

#endif /* MMSCOPE_ACCOUNTS_H */

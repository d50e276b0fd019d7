/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * accounts_look.h - accounts of mm's of which no record tells
 */
#ifndef MMSCOPE_ACCOUNTS_LOOK_H
#define MMSCOPE_ACCOUNTS_LOOK_H

void mmscope_accounts_join(void);
void mmscope_accounts_look(void);

#endif /* MMSCOPE_ACCOUNTS_LOOK_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* verbs.h - the verbs of the command line */
#ifndef MMSCOPE_VERBS_H
#define MMSCOPE_VERBS_H

#include "cli/verb.h"

extern const struct verb verb_record, verb_report, verb_events, verb_forks,
	verb_mms, verb_borrows, verb_ledger, verb_who, verb_probes, verb_doctor, verb_selftest,
	verb_help;

/* All of them, NULL at the end. */
extern const struct verb *const verbs[];
const struct verb *verb_find(const char *name);

#endif /* MMSCOPE_VERBS_H */

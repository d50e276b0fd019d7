/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model.h - what records add up to
 *
 * One pass over the records, in the order of time, keeps the state that debugfs
 * shows live (forks, mms, borrows) and the sums that `report` shows.
 */
#ifndef MMSCOPE_MODEL_H
#define MMSCOPE_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "input/source.h"
#include "model/borrow_stats.h"
#include "model/fork_stats.h"
#include "model/ledger_stats.h"
#include "model/mms.h"
#include "model/names.h"
#include "model/times.h"
#include "shared/record.h"

/* Address spaces that stayed pinned after death, by who let go last. */
struct dropper_row {
	struct { char comm[COMM_SIZE + 8]; uint8_t how; } key;
	uint64_t number, total_ns, longest_ns, longest_mm;
	char longest_owner[COMM_SIZE];
	UT_hash_handle hh;
};

/* A hash over the fields of one byte: enum mmscope_how and mmscope_type. */
#define BYTE_VALUES 256

struct model {
	struct names names;
	struct fork_stats forks;
	struct borrow_stats borrows;
	struct ledger_stats ledger;
	struct address_space *mms;
	struct dropper_row *droppers;
	struct times pinned;
	uint64_t types[BYTE_VALUES];
	uint64_t births[BYTE_VALUES];
	uint64_t exits[BYTE_VALUES];
	uint64_t frees[BYTE_VALUES];
	uint64_t freed_undied; /* of those: their death is in no record */
	uint64_t lost[BYTE_VALUES];
	uint64_t lost_total;
	uint64_t now;
	uint64_t page_size;
};

/* A record_fn; @model is a struct model, zeroed at first. */
void model_feed(void *model, const struct mmscope_record *record);
/* At the end of the records, before anything is read off. */
void model_finish(struct model *model, const struct source *source);
void model_free(struct model *model);

#endif /* MMSCOPE_MODEL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* source.h - where records come from: a capture, or the live rings */
#ifndef MMSCOPE_SOURCE_H
#define MMSCOPE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "shared/record.h"

/**
 * struct source - what is known of the records besides themselves
 * @name: for headings
 * @kernel_release: empty if not known
 * @page_size: in bytes; 0 if not known
 * @cpus: how many have records
 * @records: how many there were, without those that stand for lost ones
 * @first: the first one's time, ns
 * @last: the last one's
 */
struct source {
	const char *name;
	char kernel_release[80];
	uint64_t page_size;
	unsigned int cpus;
	uint64_t records;
	uint64_t first;
	uint64_t last;
};

/* Gets each record, in the order of time. */
typedef void (*record_fn)(void *to, const struct mmscope_record *record);

/**
 * capture_read() - all records of a capture
 * @directory: with metadata and cpuN
 * @source: gets filled
 * @record: called for each
 * @to: handed to @record
 *
 * What is damaged is named on standard error, what is whole is given.
 *
 * Return: STATUS_OK, STATUS_TROUBLE if something is damaged, missing or of
 * another version, STATUS_USAGE if there is no such directory.
 */
int capture_read(const char *directory, struct source *source, record_fn record,
		 void *to);

/* The same for what is in the live rings now; nothing is taken away. */
int live_read(struct source *source, record_fn record, void *to);

/**
 * live_open() - the live rings, to be read piece by piece
 * @source: gets what is known of them
 *
 * Return: for live_next(), and fclose() at last; NULL if there are none, which is
 * said on standard error.
 */
FILE *live_open(struct source *source);

/**
 * live_next() - the records since the last call, at first all
 * @events: from live_open()
 * @source: as given there
 * @record: called for each
 * @to: handed to @record
 *
 * They are in the order of time, but may begin a little before the last ones of the
 * call before. A loss that goes on is said again, from its beginning.
 *
 * Return: STATUS_OK; STATUS_TROUBLE if there were lines that are no records.
 */
int live_next(FILE *events, struct source *source, record_fn record, void *to);

/**
 * struct metadata - what the reader takes from the metadata text
 * @is_ctf: it begins as CTF 1.8 metadata does
 * @tracer: tracer_name
 * @abi: record format, 0 if it does not say
 */
struct metadata {
	bool is_ctf;
	char tracer[32];
	char byte_order[8];
	char kernel_release[80];
	uint64_t abi;
	uint64_t page_size;
};

void metadata_parse(const char *text, struct metadata *metadata);

#endif /* MMSCOPE_SOURCE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* stream.h - the records of one cpuN file of a capture, damage and loss named */
#ifndef MMSCOPE_STREAM_H
#define MMSCOPE_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "shared/record.h"

/**
 * struct stream - one file, read record by record
 * @record: the current record, after stream_next()
 * @time: when it is to be shown; never goes down, whatever the record says
 * @cpu: N of cpuN
 * @problems: how many things were wrong so far; the first few have been named
 * @abi_mismatch: it was stopped at a packet of another ABI version
 * @path: for messages
 * @packet: whose records are being read
 * @left: how many of them are still to come
 * @offset: of the next block
 * @held: the record that comes after a loss that was found before it
 * @last_seq: of the last record, if @seq_known
 * @skipped: damaged records since then
 * @first_discarded: events_discarded of the session's first packet
 * @told: records that are known to be lost, of the same session
 * @size: of the file, in bytes
 * @written: records that the recorder says it wrote; 0: it does not say
 * @written_bytes: likewise, packets included
 * @seen: records that have been read, damaged ones included
 */
struct stream {
	struct mmscope_record record;
	uint64_t time;
	unsigned int cpu;
	unsigned int problems;
	bool abi_mismatch;

	FILE *file;
	char *path;
	struct mmscope_packet packet;
	uint64_t left;
	uint64_t offset;
	struct mmscope_record held;
	bool holds;
	bool ended;
	bool seq_known;
	uint32_t last_seq;
	uint64_t skipped;
	uint64_t first_discarded;
	uint64_t told;
	uint64_t size;
	uint64_t written;
	uint64_t written_bytes;
	uint64_t seen;
};

/**
 * stream_open() - begin to read a file
 * @stream: to be closed in any case
 * @directory: the capture
 * @cpu: the file is cpuN
 *
 * Return: false if it cannot be read, which has been said then.
 */
bool stream_open(struct stream *stream, const char *directory,
		 unsigned int cpu);
void stream_close(struct stream *stream);

/**
 * stream_next() - the next record
 * @stream: its record and time are set
 *
 * Records that are missing, by their sequence numbers or by the packets' own
 * count, come as a `lost` record with `how` unknown in their place.
 *
 * Return: false at the end.
 */
bool stream_next(struct stream *stream);

#endif /* MMSCOPE_STREAM_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * stream.c - the records of one cpuN file of a capture, damage and loss named
 *
 * A file is a grid of 64-byte blocks: packets of one context block and records.
 * Nothing in it is believed before it has been checked; where a packet is not
 * one, the next that is one is looked for, block by block.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/util.h"
#include "input/stream.h"

#define BLOCK MMSCOPE_RECORD_SIZE
#define BUFFER_BYTES (256 * 1024)
/* A file full of damage is not worth a screen for each piece. */
#define NAMED_PROBLEMS 8

union block {
	struct mmscope_packet packet;
	struct mmscope_record record;
};

static void __attribute__((format(printf, 2, 3)))
problem(struct stream *stream, const char *format, ...)
{
	va_list args;
	char *what;

	va_start(args, format);
	if (vasprintf(&what, format, args) < 0)
		what = NULL;
	va_end(args);
	if (++stream->problems <= NAMED_PROBLEMS)
		complain("%s: %s", stream->path, what ? what : "damaged");
	if (stream->problems == NAMED_PROBLEMS)
		complain("%s: further damage is not listed", stream->path);
	free(what);
}

bool stream_open(struct stream *stream, const char *directory, unsigned int cpu)
{
	struct stat st;

	memset(stream, 0, sizeof(*stream));
	stream->cpu = cpu;
	stream->path = must_format("%s/cpu%u", directory, cpu);
	/* A FIFO of that name would make open() wait for ever. */
	if (!stat(stream->path, &st) && !S_ISREG(st.st_mode)) {
		problem(stream, "not a regular file");
		return false;
	}
	stream->file = fopen(stream->path, "re");
	if (!stream->file) {
		problem(stream, "%s", strerror(errno));
		return false;
	}
	if (!fstat(fileno(stream->file), &st))
		stream->size = st.st_size;
	setvbuf(stream->file, NULL, _IOFBF, BUFFER_BYTES);
	return true;
}

void stream_close(struct stream *stream)
{
	if (stream->file)
		fclose(stream->file);
	free(stream->path);
	stream->file = NULL;
	stream->path = NULL;
}

static bool read_block(struct stream *stream, union block *block)
{
	size_t length = fread(block, 1, BLOCK, stream->file);

	if (length == BLOCK) {
		stream->offset += BLOCK;
		return true;
	}
	stream->ended = true;
	if (ferror(stream->file))
		problem(stream, "%s", strerror(errno));
	else if (length)
		problem(stream, "ends in the middle of a record");
	return false;
}

/* Whether a block can be the beginning of a packet of this file. */
static bool is_packet(const struct stream *stream,
		      const struct mmscope_packet *packet)
{
	return packet->magic == MMSCOPE_CTF_MAGIC &&
	       packet->cpu_id == stream->cpu &&
	       packet->content_size == packet->packet_size &&
	       packet->content_size % (BLOCK * 8) == 0 &&
	       packet->content_size >= BLOCK * 8 &&
	       packet->timestamp_begin <= packet->timestamp_end;
}

static bool is_foreign(struct stream *stream,
		       const struct mmscope_packet *packet)
{
	if (packet->magic == __builtin_bswap32(MMSCOPE_CTF_MAGIC))
		problem(stream, "written by a machine of the other byte order; read it there");
	else if (packet->magic == MMSCOPE_CTF_MAGIC &&
		 packet->abi != MMSCOPE_ABI_VERSION)
		problem(stream, "byte %" PRIu64 ": a packet of record format %u, and this mmscope knows format %u; use the mmscope that belongs to the module",
			stream->offset - BLOCK, packet->abi,
			MMSCOPE_ABI_VERSION);
	else
		return false;
	stream->abi_mismatch = true;
	return true;
}

static void begin_packet(struct stream *stream,
			 const struct mmscope_packet *packet)
{
	bool first = !stream->packet.magic;

	if (first || packet->session != stream->packet.session) {
		stream->seq_known = false;
		stream->first_discarded = packet->events_discarded;
		stream->told = 0;
	}
	stream->packet = *packet;
	stream->left = packet->content_size / (BLOCK * 8) - 1;
}

static bool next_packet(struct stream *stream)
{
	uint64_t damage = 0;
	union block block;
	bool found = false;

	while (!found && !stream->ended && read_block(stream, &block)) {
		found = is_packet(stream, &block.packet);
		if (is_foreign(stream, &block.packet))
			break;
		if (!found)
			damage++;
	}
	if (damage)
		problem(stream, "bytes %" PRIu64 " to %" PRIu64 " are not a packet of this CPU and are left out",
			stream->offset - (damage + found) * BLOCK,
			stream->offset - found * BLOCK - 1);
	if (!found || stream->abi_mismatch) {
		stream->ended = true;
		return false;
	}
	begin_packet(stream, &block.packet);
	return true;
}

static bool is_record(const struct stream *stream,
		      const struct mmscope_head *head)
{
	return head->id && head->cpu == stream->cpu &&
	       head->timestamp >= stream->packet.timestamp_begin &&
	       head->timestamp <= stream->packet.timestamp_end;
}

/* The next block that is a record of the file. */
static bool next_record(struct stream *stream, struct mmscope_record *record)
{
	union block block;

	for (;;) {
		if (!stream->left && !next_packet(stream))
			return false;
		if (!stream->left)
			continue;
		if (!read_block(stream, &block)) {
			problem(stream, "ends %" PRIu64 " records before its last packet does",
				stream->left);
			return false;
		}
		if (block.packet.magic == MMSCOPE_CTF_MAGIC &&
		    block.packet.abi == MMSCOPE_ABI_VERSION &&
		    is_packet(stream, &block.packet)) {
			problem(stream, "byte %" PRIu64 ": a packet begins where %" PRIu64 " records of the one before were to come",
				stream->offset - BLOCK, stream->left);
			begin_packet(stream, &block.packet);
			continue;
		}
		stream->left--;
		stream->seen++;
		if (is_record(stream, &block.record.head))
			break;
		stream->skipped++;
		problem(stream, "byte %" PRIu64 ": not a record of this packet, left out",
			stream->offset - BLOCK);
	}
	*record = block.record;
	return true;
}

/* How many records are missing before this one. */
static uint64_t missing_before(struct stream *stream,
			       const struct mmscope_record *record)
{
	uint32_t step = record->head.seq - stream->last_seq;
	bool known = stream->seq_known;
	uint64_t explained = 1 + stream->skipped;

	/* A loss for which the ring had no room was never in it. */
	if (!record->head.seq && record->head.id == MMSCOPE_TYPE_lost)
		return 0;
	stream->seq_known = true;
	stream->last_seq = record->head.seq;
	stream->skipped = 0;
	if (!known)
		return 0;
	if (!step || step > UINT32_MAX / 2) {
		problem(stream, "byte %" PRIu64 ": sequence number %" PRIu32 " is out of order",
			stream->offset - BLOCK, record->head.seq);
		return 0;
	}
	/* It stands for those before it, and has the last one's number. */
	if (record->head.id == MMSCOPE_TYPE_lost &&
	    record->head.how == MMSCOPE_HOW_overwritten &&
	    record->lost.records > explained)
		explained = record->lost.records;
	return step > explained ? step - explained : 0;
}

static void make_lost(struct stream *stream, uint64_t records, uint64_t when)
{
	memset(&stream->record, 0, sizeof(stream->record));
	stream->record.head.id = MMSCOPE_TYPE_lost;
	stream->record.head.cpu = stream->cpu;
	stream->record.head.timestamp = when;
	stream->record.lost.records = records;
	stream->record.lost.since = stream->time;
	stream->told += records;
}

/* The last packet's count may know of more than the records have told. */
static bool lost_at_the_end(struct stream *stream)
{
	uint64_t discarded = stream->packet.events_discarded;

	if (!stream->packet.magic || discarded <= stream->first_discarded ||
	    discarded - stream->first_discarded <= stream->told)
		return false;
	make_lost(stream, discarded - stream->first_discarded - stream->told,
		  stream->time);
	/* Say it once. */
	stream->packet.magic = 0;
	return true;
}

/* The file is whole as far as it goes, and was longer. */
static bool cut_at_the_end(struct stream *stream)
{
	uint64_t missing = stream->written - stream->seen;

	if (stream->size >= stream->written_bytes ||
	    stream->written <= stream->seen)
		return false;
	problem(stream, "lacks %" PRIu64 " of the %" PRIu64 " records that were written to it: it was cut after recording",
		missing, stream->written);
	stream->written = 0;
	make_lost(stream, missing, stream->time);
	return true;
}

bool stream_next(struct stream *stream)
{
	uint64_t missing;

	if (stream->holds) {
		stream->record = stream->held;
		stream->holds = false;
	} else {
		if (!stream->file || stream->ended ||
		    !next_record(stream, &stream->record))
			return cut_at_the_end(stream) ||
			       lost_at_the_end(stream);
		missing = missing_before(stream, &stream->record);
		if (missing) {
			stream->held = stream->record;
			stream->holds = true;
			make_lost(stream, missing, stream->held.head.timestamp);
		}
	}
	if (stream->record.head.timestamp < stream->time)
		problem(stream, "byte %" PRIu64 ": time goes back",
			stream->offset - BLOCK);
	else
		stream->time = stream->record.head.timestamp;
	if (stream->record.head.id == MMSCOPE_TYPE_lost &&
	    stream->record.head.how != MMSCOPE_HOW_unknown)
		stream->told += stream->record.lost.records;
	return true;
}

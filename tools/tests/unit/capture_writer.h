/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_writer.h - captures for tests, written byte by byte
 *
 * Deliberately without record.h's structures and the reader's code: the offsets
 * are those of Documentation/record-format.md, so that a field which moves in
 * the header fails a test.
 */
#ifndef CAPTURE_WRITER_H
#define CAPTURE_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { FORK_BEGIN = 1, COPY_MM, DUP_MM, FORK_END, MM_BIRTH, EXEC_MM, EXIT_MM,
       LAZY_BORROW, LAZY_HANDOFF, LAZY_RETURN, REF, MM_DEAD, MM_FREE, LOST,
       COMM };

#define BLOCK 64

/* The bytes of one cpuN file that is being written. */
struct writer {
	unsigned char *bytes;
	size_t length;
	size_t packet; /* where the current packet begins */
	uint64_t time; /* of the next record */
	uint32_t seq;
	uint16_t cpu;
	uint64_t session;
	uint64_t discarded;
};

void put16(unsigned char *at, uint16_t value);
void put32(unsigned char *at, uint32_t value);
void put64(unsigned char *at, uint64_t value);

/* Begins a packet; the records that follow fill in its size and times. */
void write_packet(struct writer *writer);

/*
 * Adds a record of the current time and the next sequence number, 100 ns after
 * the last. Returns its 64 bytes, of which 32 to 63 are zero and the caller's;
 * they are good until the next call.
 */
unsigned char *write_record(struct writer *writer, int type, int how,
			    uint32_t pid, uint64_t mm);
/* The same for a task's name. */
void write_comm(struct writer *writer, uint32_t pid, const char *name);

/* A directory that did not exist; removed by remove_directory(). */
char *make_directory(void);
void remove_directory(char *path);

void write_file(const char *directory, const char *name, const void *bytes,
		size_t length);
/* Writes cpuN and frees the bytes. */
void write_cpu(const char *directory, struct writer *writer);
/* The metadata as the module generates it, with the sites that sites_parse() knows. */
void write_metadata(const char *directory);

/* Appends a file that a verb printed with --json to $MMSCOPE_JSON, for test_schema. */
void keep_json(const char *path);

#endif /* CAPTURE_WRITER_H */

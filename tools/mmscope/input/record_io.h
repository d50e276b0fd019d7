/* SPDX-License-Identifier: GPL-2.0-only */
/* record_io.h - a record as a line, and back from a line */
#ifndef MMSCOPE_RECORD_IO_H
#define MMSCOPE_RECORD_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/record.h"

/* Enough for every record with the name of its task. */
#define RECORD_LINE_SIZE 576

/* The header line of record_line(), with its newline. */
const char *record_line_header(void);

/**
 * record_line() - as debugfs's `events` has it, and the task's name after it
 * @line: gets the line, without newline
 * @record: any 64 bytes
 * @comm: the name of the task in the head, NULL if not known
 */
void record_line(char line[RECORD_LINE_SIZE],
		 const struct mmscope_record *record, const char *comm);

/**
 * record_from_line() - read a line of debugfs's `events`
 * @line: without newline
 * @record: gets the record; its seq is 0, for a line does not tell it
 *
 * Return: whether the line was one of a record.
 */
bool record_from_line(const char *line, struct mmscope_record *record);

/* The number of a type's name, 0 if there is none. */
unsigned int type_number(const char *name, size_t length);
/* The name of a value of `how`; "?" for one that is not known. */
const char *how_name(unsigned int how);
/* Clone flags without the prefix they all share: "VM|VFORK". */
void short_flags(char *buf, size_t size, uint64_t flags);
/* "ENOMEM" for 12; "errno 999" where there is no name. */
const char *errno_name(long number);

#endif /* MMSCOPE_RECORD_IO_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* record_json.h - a record as JSON */
#ifndef MMSCOPE_RECORD_JSON_H
#define MMSCOPE_RECORD_JSON_H

#include <jansson.h>

#include "input/record_io.h"
#include "shared/record.h"

/* Enough for every record: all clone flags, a label of a site, the numbers. */
#define RECORD_JSON_SIZE 2048

/**
 * record_json_text() - the text of record_json()
 * @text: gets the line, without newline
 * @record: any 64 bytes
 * @comm: as record_line()
 */
void record_json_text(char text[RECORD_JSON_SIZE],
		      const struct mmscope_record *record, const char *comm);

/**
 * record_json() - an object with self-naming keys
 * @record: any 64 bytes
 * @comm: as record_line()
 *
 * Counters that could not be read are null.
 */
json_t *record_json(const struct mmscope_record *record, const char *comm);

#endif /* MMSCOPE_RECORD_JSON_H */

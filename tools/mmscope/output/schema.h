/* SPDX-License-Identifier: GPL-2.0-only */
/* schema.h - JSON Schemas of what is printed, made from the types that print it */
#ifndef MMSCOPE_SCHEMA_H
#define MMSCOPE_SCHEMA_H

#include <jansson.h>

#include "rows/rows.h"

/* The schema of an object with exactly these properties, all of them required. */
json_t *object_schema(const char *about, json_t *properties);
/* The schema of one kind of rows. */
json_t *row_schema(const struct row_type *type);

/**
 * record_schemas() - the schemas of the records of all types
 * @definitions: gets one under "event_TYPE" for each type, and "event_unknown" for
 *	records of a type that this reader does not know
 */
void record_schemas(json_t *definitions);

#endif /* MMSCOPE_SCHEMA_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* schema.h - `mmscope --schema` */
#ifndef MMSCOPE_VERBS_SCHEMA_H
#define MMSCOPE_VERBS_SCHEMA_H

/* Raise it with every change of the schema; a test holds it against the old one. */
#define SCHEMA_VERSION 1

/* The JSON Schema of every line that any verb prints with --json. */
void schema_print(void);

#endif /* MMSCOPE_VERBS_SCHEMA_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record_names.h - names and text of records, for the module's other files
 *
 * record_fields.h is made of static data; record_names.c alone includes it.
 */
#ifndef MMSCOPE_RECORD_NAMES_H
#define MMSCOPE_RECORD_NAMES_H

#include <linux/sched.h>
#include <linux/types.h>

#include "shared/record.h"

struct seq_file;

/* A record's longest line, its newline and NUL included. */
#define MMSCOPE_LINE_MAX 640

const char *mmscope_type_label(unsigned int type);
const char *mmscope_how_label(unsigned int how);
void mmscope_record_header(struct seq_file *m);
void mmscope_record_line(struct seq_file *m,
			 const struct mmscope_record *record);
void mmscope_comm_show(struct seq_file *m, const char *comm);
const char *mmscope_comm_word(const char *comm, char word[TASK_COMM_LEN]);

#endif /* MMSCOPE_RECORD_NAMES_H */

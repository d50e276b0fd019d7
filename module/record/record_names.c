// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_names.c - names and text of records
 */
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "record/record_names.h"
#include "shared/printable.h"
#include "shared/record_fields.h"

/**
 * mmscope_type_label() - a type's name
 * @type: any number
 *
 * Return: the name, or NULL.
 */
const char *mmscope_type_label(unsigned int type)
{
	return mmscope_type_name(type);
}

/**
 * mmscope_how_label() - the name of a value of `how`
 * @how: any number
 *
 * Return: the name, or NULL.
 */
const char *mmscope_how_label(unsigned int how)
{
	return mmscope_how_name(how);
}

/**
 * mmscope_record_header() - the line that names the columns
 * @m: where to
 */
void mmscope_record_header(struct seq_file *m)
{
	seq_puts(m, MMSCOPE_RECORD_TEXT_HEADER);
}

/**
 * mmscope_record_line() - a record as a line
 * @m: where to
 * @record: the record
 *
 * Context: may sleep.
 */
void mmscope_record_line(struct seq_file *m,
			 const struct mmscope_record *record)
{
	char *line = kmalloc(MMSCOPE_LINE_MAX, GFP_KERNEL);

	if (!line) {
		seq_puts(m, "# no memory to show this record\n");
		return;
	}
	mmscope_record_text(line, MMSCOPE_LINE_MAX, record);
	seq_puts(m, line);
	seq_putc(m, '\n');
	kfree(line);
}

/**
 * mmscope_comm_show() - a task's name as the end of a line
 * @m: where to
 * @comm: the name, which may change meanwhile
 */
void mmscope_comm_show(struct seq_file *m, const char *comm)
{
	char c;

	while ((c = READ_ONCE(*comm++)))
		seq_putc(m, mmscope_printable_char(c));
}

/**
 * mmscope_comm_word() - a task's name as one word of a line
 * @comm: the name
 * @word: gets it, printable, with _ for blanks; - if it is empty
 *
 * Return: @word
 */
const char *mmscope_comm_word(const char *comm, char word[TASK_COMM_LEN])
{
	strscpy(word, comm[0] ? comm : "-", TASK_COMM_LEN);
	mmscope_printable_word(word, TASK_COMM_LEN);
	return word;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_json.c - a record as JSON
 *
 * Captures have millions of records, so a line of it is written as text at once. Who
 * wants an object has that text read.
 */
#include <stdlib.h>
#include <string.h>

#include "input/sites.h"
#include "output/record_json.h"
#include "shared/printable.h"
#include "shared/record_fields.h"

/* Where the next byte goes; @end is never reached, see RECORD_JSON_SIZE. */
struct out {
	char *at, *end;
};

static void put(struct out *out, const char *text)
{
	while (*text && out->at < out->end)
		*out->at++ = *text++;
}

static void put_number(struct out *out, long long number)
{
	unsigned long long left = number < 0 ? -(unsigned long long)number :
					       (unsigned long long)number;
	char digits[24], *first = digits + sizeof(digits) - 1;

	*first = '\0';
	do
		*--first = '0' + left % 10;
	while (left /= 10);
	if (number < 0)
		*--first = '-';
	put(out, first);
}

/* Of printable bytes two have to be escaped. */
static void put_string(struct out *out, const char *text, size_t size)
{
	char escaped[3] = "\\", plain[2] = "";

	put(out, "\"");
	for (; size-- && *text; text++) {
		plain[0] = mmscope_printable_char(*text);
		escaped[1] = plain[0];
		put(out, *plain == '"' || *plain == '\\' ? escaped : plain);
	}
	put(out, "\"");
}

static void put_word(struct out *out, const char *text)
{
	put_string(out, text, SIZE_MAX);
}

static void put_key(struct out *out, const char *key, const char *unit)
{
	put(out, ",\"");
	put(out, key);
	put(out, unit);
	put(out, "\":");
}

static void put_value(struct out *out, const struct mmscope_record *record,
		      const struct mmscope_field *field)
{
	const char *name = NULL;
	long long value;
	char flags[512];

	if (field->kind == MMSCOPE_KIND_text) {
		put_string(out, (const char *)record + field->offset,
			   field->size);
		return;
	}
	value = mmscope_field_value(record, field);
	if (field->kind == MMSCOPE_KIND_flags) {
		mmscope_flags_text(flags, sizeof(flags), value);
		name = flags;
	} else if (field->kind == MMSCOPE_KIND_how) {
		name = mmscope_how_name(value);
	} else if (field->kind == MMSCOPE_KIND_site) {
		name = mmscope_site_label(value);
	}
	if (name)
		put_word(out, name);
	else if (field->kind == MMSCOPE_KIND_count && value < 0)
		put(out, "null");
	else
		put_number(out, value);
}

/* Keys name their units; most field names do so already. */
static void put_field(struct out *out, const struct mmscope_record *record,
		      const struct mmscope_field *field)
{
	put_key(out, field->name,
		field->kind == MMSCOPE_KIND_time ? "_ns" :
		field->kind == MMSCOPE_KIND_pid	 ? "_pid" :
						   "");
	put_value(out, record, field);
	if (field->kind != MMSCOPE_KIND_result ||
	    mmscope_field_value(record, field) >= 0)
		return;
	put_key(out, "error", "");
	put_word(out, errno_name(-mmscope_field_value(record, field)));
}

static void put_name_or_number(struct out *out, const char *name,
			       unsigned int number)
{
	if (name)
		put_word(out, name);
	else
		put_number(out, number);
}

void record_json_text(char text[RECORD_JSON_SIZE],
		      const struct mmscope_record *record, const char *comm)
{
	struct out out = { text, text + RECORD_JSON_SIZE - 1 };
	const struct mmscope_head *head = &record->head;
	const char *type = mmscope_type_name(head->id);
	const struct mmscope_field *field;

	put(&out, "{\"type\":");
	put_name_or_number(&out, type, head->id);
	put_key(&out, "how", "");
	put_name_or_number(&out, mmscope_how_name(head->how), head->how);
	put_key(&out, "timestamp_ns", "");
	put_number(&out, head->timestamp);
	put_key(&out, "cpu", "");
	put_number(&out, head->cpu);
	if (head->seq) {
		put_key(&out, "seq", "");
		put_number(&out, head->seq);
	}
	put_key(&out, "pid", "");
	put_number(&out, head->pid);
	put_key(&out, "tgid", "");
	put_number(&out, head->tgid);
	if (comm) {
		put_key(&out, "comm", "");
		put_word(&out, comm);
	}
	put_key(&out, "mm", "");
	put_number(&out, head->mm);
	for (field = type ? mmscope_fields[head->id] : NULL;
	     field && field->name; field++)
		put_field(&out, record, field);
	put(&out, "}");
	*out.at = '\0';
}

json_t *record_json(const struct mmscope_record *record, const char *comm)
{
	char text[RECORD_JSON_SIZE];

	record_json_text(text, record, comm);
	return json_loads(text, 0, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_io.c - a record as a line, and back from a line
 *
 * This file and record_json.c include the field tables. Reading lines back
 * lets the verbs do with the live rings, whose records debugfs gives as text
 * without taking them away, whatever they do with a capture.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "base/util.h"
#include "input/record_io.h"
#include "input/sites.h"
#include "shared/printable.h"
#include "shared/record_fields.h"

const char *record_line_header(void)
{
	return MMSCOPE_RECORD_TEXT_HEADER;
}

void record_line(char line[RECORD_LINE_SIZE],
		 const struct mmscope_record *record, const char *comm)
{
	size_t length = mmscope_record_text(line, RECORD_LINE_SIZE, record);

	if (comm && record->head.id != MMSCOPE_TYPE_comm) {
		length = mmscope_add(line, RECORD_LINE_SIZE, length, " comm=");
		mmscope_add(line, RECORD_LINE_SIZE, length, comm);
	}
	/* A task may call itself an escape sequence; terminals shall not obey it. */
	mmscope_printable(line, RECORD_LINE_SIZE);
}

/* The number that stands for a word: a name of the list, or PREFIXnumber. */
static bool word_number(const char *word, size_t length, const char *prefix,
			const char *const *names, unsigned int end,
			unsigned int *number)
{
	unsigned int i;

	for (i = 0; i < end; i++) {
		if (names[i] && strlen(names[i]) == length &&
		    !memcmp(names[i], word, length)) {
			*number = i;
			return true;
		}
	}
	if (length <= strlen(prefix) || memcmp(word, prefix, strlen(prefix)) ||
	    !isdigit((unsigned char)word[strlen(prefix)]))
		return false;
	*number = strtoul(word + strlen(prefix), NULL, 10);
	return *number < 256;
}

unsigned int type_number(const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < MMSCOPE_TYPE_END; i++)
		if (mmscope_type_names[i] &&
		    strlen(mmscope_type_names[i]) == length &&
		    !memcmp(mmscope_type_names[i], name, length))
			return i;
	return 0;
}

const char *how_name(unsigned int how)
{
	const char *name = mmscope_how_name(how);

	return name ? name : "?";
}

void short_flags(char *buf, size_t size, uint64_t flags)
{
	const size_t prefix = strlen("CLONE_");
	char *at = buf;

	mmscope_flags_text(buf, size, flags & ~0xffULL);
	while ((at = strstr(at, "CLONE_")))
		memmove(at, at + prefix, strlen(at + prefix) + 1);
}

const char *errno_name(long number)
{
	static char unknown[32];
	const char *name = strerrorname_np(number);

	if (name)
		return name;
	/* The kernel's own: clone is interrupted and will be called again. */
	if (number == 513)
		return "ERESTARTNOINTR";
	snprintf(unknown, sizeof(unknown), "errno %ld", number);
	return unknown;
}

static unsigned long long flags_value(const char *text, size_t length)
{
	unsigned long long flags = 0;
	size_t word, i;

	for (; length; text += word, length -= word) {
		word = 0;
		while (word < length && text[word] != '|')
			word++;
		if (isdigit((unsigned char)*text))
			flags |= strtoull(text, NULL, 0);
		for (i = 0; i < sizeof(mmscope_clone_flags) /
					sizeof(mmscope_clone_flags[0]); i++)
			if (strlen(mmscope_clone_flags[i].name) == word &&
			    !memcmp(mmscope_clone_flags[i].name, text, word))
				flags |= mmscope_clone_flags[i].bit;
		word += word < length;
	}
	return flags;
}

static void field_from_text(struct mmscope_record *record,
			    const struct mmscope_field *field, const char *text,
			    size_t length)
{
	char *to = (char *)record + field->offset;
	unsigned long long wide;
	unsigned int how;
	char *rest;
	__u32 narrow;

	switch (field->kind) {
	case MMSCOPE_KIND_text:
		memcpy(to, text, length < field->size ? length : field->size);
		return;
	case MMSCOPE_KIND_flags:
		wide = flags_value(text, length);
		break;
	case MMSCOPE_KIND_how:
		wide = word_number(text, length, "", mmscope_how_names,
				   MMSCOPE_HOW_END, &how) ? how : 0;
		break;
	case MMSCOPE_KIND_site:
		wide = isdigit((unsigned char)*text) ?
			       strtoull(text, NULL, 10) :
			       site_number(text, length);
		break;
	case MMSCOPE_KIND_time:
		wide = strtoull(text, &rest, 10) * 1000000000ULL;
		if (*rest == '.')
			wide += strtoull(rest + 1, NULL, 10);
		break;
	default:
		wide = *text == '?' ? -1ULL : strtoull(text, NULL, 10);
	}
	narrow = wide;
	if (field->size == sizeof(wide))
		memcpy(to, &wide, sizeof(wide));
	else
		memcpy(to, &narrow, sizeof(narrow));
}

bool record_from_line(const char *line, struct mmscope_record *record)
{
	struct mmscope_head *head = &record->head;
	const struct mmscope_field *field;
	unsigned long long seconds, nanoseconds, mm;
	unsigned int cpu, type, how = 0;
	char type_word[32], how_word[32];
	int length;
	size_t word;

	memset(record, 0, sizeof(*record));
	if (sscanf(line, "%llu.%9llu %u %u %u %llu %31s %31s%n", &seconds,
		   &nanoseconds, &cpu, &head->pid, &head->tgid, &mm, type_word,
		   how_word, &length) != 8 ||
	    !word_number(type_word, strlen(type_word), "type=",
			 mmscope_type_names, MMSCOPE_TYPE_END, &type) ||
	    (strcmp(how_word, "-") &&
	     !word_number(how_word, strlen(how_word), "how=", mmscope_how_names,
			  MMSCOPE_HOW_END, &how)))
		return false;
	head->timestamp = seconds * 1000000000ULL + nanoseconds;
	head->id = type;
	head->how = how;
	head->cpu = cpu;
	head->mm = mm;
	if (!mmscope_type_name(type))
		return true;
	line += length;
	line += strspn(line, " ");
	for (field = mmscope_fields[type]; field->name; field++) {
		word = strlen(field->name);
		if (strncmp(line, field->name, word) || line[word] != '=')
			return false;
		line += word + 1;
		/* A name may hold blanks; it is the last field of its type. */
		word = field->kind == MMSCOPE_KIND_text ? strlen(line) :
							  strcspn(line, " ");
		field_from_text(record, field, line, word);
		line += word;
		line += strspn(line, " ");
	}
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record_fields.h - what a record's fields are called, and a record as a line
 *
 * Tables made from the lists in record.h, and the line of text that debugfs's
 * `events` and the reader print for a record. Static data: include it from one
 * file of the module and one file of the reader.
 */
#ifndef MMSCOPE_RECORD_FIELDS_H
#define MMSCOPE_RECORD_FIELDS_H

#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/stddef.h>
#else
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#endif

#include "shared/printable.h"
#include "shared/record.h"

enum mmscope_field_kind {
	MMSCOPE_KIND_mm,
	MMSCOPE_KIND_pid,
	MMSCOPE_KIND_ns,
	MMSCOPE_KIND_time,
	MMSCOPE_KIND_num,
	MMSCOPE_KIND_count,
	MMSCOPE_KIND_pages,
	MMSCOPE_KIND_flags,
	MMSCOPE_KIND_how,
	MMSCOPE_KIND_result,
	MMSCOPE_KIND_text,
	MMSCOPE_KIND_delta,
	MMSCOPE_KIND_site,
};

/**
 * struct mmscope_field - one field of a type's own 32 bytes
 * @name: as in record.h; NULL ends a list
 * @offset: from the record's first byte
 * @size: in bytes
 * @kind: how to show it
 */
struct mmscope_field {
	const char *name;
	__u8 offset;
	__u8 size;
	__u8 kind;
};

#define MMSCOPE_FIELD_ENTRY(type, ctype, member, field_kind)                   \
	{                                                                      \
		.name = #member,                                               \
		.offset = sizeof(struct mmscope_head) +                        \
			  offsetof(struct mmscope_own_##type, member),         \
		.size = sizeof(ctype),                                         \
		.kind = MMSCOPE_KIND_##field_kind,                             \
	},
#define MMSCOPE_FIELD_TABLE(number, type)                                      \
	static const struct mmscope_field mmscope_fields_of_##type[] = {       \
		MMSCOPE_FIELDS_##type(MMSCOPE_FIELD_ENTRY, type){ NULL }       \
	};
MMSCOPE_TYPES(MMSCOPE_FIELD_TABLE)

#define MMSCOPE_FIELDS_ROW(number, type) [number] = mmscope_fields_of_##type,
static const struct mmscope_field *const mmscope_fields[MMSCOPE_TYPE_END] = {
	MMSCOPE_TYPES(MMSCOPE_FIELDS_ROW)
};

#define MMSCOPE_NAME_ROW(number, name) [number] = #name,
static const char *const mmscope_type_names[MMSCOPE_TYPE_END] = {
	MMSCOPE_TYPES(MMSCOPE_NAME_ROW)
};
static const char *const mmscope_how_names[MMSCOPE_HOW_END] = {
	MMSCOPE_HOWS(MMSCOPE_NAME_ROW)
};

/* include/uapi/linux/sched.h; the low byte holds the exit signal. */
static const struct {
	__u64 bit;
	const char *name;
} mmscope_clone_flags[] = {
	{ 0x00000080ULL, "CLONE_NEWTIME" },
	{ 0x00000100ULL, "CLONE_VM" },
	{ 0x00000200ULL, "CLONE_FS" },
	{ 0x00000400ULL, "CLONE_FILES" },
	{ 0x00000800ULL, "CLONE_SIGHAND" },
	{ 0x00001000ULL, "CLONE_PIDFD" },
	{ 0x00002000ULL, "CLONE_PTRACE" },
	{ 0x00004000ULL, "CLONE_VFORK" },
	{ 0x00008000ULL, "CLONE_PARENT" },
	{ 0x00010000ULL, "CLONE_THREAD" },
	{ 0x00020000ULL, "CLONE_NEWNS" },
	{ 0x00040000ULL, "CLONE_SYSVSEM" },
	{ 0x00080000ULL, "CLONE_SETTLS" },
	{ 0x00100000ULL, "CLONE_PARENT_SETTID" },
	{ 0x00200000ULL, "CLONE_CHILD_CLEARTID" },
	{ 0x00400000ULL, "CLONE_DETACHED" },
	{ 0x00800000ULL, "CLONE_UNTRACED" },
	{ 0x01000000ULL, "CLONE_CHILD_SETTID" },
	{ 0x02000000ULL, "CLONE_NEWCGROUP" },
	{ 0x04000000ULL, "CLONE_NEWUTS" },
	{ 0x08000000ULL, "CLONE_NEWIPC" },
	{ 0x10000000ULL, "CLONE_NEWUSER" },
	{ 0x20000000ULL, "CLONE_NEWPID" },
	{ 0x40000000ULL, "CLONE_NEWNET" },
	{ 0x80000000ULL, "CLONE_IO" },
	{ 0x100000000ULL, "CLONE_CLEAR_SIGHAND" },
	{ 0x200000000ULL, "CLONE_INTO_CGROUP" },
};

/**
 * mmscope_type_name() - a type's name
 * @type: the record's id
 *
 * Return: the name, or NULL for a number that this header does not know.
 */
static inline const char *mmscope_type_name(unsigned int type)
{
	return type < MMSCOPE_TYPE_END ? mmscope_type_names[type] : NULL;
}

/**
 * mmscope_how_name() - the name of a value of `how`
 * @how: enum mmscope_how
 *
 * Return: the name, or NULL for a number that this header does not know.
 */
static inline const char *mmscope_how_name(unsigned int how)
{
	return how < MMSCOPE_HOW_END ? mmscope_how_names[how] : NULL;
}

/**
 * mmscope_field_value() - the value of one field
 * @record: the record
 * @field: from mmscope_fields, not of kind text
 *
 * Return: the value; signed kinds are sign-extended.
 */
static inline long long mmscope_field_value(const struct mmscope_record *record,
					    const struct mmscope_field *field)
{
	const char *at = (const char *)record + field->offset;
	__u64 wide;
	__u32 narrow;

	if (field->size == sizeof(wide)) {
		memcpy(&wide, at, sizeof(wide));
		return (long long)wide;
	}
	memcpy(&narrow, at, sizeof(narrow));
	if (field->kind == MMSCOPE_KIND_count ||
	    field->kind == MMSCOPE_KIND_delta ||
	    field->kind == MMSCOPE_KIND_result)
		return (__s32)narrow;
	return narrow;
}

/**
 * mmscope_site_label() - where an instruction is
 * @site: its number
 *
 * Whoever includes this header defines it: the module knows its own sites, the
 * reader those of the capture's metadata.
 *
 * Return: function+offset, or NULL if it is not known.
 */
const char *mmscope_site_label(unsigned int site);

/* Appends to buf, which keeps its terminating NUL; returns the new length. */
static inline size_t mmscope_add(char *buf, size_t size, size_t len,
				 const char *text)
{
	size_t more = strlen(text);

	if (!size || len >= size)
		return len;
	if (more > size - 1 - len)
		more = size - 1 - len;
	memcpy(buf + len, text, more);
	buf[len + more] = '\0';
	return len + more;
}

/**
 * mmscope_flags_text() - clone flags by name
 * @buf: gets "CLONE_VM|CLONE_VFORK", "0" where no bit is set
 * @size: of @buf
 * @flags: as the caller of clone gave them
 *
 * Bits without a name, the exit signal's among them, are added as one number.
 *
 * Return: the length of the text.
 */
static inline size_t mmscope_flags_text(char *buf, size_t size, __u64 flags)
{
	size_t len = 0, i;
	char rest[24];

	if (size)
		buf[0] = '\0';
	for (i = 0; i < sizeof(mmscope_clone_flags) /
				sizeof(mmscope_clone_flags[0]); i++) {
		if (!(flags & mmscope_clone_flags[i].bit))
			continue;
		if (len)
			len = mmscope_add(buf, size, len, "|");
		len = mmscope_add(buf, size, len, mmscope_clone_flags[i].name);
		flags &= ~mmscope_clone_flags[i].bit;
	}
	if (flags || !len) {
		snprintf(rest, sizeof(rest), flags ? "%s0x%llx" : "%s%llx",
			 len ? "|" : "", (unsigned long long)flags);
		len = mmscope_add(buf, size, len, rest);
	}
	return len;
}

/* One field as " name=value". */
static inline size_t mmscope_field_text(char *buf, size_t size, size_t len,
					const struct mmscope_record *record,
					const struct mmscope_field *field)
{
	char value[400];
	long long number;
	const char *how;

	len = mmscope_add(buf, size, len, " ");
	len = mmscope_add(buf, size, len, field->name);
	len = mmscope_add(buf, size, len, "=");
	if (field->kind == MMSCOPE_KIND_text) {
		memcpy(value, (const char *)record + field->offset, 16);
		value[16] = '\0';
		mmscope_printable(value, 16);
		return mmscope_add(buf, size, len, value);
	}
	number = mmscope_field_value(record, field);
	how = mmscope_how_name(number);
	if (field->kind == MMSCOPE_KIND_flags)
		mmscope_flags_text(value, sizeof(value), number);
	else if (field->kind == MMSCOPE_KIND_how && how)
		snprintf(value, sizeof(value), "%s", how);
	else if (field->kind == MMSCOPE_KIND_delta)
		snprintf(value, sizeof(value), "%+lld", number);
	else if (field->kind == MMSCOPE_KIND_site && mmscope_site_label(number))
		snprintf(value, sizeof(value), "%s", mmscope_site_label(number));
	else if (field->kind == MMSCOPE_KIND_time)
		snprintf(value, sizeof(value), "%llu.%09llu",
			 (unsigned long long)number / 1000000000ULL,
			 (unsigned long long)number % 1000000000ULL);
	else
		snprintf(value, sizeof(value), "%lld", number);
	return mmscope_add(buf, size, len, value);
}

/* The header line of what mmscope_record_text() prints. */
#define MMSCOPE_RECORD_TEXT_HEADER                                             \
	"#         time_s  cpu     pid    tgid       mm  type         "         \
	"how             fields\n"

/**
 * mmscope_record_text() - a record as one line, without the newline
 * @buf: gets the text
 * @size: of @buf; 512 is enough for every record
 * @record: any 64 bytes; types and values that are not known show as numbers
 *
 * Return: the length of the text.
 */
static inline size_t mmscope_record_text(char *buf, size_t size,
					 const struct mmscope_record *record)
{
	const struct mmscope_head *head = &record->head;
	const char *type = mmscope_type_name(head->id);
	const char *how = mmscope_how_name(head->how);
	const struct mmscope_field *field;
	char unknown_type[16], unknown_how[16], line[128];
	size_t len;

	snprintf(unknown_type, sizeof(unknown_type), "type=%u", head->id);
	snprintf(unknown_how, sizeof(unknown_how), "how=%u", head->how);
	snprintf(line, sizeof(line), "%6llu.%09llu %4u %7u %7u %8llu  %-12s %-15s",
		 (unsigned long long)head->timestamp / 1000000000ULL,
		 (unsigned long long)head->timestamp % 1000000000ULL,
		 head->cpu, head->pid, head->tgid, (unsigned long long)head->mm,
		 type ? type : unknown_type,
		 !how ? unknown_how : head->how ? how : "-");
	len = mmscope_add(buf, size, 0, line);
	if (!type)
		return len;
	for (field = mmscope_fields[head->id]; field->name; field++)
		len = mmscope_field_text(buf, size, len, record, field);
	return len;
}

#endif /* MMSCOPE_RECORD_FIELDS_H */

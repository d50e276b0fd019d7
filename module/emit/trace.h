/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - every type of record as a tracepoint mmscope:TYPE
 *
 * Made from the field lists in record.h, so that ftrace, perf, bpftrace and
 * trace-cmd see the fields of the record under the record's names.
 *
 * Who uses one holds the module: rmmod says EBUSY. ftrace does that for perf and bpf, but
 * not for its own events and triggers; a trigger that is still set when the module goes
 * leaves its probe on the tracepoint, for which tracepoint_module_notify() warns (6.12).
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mmscope

#if !defined(MMSCOPE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MMSCOPE_TRACE_H

#include <linux/tracepoint.h>

#include "shared/printable.h"
#include "shared/record.h"

#ifndef MMSCOPE_TRACE_ONCE
#define MMSCOPE_TRACE_ONCE

/* Somebody begins to use a tracepoint, and nobody does any more; see trace.c. */
int mmscope_trace_reg(void);
void mmscope_trace_unreg(void);

/* A name, as ftrace is to print it. */
static inline void mmscope_trace_name(char *to, const char *from)
{
	memcpy(to, from, sizeof(struct mmscope_name));
	mmscope_printable(to, sizeof(struct mmscope_name));
}

/* A field's declaration, assignment, format and value, by its kind. */
#define MMSCOPE_TE_SCALAR(ctype, name) __field(ctype, name)
#define MMSCOPE_TE_DECLARE_mm MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_pid MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_ns MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_time MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_num MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_count MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_pages MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_flags MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_how MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_result MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_text(ctype, name) __array(char, name, 16)
#define MMSCOPE_TE_DECLARE_delta MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE_site MMSCOPE_TE_SCALAR
#define MMSCOPE_TE_DECLARE(type, ctype, name, kind)                            \
	MMSCOPE_TE_DECLARE_##kind(ctype, name)

#define MMSCOPE_TE_SET(to, from, size)                                         \
	memcpy((void *)(to), (const void *)(from), size)
#define MMSCOPE_TE_SET_mm MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_pid MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_ns MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_time MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_num MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_count MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_pages MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_flags MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_how MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_result MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_text(to, from, size)                                    \
	mmscope_trace_name((char *)(to), (const char *)(from))
#define MMSCOPE_TE_SET_delta MMSCOPE_TE_SET
#define MMSCOPE_TE_SET_site MMSCOPE_TE_SET
#define MMSCOPE_TE_ASSIGN(type, ctype, name, kind)                             \
	MMSCOPE_TE_SET_##kind(&__entry->name, &record->type.name,              \
			      sizeof(ctype));

#define MMSCOPE_TE_UNSIGNED "%llu"
#define MMSCOPE_TE_FORMAT_mm MMSCOPE_TE_UNSIGNED
#define MMSCOPE_TE_FORMAT_pid MMSCOPE_TE_UNSIGNED
#define MMSCOPE_TE_FORMAT_ns MMSCOPE_TE_UNSIGNED
#define MMSCOPE_TE_FORMAT_time MMSCOPE_TE_UNSIGNED
#define MMSCOPE_TE_FORMAT_num MMSCOPE_TE_UNSIGNED
#define MMSCOPE_TE_FORMAT_pages MMSCOPE_TE_UNSIGNED
#define MMSCOPE_TE_FORMAT_count "%lld"
#define MMSCOPE_TE_FORMAT_result "%lld"
#define MMSCOPE_TE_FORMAT_flags "0x%llx"
#define MMSCOPE_TE_FORMAT_how "%s"
#define MMSCOPE_TE_FORMAT_text "%s"
#define MMSCOPE_TE_FORMAT_delta "%lld"
#define MMSCOPE_TE_FORMAT_site MMSCOPE_TE_UNSIGNED
#define MMSCOPE_TE_FORMAT(type, ctype, name, kind)                             \
	" " #name "=" MMSCOPE_TE_FORMAT_##kind

#define MMSCOPE_TE_WIDE(name) (unsigned long long)__entry->name
#define MMSCOPE_TE_VALUE_mm MMSCOPE_TE_WIDE
#define MMSCOPE_TE_VALUE_pid MMSCOPE_TE_WIDE
#define MMSCOPE_TE_VALUE_ns MMSCOPE_TE_WIDE
#define MMSCOPE_TE_VALUE_time MMSCOPE_TE_WIDE
#define MMSCOPE_TE_VALUE_num MMSCOPE_TE_WIDE
#define MMSCOPE_TE_VALUE_pages MMSCOPE_TE_WIDE
#define MMSCOPE_TE_VALUE_flags MMSCOPE_TE_WIDE
#define MMSCOPE_TE_VALUE_count(name) (long long)__entry->name
#define MMSCOPE_TE_VALUE_result(name) (long long)__entry->name
#define MMSCOPE_TE_VALUE_how(name) MMSCOPE_TE_HOW(__entry->name)
#define MMSCOPE_TE_VALUE_text(name) __entry->name
#define MMSCOPE_TE_VALUE_delta(name) (long long)__entry->name
#define MMSCOPE_TE_VALUE_site MMSCOPE_TE_WIDE
#define MMSCOPE_TE_VALUE(type, ctype, name, kind)                              \
	, MMSCOPE_TE_VALUE_##kind(name)

/* The value 255 is not in use; it stands first for the sake of the commas. */
#define MMSCOPE_TE_HOW_ROW(number, name) , { number, #name }
#define MMSCOPE_TE_HOW(value)                                                  \
	__print_symbolic(value, { 255, "" } MMSCOPE_HOWS(MMSCOPE_TE_HOW_ROW))

#define MMSCOPE_TRACE_EVENT(number, type)                                      \
	TRACE_EVENT_FN(                                                        \
		type, TP_PROTO(const struct mmscope_record *record),           \
		TP_ARGS(record),                                               \
		TP_STRUCT__entry(__field(u64, mm) __field(u32, tgid)           \
					 __field(u8, how)                      \
						 MMSCOPE_FIELDS_##type(        \
							 MMSCOPE_TE_DECLARE,   \
							 type)),               \
		TP_fast_assign(                                                \
			__entry->mm = record->head.mm;                         \
			__entry->tgid = record->head.tgid;                     \
			__entry->how = record->head.how;                       \
			MMSCOPE_FIELDS_##type(MMSCOPE_TE_ASSIGN, type)),       \
		TP_printk("mm=%llu tgid=%u how=%s" MMSCOPE_FIELDS_##type(      \
				  MMSCOPE_TE_FORMAT, type),                    \
			  (unsigned long long)__entry->mm, __entry->tgid,      \
			  MMSCOPE_TE_HOW(__entry->how) MMSCOPE_FIELDS_##type(  \
				  MMSCOPE_TE_VALUE, type)),                    \
		mmscope_trace_reg, mmscope_trace_unreg);

#endif /* MMSCOPE_TRACE_ONCE */

MMSCOPE_TYPES(MMSCOPE_TRACE_EVENT)

#endif /* MMSCOPE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH emit
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record.h - the shape of a record, for the module and for every reader
 *
 * A record is 64 bytes: a 32-byte head that is the same in every type, and 32
 * bytes of its own. Each type's own fields are written down exactly once, in
 * the MMSCOPE_FIELDS_<type> lists below. The C structures, the CTF metadata,
 * the tracepoints, the text in debugfs and the reader's text and JSON are all
 * made from these lists, so that they cannot disagree.
 *
 * Byte order is the machine's own; metadata says which.
 *
 * When to change MMSCOPE_ABI_VERSION: whenever a reader built before the change
 * would misread a record, that is, when a field moves, changes its size or its
 * meaning, or when a number in one of the enumerations is given to something
 * else. New types and new values of `how` at the end of their lists do not
 * change it; a reader prints those it does not know by number.
 */
#ifndef MMSCOPE_RECORD_H
#define MMSCOPE_RECORD_H

#include <linux/types.h>

#define MMSCOPE_ABI_VERSION 2

/* What happened. */
#define MMSCOPE_TYPES(T)                                                       \
	T(1, fork_begin)                                                       \
	T(2, copy_mm)                                                          \
	T(3, dup_mm)                                                           \
	T(4, fork_end)                                                         \
	T(5, mm_birth)                                                         \
	T(6, exec_mm)                                                          \
	T(7, exit_mm)                                                          \
	T(8, lazy_borrow)                                                      \
	T(9, lazy_handoff)                                                     \
	T(10, lazy_return)                                                     \
	T(11, ref)                                                             \
	T(12, mm_dead)                                                         \
	T(13, mm_free)                                                         \
	T(14, lost)                                                            \
	T(15, comm)

#define MMSCOPE_TYPE_ENUM(number, type) MMSCOPE_TYPE_##type = number,
enum mmscope_type {
	MMSCOPE_TYPES(MMSCOPE_TYPE_ENUM)
	MMSCOPE_TYPE_END = 16,
};

/*
 * How it happened: one list for all types, so that a number means one thing
 * everywhere. Which values go with which type is in
 * Documentation/record-format.md.
 */
#define MMSCOPE_HOWS(H)                                                        \
	H(0, unknown)                                                          \
	/* copy_mm's path; mm_birth: dup, exec, found */                       \
	H(1, none)                                                             \
	H(2, share)                                                            \
	H(3, dup)                                                              \
	/* what kind of clone: fork_begin, fork_end */                         \
	H(4, fork)                                                             \
	H(5, vfork)                                                            \
	H(6, clone)                                                            \
	H(7, thread)                                                           \
	H(8, kthread)                                                          \
	H(9, io_thread)                                                        \
	H(10, idle_thread)                                                     \
	/* what made a task take, borrow or let go of an mm */                 \
	H(11, exec)                                                            \
	H(12, exit)                                                            \
	H(13, found)                                                           \
	H(14, context_switch)                                                  \
	H(15, use_mm)                                                          \
	H(16, unuse_mm)                                                        \
	H(17, other)                                                           \
	/* why records are missing: lost */                                    \
	H(18, overwritten)                                                     \
	H(19, ring_full)                                                       \
	H(20, no_ring)                                                         \
	H(21, no_clone_slot)                                                   \
	H(22, probe_missed)                                                    \
	H(23, mm_table_full)                                                   \
	/* mm_birth, mm_free: mm_init began and the mm never came to be */     \
	H(24, never_born)                                                      \
	/* which counter: ref */                                               \
	H(25, users)                                                           \
	H(26, count)                                                           \
	/* lazy_return: the CPU goes offline */                                \
	H(27, offline)                                                         \
	/* lost: kprobes were switched off (kprobes/enabled) */                \
	H(28, probe_disarmed)

#define MMSCOPE_HOW_ENUM(number, how) MMSCOPE_HOW_##how = number,
enum mmscope_how {
	MMSCOPE_HOWS(MMSCOPE_HOW_ENUM)
	MMSCOPE_HOW_END = 29,
};

/*
 * The types' own fields: F(T, C type, name, kind), where T is the record's type,
 * handed through. The kinds say how a value is to be shown:
 *	mm	id of an mm; 0 is none or not known
 *	pid	a task's pid in the initial pid namespace
 *	ns	nanoseconds
 *	time	a moment, as the timestamp
 *	num	a plain number
 *	count	a reference counter, signed
 *	pages	pages of the size that metadata gives
 *	flags	clone flags
 *	how	enum mmscope_how
 *	result	a pid or 0, or a negative errno
 *	text	characters, padded with NUL
 *	delta	a change, with its sign
 *	site	number of an instruction; metadata has its function and offset
 *
 * users and count are mm_users and mm_count. -1 stands for "could not be read".
 */

/* mm: the parent's. exit_signal: the signal sent to the parent at exit. */
#define MMSCOPE_FIELDS_fork_begin(F, T)                                        \
	F(T, __u64, clone_flags, flags)                                        \
	F(T, __u32, exit_signal, num)                                          \
	F(T, __s32, users, count)                                              \
	F(T, __s32, count, count)

/*
 * mm: the parent's. how: the path. users and count: of new_mm, right after the
 * decision. vmas, pages (resident) and pgtable_pages: of the copy, 0 unless the
 * path is dup. child: 0 if the clone failed after copy_mm.
 */
#define MMSCOPE_FIELDS_copy_mm(F, T)                                           \
	F(T, __u64, new_mm, mm)                                                \
	F(T, __u32, child, pid)                                                \
	F(T, __s32, users, count)                                              \
	F(T, __s32, count, count)                                              \
	F(T, __u32, vmas, num)                                                 \
	F(T, __u32, pages, pages)                                              \
	F(T, __u32, pgtable_pages, pages)

/* mm: the parent's. ns: from mm_init's entry to the end of the copy. */
#define MMSCOPE_FIELDS_dup_mm(F, T)                                            \
	F(T, __u64, new_mm, mm)                                                \
	F(T, __u64, ns, ns)                                                    \
	F(T, __u32, vmas, num)                                                 \
	F(T, __u32, pages, pages)                                              \
	F(T, __u32, pgtable_pages, pages)                                      \
	F(T, __s32, result, result)

/*
 * mm: the parent's. how: the kind. ns: copy_process(), all that is done before the
 * child is woken up and a vfork parent begins to wait. result: the child's pid or -errno.
 */
#define MMSCOPE_FIELDS_fork_end(F, T)                                          \
	F(T, __u64, ns, ns)                                                    \
	F(T, __u64, clone_flags, flags)                                        \
	F(T, __s32, result, result)                                            \
	F(T, __u32, path, how)

/*
 * mm: the new one. parent_mm: the mm it was copied from or execed out of. owner:
 * the process it belongs to; 0: none yet, as for a copy, or none known.
 */
#define MMSCOPE_FIELDS_mm_birth(F, T)                                          \
	F(T, __u64, parent_mm, mm)                                             \
	F(T, __s32, users, count)                                              \
	F(T, __s32, count, count)                                              \
	F(T, __u32, owner, pid)

/* mm: the new one. */
#define MMSCOPE_FIELDS_exec_mm(F, T)                                           \
	F(T, __u64, old_mm, mm)                                                \
	F(T, __s32, users, count)                                              \
	F(T, __s32, count, count)

/*
 * mm: the one let go of. users: what is left without this task. vfork_ns: how long the
 * task's parent has waited for this in vfork, since the task was made; 0: it has not.
 */
#define MMSCOPE_FIELDS_exit_mm(F, T)                                           \
	F(T, __u64, vfork_ns, ns)                                              \
	F(T, __s32, users, count)                                              \
	F(T, __s32, count, count)

/*
 * The three steps of active_mm. mm: the borrowed one. users and count: as the
 * step leaves them (read before it, the step's own change added).
 * lender: the user task that ran before. previous: the borrower before this.
 * ns: how long this CPU has had the mm on loan.
 */
#define MMSCOPE_FIELDS_lazy_borrow(F, T)                                       \
	F(T, __u32, lender, pid)                                               \
	F(T, __u32, borrower, pid)                                             \
	F(T, __s32, users, count)                                              \
	F(T, __s32, count, count)

#define MMSCOPE_FIELDS_lazy_handoff(F, T)                                      \
	F(T, __u64, ns, ns)                                                    \
	F(T, __u32, previous, pid)                                             \
	F(T, __u32, borrower, pid)                                             \
	F(T, __s32, users, count)                                              \
	F(T, __s32, count, count)

#define MMSCOPE_FIELDS_lazy_return(F, T)                                       \
	F(T, __u64, ns, ns)                                                    \
	F(T, __u32, lender, pid)                                               \
	F(T, __u32, borrower, pid)                                             \
	F(T, __u32, next, pid)                                                 \
	F(T, __s32, users, count)                                              \
	F(T, __s32, count, count)

/*
 * A transition of one counter, right before the instruction that makes it. how:
 * which counter. value: what it then is, unless another CPU changes it in
 * between. stack: of the call, by its number in `stacks`; 0: none was kept.
 */
#define MMSCOPE_FIELDS_ref(F, T)                                               \
	F(T, __u32, site, site)                                                \
	F(T, __s32, delta, delta)                                              \
	F(T, __s32, value, count)                                              \
	F(T, __u32, stack, num)

/* mm_users has reached 0. count: who still pins, the users' own one included. */
#define MMSCOPE_FIELDS_mm_dead(F, T)                                           \
	F(T, __u64, alive_ns, ns)                                              \
	F(T, __s32, users, count)                                              \
	F(T, __s32, count, count)

/*
 * mm_count has reached 0. how: context_switch (dropper is the borrower whose
 * return it was) or other (dropper is the task that ran then).
 */
#define MMSCOPE_FIELDS_mm_free(F, T)                                           \
	F(T, __u64, alive_ns, ns)                                              \
	F(T, __u64, dead_ns, ns)                                               \
	F(T, __u32, dropper, pid)

/* how: why. records: how many are missing here. since: no record after this. */
#define MMSCOPE_FIELDS_lost(F, T)                                              \
	F(T, __u64, records, num)                                              \
	F(T, __u64, since, time)

/* The name of the task in the head, before its first record and after a change. */
#define MMSCOPE_FIELDS_comm(F, T)                                              \
	F(T, struct mmscope_name, name, text)

/**
 * struct mmscope_head - the fields that every record has
 * @timestamp: CLOCK_MONOTONIC, ns; never goes down within one CPU's ring
 * @id: enum mmscope_type
 * @how: enum mmscope_how
 * @cpu: the CPU it happened on
 * @seq: counts the records of this CPU, 1 up, modulo 2^32; a gap is a loss
 * @pid: the task that ran, in the initial pid namespace; 0 is an idle task
 * @tgid: its thread group
 * @mm: the id of the mm that the record is about; 0 is none or not known
 */
struct mmscope_head {
	__u64 timestamp;
	__u8 id;
	__u8 how;
	__u16 cpu;
	__u32 seq;
	__u32 pid;
	__u32 tgid;
	__u64 mm;
};

/* A task's name as the kernel keeps it: TASK_COMM_LEN, padded with NUL. */
struct mmscope_name {
	char text[16];
};

/* One struct mmscope_own_<type> for each type: its own 32 bytes. */
#define MMSCOPE_FIELD_MEMBER(type, ctype, name, kind) ctype name;
#define MMSCOPE_OWN_STRUCT(number, type)                                       \
	struct mmscope_own_##type {                                            \
		MMSCOPE_FIELDS_##type(MMSCOPE_FIELD_MEMBER, type)              \
	};
MMSCOPE_TYPES(MMSCOPE_OWN_STRUCT)

#define MMSCOPE_TYPE_MEMBER(number, type) struct mmscope_own_##type type;

struct mmscope_record {
	struct mmscope_head head;
	union {
		MMSCOPE_TYPES(MMSCOPE_TYPE_MEMBER)
		__u8 own[32];
	};
};

#define MMSCOPE_RECORD_SIZE 64
#define MMSCOPE_CTF_MAGIC 0xC1FC1FC1

/**
 * struct mmscope_packet - the first 64 bytes of a packet of cpuN
 * @magic: MMSCOPE_CTF_MAGIC
 * @abi: MMSCOPE_ABI_VERSION
 * @cpu_id: the CPU whose records follow
 * @timestamp_begin: of the first record, ns
 * @timestamp_end: of the last record, ns
 * @content_size: this block and the records, in bits
 * @packet_size: the same; a packet has no padding
 * @events_discarded: records of this CPU lost up to here since recording began
 * @session: when recording began, ns; tells two recordings apart
 * @first_seq: the first record's sequence number
 */
struct mmscope_packet {
	__u32 magic;
	__u16 abi;
	__u16 cpu_id;
	__u64 timestamp_begin;
	__u64 timestamp_end;
	__u64 content_size;
	__u64 packet_size;
	__u64 events_discarded;
	__u64 session;
	__u64 first_seq;
};

#endif /* MMSCOPE_RECORD_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rmw.h - atomic read-modify-write instructions on a counter
 *
 * mmget(), mmgrab() and mmdrop() are inlined: what moves mm_users and mm_count is
 * one instruction in the middle of some function. This is how to recognize one,
 * which word it changes, and by how much. The decoders know nothing of the kernel,
 * so that the unit tests can feed them what compilers made of real ones.
 */
#ifndef MMSCOPE_RMW_H
#define MMSCOPE_RMW_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
#endif

struct pt_regs;

enum mmscope_rmw_kind {
	/* by a number in the instruction */
	MMSCOPE_RMW_ADD_CONSTANT,
	/* by what is in a register */
	MMSCOPE_RMW_ADD_REGISTER,
	MMSCOPE_RMW_SUB_REGISTER,
	/* from what is expected to what a register holds, or not at all */
	MMSCOPE_RMW_CMPXCHG,
};

/* Instead of a register's number: there is none. */
#define MMSCOPE_RMW_NO_REGISTER 0xff

/**
 * struct mmscope_rmw - one such instruction
 * @length: in bytes
 * @kind: enum mmscope_rmw_kind
 * @base: the register that the address is made of, by the machine's number
 * @operand: the register that is added, subtracted or put there, if one is
 * @expected: CMPXCHG: the register with what must be there
 * @previous: the register that holds afterwards what was there, if one does; it
 *	may be the operand
 * @addend: ADD_CONSTANT: what is added
 * @displacement: the word is at base plus this
 * @after: CMPXCHG made of a loop: where its end lies, in bytes from its beginning;
 *	there the registers say how the cmpxchg ended. 0: it is one instruction
 */
struct mmscope_rmw {
	__u8 length;
	__u8 kind;
	__u8 base;
	__u8 operand;
	__u8 expected;
	__u8 previous;
	__s32 addend;
	__s32 displacement;
	__u8 after;
};

/* The longest there is, or has to be looked at: x86 14 bytes, arm64 5 words. */
#define MMSCOPE_RMW_MAX_LENGTH 20

bool mmscope_rmw_decode_x86(const __u8 *text, size_t length,
			    struct mmscope_rmw *rmw);
bool mmscope_rmw_decode_arm64(const __u8 *text, size_t length,
			      struct mmscope_rmw *rmw);

#endif /* MMSCOPE_RMW_H */

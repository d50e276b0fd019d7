// SPDX-License-Identifier: GPL-2.0-only
/*
 * rmw_x86.c - x86-64: LOCK-prefixed instructions on a 32-bit word
 *
 * What compilers make of atomic_inc(), atomic_dec_and_test(), atomic_add() and
 * atomic_inc_not_zero(): inc, dec, add, sub, xadd and cmpxchg, with a register and
 * a displacement as address. A kernel without SMP has no LOCK prefixes, and nothing
 * is found in it.
 */
#include "base/rmw.h"

/* The kernel turns every LOCK prefix into DS when it boots with one CPU. */
#define PREFIX_LOCK 0xf0
#define PREFIX_DS 0x3e

#define REX_MASK 0xf0
#define REX 0x40
#define REX_W 8
#define REX_R 4
#define REX_X 2
#define REX_B 1

#define RAX 0
#define RSP 4

struct cursor {
	const __u8 *at;
	const __u8 *end;
};

static bool take_byte(struct cursor *cursor, __u8 *byte)
{
	if (cursor->at == cursor->end)
		return false;
	*byte = *cursor->at++;
	return true;
}

static bool take_s8(struct cursor *cursor, __s32 *value)
{
	__u8 byte;

	if (!take_byte(cursor, &byte))
		return false;
	*value = (__s8)byte;
	return true;
}

static bool take_s32(struct cursor *cursor, __s32 *value)
{
	if (cursor->end - cursor->at < 4)
		return false;
	*value = (__s32)((__u32)cursor->at[0] | (__u32)cursor->at[1] << 8 |
			 (__u32)cursor->at[2] << 16 |
			 (__u32)cursor->at[3] << 24);
	cursor->at += 4;
	return true;
}

/*
 * A register, with SIB only where the register's encoding demands one, and a
 * displacement. The stack holds no counter, but `lock addl $0, -4(%rsp)` is what
 * smp_mb() is made of.
 */
static bool take_address(struct cursor *cursor, __u8 rex, __u8 modrm,
			 struct mmscope_rmw *rmw)
{
	__u8 mod = modrm >> 6, base = modrm & 7, sib;

	if (mod == 3)
		return false;
	if (base == 4) {
		if (!take_byte(cursor, &sib))
			return false;
		/* 4 is no index; with REX.X it would be r12. */
		if ((sib >> 3 & 7) != 4 || rex & REX_X)
			return false;
		base = sib & 7;
	}
	/* No base at all, or the instruction pointer. */
	if (mod == 0 && base == 5)
		return false;
	rmw->base = base + (rex & REX_B ? 8 : 0);
	rmw->displacement = 0;
	if (rmw->base == RSP)
		return false;
	if (mod == 1)
		return take_s8(cursor, &rmw->displacement);
	if (mod == 2)
		return take_s32(cursor, &rmw->displacement);
	return true;
}

static bool add_constant(struct mmscope_rmw *rmw, __s32 addend)
{
	rmw->kind = MMSCOPE_RMW_ADD_CONSTANT;
	rmw->addend = addend;
	/* Nothing moves by 0; it would be a barrier. */
	return addend != 0;
}

/* Opcodes whose ModRM register field says which operation. */
static bool group_operation(struct cursor *cursor, __u8 opcode, __u8 operation,
			    struct mmscope_rmw *rmw)
{
	__s32 value;

	if (opcode == 0xff)
		return operation <= 1 && add_constant(rmw, operation ? -1 : 1);
	/* add or sub; all others are no counting */
	if (operation != 0 && operation != 5)
		return false;
	if (!(opcode == 0x83 ? take_s8(cursor, &value) :
			       take_s32(cursor, &value)))
		return false;
	return add_constant(rmw, operation ? (__s32)(0 - (__u32)value) : value);
}

static void register_operation(bool two_bytes, __u8 opcode, __u8 operand,
			       struct mmscope_rmw *rmw)
{
	rmw->operand = operand;
	if (!two_bytes) {
		rmw->kind = opcode == 0x01 ? MMSCOPE_RMW_ADD_REGISTER :
					     MMSCOPE_RMW_SUB_REGISTER;
	} else if (opcode == 0xc1) {
		rmw->kind = MMSCOPE_RMW_ADD_REGISTER;
		rmw->previous = operand;
	} else {
		rmw->kind = MMSCOPE_RMW_CMPXCHG;
		rmw->expected = RAX;
		rmw->previous = RAX;
	}
}

static bool is_group(bool two_bytes, __u8 opcode)
{
	return !two_bytes &&
	       (opcode == 0xff || opcode == 0x83 || opcode == 0x81);
}

static bool takes_register(bool two_bytes, __u8 opcode)
{
	if (two_bytes)
		return opcode == 0xc1 || opcode == 0xb1;
	return opcode == 0x01 || opcode == 0x29;
}

/**
 * mmscope_rmw_decode_x86() - mmscope_rmw_decode() for x86-64
 * @text: where the instruction would begin
 * @length: how many bytes there are
 * @rmw: filled in if there is one
 *
 * Context: any.
 * Return: whether there is one.
 */
bool mmscope_rmw_decode_x86(const __u8 *text, size_t length,
			    struct mmscope_rmw *rmw)
{
	struct cursor cursor = { text, text + length };
	__u8 byte, modrm, rex = 0;
	bool two_bytes = false;

	if (!take_byte(&cursor, &byte) ||
	    (byte != PREFIX_LOCK && byte != PREFIX_DS))
		return false;
	if (!take_byte(&cursor, &byte))
		return false;
	if ((byte & REX_MASK) == REX) {
		rex = byte;
		/* 64 bits: not a counter of an mm. */
		if (rex & REX_W || !take_byte(&cursor, &byte))
			return false;
	}
	if (byte == 0x0f) {
		two_bytes = true;
		if (!take_byte(&cursor, &byte))
			return false;
	}
	rmw->operand = MMSCOPE_RMW_NO_REGISTER;
	rmw->expected = MMSCOPE_RMW_NO_REGISTER;
	rmw->previous = MMSCOPE_RMW_NO_REGISTER;
	rmw->addend = 0;
	rmw->after = 0;
	if (!is_group(two_bytes, byte) && !takes_register(two_bytes, byte))
		return false;
	if (!take_byte(&cursor, &modrm) ||
	    !take_address(&cursor, rex, modrm, rmw))
		return false;
	modrm = modrm >> 3 & 7;
	if (!is_group(two_bytes, byte))
		register_operation(two_bytes, byte,
				   modrm + (rex & REX_R ? 8 : 0), rmw);
	else if (!group_operation(&cursor, byte, modrm, rmw))
		return false;
	rmw->length = cursor.at - text;
	return true;
}

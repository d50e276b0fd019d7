// SPDX-License-Identifier: GPL-2.0-only
/*
 * rmw_arm64.c - arm64: LSE atomics, and the loops that do without
 *
 * The kernel has both at each place and chooses at boot by one patched word. An LSE
 * atomic is one instruction with the counter's address in a register. A loop is
 *
 *	prfm pstl1strm, [x0]
 *  1:	ldxr w1, [x0]
 *	add w1, w1, #1			or sub, or with a register
 *	stxr w2, w1, [x0]
 *	cbnz w2, 1b
 *
 * or, for cmpxchg, with `eor w2, w1, wEXPECTED; cbnz w2, 2f` in the middle. A probe
 * between ldxr and stxr would break the reservation for ever, but before the prfm,
 * which each atomic operation passes once, it is harmless: that is where such an
 * instruction is said to be. How a cmpxchg ended is known at 2.
 */
#include "base/rmw.h"

#define WORD 4
#define ZERO_REGISTER 31

static __u32 word_at(const __u8 *text, unsigned int n)
{
	text += n * WORD;
	return (__u32)text[0] | (__u32)text[1] << 8 | (__u32)text[2] << 16 |
	       (__u32)text[3] << 24;
}

/* Fields of an instruction, as the manual names them. */
static __u8 rt_of(__u32 word)
{
	return word & 31;
}

static __u8 rn_of(__u32 word)
{
	return word >> 5 & 31;
}

static __u8 rs_of(__u32 word)
{
	return word >> 16 & 31;
}

static __u8 unless_zero(__u8 number)
{
	return number == ZERO_REGISTER ? MMSCOPE_RMW_NO_REGISTER : number;
}

/* ldadd and stadd, which is ldadd to the zero register; with any ordering. */
static bool is_ldadd(__u32 word)
{
	return (word & 0xff20fc00) == 0xb8200000;
}

static bool is_cas(__u32 word)
{
	return (word & 0xffa07c00) == 0x88a07c00;
}

static bool decode_lse(__u32 word, struct mmscope_rmw *rmw)
{
	rmw->operand = rs_of(word);
	if (is_ldadd(word)) {
		rmw->kind = MMSCOPE_RMW_ADD_REGISTER;
		rmw->previous = unless_zero(rt_of(word));
		/* Nothing is added; it would be a load with ordering. */
		return rmw->operand != ZERO_REGISTER;
	}
	rmw->kind = MMSCOPE_RMW_CMPXCHG;
	rmw->operand = rt_of(word);
	rmw->expected = rs_of(word);
	rmw->previous = unless_zero(rs_of(word));
	return true;
}

/* What happens to the loaded word, in register @loaded, before it is stored. */
static bool decode_change(__u32 word, __u8 loaded, struct mmscope_rmw *rmw)
{
	__s32 constant = word >> 10 & 0xfff;

	if (rn_of(word) != loaded)
		return false;
	/* add or sub of a constant, not shifted */
	if ((word & 0xffc00000) == 0x11000000 ||
	    (word & 0xffc00000) == 0x51000000) {
		rmw->kind = MMSCOPE_RMW_ADD_CONSTANT;
		rmw->addend = word & 0x40000000 ? -constant : constant;
		return constant != 0;
	}
	rmw->operand = rs_of(word);
	/* add, sub of a register, not shifted */
	if ((word & 0xffe0fc00) == 0x0b000000)
		rmw->kind = MMSCOPE_RMW_ADD_REGISTER;
	else if ((word & 0xffe0fc00) == 0x4b000000)
		rmw->kind = MMSCOPE_RMW_SUB_REGISTER;
	else
		return false;
	return rmw->operand != ZERO_REGISTER;
}

static bool is_load_exclusive(__u32 word, __u8 base)
{
	/* ldxr, ldaxr */
	return (word & 0xffff7c00) == 0x885f7c00 && rn_of(word) == base;
}

static bool is_store_exclusive(__u32 word, __u8 base)
{
	/* stxr, stlxr */
	return (word & 0xffe07c00) == 0x88007c00 && rn_of(word) == base;
}

static bool decode_loop(const __u8 *text, size_t length,
			struct mmscope_rmw *rmw)
{
	__u32 load, change, store, past;

	if (length < 4 * WORD)
		return false;
	load = word_at(text, 1);
	change = word_at(text, 2);
	store = word_at(text, 3);
	if (!is_load_exclusive(load, rmw->base))
		return false;
	if (is_store_exclusive(store, rmw->base))
		return rt_of(store) == rt_of(change) &&
		       decode_change(change, rt_of(load), rmw);
	/* cmpxchg: eor, cbnz past the end, and only then the store */
	if (length < 5 * WORD || (change & 0xffe0fc00) != 0x4a000000 ||
	    rn_of(change) != rt_of(load) || (store & 0xff000000) != 0x35000000)
		return false;
	/* cbnz's distance, in words; forward, and not far. */
	past = 3 + (store >> 5 & 0x7ffff);
	if (past < 5 || past > 16)
		return false;
	store = word_at(text, 4);
	rmw->kind = MMSCOPE_RMW_CMPXCHG;
	rmw->after = past * WORD;
	rmw->expected = rs_of(change);
	rmw->operand = rt_of(store);
	rmw->previous = rt_of(load);
	return is_store_exclusive(store, rmw->base);
}

/**
 * mmscope_rmw_decode_arm64() - mmscope_rmw_decode() for arm64
 * @text: where the instruction would begin
 * @length: how many bytes there are; a loop needs 20
 * @rmw: filled in if there is one
 *
 * Context: any.
 * Return: whether there is one.
 */
bool mmscope_rmw_decode_arm64(const __u8 *text, size_t length,
			      struct mmscope_rmw *rmw)
{
	__u32 word;

	if (length < WORD)
		return false;
	word = word_at(text, 0);
	rmw->length = WORD;
	rmw->base = rn_of(word);
	rmw->operand = MMSCOPE_RMW_NO_REGISTER;
	rmw->expected = MMSCOPE_RMW_NO_REGISTER;
	rmw->previous = MMSCOPE_RMW_NO_REGISTER;
	rmw->addend = 0;
	rmw->after = 0;
	rmw->displacement = 0;
	if (is_ldadd(word) || is_cas(word))
		return decode_lse(word, rmw);
	/* prfm pstl1strm without a displacement */
	if ((word & 0xfffffc1f) == 0xf9800011)
		return decode_loop(text, length, rmw);
	return false;
}

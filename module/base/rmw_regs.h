/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rmw_regs.h - what an atomic instruction does, with the registers at hand
 *
 * In the header, because each change of a counter asks twice or more.
 */
#ifndef MMSCOPE_RMW_REGS_H
#define MMSCOPE_RMW_REGS_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>

#include "base/rmw.h"

#ifdef CONFIG_X86
static const u8 mmscope_register_offsets[] = {
	offsetof(struct pt_regs, ax),  offsetof(struct pt_regs, cx),
	offsetof(struct pt_regs, dx),  offsetof(struct pt_regs, bx),
	offsetof(struct pt_regs, sp),  offsetof(struct pt_regs, bp),
	offsetof(struct pt_regs, si),  offsetof(struct pt_regs, di),
	offsetof(struct pt_regs, r8),  offsetof(struct pt_regs, r9),
	offsetof(struct pt_regs, r10), offsetof(struct pt_regs, r11),
	offsetof(struct pt_regs, r12), offsetof(struct pt_regs, r13),
	offsetof(struct pt_regs, r14), offsetof(struct pt_regs, r15),
};

static __always_inline unsigned long
mmscope_register_of(const struct pt_regs *regs, u8 number)
{
	if (number >= ARRAY_SIZE(mmscope_register_offsets))
		return 0;
	return *(const unsigned long *)((const char *)regs +
					mmscope_register_offsets[number]);
}
#elif defined(CONFIG_ARM64)
static __always_inline unsigned long
mmscope_register_of(const struct pt_regs *regs, u8 number)
{
	/* 31 is the zero register here; no counter is addressed by sp. */
	return number < ARRAY_SIZE(regs->regs) ? regs->regs[number] : 0;
}
#else
static __always_inline unsigned long
mmscope_register_of(const struct pt_regs *regs, u8 number)
{
	return 0;
}
#endif

/**
 * mmscope_rmw_address() - the word that an instruction changes
 * @rmw: the instruction
 * @regs: the registers before it, or right after it
 *
 * Context: any.
 */
static __always_inline unsigned long
mmscope_rmw_address(const struct mmscope_rmw *rmw, const struct pt_regs *regs)
{
	return mmscope_register_of(regs, rmw->base) + rmw->displacement;
}

/**
 * mmscope_rmw_delta() - by how much an instruction changes it
 * @rmw: the instruction
 * @regs: the registers before it; after it does as well, unless @rmw->previous
 *	is @rmw->operand, which is overwritten then
 *
 * For MMSCOPE_RMW_CMPXCHG: if what is there is as expected, else it does not.
 *
 * Context: any.
 */
static __always_inline int mmscope_rmw_delta(const struct mmscope_rmw *rmw,
					     const struct pt_regs *regs)
{
	/* As the machine does it: 32 bits, and they may wrap. */
	u32 operand = mmscope_register_of(regs, rmw->operand);

	switch (rmw->kind) {
	case MMSCOPE_RMW_ADD_CONSTANT:
		return rmw->addend;
	case MMSCOPE_RMW_ADD_REGISTER:
		return operand;
	case MMSCOPE_RMW_SUB_REGISTER:
		return -operand;
	default:
		return operand - (u32)mmscope_register_of(regs, rmw->expected);
	}
}

/**
 * mmscope_rmw_expected() - MMSCOPE_RMW_CMPXCHG: what must be there to be changed
 * @rmw: the instruction
 * @regs: the registers before it
 *
 * Context: any.
 */
static __always_inline int mmscope_rmw_expected(const struct mmscope_rmw *rmw,
						const struct pt_regs *regs)
{
	return mmscope_register_of(regs, rmw->expected);
}

/**
 * mmscope_rmw_previous() - what was there before
 * @rmw: an instruction that says so: @rmw->previous is a register
 * @regs: the registers right after it
 *
 * Context: any.
 */
static __always_inline int mmscope_rmw_previous(const struct mmscope_rmw *rmw,
						const struct pt_regs *regs)
{
	return mmscope_register_of(regs, rmw->previous);
}

#endif /* MMSCOPE_RMW_REGS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * branch.h - where a call or a jump leads
 *
 * A module deals with mm's if its text calls the functions that drop them. The kernel
 * forgets a module's undefined symbols once the module is loaded; its text still
 * shows the calls.
 */
#ifndef MMSCOPE_BRANCH_H
#define MMSCOPE_BRANCH_H

#include <linux/string.h>
#include <linux/types.h>

/* As many bytes as mmscope_branch_target() looks at. */
#define MMSCOPE_BRANCH_MAX_LENGTH 6

#if defined(CONFIG_X86)
/* Whether a call may begin here: a quick look for whoever goes through much text. */
static __always_inline bool mmscope_branch_may_begin(const u8 *text)
{
	return (*text & 0xfe) == 0xe8 || *text == 0x0f;
}

/**
 * mmscope_branch_target() - where a call or a jump with a distance in it leads
 * @text: a copy of the instruction
 * @length: how many bytes there are
 * @address: of the instruction itself
 *
 * call, jmp, and the long forms of jcc, which a tail call becomes.
 *
 * Context: any.
 * Return: the target; 0 if no such instruction begins there.
 */
static inline unsigned long
mmscope_branch_target(const u8 *text, size_t length, unsigned long address)
{
	unsigned int opcode;
	s32 distance;

	if (length < MMSCOPE_BRANCH_MAX_LENGTH)
		return 0;
	if ((text[0] & 0xfe) == 0xe8)
		opcode = 1;
	else if (text[0] == 0x0f && (text[1] & 0xf0) == 0x80)
		opcode = 2;
	else
		return 0;
	memcpy(&distance, text + opcode, sizeof(distance));
	return address + opcode + sizeof(distance) + distance;
}
#elif defined(CONFIG_ARM64)
static __always_inline u32 mmscope_text_word(const u8 *text)
{
	u32 word;

	memcpy(&word, text, sizeof(word));
	return word;
}

static __always_inline bool mmscope_branch_may_begin(const u8 *text)
{
	return (mmscope_text_word(text) & 0x7c000000) == 0x14000000;
}

/* b, bl */
static inline unsigned long
mmscope_branch_target(const u8 *text, size_t length, unsigned long address)
{
	u32 word;

	if (length < sizeof(word))
		return 0;
	word = mmscope_text_word(text);
	if ((word & 0x7c000000) != 0x14000000)
		return 0;
	return address + ((s64)((u64)(word & 0x03ffffff) << 38) >> 36);
}

/**
 * mmscope_veneer_target() - where a veneer leads, by which a module calls far away
 * @text: a copy of three instructions
 * @address: of the first one
 *
 * adrp x16, PAGE; add x16, x16, #OFFSET; br x16: arch/arm64/kernel/module-plts.c.
 *
 * Return: the target; 0 if there is no veneer.
 */
static inline unsigned long mmscope_veneer_target(const u8 *text,
						  unsigned long address)
{
	u32 page = mmscope_text_word(text), add = mmscope_text_word(text + 4);
	u64 distance;

	if ((page & 0x9f00001f) != 0x90000010 ||
	    (add & 0xffc003ff) != 0x91000210 ||
	    mmscope_text_word(text + 8) != 0xd61f0200)
		return 0;
	distance = (u64)(page >> 5 & 0x7ffff) << 2 | (page >> 29 & 3);
	return (address & ~0xfffUL) + ((s64)(distance << 43) >> 31) +
	       (add >> 10 & 0xfff);
}
#else
static __always_inline bool mmscope_branch_may_begin(const u8 *text)
{
	return false;
}

static inline unsigned long
mmscope_branch_target(const u8 *text, size_t length, unsigned long address)
{
	return 0;
}
#endif

#endif /* MMSCOPE_BRANCH_H */

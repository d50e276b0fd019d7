/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rmw_decode.h - the decoder of the kernel's own architecture
 */
#ifndef MMSCOPE_RMW_DECODE_H
#define MMSCOPE_RMW_DECODE_H

#include "base/rmw.h"

/* The step from one place where an instruction may begin to the next. */
#ifdef CONFIG_X86
#define MMSCOPE_RMW_STEP 1
#else
#define MMSCOPE_RMW_STEP 4
#endif

/* Whether one may begin here: a quick look for whoever goes through much text. */
static __always_inline bool mmscope_rmw_may_begin(const __u8 *text)
{
#ifdef CONFIG_X86
	return *text == 0xf0 || *text == 0x3e;
#else
	return true;
#endif
}

/**
 * mmscope_rmw_decode() - is there an instruction that moves a 32-bit counter?
 * @text: where it would begin; a copy, as a kernel's text may vanish
 * @length: how much of the text there is, MMSCOPE_RMW_MAX_LENGTH if possible
 * @rmw: filled in if there is
 *
 * That an instruction really begins at @text is for the caller to know, and whether
 * the word is a counter of an mm.
 *
 * Context: any.
 */
static inline bool mmscope_rmw_decode(const __u8 *text, size_t length,
				      struct mmscope_rmw *rmw)
{
#if defined(CONFIG_X86)
	return mmscope_rmw_decode_x86(text, length, rmw);
#elif defined(CONFIG_ARM64)
	return mmscope_rmw_decode_arm64(text, length, rmw);
#else
	return false;
#endif
}

#endif /* MMSCOPE_RMW_DECODE_H */

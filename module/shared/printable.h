/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one printable form of a name that a program chose.
 *
 * A program chooses its comm and the name of a mapping, and may put any byte
 * there: a newline that makes a second row, an escape that recolours a
 * terminal, a C1 control (U+009B is 0xc2 0x9b). The module's files and the
 * reader show such a byte as '?', and they use this file, so that one name
 * reads the same wherever it is shown.
 *
 * Bytes 0x21 to 0x7e are shown as they are. A blank stays a blank where a
 * column allows one, and becomes '_' where the name must be one word.
 *
 * These are pure functions of their arguments. The kernel and user space both
 * compile them; they may be called in any context.
 */
#ifndef MMSCOPE_PRINTABLE_H
#define MMSCOPE_PRINTABLE_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stddef.h>
#endif

/**
 * mmscope_printable_char() - What is shown for one byte of a name.
 * @c: The byte
 *
 * Return: '?' for a byte below 0x20, for 0x7f and for every byte from 0x80 up;
 * the byte itself otherwise, a blank included.
 */
static inline char mmscope_printable_char(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte < 0x20 || byte >= 0x7f ? '?' : c;
}

/**
 * mmscope_printable_word_char() - The same where the name must be one word.
 * @c: The byte
 *
 * Return: As mmscope_printable_char(), but '_' for a blank.
 */
static inline char mmscope_printable_word_char(char c)
{
	return c == ' ' ? '_' : mmscope_printable_char(c);
}

/**
 * mmscope_printable() - Make a name printable where it stands.
 * @text: The name; ends with a NUL byte or fills @size
 * @size: The size of the memory that holds @text
 */
static inline void mmscope_printable(char *text, size_t size)
{
	size_t n;

	for (n = 0; n < size && text[n]; n++)
		text[n] = mmscope_printable_char(text[n]);
}

/**
 * mmscope_printable_word() - Make a name one printable word where it stands.
 * @text: The name; ends with a NUL byte or fills @size
 * @size: The size of the memory that holds @text
 */
static inline void mmscope_printable_word(char *text, size_t size)
{
	size_t n;

	for (n = 0; n < size && text[n]; n++)
		text[n] = mmscope_printable_word_char(text[n]);
}

#endif /* MMSCOPE_PRINTABLE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * printable.h - the one printable form of names, for the module and for every reader
 *
 * A task may call itself anything: a newline in its name would make two lines of one,
 * an escape sequence would reach the terminal.
 */
#ifndef MMSCOPE_PRINTABLE_H
#define MMSCOPE_PRINTABLE_H

/**
 * mmscope_printable_char() - what stands for a byte of a name
 * @c: any byte but the NUL that ends the name
 *
 * Return: the byte if it is printable ASCII, else '?'.
 */
static inline char mmscope_printable_char(char c)
{
	return (unsigned char)c < 0x20 || (unsigned char)c >= 0x7f ? '?' : c;
}

#endif /* MMSCOPE_PRINTABLE_H */

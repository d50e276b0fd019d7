/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbols.h - where the kernel's functions are, whatever the compiler calls them
 */
#ifndef MMSCOPE_SYMBOLS_H
#define MMSCOPE_SYMBOLS_H

#include <linux/kallsyms.h>
#include <linux/types.h>

/**
 * struct mmscope_symbol - a function of the kernel, or a piece of one
 * @address: of its first byte; IBT's landing pad, if any, is part of it
 * @size: up to the next symbol, so the padding in between is part of it
 * @name: as the kernel lists it, compiler's suffix included
 * @count: how many functions have this base name
 * @part: only a piece that the compiler moved elsewhere (.cold, .part.N)
 */
struct mmscope_symbol {
	unsigned long address;
	unsigned long size;
	char name[KSYM_NAME_LEN];
	unsigned int count;
	bool part;
};

/**
 * mmscope_symbol_holds() - whether an address lies in a symbol
 * @symbol: the symbol; all zero: none
 * @address: any
 */
static inline bool mmscope_symbol_holds(const struct mmscope_symbol *symbol,
					unsigned long address)
{
	return address - symbol->address < symbol->size;
}

int mmscope_symbol_find(const char *name, struct mmscope_symbol *symbol);
int mmscope_symbol_nth(const char *name, unsigned int n,
		       struct mmscope_symbol *symbol);
int mmscope_symbol_part(const char *name, unsigned int n,
			struct mmscope_symbol *part);
int mmscope_function_around(unsigned long address, unsigned long *start,
			    unsigned long *end);
unsigned long mmscope_label_address(const char *name);
void mmscope_symbols_forget(void);

#endif /* MMSCOPE_SYMBOLS_H */

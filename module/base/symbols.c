// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbols.c - find functions by the name they have in the source
 *
 * Compilers clone a function under another name (finish_task_switch.isra.0),
 * move pieces of it away (.cold, .part.0), and leave several of one name
 * (m_start). A probe by name knows nothing of this: it fails on the first and
 * takes any of the last. Nor are the kernel's lookups exported.
 *
 * What is exported is sprint_symbol(), which says for an address the name, and
 * how far the symbol reaches. So the kernel's text is walked once from symbol to
 * symbol, and the hash of each base name noted: what comes before the first dot,
 * which no name in C has. No list of suffixes is needed, no unexported function
 * is called, and what __init left behind is not part of that text.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "base/compat.h"
#include "base/memory.h"
#include "base/symbols.h"

/* One symbol of the text: 8 bytes, and some 100,000 of them. */
struct indexed {
	u32 hash;
	u32 offset;
};

/* A stock kernel's functions are a hundred bytes long on average. */
#define INDEX_BYTES_A_SYMBOL 64

static DEFINE_MUTEX(index_mutex);
static struct indexed *symbol_index;
static unsigned long index_size, index_used;
static unsigned long text_begin;
/* What sprint_symbol() wrote last; under index_mutex like all else. */
static char said[KSYM_SYMBOL_LEN];

static size_t base_length(const char *name)
{
	return strcspn(name, ".");
}

/* What comes before the first dot, or the end of what sprint_symbol() gives as name. */
static u32 base_hash(const char *name)
{
	u32 hash = 0;

	while (*name && *name != '.' && *name != '+')
		hash = 31 * hash + *name++;
	return hash;
}

/* Suffixes come in a chain: foo.constprop.0.cold is a piece of foo's clone. */
static bool name_is_part(const char *name)
{
	const char *suffix = name + base_length(name);

	return strstr(suffix, ".cold") || strstr(suffix, ".part.");
}

/* Returns where the digits end. Without sscanf(): a walk has 100,000 numbers. */
static const char *read_hex(const char *text, unsigned long *value)
{
	*value = 0;
	if (strncmp(text, "0x", 2))
		return text;
	for (text += 2; hex_to_bin(*text) >= 0; text++)
		*value = *value << 4 | hex_to_bin(*text);
	return text;
}

/*
 * What sprint_symbol() says of an address, left in said: `name+0xOFFSET/0xSIZE`. One
 * without a name is printed as a number, and after a module's there is ` [module]`.
 * Returns the +, NULL where there is no symbol of the kernel proper.
 */
static char *say_symbol(unsigned long address, unsigned long *offset,
			unsigned long *size)
{
	const char *end;
	char *plus;

	sprint_symbol(said, address);
	plus = strchr(said, '+');
	if (!plus)
		return NULL;
	end = read_hex(plus + 1, offset);
	if (*end != '/')
		return NULL;
	end = read_hex(end + 1, size);
	return *end || !*size ? NULL : plus;
}

static bool symbol_at(unsigned long address, struct mmscope_symbol *symbol)
{
	unsigned long offset, size;
	char *plus = say_symbol(address, &offset, &size);

	if (!plus)
		return false;
	*plus = '\0';
	if (strscpy(symbol->name, said, sizeof(symbol->name)) < 0)
		return false;
	symbol->address = address - offset;
	symbol->size = size;
	symbol->part = name_is_part(symbol->name);
	return true;
}

/**
 * mmscope_function_around() - the bounds of the function at an address
 * @address: in the kernel's text or a module's
 * @start: gets the address of the function's first byte
 * @end: gets the address behind its last byte, padding included
 *
 * Context: may sleep.
 * Return: 0; -ENOENT if the kernel knows no function there.
 */
int mmscope_function_around(unsigned long address, unsigned long *start,
			    unsigned long *end)
{
	char symbol[KSYM_SYMBOL_LEN];
	unsigned long offset, size;
	const char *at;

	/* name+0xOFFSET/0xSIZE [MODULE]; a number where nothing is known. */
	sprint_symbol(symbol, address);
	at = strchr(symbol, '+');
	if (!at)
		return -ENOENT;
	at = read_hex(at + 1, &offset);
	if (*at != '/')
		return -ENOENT;
	read_hex(at + 1, &size);
	*start = address - offset;
	*end = *start + size;
	return 0;
}

/**
 * mmscope_label_address() - where a name is that no function has
 * @name: a label or, where the kernel was built with KALLSYMS_ALL, data
 *
 * register_kprobe() looks a name up and notes the address before it finds that no
 * probe can go there.
 *
 * Context: may sleep.
 * Return: the address, 0 if the kernel does not list it.
 */
unsigned long mmscope_label_address(const char *name)
{
	struct kprobe probe = {
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};

	if (!register_kprobe(&probe))
		unregister_kprobe(&probe);
	return (unsigned long)probe.addr;
}

static int index_add(u32 hash, u32 offset)
{
	struct indexed *larger;

	if (index_used == index_size) {
		larger = mmscope_alloc(
			array_size(2 * index_size, sizeof(*larger)));
		if (!larger)
			return -ENOMEM;
		memcpy(larger, symbol_index, index_used * sizeof(*larger));
		kvfree(symbol_index);
		symbol_index = larger;
		index_size *= 2;
	}
	symbol_index[index_used].hash = hash;
	symbol_index[index_used].offset = offset;
	index_used++;
	return 0;
}

static void index_free(void)
{
	kvfree(symbol_index);
	symbol_index = NULL;
	index_used = 0;
}

static int index_walk(unsigned long end)
{
	unsigned long address = text_begin, offset, size;
	int err = 0;

	while (!err && address < end && say_symbol(address, &offset, &size)) {
		err = index_add(base_hash(said), address - offset - text_begin);
		address += size - offset;
		address += mmscope_padding_at(address);
		cond_resched();
	}
	return err;
}

/*
 * Without KALLSYMS_ALL only text has names, so the walk ends where text does, with
 * or without _etext.
 */
static int index_make(void)
{
	unsigned long end;
	int err;

	if (symbol_index)
		return 0;
	text_begin = mmscope_label_address("_stext");
	end = mmscope_label_address("_etext");
	if (!text_begin) {
		pr_err("the kernel does not say where its text begins (_stext): no function can be found; has it CONFIG_KALLSYMS?\n");
		return -ENOENT;
	}
	index_size = end > text_begin ?
			     (end - text_begin) / INDEX_BYTES_A_SYMBOL :
			     SZ_128K;
	symbol_index =
		mmscope_alloc(array_size(index_size, sizeof(*symbol_index)));
	if (!symbol_index)
		return -ENOMEM;
	err = index_walk(end > text_begin ? end : ULONG_MAX);
	if (err)
		index_free();
	return err;
}

/* Somebody who says a suffix means that symbol, and no other of that base. */
static bool is_wanted(const char *wanted, const char *name)
{
	size_t length = base_length(wanted);

	if (wanted[length])
		return !strcmp(wanted, name);
	return length == base_length(name) && !strncmp(wanted, name, length);
}

enum wanted { WANTED_FUNCTIONS, WANTED_PARTS, WANTED_ALL };

/* How many there are; the nth of them is left in @symbol. */
static unsigned int index_look(const char *name, enum wanted wanted,
			       unsigned int n, struct mmscope_symbol *symbol)
{
	static struct mmscope_symbol at;
	u32 hash = base_hash(name);
	unsigned int found = 0;
	unsigned long i;

	for (i = 0; i < index_used; i++) {
		if (symbol_index[i].hash != hash ||
		    !symbol_at(text_begin + symbol_index[i].offset, &at) ||
		    !is_wanted(name, at.name) ||
		    (wanted == WANTED_FUNCTIONS && at.part) ||
		    (wanted == WANTED_PARTS && !at.part))
			continue;
		if (found++ == n)
			*symbol = at;
	}
	return found;
}

static int symbol_look(const char *name, enum wanted wanted, unsigned int n,
		       struct mmscope_symbol *symbol)
{
	unsigned int found = 0;
	int err;

	memset(symbol, 0, sizeof(*symbol));
	mutex_lock(&index_mutex);
	err = index_make();
	if (!err) {
		found = index_look(name, wanted, n, symbol);
		symbol->count = wanted == WANTED_FUNCTIONS ?
					found :
					index_look(name, WANTED_FUNCTIONS,
						   UINT_MAX, symbol);
	}
	mutex_unlock(&index_mutex);
	if (err)
		return err;
	return n < found ? 0 : -ENOENT;
}

/**
 * mmscope_symbol_find() - the one function of the kernel proper with a name
 * @name: as in the source; with a compiler's suffix it is that very symbol's
 * @symbol: gets it; with -ENOTUNIQ the first of them, count says how many
 *
 * A clone made beside the original (foo and foo.constprop.0) counts as another
 * function of that name, since neither sees all calls. Modules are not searched.
 *
 * Context: may sleep. The first call takes long: see mmscope_symbols_forget().
 * Return: 0; -ENOENT, -ENOTUNIQ; -ENOMEM.
 */
int mmscope_symbol_find(const char *name, struct mmscope_symbol *symbol)
{
	int err = symbol_look(name, WANTED_FUNCTIONS, 0, symbol);

	return !err && symbol->count > 1 ? -ENOTUNIQ : err;
}

/**
 * mmscope_symbol_nth() - one of several functions with a name, and their pieces
 * @name: as in the source
 * @n: 0 for the first in memory
 * @symbol: gets it
 *
 * Context: as mmscope_symbol_find().
 * Return: 0, -ENOENT if there are not so many; -ENOMEM.
 */
int mmscope_symbol_nth(const char *name, unsigned int n,
		       struct mmscope_symbol *symbol)
{
	return symbol_look(name, WANTED_ALL, n, symbol);
}

/**
 * mmscope_symbol_part() - a piece that the compiler moved out of a function
 * @name: the function, as in the source
 * @n: 0 for the first in memory
 * @part: gets it; of which function, where several have that name, is not known
 *
 * Context: as mmscope_symbol_find().
 * Return: 0, -ENOENT if there are not so many; -ENOMEM.
 */
int mmscope_symbol_part(const char *name, unsigned int n,
			struct mmscope_symbol *part)
{
	return symbol_look(name, WANTED_PARTS, n, part);
}

/**
 * mmscope_symbols_forget() - give the index back
 *
 * It is a megabyte, wanted while the module is loaded or the ledger armed. The next
 * search makes it anew, which takes a tenth of a second.
 *
 * Context: may sleep.
 */
void mmscope_symbols_forget(void)
{
	mutex_lock(&index_mutex);
	index_free();
	mutex_unlock(&index_mutex);
}

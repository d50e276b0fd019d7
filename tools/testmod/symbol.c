// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol.c - what mmscope's search for functions finds, for a test to compare
 *
 * Write a function's name: the search is mmscope's own, compiled a second time;
 * /proc/kallsyms is the witness. "off" gives its memory back.
 */
/* First, for its pr_fmt(). */
#include "../../module/base/symbols.c"

#include "mmscope_test.h"

static int found;
static struct mmscope_symbol one;
static char wanted[64];

static int find(const char *text)
{
	if (strscpy(wanted, text, sizeof(wanted)) < 0)
		return -EINVAL;
	found = mmscope_symbol_find(wanted, &one);
	return 0;
}

static void show_pieces(struct seq_file *file)
{
	static struct mmscope_symbol part;
	unsigned int n;

	for (n = 0; !mmscope_symbol_part(wanted, n, &part); n++)
		seq_printf(file, "part=%s size=%lu\n", part.name, part.size);
}

static void show(struct seq_file *file)
{
	seq_printf(file, "found=%d count=%u name=%s address=%px size=%lu\n",
		   found, one.count, one.name[0] ? one.name : "-",
		   (void *)one.address, one.size);
	show_pieces(file);
}

const struct test_file test_symbol = {
	.name = "symbol",
	.write = find,
	.show = show,
	.stop = mmscope_symbols_forget,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * left_alone.c - what the ledger does not look at, and why
 *
 * Each thing is said once in the kernel's log, and stands in `probes` for as long as
 * the ledger's sites do. All of it is under mmscope_sites_mutex.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/memory.h"
#include "ledger/left_alone.h"

/* The last one says that there are more, which only the log has. */
#define MOST_LEFT_ALONE 256

static struct mmscope_left_alone *list[MOST_LEFT_ALONE];
static unsigned int nr_listed;

static bool is_listed(const struct mmscope_left_alone *other)
{
	unsigned int i;

	for (i = 0; i < nr_listed; i++)
		if (!strcmp(list[i]->what, other->what) &&
		    !strcmp(list[i]->why, other->why))
			return true;
	return false;
}

/**
 * mmscope_leave_alone() - the ledger does not look at something
 * @what: a module, a function, or a word of a parameter
 * @why: printf-like: the reason, and what can be done about it
 *
 * Context: may sleep; under mmscope_sites_mutex.
 */
void mmscope_leave_alone(const char *what, const char *why, ...)
{
	struct mmscope_left_alone *entry;
	va_list arguments;

	entry = kzalloc(sizeof(*entry), MMSCOPE_GFP);
	if (!entry) {
		pr_notice(
			"the ledger does not look at %s, and there is no memory to say why\n",
			what);
		return;
	}
	strscpy(entry->what, what, sizeof(entry->what));
	va_start(arguments, why);
	vsnprintf(entry->why, sizeof(entry->why), why, arguments);
	va_end(arguments);
	if (is_listed(entry)) {
		kfree(entry);
		return;
	}
	pr_notice("the ledger does not look at %s: %s\n", entry->what,
		  entry->why);
	if (nr_listed == MOST_LEFT_ALONE) {
		kfree(entry);
		return;
	}
	if (nr_listed == MOST_LEFT_ALONE - 1) {
		strscpy(entry->what, "more", sizeof(entry->what));
		strscpy(entry->why, "the kernel's log has all of them",
			sizeof(entry->why));
	}
	list[nr_listed] = entry;
	WRITE_ONCE(nr_listed, nr_listed + 1);
}

/**
 * mmscope_left_alone() - one of the things that the ledger does not look at
 * @n: which, from 0 on
 *
 * Context: under mmscope_sites_mutex.
 * Return: NULL if there are not so many.
 */
const struct mmscope_left_alone *mmscope_left_alone(unsigned int n)
{
	return n < nr_listed ? list[n] : NULL;
}

/**
 * mmscope_nr_left_alone() - how many things the ledger does not look at
 *
 * Context: any; under mmscope_sites_mutex it stays as it is.
 */
unsigned int mmscope_nr_left_alone(void)
{
	return READ_ONCE(nr_listed);
}

/**
 * mmscope_left_alone_clear() - forget all of them
 *
 * Context: may sleep; under mmscope_sites_mutex, or nobody reads.
 */
void mmscope_left_alone_clear(void)
{
	while (nr_listed)
		kfree(list[--nr_listed]);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * candidates.c - the file `candidates`: functions of the kernel that look as if
 * they changed mm_users or mm_count, and whether the ledger looks into them
 *
 * For whoever finds an open ledger, or ports the list to a new kernel. Two things
 * give a function away: an atomic instruction at the counter's offset, and a call
 * of __mmdrop(), which every inlined mmdrop() ends in. The first says nothing of
 * mm_count where its offset is 0, as in 6.12: there only the second is looked at.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "base/branch.h"
#include "base/memory.h"
#include "base/recording.h"
#include "base/rmw_decode.h"
#include "base/symbols.h"
#include "ledger/candidates.h"
#include "ledger/sites.h"
#include "ledger/sites_text.h"

/* A stock kernel has some 150. */
#define MAX_CANDIDATES 4096

struct candidate {
	unsigned long address;
	const char *why;
};

/* The text does not change, so one look is enough. */
static DEFINE_MUTEX(candidates_lock);
static struct candidate *candidates;
static unsigned int nr_candidates;
static unsigned long mmdrop_address;

static void candidate_add(unsigned long address, const char *why)
{
	if (nr_candidates == MAX_CANDIDATES)
		return;
	candidates[nr_candidates].address = address;
	candidates[nr_candidates].why = why;
	nr_candidates++;
}

#if defined(CONFIG_X86)
static const char *counter_at(const u8 *text, size_t length)
{
	struct mmscope_rmw rmw;

	if (!mmscope_rmw_decode(text, length, &rmw) || !rmw.displacement)
		return NULL;
	if (rmw.displacement == offsetof(struct mm_struct, mm_users))
		return "users";
	return rmw.displacement == offsetof(struct mm_struct, mm_count) ?
		       "count" :
		       NULL;
}
#elif defined(CONFIG_ARM64)
/* `add xN, xM, #offset` makes the counter's address, an atomic on xN follows. */
static const char *counter_at(const u8 *text, size_t length)
{
	u32 add = mmscope_text_word(text), offset = add >> 10 & 0xfff;
	struct mmscope_rmw rmw;
	size_t at;

	if ((add & 0xffc00000) != 0x91000000 || !offset ||
	    (offset != offsetof(struct mm_struct, mm_users) &&
	     offset != offsetof(struct mm_struct, mm_count)))
		return NULL;
	for (at = sizeof(add); at + sizeof(add) <= length; at += sizeof(add))
		if (mmscope_rmw_decode(text + at, length - at, &rmw) &&
		    rmw.base == (add & 31))
			return offset == offsetof(struct mm_struct, mm_users) ?
				       "users" :
				       "count";
	return NULL;
}
#else
static const char *counter_at(const u8 *text, size_t length)
{
	return NULL;
}
#endif

static void look_at(const u8 *text, size_t begins, size_t length,
		    unsigned long address)
{
	const char *why;
	size_t i;

	for (i = 0; i < begins; i += MMSCOPE_RMW_STEP) {
		why = counter_at(text + i, length - i);
		if (why)
			candidate_add(address + i, why);
		else if (mmscope_branch_target(text + i, length - i,
					       address + i) == mmdrop_address)
			candidate_add(address + i, "count");
	}
}

/* From end to end; nothing is known of the functions that it goes through. */
static void look_through(unsigned long start, unsigned long end)
{
	u8 text[256 + MMSCOPE_RMW_MAX_LENGTH];
	size_t begins, length;

	while (start < end) {
		begins = min_t(size_t, end - start, 256);
		length = min_t(size_t, end - start, sizeof(text));
		if (!copy_from_kernel_nofault(text, (void *)start, length))
			look_at(text, begins, length, start);
		start += begins;
		cond_resched();
	}
}

/* Where to look; what was found of the kernel's functions is one for all. */
static int look_where(unsigned long *start, unsigned long *end)
{
	static struct mmscope_symbol symbol;
	int err;

	mutex_lock(&mmscope_mutex);
	err = mmscope_symbol_find("__mmdrop", &symbol);
	*start = mmscope_label_address("_stext");
	*end = mmscope_label_address("_etext");
	mmscope_symbols_forget();
	mmdrop_address = symbol.address;
	mutex_unlock(&mmscope_mutex);
	return err || !*start || !*end ? -ENOENT : 0;
}

static int candidates_find(void)
{
	unsigned long start, end;
	int err;

	if (candidates)
		return 0;
	err = look_where(&start, &end);
	if (err)
		return err;
	candidates = mmscope_alloc(MAX_CANDIDATES * sizeof(*candidates));
	if (!candidates)
		return -ENOMEM;
	look_through(start, end);
	return 0;
}

/**
 * mmscope_candidates_free() - give the memory back
 *
 * Context: may sleep; under mmscope_mutex. Who reads right now has the numbers of rows
 * that are no more, and gets no more of them.
 */
void mmscope_candidates_free(void)
{
	if (!mutex_trylock(&candidates_lock))
		return;
	kvfree(candidates);
	candidates = NULL;
	nr_candidates = 0;
	mutex_unlock(&candidates_lock);
}

/*
 * The search takes a second or so: only who reads this file waits for it. What is not
 * understood is a word in the file.
 */
static void *candidates_look(void)
{
	int err;

	mutex_lock(&candidates_lock);
	err = candidates_find();
	mutex_unlock(&candidates_lock);
	return err == -ENOMEM ? ERR_PTR(err) : NULL;
}

static unsigned long candidates_rows(void *seen)
{
	return 2 + nr_candidates;
}

static void candidate_row(struct seq_file *m, const struct candidate *candidate)
{
	char name[KSYM_SYMBOL_LEN], base[KSYM_NAME_LEN];

	sprint_symbol(name, candidate->address);
	strscpy(base, name, strcspn(name, ".+") + 1);
	seq_printf(m, "%-8s  %-7s  %s\n",
		   mmscope_function_is_listed(base) ? "yes" : "no",
		   candidate->why, name);
}

static void candidates_row(struct seq_file *m, void *seen, unsigned long n)
{
	if (!n)
		seq_puts(m, "# listed  counter  where\n");
	else if (n <= nr_candidates)
		candidate_row(m, &candidates[n - 1]);
	else if (n == 1 && !candidates)
		seq_puts(
			m,
			"# this kernel does not say where its text or __mmdrop() is\n");
	else if (nr_candidates == MAX_CANDIDATES)
		seq_puts(m, "# there are more\n");
}

const struct mmscope_text mmscope_candidates_text = {
	.name = "candidates",
	.mode = 0400,
	.look = candidates_look,
	.rows = candidates_rows,
	.row = candidates_row,
};

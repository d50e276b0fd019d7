// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites_text.c - which text of the kernel is searched for sites: functions by name
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "attach/attach.h"
#include "base/recording.h"
#include "base/symbols.h"
#include "ledger/left_alone.h"
#include "ledger/sites.h"
#include "ledger/sites_modules.h"
#include "ledger/sites_search.h"
#include "ledger/sites_text.h"

static char *functions = "";
module_param(functions, charp, 0444);
MODULE_PARM_DESC(
	functions,
	"more functions to search for changes of mm_users and mm_count, with commas; -NAME: do not search it ()");

/* ---- functions; a symbol is too big for the stack, and sites_mutex is held ---- */

static void place_is_found(struct mmscope_place *place, const u8 *text,
			   size_t before, void *data)
{
	mmscope_site_place(place);
}

/*
 * All functions of that name, in all their pieces: unlike an entry
 * point, an instruction that belongs to another function does no harm.
 */
static int search_function(const char *name, u8 role, const char *what)
{
	struct mmscope_place place = { .role = role, .what = what };
	static struct mmscope_symbol symbol;
	unsigned int n;

	for (n = 0; !mmscope_symbol_nth(name, n, &symbol); n++)
		mmscope_search_text(&place, symbol.address, symbol.size,
				    place_is_found, NULL);
	return n ? 0 : -ENOENT;
}

/**
 * mmscope_function_is_listed() - whether the ledger looks into a function
 * @name: as in the source
 */
bool mmscope_function_is_listed(const char *name)
{
	return mmscope_site_function(name) || mmscope_list_has(functions, name);
}

/* Whether the parameter says -NAME. */
static bool is_left_out(const char *name)
{
	size_t length = strlen(name);
	const char *at = functions;

	while ((at = strstr(at, name))) {
		if (at - functions >= 1 && at[-1] == '-' &&
		    (at - functions == 1 || at[-2] == ',') &&
		    (!at[length] || at[length] == ','))
			return true;
		at += length;
	}
	return false;
}

/* One word of the parameter. */
static void search_named(const char *word)
{
	const struct mmscope_site_function *function;

	if (word[0] == '-') {
		if (mmscope_list_has(functions, word + 1))
			mmscope_leave_alone(
				word,
				"the parameter functions also names it without -; that counts");
		else if (!mmscope_site_function(word + 1))
			mmscope_leave_alone(
				word,
				"the parameter functions leaves it out, but it is not in the list anyway");
		return;
	}
	function = mmscope_site_function(word);
	if (function && function->role == MMSCOPE_ROLE_SWITCH) {
		/* Searched once more its changes would be counted twice. */
		mmscope_leave_alone(
			word,
			"sched_switch tells its changes already; `echo audit > ledger` probes it instead");
		return;
	}
	if (function && !is_left_out(word))
		return;
	if (search_function(word, MMSCOPE_ROLE_HOLDER,
			    "named by the parameter functions"))
		mmscope_leave_alone(
			word,
			"this kernel has no function %s; the parameter functions names it",
			word);
}

static void search_named_functions(void)
{
	char *list = kstrdup(functions, GFP_KERNEL), *at = list, *word;

	if (!list)
		mmscope_leave_alone(
			"functions=",
			"no memory to read the parameter; switch the ledger off and on");
	while (at && (word = strsep(&at, ",")))
		if (word[0] && strcmp(word, "-"))
			search_named(word);
	kfree(list);
}

static void search_functions(bool audit)
{
	const struct mmscope_site_function *function;
	unsigned int i;

	for (i = 0; i < mmscope_nr_site_functions; i++) {
		function = &mmscope_site_functions[i];
		if ((function->role != MMSCOPE_ROLE_SWITCH || audit) &&
		    !is_left_out(function->name))
			search_function(function->name, function->role,
					function->what);
		cond_resched();
	}
	search_named_functions();
}

/* Why there is no probe, in the words of those that cannot be had. */
static int nothing_is_attached(void)
{
	unsigned int n;

	for (n = 1; n <= mmscope_nr_sites(); n++) {
		if (!mmscope_site(n)->left_alone)
			continue;
		pr_notice("no ledger: %s, %s\n", mmscope_site(n)->label,
			  mmscope_site(n)->left_alone);
		return -EOPNOTSUPP;
	}
	return -ENOENT;
}

/**
 * mmscope_sites_arm() - find all sites and attach to them
 * @audit: those of the scheduler too
 *
 * Context: may sleep; under mmscope_mutex.
 * Return: 0; -ENOENT if there is not one; -EOPNOTSUPP if there are, and none can be
 * probed, which has been explained in the log; -ENOMEM.
 */
int mmscope_sites_arm(bool audit)
{
	unsigned int attached;
	int err;

	mutex_lock(&mmscope_sites_mutex);
	mmscope_left_alone_clear();
	mutex_unlock(&mmscope_sites_mutex);
	/* First, so that no module comes between it and the search. */
	err = mmscope_modules_watch();
	if (err)
		return err;
	mutex_lock(&mmscope_sites_mutex);
	search_functions(audit);
	mmscope_modules_search();
	attached = mmscope_sites_attached();
	if (!attached)
		err = nothing_is_attached();
	mutex_unlock(&mmscope_sites_mutex);
	mmscope_symbols_forget();
	if (err)
		mmscope_sites_disarm();
	return err;
}

/**
 * mmscope_sites_disarm() - let go of all sites
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_sites_disarm(void)
{
	/* Waits for calls under way, so not under their mutex. */
	mmscope_modules_unwatch();
	mutex_lock(&mmscope_sites_mutex);
	mmscope_sites_detach(NULL);
	mutex_unlock(&mmscope_sites_mutex);
	mmscope_sites_settle();
}

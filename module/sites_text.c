// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites_text.c - which text is searched for sites: functions by name, modules whole
 *
 * Leaks come from modules, whose functions nobody can list beforehand: the text
 * of each one that is there, and of each that comes while the ledger is on, is
 * searched from end to end.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "attach.h"
#include "compat.h"
#include "sites.h"
#include "sites_text.h"
#include "symbols.h"

static char *functions = "";
module_param(functions, charp, 0444);
MODULE_PARM_DESC(
	functions,
	"more functions to search for changes of mm_users and mm_count, with commas; -NAME: do not search it ()");

/* Text is copied in pieces; an instruction may begin at the end of one. */
#define PIECE 512

#ifdef CONFIG_X86
/*
 * From where the offsets in an instruction count: from the mm, or, where a list of
 * mm's is walked, from the mm's link in it. swapoff does the one, page reclaim by
 * generations the other.
 */
static const size_t bases[] = {
	0,
	offsetof(struct mm_struct, mmlist),
#ifdef CONFIG_LRU_GEN
	offsetof(struct mm_struct, lru_gen.list),
#endif
};
#endif

static u8 counters_of(const struct mmscope_rmw *rmw)
{
#ifdef CONFIG_X86
	size_t i, offset;

	/* A sanitizer is asked first, with the counter's own address in a register. */
	if (!rmw->displacement &&
	    (IS_ENABLED(CONFIG_KASAN) || IS_ENABLED(CONFIG_KCSAN)))
		return BIT(MMSCOPE_USERS) | BIT(MMSCOPE_COUNT);
	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		offset = bases[i] + rmw->displacement;
		if (offset == offsetof(struct mm_struct, mm_users))
			return BIT(MMSCOPE_USERS);
		if (offset == offsetof(struct mm_struct, mm_count))
			return BIT(MMSCOPE_COUNT);
	}
	return 0;
#else
	/* The register holds the counter's own address. */
	return BIT(MMSCOPE_USERS) | BIT(MMSCOPE_COUNT);
#endif
}

static void search_piece(struct mmscope_place *place, unsigned long start,
			 const u8 *text, size_t begins, size_t length)
{
	size_t i;

	for (i = 0; i < begins; i += MMSCOPE_RMW_STEP) {
		if (!mmscope_rmw_decode(text + i, length - i, &place->rmw))
			continue;
		place->address = start + i;
		place->counters = counters_of(&place->rmw);
		if (place->counters)
			mmscope_site_place(place);
	}
}

/* The rest of a place is filled in: role, what and owner. */
static void search_text(struct mmscope_place *place, unsigned long start,
			unsigned long size)
{
	u8 text[PIECE + MMSCOPE_RMW_MAX_LENGTH];
	unsigned long begins, length;

	while (size) {
		begins = min_t(unsigned long, size, PIECE);
		length = min_t(unsigned long, size, sizeof(text));
		/* The text of freed functions is still listed, but not there. */
		if (copy_from_kernel_nofault(text, (void *)start, length))
			return;
		search_piece(place, start, text, begins, length);
		start += begins;
		size -= begins;
	}
}

/* ---- functions; a symbol is too big for the stack, and sites_mutex is held ---- */

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
		search_text(&place, symbol.address, symbol.size);
	return n ? 0 : -ENOENT;
}

/**
 * mmscope_function_is_listed() - whether the ledger looks into a function
 * @name: as in the source
 */
bool mmscope_function_is_listed(const char *name)
{
	unsigned int i;

	for (i = 0; i < mmscope_nr_site_functions; i++)
		if (!strcmp(mmscope_site_functions[i].name, name))
			return true;
	return mmscope_list_has(functions, name);
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

static void search_functions(bool audit)
{
	const struct mmscope_site_function *function;
	char *list, *at, *name;
	unsigned int i;

	for (i = 0; i < mmscope_nr_site_functions; i++) {
		function = &mmscope_site_functions[i];
		if ((function->role != MMSCOPE_ROLE_SWITCH || audit) &&
		    !is_left_out(function->name))
			search_function(function->name, function->role,
					function->what);
	}
	list = kstrdup(functions, GFP_KERNEL);
	at = list;
	while (at && (name = strsep(&at, ",")))
		if (*name &&
		    search_function(name, MMSCOPE_ROLE_HOLDER,
				    "named by the parameter functions"))
			pr_warn("parameter functions: this kernel has no function %s\n",
				name);
	kfree(list);
}

/* ---- modules ---- */

static void search_module(const struct module *module)
{
	struct mmscope_place place = {
		.role = MMSCOPE_ROLE_HOLDER,
		.what = "a module",
		.owner = module,
	};
	unsigned long start, size;

	if (module == THIS_MODULE)
		return;
	mmscope_module_text(module, &start, &size);
	search_text(&place, start, size);
}

/*
 * Between COMING and GOING a module's text is there; kprobes let go of it by
 * themselves at GOING, before this is called.
 */
static int module_changes(struct notifier_block *block, unsigned long state,
			  void *module)
{
	mutex_lock(&mmscope_sites_mutex);
	if (state == MODULE_STATE_COMING)
		search_module(module);
	else if (state == MODULE_STATE_GOING)
		mmscope_sites_detach(module);
	mutex_unlock(&mmscope_sites_mutex);
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = {
	.notifier_call = module_changes,
};

/*
 * Whether it is a module, where its head is not to be had by name (no
 * KALLSYMS_ALL): the kernel says itself in which module an address lies, and what
 * surrounds the head are other data. Under mmscope_sites_mutex.
 */
static bool is_module(const struct module *module)
{
	static struct module copy;
	static char symbol[KSYM_SYMBOL_LEN];
	unsigned long start, size;
	size_t length;
	char *name;

	if (copy_from_kernel_nofault(&copy, module, sizeof(copy)))
		return false;
	mmscope_module_text(&copy, &start, &size);
	/* Before the first function there may be no symbol. */
	sprint_symbol(symbol, start + size - 1);
	name = strrchr(symbol, '[');
	length = strnlen(copy.name, sizeof(copy.name));
	return name && !strncmp(name + 1, copy.name, length) &&
	       name[1 + length] == ']';
}

/*
 * The next module after one that is held, itself held; NULL: there is none. The
 * list may change at any time, but not around a module that cannot go away. Its
 * head, `modules` in the kernel, is no module.
 */
static struct module *next_module(struct module *module,
				  const struct list_head *head)
{
	struct list_head *next;
	struct module *found = NULL;

	preempt_disable();
	next = rcu_dereference_raw(module->list.next);
	while (next != &THIS_MODULE->list) {
		found = list_entry(next, struct module, list);
		if ((head ? next != head : is_module(found)) &&
		    try_module_get(found))
			break;
		found = NULL;
		next = rcu_dereference_raw(next->next);
	}
	preempt_enable();
	return found;
}

/* Modules are in one ring; this one is as good a start as any. */
static void search_modules(void)
{
	struct module *module = THIS_MODULE, *next;
	unsigned long head = mmscope_label_address("modules");

	while ((next = next_module(module, (void *)head))) {
		if (module != THIS_MODULE)
			module_put(module);
		module = next;
		search_module(module);
	}
	if (module != THIS_MODULE)
		module_put(module);
}

/**
 * mmscope_sites_arm() - find all sites and attach to them
 * @audit: those of the scheduler too
 *
 * Context: may sleep; under mmscope_mutex.
 * Return: 0, -ENOENT if there is not one.
 */
int mmscope_sites_arm(bool audit)
{
	int err;

	/* First, so that no module comes between it and the search. */
	err = register_module_notifier(&module_notifier);
	if (err)
		return err;
	mutex_lock(&mmscope_sites_mutex);
	search_functions(audit);
	search_modules();
	mutex_unlock(&mmscope_sites_mutex);
	mmscope_symbols_forget();
	if (mmscope_nr_sites())
		return 0;
	unregister_module_notifier(&module_notifier);
	return -ENOENT;
}

/**
 * mmscope_sites_disarm() - let go of all sites
 *
 * Context: may sleep; under mmscope_mutex.
 */
void mmscope_sites_disarm(void)
{
	/* Waits for calls under way, so not under their mutex. */
	unregister_module_notifier(&module_notifier);
	mutex_lock(&mmscope_sites_mutex);
	mmscope_sites_detach(NULL);
	mutex_unlock(&mmscope_sites_mutex);
}

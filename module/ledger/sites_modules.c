// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites_modules.c - modules that are searched for sites, and when they come and go
 *
 * Leaks come from modules, whose functions nobody can list beforehand. A module can
 * hold an mm only if it also lets go of one: its text calls __mmdrop(), mmput() or the
 * like. The text of such modules is searched, and that of those that the parameter
 * `modules` names; a probe in any other module would slow it down and never be at an mm.
 *
 * An instruction that may change any structure's first counter is probed only where
 * something shows an mm: in a function with such a call, or right after the load of a
 * task's mm.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bsearch.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "attach/attach.h"
#include "base/branch.h"
#include "base/compat.h"
#include "base/memory.h"
#include "base/rmw_decode.h"
#include "base/symbols.h"
#include "ledger/left_alone.h"
#include "ledger/sites.h"
#include "ledger/sites_search.h"
#include "ledger/sites_modules.h"

static char *modules = "";
module_param(modules, charp, 0444);
MODULE_PARM_DESC(
	modules,
	"modules to search for changes of mm_users and mm_count although they call nothing that drops an mm, with commas ()");

/* ---- which functions show that a module deals with mm's ---- */

static const char *const mm_functions[] = {
	"__mmdrop",    "mmput",		 "mmput_async",
	"get_task_mm", "kthread_use_mm", "kthread_unuse_mm",
	"mm_access",
};

/*
 * A call may lead to some bytes before a function, where a kernel counts the depth of
 * calls (CONFIG_CALL_PADDING, from 6.2 on), or behind its landing pad (endbr64).
 */
#define CALL_BEFORE 32
#define CALL_BEHIND 4

static unsigned long mm_function_addresses[ARRAY_SIZE(mm_functions)];

static void find_mm_functions(void)
{
	static struct mmscope_symbol symbol;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mm_functions); i++)
		mm_function_addresses[i] =
			mmscope_symbol_find(mm_functions[i], &symbol) ?
				0 :
				symbol.address;
}

static bool is_mm_function(unsigned long target)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mm_functions); i++)
		if (mm_function_addresses[i] &&
		    target + CALL_BEFORE - mm_function_addresses[i] <=
			    CALL_BEFORE + CALL_BEHIND)
			return true;
	return false;
}

/**
 * struct searched - the module that is being searched; under mmscope_sites_mutex
 * @module: which
 * @start: of its text
 * @end: of its text; what lies there may not be mapped
 * @named: the parameter `modules` names it
 * @calls: addresses of its calls of mm_functions, in order
 * @nr_calls: how many
 * @passed_over: instructions that nothing shows to change an mm's counter
 * @function: start of the function that was looked at last
 * @function_end: its end
 * @function_calls: it has one of @calls
 * @tail: whether the last function can be probed; see tail_is_safe()
 */
struct searched {
	const struct module *module;
	unsigned long start;
	unsigned long end;
	bool named;
	unsigned long *calls;
	unsigned int nr_calls;
	unsigned int passed_over;
	unsigned long function;
	unsigned long function_end;
	bool function_calls;
	enum { TAIL_UNKNOWN, TAIL_SAFE, TAIL_UNSAFE } tail;
};

/* Calls of one module; a driver with more deals with mm's all over. */
#define MOST_CALLS 1024
static unsigned long calls[MOST_CALLS];

#define PIECE 2048
static u8 piece[PIECE + MMSCOPE_BRANCH_MAX_LENGTH];

/* A module of arm64 that lies far from the kernel calls by way of a veneer of its own. */
static unsigned long call_target(const struct searched *searched,
				 unsigned long target)
{
#ifdef CONFIG_ARM64
	u8 veneer[3 * sizeof(u32)];

	if (target >= searched->start && target < searched->end &&
	    !copy_from_kernel_nofault(veneer, (void *)target, sizeof(veneer)))
		return mmscope_veneer_target(veneer, target);
#endif
	return target;
}

static void find_calls(struct searched *searched)
{
	unsigned long at, target;
	size_t begins, length, i;

	searched->calls = calls;
	for (at = searched->start; at < searched->end; at += begins) {
		begins = min_t(size_t, searched->end - at, PIECE);
		length = min_t(size_t, searched->end - at, sizeof(piece));
		cond_resched();
		if (copy_from_kernel_nofault(piece, (void *)at, length))
			continue;
		for (i = 0; i < begins; i += MMSCOPE_RMW_STEP) {
			if (!mmscope_branch_may_begin(piece + i))
				continue;
			target = mmscope_branch_target(piece + i, length - i,
						       at + i);
			if (!target ||
			    !is_mm_function(call_target(searched, target)))
				continue;
			if (searched->nr_calls < MOST_CALLS)
				calls[searched->nr_calls++] = at + i;
		}
	}
}

/* ---- which instructions of such a module ---- */

static bool calls_between(const struct searched *searched, unsigned long start,
			  unsigned long end)
{
	unsigned int low = 0, high = searched->nr_calls, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (searched->calls[middle] < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low < searched->nr_calls && searched->calls[low] < end;
}

/* Hardly a function is longer: where no call is near, none is in the same function. */
#define NEAR SZ_16K

static bool call_is_near(const struct searched *searched, unsigned long address)
{
	return calls_between(searched, max(address - NEAR, searched->start),
			     address + NEAR);
}

/* Asks kallsyms, which goes through all of a module's symbols: once for each function. */
static void look_at_function(struct searched *searched, unsigned long address)
{
	if (address >= searched->function && address < searched->function_end)
		return;
	if (mmscope_function_around(address, &searched->function,
				    &searched->function_end)) {
		searched->function = address;
		searched->function_end = address + 1;
	}
	searched->function_calls = calls_between(searched, searched->function,
						 searched->function_end);
}

/*
 * How far before an instruction the load of what it works on may be, in bytes. A
 * sanitizer's checks come in between, and on arm64 each atomic operation is there twice,
 * as one instruction and as a loop.
 */
#define LOAD_BEFORE                                              \
	(IS_ENABLED(CONFIG_KASAN) || IS_ENABLED(CONFIG_KCSAN) || \
			 IS_ENABLED(CONFIG_ARM64) ?              \
		 1024 :                                          \
		 128)

/* Whether a task's mm or active_mm is loaded a little earlier. */
static bool mm_is_loaded_before(const u8 *text, size_t before)
{
	size_t at;

	before = min_t(size_t, before, LOAD_BEFORE);
	for (at = MMSCOPE_RMW_STEP; at <= before; at += MMSCOPE_RMW_STEP)
		if (mmscope_loads_task_mm(text - at, at))
			return true;
	return false;
}

/*
 * On x86 register_kprobe() decodes the whole function around a probe, to see whether a
 * jump could take the place of the breakpoint (can_optimize() in
 * arch/x86/kernel/kprobes/opt.c, 5.10 to 7.3). kallsyms says of a module's last function
 * that it reaches to the end of the module's text, padding included; if an instruction
 * begins in the last byte the decoder goes on in the next page. From 6.4 on that page
 * may not be mapped: a page fault, and the kernel panics (seen on 6.12).
 *
 * So nothing is probed in the last function unless no instruction begins in the last
 * byte. register_kprobe() itself tells: it refuses a probe at that byte with -EILSEQ,
 * before anything is decoded beyond it, if none does. The last bytes must be padding,
 * zeros of which two make an instruction, so that no instruction before the last byte
 * reaches beyond it either.
 */
#define PADDING 16

static bool tail_is_safe(const struct searched *searched)
{
	struct kprobe probe = {
		.addr = (kprobe_opcode_t *)(searched->end - 1),
		.flags = KPROBE_FLAG_DISABLED,
	};
	u8 padding[PADDING];
	int err;

	if (!MMSCOPE_PROBES_DECODE_AHEAD)
		return true;
	if (searched->end - searched->start < PADDING ||
	    copy_from_kernel_nofault(padding, (void *)(searched->end - PADDING),
				     PADDING) ||
	    memchr_inv(padding, 0, PADDING))
		return false;
	err = register_kprobe(&probe);
	if (!err)
		unregister_kprobe(&probe);
	return err == -EILSEQ;
}

static const char *why_not_in_function(struct searched *searched,
				       unsigned long address)
{
	look_at_function(searched, address);
	if (searched->function_end < searched->end)
		return NULL;
	if (searched->tail == TAIL_UNKNOWN)
		searched->tail = tail_is_safe(searched) ? TAIL_SAFE :
							  TAIL_UNSAFE;
	return searched->tail == TAIL_SAFE ?
		       NULL :
		       "left alone: the kernel would decode beyond the end of the module's text";
}

static void module_place_is_found(struct mmscope_place *place, const u8 *text,
				  size_t before, void *data)
{
	struct searched *searched = data;
	bool near;

	if (mmscope_place_is_ambiguous(place) && !searched->named &&
	    !mm_is_loaded_before(text, before)) {
		near = call_is_near(searched, place->address);
		if (near)
			look_at_function(searched, place->address);
		if (!near || !searched->function_calls) {
			searched->passed_over++;
			return;
		}
	}
	place->left_alone = why_not_in_function(searched, place->address);
	mmscope_site_place(place);
}

static void search_module(const struct module *module)
{
	struct searched searched = {
		.module = module,
		.named = mmscope_list_has(modules, module->name),
	};
	struct mmscope_place place = {
		.role = MMSCOPE_ROLE_HOLDER,
		.what = "a module",
		.owner = module,
	};
	unsigned long size;

	if (module == THIS_MODULE)
		return;
	mmscope_module_text(module, &searched.start, &size);
	searched.end = searched.start + size;
	find_calls(&searched);
	if (!searched.nr_calls && !searched.named)
		return;
	mmscope_search_text(&place, searched.start, size, module_place_is_found,
			    &searched);
	if (searched.passed_over)
		mmscope_leave_alone(
			module->name,
			"%u instructions that nothing shows to change an mm; modules=%s probes them too",
			searched.passed_over, module->name);
}

/* ---- which modules ---- */

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

/**
 * mmscope_modules_watch() - search each module that is loaded from now on
 *
 * Context: may sleep, without mmscope_sites_mutex.
 * Return: 0 or what the module core says.
 */
int mmscope_modules_watch(void)
{
	mutex_lock(&mmscope_sites_mutex);
	find_mm_functions();
	mutex_unlock(&mmscope_sites_mutex);
	return register_module_notifier(&module_notifier);
}

/**
 * mmscope_modules_unwatch() - not any more
 *
 * Context: may sleep, without mmscope_sites_mutex. Waits for searches under way.
 */
void mmscope_modules_unwatch(void)
{
	unregister_module_notifier(&module_notifier);
}

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
 * head, `modules` in the kernel, is no module. A module that is still being put together
 * may fail to load, and is freed then whoever holds it: the notifier tells of it when it is
 * COMING.
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
		    READ_ONCE(found->state) != MODULE_STATE_UNFORMED &&
		    try_module_get(found))
			break;
		found = NULL;
		next = rcu_dereference_raw(next->next);
	}
	preempt_enable();
	return found;
}

/* Of the modules that the parameter names, those that are not loaded. */
static void say_missing_modules(const char *loaded)
{
	char *list = kstrdup(modules, GFP_KERNEL), *at = list, *word;

	while (at && (word = strsep(&at, ",")))
		if (*word && !mmscope_list_has(loaded, word))
			mmscope_leave_alone(
				word,
				"the parameter modules names it, but it is not loaded; it is searched when it is");
	kfree(list);
}

/**
 * mmscope_modules_search() - search each module that is loaded
 *
 * Modules are in one ring; this one is as good a start as any.
 *
 * Context: may sleep; under mmscope_sites_mutex.
 */
void mmscope_modules_search(void)
{
	struct module *module = THIS_MODULE, *next;
	unsigned long head = mmscope_label_address("modules");
	/* Those that the parameter names and that are there, with commas. */
	char *loaded = kzalloc(strlen(modules) + 2, GFP_KERNEL);

	while ((next = next_module(module, (void *)head))) {
		if (module != THIS_MODULE)
			module_put(module);
		module = next;
		search_module(module);
		if (loaded && mmscope_list_has(modules, module->name) &&
		    !mmscope_list_has(loaded, module->name)) {
			if (*loaded)
				strcat(loaded, ",");
			strcat(loaded, module->name);
		}
	}
	if (module != THIS_MODULE)
		module_put(module);
	if (loaded)
		say_missing_modules(loaded);
	kfree(loaded);
}

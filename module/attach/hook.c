// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook.c - one ftrace hook for all functions, told apart by address
 *
 * A third of the price of a kprobe. Where ftrace does not save the arguments for
 * everybody (arm64 before 6.2, 5.10) there is none, and kprobes are taken.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>

#include "attach/hook.h"
#include "base/compat.h"

#ifdef MMSCOPE_HAVE_FTRACE_ARGS
/* Some times as many places as there are hooks, so that each gets its own. */
#define HOOK_PLACES 128
#define HOOK_SHIFTS 16

struct hook {
	unsigned long ip;
	unsigned long address;
	unsigned long size;
	mmscope_entry_fn entry;
	enum mmscope_point_id point;
};

static struct hook hooks[MMSCOPE_POINT_END];
static unsigned int nr_hooks;
static bool hook_registered;

/* By some bits of the address; with an ip that is none where nothing is. */
static struct hook no_hook;
static struct hook *hook_places[HOOK_PLACES];
static unsigned int hook_shift;

static __always_inline unsigned int hook_place(unsigned long ip)
{
	return (ip >> hook_shift) % HOOK_PLACES;
}

static __always_inline void hook_run(const struct hook *hook,
				     unsigned long parent_ip,
				     struct ftrace_regs *fregs)
{
	mmscope_hit(hook->point);
	hook->entry(mmscope_ftrace_argument(fregs, 0),
		    mmscope_ftrace_argument(fregs, 1), parent_ip);
}

/* The first call teaches the hook its address. */
static void hook_learn(struct hook *hook, unsigned long ip)
{
	struct hook **place = &hook_places[hook_place(ip)];

	if (READ_ONCE(*place) != &no_hook)
		return;
	/* In any order: what does not fit is searched for once more. */
	WRITE_ONCE(hook->ip, ip);
	WRITE_ONCE(*place, hook);
}

/*
 * Where two points share one function, or, the first time, an architecture calls from
 * another instruction of the function than where a kprobe would lie.
 */
static noinline notrace void hook_search(unsigned long ip,
					 unsigned long parent_ip,
					 struct ftrace_regs *fregs)
{
	struct hook *hook, *last = NULL;
	unsigned int found = 0;

	for (hook = hooks; hook < hooks + nr_hooks; hook++) {
		if (ip - hook->address >= hook->size)
			continue;
		hook_run(hook, parent_ip, fregs);
		last = hook;
		found++;
	}
	if (found == 1)
		hook_learn(last, ip);
}

/* None of the handlers calls a hooked function, so this cannot recurse. */
static void notrace ftrace_hook(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops,
				struct ftrace_regs *fregs)
{
	const struct hook *hook = READ_ONCE(hook_places[hook_place(ip)]);

	preempt_disable_notrace();
	/* hook_learn() may change it: another value only sends the call to the search. */
	if (likely(data_race(hook->ip) == ip))
		hook_run(hook, parent_ip, fregs);
	else
		hook_search(ip, parent_ip, fregs);
	preempt_enable_notrace();
}

/* mm_exit_exec_release() of 7.3 is two points. */
static bool hook_is_shared(const struct hook *hook)
{
	unsigned int i, same = 0;

	for (i = 0; i < nr_hooks; i++)
		same += hooks[i].ip == hook->ip;
	return same > 1;
}

/* False if two of them come to the same place. Those that share a function have none. */
static bool hooks_placed(void)
{
	unsigned int i;

	for (i = 0; i < HOOK_PLACES; i++)
		hook_places[i] = &no_hook;
	for (i = 0; i < nr_hooks; i++) {
		struct hook **place = &hook_places[hook_place(hooks[i].ip)];

		if (hook_is_shared(&hooks[i]))
			continue;
		if (*place != &no_hook) {
			*place = &no_hook;
			return false;
		}
		*place = &hooks[i];
	}
	return true;
}

/* The first bits that tell all of them apart; if none do, some are searched. */
static void hooks_place(void)
{
	for (hook_shift = 0; hook_shift < HOOK_SHIFTS; hook_shift++)
		if (hooks_placed())
			return;
}

static struct ftrace_ops hook_ops;

/**
 * mmscope_hooks_init() - begin with no function
 *
 * ftrace_free_filter() leaves the pointers to what it freed in place (seen in
 * 6.1 and 6.12), so the structure begins anew each time. Permanent, because
 * kernel.ftrace_enabled=0 must not silence the hook unnoticed.
 */
void mmscope_hooks_init(void)
{
	nr_hooks = 0;
	hook_ops = (struct ftrace_ops){
		.func = ftrace_hook,
		.flags = FTRACE_OPS_FL_PERMANENT,
	};
}

/**
 * mmscope_hook_add() - hook one more function
 * @id: the point that is hit there
 * @address: where a kprobe of the function's entry lands
 * @function: its first byte
 * @size: in bytes
 * @entry: the point's handler
 *
 * Context: may sleep; before mmscope_hooks_attach().
 * Return: 0, -EINVAL if ftrace has nothing in that function, or what else ftrace says.
 */
int mmscope_hook_add(enum mmscope_point_id id, unsigned long address,
		     unsigned long function, unsigned long size,
		     mmscope_entry_fn entry)
{
	int err = ftrace_set_filter_ip(&hook_ops, address, 0, 0);

	if (err)
		return err;
	hooks[nr_hooks++] = (struct hook){
		.ip = address,
		.address = function,
		.size = size,
		.entry = entry,
		.point = id,
	};
	return 0;
}

static void hooks_clear(void)
{
	if (nr_hooks)
		ftrace_free_filter(&hook_ops);
	mmscope_hooks_init();
}

/**
 * mmscope_hooks_attach() - attach all that were added
 *
 * Context: may sleep.
 * Return: false if there are none, or the kernel refuses; then no function is hooked.
 */
bool mmscope_hooks_attach(void)
{
	if (!nr_hooks)
		return false;
	hooks_place();
	if (register_ftrace_function(&hook_ops)) {
		pr_notice(
			"no ftrace hook (kernel.ftrace_enabled=0?), kprobes instead\n");
		hooks_clear();
		return false;
	}
	hook_registered = true;
	return true;
}

/**
 * mmscope_hooks_detach() - let go of all functions
 *
 * Context: may sleep. When it returns the hook does not run any more.
 */
void mmscope_hooks_detach(void)
{
	if (hook_registered)
		unregister_ftrace_function(&hook_ops);
	hook_registered = false;
	hooks_clear();
}
#else
void mmscope_hooks_init(void)
{
}

int mmscope_hook_add(enum mmscope_point_id id, unsigned long address,
		     unsigned long function, unsigned long size,
		     mmscope_entry_fn entry)
{
	return -EINVAL;
}

bool mmscope_hooks_attach(void)
{
	return false;
}

void mmscope_hooks_detach(void)
{
}
#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * attach.c - find the points, attach to them, let go of them
 *
 * A point is had in the cheapest way that sees the fact exactly: a tracepoint of
 * the kernel's own, an ftrace hook at a function's entry, a kprobe. Instruction
 * counts for each are in Documentation/attachment.md.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "attach.h"
#include "compat.h"

DEFINE_PER_CPU(unsigned long[MMSCOPE_POINT_END], mmscope_hits);

static enum mmscope_point_id point_id(const struct mmscope_point *point)
{
	return point - mmscope_points;
}

/* ---- ftrace: one hook for all functions, told apart by address ---- */

#ifdef MMSCOPE_HAVE_FTRACE_ARGS
static struct {
	unsigned long address;
	mmscope_entry_fn entry;
	enum mmscope_point_id point;
} hooks[MMSCOPE_POINT_END];
static unsigned int nr_hooks;
static bool hook_registered;

/*
 * The functions are few, so looking through them is cheaper than a table. None
 * of the handlers calls a hooked function, so this cannot recurse.
 */
static void notrace ftrace_hook(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops,
				struct ftrace_regs *fregs)
{
	unsigned int i;

	for (i = 0; i < nr_hooks; i++) {
		if (hooks[i].address != ip)
			continue;
		preempt_disable_notrace();
		mmscope_hit(hooks[i].point);
		hooks[i].entry(mmscope_ftrace_argument(fregs, 0),
			       mmscope_ftrace_argument(fregs, 1), parent_ip);
		preempt_enable_notrace();
		return;
	}
}

static struct ftrace_ops hook_ops;

/*
 * ftrace_free_filter() leaves the pointers to what it freed in place (seen in
 * 6.1 and 6.12), so the structure begins anew each time. Permanent, because
 * kernel.ftrace_enabled=0 must not silence the hook unnoticed.
 */
static void hooks_init(void)
{
	nr_hooks = 0;
	hook_ops = (struct ftrace_ops){
		.func = ftrace_hook,
		.flags = FTRACE_OPS_FL_PERMANENT,
	};
}

static bool hook_add(struct mmscope_point *point)
{
	if (ftrace_set_filter_ip(&hook_ops, point->address, 0, 0))
		return false;
	hooks[nr_hooks].address = point->address;
	hooks[nr_hooks].entry = point->way->entry;
	hooks[nr_hooks].point = point_id(point);
	nr_hooks++;
	point->hooked = true;
	return true;
}

static void hooks_clear(void)
{
	unsigned int i;

	if (nr_hooks)
		ftrace_free_filter(&hook_ops);
	hooks_init();
	for (i = 0; i < MMSCOPE_POINT_END; i++)
		mmscope_points[i].hooked = false;
}

static void hooks_attach(void)
{
	unsigned int i;

	if (!nr_hooks)
		return;
	if (register_ftrace_function(&hook_ops)) {
		pr_notice("no ftrace hook (kernel.ftrace_enabled=0?), kprobes instead\n");
		hooks_clear();
		return;
	}
	hook_registered = true;
	for (i = 0; i < MMSCOPE_POINT_END; i++)
		mmscope_points[i].attached |= mmscope_points[i].hooked;
}

static void hooks_detach(void)
{
	if (hook_registered)
		unregister_ftrace_function(&hook_ops);
	hook_registered = false;
	hooks_clear();
}
#else
static bool hook_add(struct mmscope_point *point)
{
	return false;
}
static void hooks_init(void) { }
static void hooks_attach(void) { }
static void hooks_detach(void) { }
#endif

/* ---- kprobes ---- */

static int probe_entry(struct kprobe *probe, struct pt_regs *regs)
{
	struct mmscope_point *point =
		container_of(probe, struct mmscope_point, probe);

	mmscope_hit(point_id(point));
	point->way->entry(regs_get_kernel_argument(regs, 0),
			  regs_get_kernel_argument(regs, 1),
			  mmscope_caller(regs));
	return 0;
}
NOKPROBE_SYMBOL(probe_entry);

static struct mmscope_point *point_of_retprobe(struct kretprobe_instance *ri)
{
	return container_of(mmscope_kretprobe_of(ri), struct mmscope_point,
			    retprobe);
}
NOKPROBE_SYMBOL(point_of_retprobe);

static int retprobe_call(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct mmscope_point *point = point_of_retprobe(ri);

	mmscope_hit(point_id(point));
	return point->way->call(ri, regs);
}
NOKPROBE_SYMBOL(retprobe_call);

/* A failed registration leaves the structure in any state: always from zero. */
static int probe_attach(struct mmscope_point *point)
{
	memset(&point->probe, 0, sizeof(point->probe));
	point->probe.symbol_name = point->way->symbol;
	point->probe.pre_handler = probe_entry;
	return register_kprobe(&point->probe);
}

static int retprobe_attach(struct mmscope_point *point, unsigned int instances)
{
	memset(&point->retprobe, 0, sizeof(point->retprobe));
	point->retprobe.kp.symbol_name = point->way->symbol;
	point->retprobe.entry_handler = retprobe_call;
	point->retprobe.handler = point->way->ret;
	point->retprobe.maxactive = instances;
	return register_kretprobe(&point->retprobe);
}

/* ---- which way ---- */

struct tracepoint_search {
	const char *name;
	struct tracepoint *found;
};

static void tracepoint_compare(struct tracepoint *tracepoint, void *data)
{
	struct tracepoint_search *search = data;

	if (!strcmp(tracepoint->name, search->name))
		search->found = tracepoint;
}

/*
 * Where a function is, and whether a probe can go there at all. A disabled
 * kprobe is checked like any other but changes no text. It stays until
 * functions_resolved(), which waits for RCU once for all of them.
 */
static int function_resolve(struct mmscope_point *point, const char *symbol)
{
	int err;

	memset(&point->probe, 0, sizeof(point->probe));
	point->probe.symbol_name = symbol;
	point->probe.flags = KPROBE_FLAG_DISABLED;
	err = register_kprobe(&point->probe);
	if (err)
		return err;
	point->address = (unsigned long)point->probe.addr;
	point->on_ftrace = point->probe.flags & KPROBE_FLAG_FTRACE;
	return 0;
}

static void functions_resolved(void)
{
	struct kprobe *probes[MMSCOPE_POINT_END];
	struct mmscope_point *point;
	int n = 0;

	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++)
		if (point->address)
			probes[n++] = &point->probe;
	unregister_kprobes(probes, n);
}

static int way_resolve(struct mmscope_point *point,
		       const struct mmscope_way *way)
{
	struct tracepoint_search search = { .name = way->symbol };

	switch (way->method) {
	case MMSCOPE_METHOD_TRACEPOINT:
		for_each_kernel_tracepoint(tracepoint_compare, &search);
		point->tracepoint = search.found;
		return search.found ? 0 : -ENOENT;
	case MMSCOPE_METHOD_ENTRY:
	case MMSCOPE_METHOD_RETURN:
		return function_resolve(point, way->symbol);
	case MMSCOPE_METHOD_BETWEEN:
		return 0;
	default:
		return -ENOENT;
	}
}

/* With kprobes only, a tracepoint is taken where there is no function for it. */
static bool way_is_second_choice(const struct mmscope_way *way)
{
	return way->method == MMSCOPE_METHOD_TRACEPOINT &&
	       way[1].method != MMSCOPE_METHOD_NONE;
}

static void point_resolve(struct mmscope_point *point, bool kprobes_only)
{
	const struct mmscope_way *way;

	point->error = -ENOENT;
	for (way = point->ways; way->method != MMSCOPE_METHOD_NONE; way++) {
		if (kprobes_only && way_is_second_choice(way))
			continue;
		point->error = way_resolve(point, way);
		if (!point->error) {
			point->way = way;
			return;
		}
	}
}

/* A point that is seen between two others is there if they are. */
static void point_check_between(struct mmscope_point *point)
{
	if (!point->way || point->way->method != MMSCOPE_METHOD_BETWEEN)
		return;
	if (mmscope_points[point->way->first].way &&
	    mmscope_points[point->way->last].way)
		return;
	point->way = NULL;
	point->error = -ENXIO;
}

static bool list_has(const char *list, const char *word)
{
	size_t length = strlen(word);
	const char *at = list;

	while (at && (at = strstr(at, word))) {
		if ((at == list || at[-1] == ',') &&
		    (at[length] == ',' || !at[length]))
			return true;
		at += length;
	}
	return false;
}

static bool prefer_kprobes;

/**
 * mmscope_points_resolve() - find the best way to each point
 * @kprobes_only: no ftrace hook, and no tracepoint where a function would do
 * @without: names of points to leave out, with commas between them
 *
 * Nothing is attached.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if @without names no point, -ENOENT if nothing is left that
 * would see how an mm comes to be, is shared, or borrowed.
 */
int mmscope_points_resolve(bool kprobes_only, const char *without)
{
	size_t named = 0, length = strlen(without);
	struct mmscope_point *point;
	bool any = false;

	prefer_kprobes = kprobes_only;
	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++) {
		point->left_out = list_has(without, point->name);
		if (point->left_out)
			named += strlen(point->name) + 1;
		else
			point_resolve(point, kprobes_only);
	}
	functions_resolved();
	if (length && named != length + 1)
		return -EINVAL;
	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++) {
		point_check_between(point);
		any |= point->way && point_id(point) != MMSCOPE_POINT_task_rename;
	}
	return any ? 0 : -ENOENT;
}

/* ---- attach and detach ---- */

static void point_attach(struct mmscope_point *point, unsigned int max_clones)
{
	int err = 0;

	if (!point->way || point->attached)
		return;
	switch (point->way->method) {
	case MMSCOPE_METHOD_TRACEPOINT:
		err = tracepoint_probe_register(point->tracepoint,
						point->way->probe, NULL);
		break;
	case MMSCOPE_METHOD_ENTRY:
		err = probe_attach(point);
		break;
	case MMSCOPE_METHOD_RETURN:
		err = retprobe_attach(point, max_clones);
		break;
	case MMSCOPE_METHOD_BETWEEN:
		err = mmscope_points[point->way->first].attached &&
				      mmscope_points[point->way->last].attached ?
			      0 :
			      -ENXIO;
		break;
	default:
		break;
	}
	point->error = err;
	point->attached = !err;
	if (err)
		pr_warn("%s: cannot attach to %s: error %d; %s\n", point->name,
			point->way->symbol, err, point->without);
}

static void points_attach_by(enum mmscope_method method, unsigned int max_clones)
{
	struct mmscope_point *point;

	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++)
		if (point->way && point->way->method == method)
			point_attach(point, max_clones);
}

/**
 * mmscope_points_attach() - attach to all points that can be had
 * @max_clones: clones that can be under way at once
 *
 * A point that fails is said in `probes` and in the log; the others work.
 *
 * Context: may sleep.
 * Return: 0, or -ENODEV if not one could be attached.
 */
int mmscope_points_attach(unsigned int max_clones)
{
	struct mmscope_point *point;
	unsigned int attached = 0;

	hooks_init();
	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++)
		if (point->way && point->way->method == MMSCOPE_METHOD_ENTRY &&
		    point->on_ftrace && !prefer_kprobes)
			hook_add(point);
	hooks_attach();
	points_attach_by(MMSCOPE_METHOD_ENTRY, max_clones);
	points_attach_by(MMSCOPE_METHOD_TRACEPOINT, max_clones);
	points_attach_by(MMSCOPE_METHOD_RETURN, max_clones);
	points_attach_by(MMSCOPE_METHOD_BETWEEN, max_clones);
	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++)
		attached += point->attached;
	return attached ? 0 : -ENODEV;
}

/**
 * mmscope_points_detach() - let go of all points
 *
 * Context: may sleep. When it returns no handler runs or will run.
 */
void mmscope_points_detach(void)
{
	struct kprobe *probes[MMSCOPE_POINT_END];
	struct kretprobe *retprobes[MMSCOPE_POINT_END];
	int nr_probes = 0, nr_retprobes = 0;
	struct mmscope_point *point;

	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++) {
		if (!point->attached || point->hooked)
			continue;
		if (point->way->method == MMSCOPE_METHOD_TRACEPOINT)
			tracepoint_probe_unregister(point->tracepoint,
						    point->way->probe, NULL);
		else if (point->way->method == MMSCOPE_METHOD_ENTRY)
			probes[nr_probes++] = &point->probe;
		else if (point->way->method == MMSCOPE_METHOD_RETURN)
			retprobes[nr_retprobes++] = &point->retprobe;
	}
	unregister_kretprobes(retprobes, nr_retprobes);
	unregister_kprobes(probes, nr_probes);
	hooks_detach();
	tracepoint_synchronize_unregister();
	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++)
		point->attached = false;
}

/**
 * mmscope_point_missed() - hits that the kernel could not deliver
 * @point: attached or not; the numbers of the last time stay
 */
unsigned long mmscope_point_missed(const struct mmscope_point *point)
{
	return point->probe.nmissed + point->retprobe.kp.nmissed +
	       point->retprobe.nmissed;
}

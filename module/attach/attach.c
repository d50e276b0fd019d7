// SPDX-License-Identifier: GPL-2.0-only
/*
 * attach.c - find the points, attach to them, let go of them
 *
 * A point is had in the cheapest way that sees the fact exactly: a tracepoint of
 * the kernel's own, an ftrace hook at a function's entry, a kprobe. Instruction
 * counts for each are in Documentation/attachment.md.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/string.h>

#include "attach/attach.h"
#include "attach/hook.h"
#include "base/compat.h"
#include "base/handlers.h"
#include "base/symbols.h"

static enum mmscope_point_id point_id(const struct mmscope_point *point)
{
	return point - mmscope_points;
}

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

/* A failed registration leaves the structure in any state: always from zero. */
static int probe_attach(struct mmscope_point *point)
{
	memset(&point->probe, 0, sizeof(point->probe));
	point->probe.addr = (kprobe_opcode_t *)point->function;
	point->probe.pre_handler = probe_entry;
	return register_kprobe(&point->probe);
}

static int retprobe_attach(struct mmscope_point *point, unsigned int instances)
{
	memset(&point->retprobe, 0, sizeof(point->retprobe));
	point->retprobe.kp.addr = (kprobe_opcode_t *)point->function;
	point->retprobe.entry_handler = point->way->call;
	point->retprobe.handler = point->way->ret;
	point->retprobe.maxactive = instances;
	/* For what the handler at the entry tells the one at the return. */
	point->retprobe.data_size = sizeof(void *);
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
 * kprobe is checked like any other but changes no text, and knows where it would
 * land: behind IBT's landing pad, for one. It stays until functions_resolved(),
 * which waits for RCU once for all of them.
 */
static int function_resolve(struct mmscope_point *point, const char *name)
{
	static struct mmscope_symbol symbol;
	int err = mmscope_symbol_find(name, &symbol);

	if (err)
		return err;
	memset(&point->probe, 0, sizeof(point->probe));
	point->probe.addr = (kprobe_opcode_t *)symbol.address;
	point->probe.flags = KPROBE_FLAG_DISABLED;
	err = register_kprobe(&point->probe);
	if (err)
		return err;
	point->address = (unsigned long)point->probe.addr;
	point->function = symbol.address;
	point->size = symbol.size;
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

/* Only that memory is short ends it: later the same point would be there. */
static int point_resolve(struct mmscope_point *point, bool kprobes_only)
{
	const struct mmscope_way *way;
	int err;

	point->error = -ENOENT;
	for (way = point->want->ways; way->method != MMSCOPE_METHOD_NONE;
	     way++) {
		if (kprobes_only && way_is_second_choice(way))
			continue;
		err = way_resolve(point, way);
		if (!err) {
			point->error = 0;
			point->way = way;
			return 0;
		}
		if (err == -ENOMEM)
			return err;
		/* That a function is missing says less than any other reason. */
		if (err != -ENOENT)
			point->error = err;
	}
	return 0;
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

/**
 * mmscope_list_has() - whether a parameter's list has a word
 * @list: words with commas between them
 * @word: which
 */
bool mmscope_list_has(const char *list, const char *word)
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
 * @wanted: the points, by their ids
 * @kprobes_only: no ftrace hook, and no tracepoint where a function would do
 * @without: names of points to leave out, with commas between them
 *
 * Nothing is attached.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, -EINVAL if @without names no point, -ENOENT if nothing is
 * left that would see how an mm comes to be, is shared, or borrowed.
 */
int mmscope_points_resolve(const struct mmscope_want *wanted, bool kprobes_only,
			   const char *without)
{
	size_t named = 0, length = strlen(without);
	struct mmscope_point *point;
	bool any = false;
	int err = 0;

	prefer_kprobes = kprobes_only;
	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++) {
		point->want = &wanted[point_id(point)];
		point->left_out = mmscope_list_has(without, point->want->name);
		if (point->left_out)
			named += strlen(point->want->name) + 1;
		else if (!err)
			err = point_resolve(point, kprobes_only);
	}
	functions_resolved();
	if (err)
		return err;
	if (length && named != length + 1)
		return -EINVAL;
	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++) {
		point_check_between(point);
		any |= point->way &&
		       point_id(point) != MMSCOPE_POINT_task_rename &&
		       point_id(point) != MMSCOPE_POINT_cpu_offline;
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
		pr_warn("%s: cannot attach to %s: error %d; %s\n",
			point->want->name, point->way->symbol, err,
			point->want->without);
}

static void points_attach_by(enum mmscope_method method,
			     unsigned int max_clones)
{
	struct mmscope_point *point;

	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++)
		if (point->way && point->way->method == method)
			point_attach(point, max_clones);
}

static bool point_hook(const struct mmscope_point *point)
{
	int err = mmscope_hook_add(point_id(point), point->address,
				   point->function, point->size,
				   point->way->entry);

	/* That ftrace has nothing in that function is ordinary. */
	if (err && err != -EINVAL)
		pr_notice("%s: no ftrace hook: error %d; a kprobe instead\n",
			  point->want->name, err);
	return !err;
}

/* All hooks or none: without them each hooked point is one for a kprobe. */
static void hooks_attach(void)
{
	bool attached = mmscope_hooks_attach();
	struct mmscope_point *point;

	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++) {
		point->hooked &= attached;
		point->attached |= point->hooked;
	}
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

	mmscope_hooks_init();
	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++)
		if (point->way && point->way->method == MMSCOPE_METHOD_ENTRY &&
		    !prefer_kprobes)
			point->hooked = point_hook(point);
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
	mmscope_hooks_detach();
	tracepoint_synchronize_unregister();
	mmscope_wait_for_handlers();
	for (point = mmscope_points; point < mmscope_points + MMSCOPE_POINT_END;
	     point++) {
		point->attached = false;
		point->hooked = false;
	}
}

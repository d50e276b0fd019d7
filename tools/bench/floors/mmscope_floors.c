// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmscope_floors.c - one empty probe of a kind: what nobody can be cheaper than
 *
 *	insmod mmscope_floors.ko kind=ftrace function=kernel_clone
 *
 * attaches a probe that only counts until rmmod. Also tells the offsets that
 * tracers without debug information have to be given by hand. Knows nothing of
 * mmscope.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>
#include <linux/version.h>

static char *kind = "none";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind,
		 "none, tracepoint, ftrace, kprobe, inside, sites, kretprobe");

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function,
		 "where; the tracepoint's name for tracepoint: sched_switch or task_newtask; FUNCTION+0xOFFSET[!],... for sites, with ! a post_handler, too");

static int offset_active_mm = offsetof(struct task_struct, active_mm);
module_param(offset_active_mm, int, 0444);
static int offset_mm_users = offsetof(struct mm_struct, mm_users);
module_param(offset_mm_users, int, 0444);
static int offset_mm_count = offsetof(struct mm_struct, mm_count);
module_param(offset_mm_count, int, 0444);

static DEFINE_PER_CPU(unsigned long, hits);

static int hits_get(char *buffer, const struct kernel_param *unused)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(hits, cpu);
	return sprintf(buffer, "%lu\n", sum);
}

static const struct kernel_param_ops hits_ops = { .get = hits_get };
module_param_cb(hits, &hits_ops, NULL, 0444);

/*
 * The tracepoints pass more than this; a function that looks at none of its
 * arguments may be given any number on every ABI that Linux has.
 */
static void on_tracepoint(void *data)
{
	this_cpu_inc(hits);
}

static struct tracepoint *tracepoint;

static void tracepoint_compare(struct tracepoint *candidate, void *unused)
{
	if (!strcmp(candidate->name, function))
		tracepoint = candidate;
}

static int attach_tracepoint(void)
{
	for_each_kernel_tracepoint(tracepoint_compare, NULL);
	if (!tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(tracepoint, on_tracepoint, NULL);
}

static void detach_tracepoint(void)
{
	tracepoint_probe_unregister(tracepoint, on_tracepoint, NULL);
	tracepoint_synchronize_unregister();
}

/* Until 5.10 a function's hook was handed pt_regs. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define ftrace_regs pt_regs
#endif

static void notrace on_ftrace(unsigned long ip, unsigned long parent_ip,
			      struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	this_cpu_inc(hits);
}

static struct ftrace_ops ops = { .func = on_ftrace };

static int on_kprobe(struct kprobe *probe, struct pt_regs *regs)
{
	this_cpu_inc(hits);
	return 0;
}
NOKPROBE_SYMBOL(on_kprobe);

static void after_kprobe(struct kprobe *probe, struct pt_regs *regs,
			 unsigned long flags)
{
}
NOKPROBE_SYMBOL(after_kprobe);

static struct kprobe kprobe;

/* Where the function begins, and whether by an ftrace call. */
static int find_function(unsigned long *address, bool *on_ftrace_call)
{
	struct kprobe probe = {
		.symbol_name = function,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err = register_kprobe(&probe);

	if (err)
		return err;
	*address = (unsigned long)probe.addr;
	*on_ftrace_call = probe.flags & KPROBE_FLAG_FTRACE;
	unregister_kprobe(&probe);
	return 0;
}

static int attach_ftrace(void)
{
	unsigned long address;
	bool on_ftrace_call;
	int err = find_function(&address, &on_ftrace_call);

	if (err)
		return err;
	err = ftrace_set_filter_ip(&ops, address, 0, 0);
	if (err)
		return err;
	return register_ftrace_function(&ops);
}

static void detach_ftrace(void)
{
	unregister_ftrace_function(&ops);
	/* Not exported until then: the filter's memory stays. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	ftrace_free_filter(&ops);
#endif
}

static int attach_kprobe(void)
{
	kprobe.symbol_name = function;
	kprobe.pre_handler = on_kprobe;
	return register_kprobe(&kprobe);
}

/* Behind the ftrace call, where a kprobe is an int3 or a jump. */
static int attach_inside(void)
{
	unsigned long address;
	bool on_ftrace_call;
	int err = find_function(&address, &on_ftrace_call);

	if (err)
		return err;
	if (on_ftrace_call)
		address += MCOUNT_INSN_SIZE;
	kprobe.addr = (kprobe_opcode_t *)address;
	kprobe.pre_handler = on_kprobe;
	return register_kprobe(&kprobe);
}

static void detach_kprobe(void)
{
	unregister_kprobe(&kprobe);
}

static struct kprobe sites[8];
static unsigned int nr_sites;

static void detach_sites(void)
{
	while (nr_sites)
		unregister_kprobe(&sites[--nr_sites]);
}

/* At the very instructions that somebody else has named. */
static int attach_sites(void)
{
	char *list = function, *word, *plus, *mark;
	struct kprobe *site;
	int err = -EINVAL;

	while ((word = strsep(&list, ",")) && nr_sites < ARRAY_SIZE(sites)) {
		site = &sites[nr_sites];
		mark = strchr(word, '!');
		if (mark) {
			*mark = '\0';
			site->post_handler = after_kprobe;
		}
		plus = strchr(word, '+');
		err = plus ? kstrtouint(plus + 1, 0, &site->offset) : -EINVAL;
		if (err)
			break;
		*plus = '\0';
		site->symbol_name = word;
		site->pre_handler = on_kprobe;
		err = register_kprobe(site);
		if (err)
			break;
		nr_sites++;
	}
	if (err)
		detach_sites();
	return err;
}

static int on_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	this_cpu_inc(hits);
	return 0;
}
NOKPROBE_SYMBOL(on_return);

static struct kretprobe kretprobe = { .handler = on_return, .maxactive = 512 };

static int attach_kretprobe(void)
{
	kretprobe.kp.symbol_name = function;
	return register_kretprobe(&kretprobe);
}

static void detach_kretprobe(void)
{
	unregister_kretprobe(&kretprobe);
}

static int attach_none(void)
{
	return 0;
}

static void detach_none(void)
{
}

static const struct floor {
	const char *name;
	int (*attach)(void);
	void (*detach)(void);
} floors[] = {
	{ "none", attach_none, detach_none },
	{ "tracepoint", attach_tracepoint, detach_tracepoint },
	{ "ftrace", attach_ftrace, detach_ftrace },
	{ "kprobe", attach_kprobe, detach_kprobe },
	{ "inside", attach_inside, detach_kprobe },
	{ "sites", attach_sites, detach_sites },
	{ "kretprobe", attach_kretprobe, detach_kretprobe },
};

static const struct floor *attached;

static int __init floors_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(floors); i++)
		if (!strcmp(floors[i].name, kind))
			attached = &floors[i];
	if (!attached) {
		pr_err("parameter kind=%s is none that there is\n", kind);
		return -EINVAL;
	}
	err = attached->attach();
	if (err)
		pr_err("no %s on '%s': error %d\n", kind, function, err);
	return err;
}

static void __exit floors_exit(void)
{
	attached->detach();
}

module_init(floors_init);
module_exit(floors_exit);

MODULE_DESCRIPTION("Empty probes, for benchmarks");
MODULE_LICENSE("GPL");

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - every difference between kernels that mmscope knows
 *
 * By feature where the headers give a way to ask; by version only where they do
 * not. No other file of the module may ask for a version.
 */
#ifndef MMSCOPE_COMPAT_H
#define MMSCOPE_COMPAT_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/percpu_counter.h>
#include <linux/ptrace.h>
#include <linux/version.h>

/* dkms.conf says the same of these kernels; scripts/check-packages compares. */
#ifndef CONFIG_64BIT
#error "mmscope needs a 64-bit kernel: a record's index is one long"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "mmscope needs Linux 5.10 or newer"
#endif

#ifndef CONFIG_KPROBES
#error "mmscope needs a kernel with CONFIG_KPROBES"
#endif

#ifndef CONFIG_TRACEPOINTS
#error "mmscope needs a kernel with CONFIG_TRACEPOINTS"
#endif

#ifndef CONFIG_DEBUG_FS
#error "mmscope needs a kernel with CONFIG_DEBUG_FS"
#endif

/*
 * sched_switch passes prev's state as a fourth argument since 5.18. A tracepoint
 * has no way to be asked what it passes.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
#define MMSCOPE_SCHED_SWITCH_ARGS                                              \
	void *data, bool preempt, struct task_struct *prev,                    \
		struct task_struct *next, unsigned int prev_state
#else
#define MMSCOPE_SCHED_SWITCH_ARGS                                              \
	void *data, bool preempt, struct task_struct *prev,                    \
		struct task_struct *next
#endif

/* task_newtask's flags are u64 since clone_flags are. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define MMSCOPE_TASK_NEWTASK_ARGS                                              \
	void *data, struct task_struct *child, u64 clone_flags
#else
#define MMSCOPE_TASK_NEWTASK_ARGS                                              \
	void *data, struct task_struct *child, unsigned long clone_flags
#endif

/*
 * A plain ftrace hook is a third of the price of a kprobe, but its handler sees
 * the function's arguments only where ftrace saves them for everybody. Without
 * FTRACE_OPS_FL_RECURSION the callback is called straight from the trampoline;
 * before 5.11, where WITH_ARGS did not exist either, that flag meant the
 * opposite.
 */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define MMSCOPE_HAVE_FTRACE_ARGS 1

static __always_inline unsigned long
mmscope_ftrace_argument(struct ftrace_regs *fregs, unsigned int n)
{
#ifdef ftrace_regs_get_argument
	return ftrace_regs_get_argument(fregs, n);
#else
	return regs_get_kernel_argument(&fregs->regs, n);
#endif
}
#endif

/* An instance pointed to its kretprobe until 5.11. */
static __always_inline struct kretprobe *
mmscope_kretprobe_of(struct kretprobe_instance *ri)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	return get_kretprobe(ri);
#else
	return ri->rp;
#endif
}

/**
 * mmscope_caller() - where a function was called from
 * @regs: the registers at the function's first instruction
 */
static inline unsigned long mmscope_caller(struct pt_regs *regs)
{
#ifdef CONFIG_X86
	return *(unsigned long *)kernel_stack_pointer(regs);
#else
	return procedure_link_pointer(regs);
#endif
}

/*
 * The resident pages of an mm are per-CPU counters since 6.2, and reading them
 * the cheap way is wrong by up to a batch for each CPU. The kernel's exact sum
 * takes the counter's lock; this one does not, and is exact for an mm that only
 * the caller uses, as a copy that has just been made is.
 */
static inline s64 mmscope_mm_counter(struct mm_struct *mm, int member)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	struct percpu_counter *counter = &mm->rss_stat[member];
	s64 sum = READ_ONCE(counter->count);
#ifdef CONFIG_SMP
	int cpu;

	for_each_online_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(counter->counters, cpu));
#endif
	return sum;
#else
	return get_mm_counter(mm, member);
#endif
}

/**
 * mmscope_mm_pages() - resident pages of an mm
 * @mm: an mm with users; exact while nobody else changes it
 */
static inline u32 mmscope_mm_pages(struct mm_struct *mm)
{
	s64 pages = mmscope_mm_counter(mm, MM_FILEPAGES) +
		    mmscope_mm_counter(mm, MM_ANONPAGES) +
		    mmscope_mm_counter(mm, MM_SHMEMPAGES);

	return clamp_t(s64, pages, 0, U32_MAX);
}

/*
 * Whether borrowing an mm changes mm_count. It always did until 6.4; since then
 * an architecture may choose to shoot the borrowers down instead.
 */
#if defined(CONFIG_MMU_LAZY_TLB_SHOOTDOWN)
#define MMSCOPE_LAZY_TLB_COUNTS 0
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define MMSCOPE_LAZY_TLB_COUNTS IS_ENABLED(CONFIG_MMU_LAZY_TLB_REFCOUNT)
#else
#define MMSCOPE_LAZY_TLB_COUNTS 1
#endif

#endif /* MMSCOPE_COMPAT_H */

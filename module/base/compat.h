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
#include <linux/module.h>
#include <linux/percpu_counter.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <asm/local.h>

/*
 * hex_to_bin(): in <linux/kernel.h> where it has no header of its own. sparse 0.6.4 knows
 * no __has_include, and is run with a kernel of the first kind.
 */
#ifdef __CHECKER__
#include <linux/kernel.h>
#elif __has_include(<linux/hex.h>)
#include <linux/hex.h>
#else
#include <linux/kernel.h>
#endif

/* dkms.conf says the same of these kernels; scripts/check-packages compares. */
#ifndef CONFIG_64BIT
#error "mmscope needs a kernel with CONFIG_64BIT: a record's index is one long"
#endif

#if !defined(__x86_64__) && !defined(__aarch64__)
#error "mmscope knows x86-64 and arm64 only"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "mmscope needs Linux 5.10 or newer"
#endif

#ifndef CONFIG_KPROBES
#error "mmscope needs a kernel with CONFIG_KPROBES"
#endif

#ifndef CONFIG_KRETPROBES
#error "mmscope needs a kernel with CONFIG_KRETPROBES"
#endif

#ifndef CONFIG_STACKTRACE
#error "mmscope needs a kernel with CONFIG_STACKTRACE"
#endif

#ifndef CONFIG_TRACEPOINTS
#error "mmscope needs a kernel with CONFIG_TRACEPOINTS"
#endif

#ifndef CONFIG_DEBUG_FS
#error "mmscope needs a kernel with CONFIG_DEBUG_FS"
#endif

/*
 * What a tracepoint passes changes over time: sched_switch prev's state since
 * 5.18, task_newtask the flags as u64 since 6.18. The kernel declares for each a
 * function that takes a probe of the right type, so the type tells which of two
 * probes is the right one; points.c lets the compiler check the choice.
 */
/* clang-format off */
#define MMSCOPE_PROBE_OF_SCHED_SWITCH(with_state, without_state)               \
	_Generic(&register_trace_sched_switch,                                 \
		int (*)(void (*)(void *, bool, struct task_struct *,           \
				 struct task_struct *),                        \
			void *): without_state,                                \
		default: with_state)
#define MMSCOPE_PROBE_OF_TASK_NEWTASK(with_u64, with_long)                     \
	_Generic(&register_trace_task_newtask,                                 \
		int (*)(void (*)(void *, struct task_struct *, unsigned long), \
			void *): with_long,                                    \
		default: with_u64)
/* clang-format on */

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
#if defined(ftrace_regs_get_argument) || defined(CONFIG_ARM64)
	return ftrace_regs_get_argument(fregs, n);
#else
	return regs_get_kernel_argument(&fregs->regs, n);
#endif
}
#endif

/**
 * mmscope_caller() - where a function was called from
 * @regs: the registers at the function's first instruction, where arm64's link
 *	register is not signed yet (pointer authentication)
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
 * local_try_cmpxchg() came with 6.5; x86 has had what it is made of for longer, and
 * the comparison in the instruction itself.
 */
#ifdef __raw_try_cmpxchg
static __always_inline bool mmscope_local_take(local_t *counter, long at)
{
	return __raw_try_cmpxchg(&counter->a.counter, &at, at + 1,
				 sizeof(counter->a.counter), "");
}
#else
static __always_inline bool mmscope_local_take(local_t *counter, long at)
{
	return local_cmpxchg(counter, at, at + 1) == at;
}
#endif

#ifdef CONFIG_SMP
#define MMSCOPE_PERCPU_COUNTER_PART(counter, cpu)                              \
	READ_ONCE(*per_cpu_ptr((counter)->counters, cpu))
#else
#define MMSCOPE_PERCPU_COUNTER_PART(counter, cpu) 0
#endif

/*
 * The resident pages of an mm are per-CPU counters since 6.2, and reading them
 * the cheap way is wrong by up to a batch for each CPU. The kernel's exact sum
 * takes the counter's lock; this one does not, and is exact for an mm that only
 * the caller uses, as a copy that has just been made is. What a CPU has of the three
 * lies together, so all of it is read in one turn.
 */
static inline s64 mmscope_sum_percpu(const struct percpu_counter *file,
				     const struct percpu_counter *anon,
				     const struct percpu_counter *shmem)
{
	s64 sum = READ_ONCE(file->count) + READ_ONCE(anon->count) +
		  READ_ONCE(shmem->count);
	int cpu;

	for_each_online_cpu(cpu)
		sum += MMSCOPE_PERCPU_COUNTER_PART(file, cpu) +
		       MMSCOPE_PERCPU_COUNTER_PART(anon, cpu) +
		       MMSCOPE_PERCPU_COUNTER_PART(shmem, cpu);
	return sum;
}

/**
 * mmscope_mm_pages() - resident pages of an mm
 * @mm: an mm with users; exact while nobody else changes it
 */
static inline u32 mmscope_mm_pages(struct mm_struct *mm)
{
	const struct percpu_counter *counters = (void *)&mm->rss_stat;
	s64 pages;

	if (__same_type(mm->rss_stat, struct percpu_counter[NR_MM_COUNTERS]))
		pages = mmscope_sum_percpu(&counters[MM_FILEPAGES],
					   &counters[MM_ANONPAGES],
					   &counters[MM_SHMEMPAGES]);
	else
		pages = get_mm_counter(mm, MM_FILEPAGES) +
			get_mm_counter(mm, MM_ANONPAGES) +
			get_mm_counter(mm, MM_SHMEMPAGES);
	return clamp_t(s64, pages, 0, U32_MAX);
}

/*
 * for_each_process_thread() names tasklist_lock (6.12, not 6.1) where the kernel
 * checks who walks a list (CONFIG_PROVE_RCU_LIST), and modules do not get that
 * lock. For those who hold the RCU read lock.
 */
#define mmscope_for_each_task(process, task)                                   \
	for_each_process(process)                                              \
		list_for_each_entry_rcu(task, &(process)->signal->thread_head, \
					thread_node)

/**
 * mmscope_mm_pages_about() - resident pages of an mm that nobody holds
 * @mm: may be freed at any moment
 *
 * Without what CPUs have counted for themselves since 6.2: about a hundred pages
 * too many or too few for each.
 */
static inline u64 mmscope_mm_pages_about(const struct mm_struct *mm)
{
	static const int members[] = { MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES };
	s64 value, sum = 0;
	const void *from;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(members); i++) {
		if (__same_type(mm->rss_stat,
				struct percpu_counter[NR_MM_COUNTERS]))
			from = &((struct percpu_counter *)&mm->rss_stat +
				 members[i])->count;
		else
			from = (atomic_long_t *)&mm->rss_stat + members[i];
		if (copy_from_kernel_nofault(&value, from, sizeof(value)))
			return 0;
		sum += value;
	}
	return max_t(s64, sum, 0);
}

/**
 * mmscope_module_text() - where a module's code is
 * @module: loaded or being loaded
 * @start: gets the first byte's address
 * @size: gets how many bytes
 *
 * One of the parts of module->mem since 6.4; an enumeration cannot be asked for.
 */
static inline void mmscope_module_text(const struct module *module,
				       unsigned long *start, unsigned long *size)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	*start = (unsigned long)module->mem[MOD_TEXT].base;
	*size = module->mem[MOD_TEXT].size;
#else
	*start = (unsigned long)module->core_layout.base;
	*size = module->core_layout.text_size;
#endif
}

/* Of the PERCPU_MODULE_RESERVE (8 KiB) that all modules share. */
static inline unsigned int
mmscope_static_percpu_bytes(const struct module *module)
{
#ifdef CONFIG_SMP
	return module->percpu_size;
#else
	return 0;
#endif
}

/*
 * register_kprobe() may read the text behind a module's last function, and what lies
 * there may not be mapped: until 6.4 a module's parts lay together, data behind text.
 */
#define MMSCOPE_PROBES_DECODE_AHEAD                                            \
	(IS_ENABLED(CONFIG_X86) &&                                             \
	 LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0))

/*
 * arm64 has each atomic operation twice, as one instruction (LSE) and as a loop, and
 * chooses at boot by patching. What lies behind a loop may be reached without it.
 */
static inline bool mmscope_loops_are_used(void)
{
#ifdef CONFIG_ARM64
	return !cpus_have_cap(ARM64_HAS_LSE_ATOMICS);
#else
	return false;
#endif
}

/**
 * mmscope_loads_task_mm() - whether an instruction loads a task's mm or active_mm
 * @text: a copy of it
 * @length: how many bytes there are
 *
 * On x86 a mov with a displacement of four bytes, on arm64 an ldr with an offset.
 */
static inline bool mmscope_loads_task_mm(const u8 *text, size_t length)
{
	u32 offset;

#if defined(CONFIG_X86)
	/* REX.W, the opcode, and a ModRM that says disp32. */
	if (length < 7 || (text[0] & 0xf8) != 0x48 || text[1] != 0x8b ||
	    (text[2] & 0xc0) != 0x80)
		return false;
	memcpy(&offset, text + ((text[2] & 7) == 4 ? 4 : 3), sizeof(offset));
#elif defined(CONFIG_ARM64)
	u32 word;

	memcpy(&word, text, sizeof(word));
	if ((word & 0xffc00000) != 0xf9400000)
		return false;
	offset = (word >> 10 & 0xfff) * 8;
#else
	return false;
#endif
	return offset == offsetof(struct task_struct, mm) ||
	       offset == offsetof(struct task_struct, active_mm);
}

/**
 * mmscope_padding_at() - how far the next function is, if only padding comes first
 * @address: where a symbol of the kernel's text ends
 *
 * Since 6.2 x86 may have NOPs before each function, with a symbol of their own
 * (__pfx_NAME): as many names as functions, which nobody looks for. A function begins
 * with a landing pad or ftrace's NOP, both of other bytes.
 *
 * Return: bytes; 0 if something else is there or cannot be read.
 */
static inline unsigned long mmscope_padding_at(unsigned long address)
{
#ifdef CONFIG_FUNCTION_PADDING_BYTES
	u8 byte;

	if (!copy_from_kernel_nofault(&byte, (void *)address, sizeof(byte)) &&
	    byte == 0x90)
		return CONFIG_FUNCTION_PADDING_BYTES;
#endif
	return 0;
}

/*
 * Whether borrowing an mm changes mm_count. It always did until 6.4; since then
 * an architecture may choose to shoot the borrowers down instead.
 */
#define MMSCOPE_LAZY_TLB_COUNTS (!IS_ENABLED(CONFIG_MMU_LAZY_TLB_SHOOTDOWN))

/**
 * mmscope_text_may_change() - whether the kernel may yet rewrite an instruction
 * @address: of an atomic instruction
 *
 * As long as one CPU has been online x86 has a DS prefix (3e) in place of each LOCK
 * prefix (f0). alternatives_smp_lock() puts the LOCK prefixes back when the second CPU
 * comes, but only where it finds 3e: it passes over a probe's int3, which gives back
 * the 3e in the end, and the counter is not atomic any more (seen on 6.1). Where
 * no second CPU can come, or another one has come, the prefix stays as it is.
 */
static inline bool mmscope_text_may_change(unsigned long address)
{
	u8 prefix;

	return IS_ENABLED(CONFIG_X86) && num_possible_cpus() > 1 &&
	       num_online_cpus() == 1 &&
	       !copy_from_kernel_nofault(&prefix, (void *)address,
					 sizeof(prefix)) &&
	       prefix == 0x3e;
}

#define MMSCOPE_DISARMED "disarmed"

/**
 * mmscope_probe_kind() - what a kprobe really is at this moment
 * @probe: registered
 *
 * The kernel turns a breakpoint into a jump some time after it was set, and back
 * when another probe comes near; the flag that says so is in a structure of its
 * own. The text says it too, and also where a probe has been disarmed behind
 * its owner's back.
 */
static inline const char *mmscope_probe_kind(const struct kprobe *probe)
{
	u32 text;

	if (copy_from_kernel_nofault(&text, probe->addr, sizeof(text)))
		return "unreadable";
#if defined(CONFIG_X86)
	if (probe->flags & KPROBE_FLAG_FTRACE)
		return (u8)text == 0xe8 ? "kprobe_ftrace" : MMSCOPE_DISARMED;
	if ((u8)text == 0xe9)
		return "optimized";
	return (u8)text == 0xcc ? "int3" : MMSCOPE_DISARMED;
#elif defined(CONFIG_ARM64)
	return (text & 0xffe0001f) == 0xd4200000 ? "brk" : MMSCOPE_DISARMED;
#else
	return probe->flags & KPROBE_FLAG_FTRACE ? "kprobe_ftrace" :
						   "breakpoint";
#endif
}

#endif /* MMSCOPE_COMPAT_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * stacks.c - call stacks, each kept once
 *
 * A take is told with the calls that led to it. The same few calls take nearly
 * all references, so a stack is kept at its first sight and known by its number.
 *
 * Walking a stack is some thousand instructions. Where one has been walked from,
 * it is noted at what distance above the stack pointer its return addresses lie;
 * if the same ones lie there next time it is the same stack, as what one function
 * puts on the stack before it calls the next is a matter of where it calls from.
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <linux/seq_file.h>
#include <linux/stacktrace.h>

#include "base/memory.h"
#include "ledger/stacks.h"

#define STACKS 1024
#define STACK_FRAMES 12
#define STACK_WINDOW 16

/* The probe's own calls come first, and are left out. */
#define PROBE_FRAMES 16

/* An optimized probe's or an exception's view of where it was. */
#define NEAR_PROBE 16

/**
 * struct stack - one stack
 * @hash: of its frames; 0: the slot is free
 * @ready: the frames are there
 * @seen: how often
 * @depth: how many frames
 * @frames: return addresses, the innermost first
 */
struct stack {
	u32 hash;
	u8 ready;
	u8 depth;
	unsigned long seen;
	unsigned long frames[STACK_FRAMES];
};

static struct stack *stacks;

/* Stacks that are known again from one instruction, and from how many of them. */
#define KNOWN_WAYS 4
#define KNOWN_SITES 32

/**
 * struct known - where to look for a stack's return addresses
 * @address: of the instruction; 0: nothing is known
 * @number: the stack's
 * @above: of each frame but the first: how many words above the stack pointer
 */
struct known {
	unsigned long address;
	u32 number;
	u16 above[STACK_FRAMES];
};

/*
 * Where a stack is written before it is known to be new. A probe in an NMI or an
 * interrupt that comes meanwhile does without a stack.
 */
struct scratch {
	unsigned long frames[PROBE_FRAMES + STACK_FRAMES];
	struct known known[KNOWN_SITES][KNOWN_WAYS];
	unsigned int next_way;
	int busy;
};

/* Static per-CPU memory is what all modules share, and this is 5 KiB: allocated. */
static struct scratch __percpu *scratches;

/**
 * mmscope_stacks_alloc() - memory for stacks
 *
 * Context: may sleep. Called again it does nothing.
 * Return: 0 or -ENOMEM.
 */
int mmscope_stacks_alloc(void)
{
	if (!scratches)
		scratches = alloc_percpu_gfp(struct scratch, MMSCOPE_GFP);
	if (!scratches)
		return -ENOMEM;
	if (!stacks)
		stacks = mmscope_alloc(STACKS * sizeof(*stacks));
	return stacks ? 0 : -ENOMEM;
}

/**
 * mmscope_stacks_free() - give it back; no probe is attached any more
 */
void mmscope_stacks_free(void)
{
	kvfree(stacks);
	stacks = NULL;
	free_percpu(scratches);
	scratches = NULL;
}

/**
 * mmscope_stacks_bytes() - memory that the stacks take
 */
size_t mmscope_stacks_bytes(void)
{
	return STACKS * sizeof(*stacks) +
	       num_possible_cpus() * sizeof(*scratches);
}

static bool stack_is(const struct stack *stack, u32 hash,
		     const unsigned long *frames, unsigned int depth)
{
	return READ_ONCE(stack->hash) == hash &&
	       /* Pairs with the release in stack_fill(). */
	       smp_load_acquire(&stack->ready) && stack->depth == depth &&
	       !memcmp(stack->frames, frames, depth * sizeof(*frames));
}

static void stack_fill(struct stack *stack, const unsigned long *frames,
		       unsigned int depth)
{
	memcpy(stack->frames, frames, depth * sizeof(*frames));
	stack->depth = depth;
	/* Pairs with the acquires in stack_is() and mmscope_stack_line(). */
	smp_store_release(&stack->ready, 1);
}

static u32 stack_keep(const unsigned long *frames, unsigned int depth)
{
	u32 hash = jhash2((const u32 *)frames,
			  depth * sizeof(*frames) / sizeof(u32), depth);
	struct stack *stack;
	unsigned int i, at;

	hash = hash ? hash : 1;
	for (i = 0; i < STACK_WINDOW; i++) {
		at = (hash + i) % STACKS;
		stack = &stacks[at];
		if (!READ_ONCE(stack->hash) && !cmpxchg(&stack->hash, 0, hash))
			stack_fill(stack, frames, depth);
		if (stack_is(stack, hash, frames, depth)) {
			WRITE_ONCE(stack->seen, stack->seen + 1);
			return at + 1;
		}
	}
	return 0;
}

/* The frames from the probed instruction on: what is before it is the probe's. */
static unsigned int probe_depth(const unsigned long *frames, unsigned int n,
				unsigned long address)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (frames[i] - address < NEAR_PROBE)
			return i;
	return n;
}

static struct known *known_from(struct scratch *mine, unsigned long address)
{
	return mine->known[hash_long(address, ilog2(KNOWN_SITES))];
}

/* How many words of the task's own stack there are; 0: it is on another one. */
static unsigned int words_above(unsigned long sp)
{
	unsigned long used = sp - (unsigned long)task_stack_page(current);

	return used < THREAD_SIZE ? (THREAD_SIZE - used) / sizeof(long) : 0;
}

static bool is_known(const struct known *known, unsigned long address,
		     const unsigned long *sp, unsigned int words)
{
	const struct stack *stack;
	unsigned int i;

	if (known->address != address)
		return false;
	stack = &stacks[known->number - 1];
	/* The last one lies highest. */
	if (known->above[stack->depth - 1] >= words)
		return false;
	for (i = 1; i < stack->depth; i++)
		if (READ_ONCE_NOCHECK(sp[known->above[i]]) != stack->frames[i])
			return false;
	return true;
}

static u32 look_up(struct scratch *mine, unsigned long address,
		   const unsigned long *sp)
{
	struct known *known = known_from(mine, address);
	unsigned int words = words_above((unsigned long)sp), way;
	struct stack *stack;

	for (way = 0; way < KNOWN_WAYS; way++) {
		if (!is_known(&known[way], address, sp, words))
			continue;
		stack = &stacks[known[way].number - 1];
		WRITE_ONCE(stack->seen, stack->seen + 1);
		return known[way].number;
	}
	return 0;
}

/* Nothing is noted of a stack whose return addresses are not all on it as such. */
static void note_known(struct scratch *mine, unsigned long address, u32 number,
		       const unsigned long *sp)
{
	const struct stack *stack = &stacks[number - 1];
	unsigned int words = words_above((unsigned long)sp), at = 0, i;
	struct known *known =
		&known_from(mine, address)[mine->next_way++ % KNOWN_WAYS];

	known->address = 0;
	for (i = 1; i < stack->depth; i++, at++) {
		while (at < words &&
		       READ_ONCE_NOCHECK(sp[at]) != stack->frames[i])
			at++;
		if (at >= words)
			return;
		known->above[i] = at;
	}
	if (stack->depth < 2)
		return;
	known->number = number;
	known->address = address;
}

static u32 walk(struct scratch *mine, unsigned long address)
{
	unsigned int n, skip;

	n = stack_trace_save(mine->frames, ARRAY_SIZE(mine->frames), 0);
	skip = probe_depth(mine->frames, n, address);
	if (skip >= n)
		return 0;
	return stack_keep(mine->frames + skip,
			  min_t(unsigned int, n - skip, STACK_FRAMES));
}

/**
 * mmscope_stack_here() - the calls that led to a probed instruction
 * @address: of the instruction
 * @regs: the registers there
 *
 * Context: that probe's handler.
 * Return: the stack's number; 0 if it could not be had or kept.
 */
u32 mmscope_stack_here(unsigned long address, struct pt_regs *regs)
{
	const unsigned long *sp = (unsigned long *)kernel_stack_pointer(regs);
	struct scratch *mine = this_cpu_ptr(scratches);
	u32 number;

	if (mine->busy)
		return 0;
	mine->busy = 1;
	barrier();
	number = look_up(mine, address, sp);
	if (!number) {
		number = walk(mine, address);
		if (number)
			note_known(mine, address, number, sp);
	}
	barrier();
	mine->busy = 0;
	return number;
}

/**
 * mmscope_stack_line() - a stack in one line
 * @m: where to
 * @number: as in records
 * @frames: how many at most
 */
void mmscope_stack_line(struct seq_file *m, u32 number, unsigned int frames)
{
	const struct stack *stack;
	unsigned int i;

	if (!stacks || !number || number > STACKS)
		return;
	stack = &stacks[number - 1];
	/* Pairs with the release in stack_fill(). */
	if (!smp_load_acquire(&stack->ready))
		return;
	for (i = 0; i < min_t(unsigned int, stack->depth, frames); i++)
		seq_printf(m, "%s%pS", i ? " < " : "",
			   (void *)stack->frames[i]);
}

static unsigned long stacks_rows(void *seen)
{
	return stacks ? 1 + STACKS : 1;
}

/* A stack has the number of its row. */
static void stacks_row(struct seq_file *m, void *seen, unsigned long n)
{
	if (!n) {
		seq_puts(m, "# stack       seen  innermost call first\n");
		return;
	}
	/* The memory may have been given back since the first row. */
	if (!stacks || !smp_load_acquire(&stacks[n - 1].ready))
		return;
	seq_printf(m, "%7lu %10lu  ", n, READ_ONCE(stacks[n - 1].seen));
	mmscope_stack_line(m, n, STACK_FRAMES);
	seq_putc(m, '\n');
}

const struct mmscope_text mmscope_stacks_text = {
	.name = "stacks",
	.mode = 0400,
	.rows = stacks_rows,
	.row = stacks_row,
};

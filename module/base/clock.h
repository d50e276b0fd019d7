/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock.h - what time it is: CLOCK_MONOTONIC, in any context
 *
 * ktime_get_mono_fast_ns() is a call that calls the clock's own function through a
 * pointer: 43 instructions in 6.1, a quarter of what a record takes. Where the
 * kernel's clock is x86's time stamp counter, that is read here, in the handler, and
 * converted with the kernel's own numbers, so that the time is the same. Everywhere
 * else, and whenever those numbers are about to change, the kernel is asked.
 */
#ifndef MMSCOPE_CLOCK_H
#define MMSCOPE_CLOCK_H

#include <linux/ktime.h>

#ifdef CONFIG_X86_64
#include <asm/msr.h>
#include <asm/tsc.h>

/**
 * struct mmscope_clock - the kernel's numbers for its clock
 * @seq: changes when one of the others is about to, and when all have
 * @shift: see @mult
 * @last: the counter when they were noted
 * @most: the multiplication has room for fewer cycles than this; 0: the numbers are
 *	changing, or the clock is another one
 * @mult: one cycle is mult >> shift ns
 * @nsec: ns << shift at @last, beyond those of @base
 * @base: ns
 */
struct mmscope_clock {
	unsigned int seq;
	u32 shift;
	u64 last;
	u64 most;
	u64 mult;
	u64 nsec;
	u64 base;
};

extern struct mmscope_clock mmscope_clock;

/**
 * mmscope_now() - the time, as ktime_get_mono_fast_ns() would say it
 *
 * Each number is read once, by the instruction that needs it: the barriers see to
 * that, and READ_ONCE() would have it loaded by one of its own.
 *
 * Context: any, NMI too: nothing is waited for.
 * Return: CLOCK_MONOTONIC, ns.
 */
static __always_inline u64 mmscope_now(void)
{
	const struct mmscope_clock *clock = &mmscope_clock;
	unsigned int seq = READ_ONCE(clock->seq);
	u64 cycles, ns;

	/* This and the next one pair with those of clock.c. */
	smp_rmb();
	/*
	 * Another CPU's counter may be behind the one noted: that is more than any most.
	 * data_race(): the second look at seq says whether the numbers belong together.
	 */
	cycles = rdtsc_ordered() - data_race(clock->last);
	/* As above. */
	if (unlikely(cycles >= data_race(clock->most)))
		return ktime_get_mono_fast_ns();
	/* As above. */
	ns = cycles * data_race(clock->mult) + data_race(clock->nsec);
	/* As above. */
	ns = (ns >> data_race(clock->shift)) + data_race(clock->base);
	/* Before seq is looked at once more. */
	smp_rmb();
	if (unlikely(READ_ONCE(clock->seq) != seq))
		return ktime_get_mono_fast_ns();
	return ns;
}

void mmscope_clock_start(void);
void mmscope_clock_stop(void);
#else
static __always_inline u64 mmscope_now(void)
{
	return ktime_get_mono_fast_ns();
}

static inline void mmscope_clock_start(void)
{
}

static inline void mmscope_clock_stop(void)
{
}
#endif

#endif /* MMSCOPE_CLOCK_H */

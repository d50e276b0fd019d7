// SPDX-License-Identifier: GPL-2.0-only
/*
 * clock.c - the kernel's numbers for its clock, noted whenever they change
 *
 * The kernel tells those who registered with pvclock_gtod_register_notifier(), KVM
 * for one, of each update of its time: at every tick, when the clock is stepped or
 * slewed, and when it becomes another one. What they are told is what
 * ktime_get_mono_fast_ns() uses from the same moment on (timekeeping_update() in
 * kernel/time/timekeeping.c, 5.10 to 7.3).
 */
#include "base/clock.h"

#ifdef CONFIG_X86_64
#include <linux/clocksource.h>
#include <linux/notifier.h>
#include <linux/pvclock_gtod.h>
#include <linux/timekeeper_internal.h>

/* Read with every record. */
struct mmscope_clock mmscope_clock ____cacheline_aligned;

/* Before anything else changes: who has begun to read sees another seq at the end. */
static void clock_is_unknown(void)
{
	WRITE_ONCE(mmscope_clock.most, 0);
	/* Whoever sees the new seq sees that nothing is known. */
	smp_wmb();
	WRITE_ONCE(mmscope_clock.seq, mmscope_clock.seq + 1);
	/* Whoever sees one of the new numbers sees the new seq at the end. */
	smp_wmb();
}

/* And who began while it changed, too. */
static void clock_is_known(u64 most)
{
	/* Whoever sees the new seq at the beginning sees all of the new numbers. */
	smp_wmb();
	WRITE_ONCE(mmscope_clock.seq, mmscope_clock.seq + 1);
	/* The numbers are believed last. */
	smp_wmb();
	WRITE_ONCE(mmscope_clock.most, most);
}

/* Under the timekeeper's lock, with interrupts off: one at a time. */
static int clock_changes(struct notifier_block *block, unsigned long stepped,
			 void *data)
{
	const struct timekeeper *timekeeper = data;
	const struct tk_read_base *read = &timekeeper->tkr_mono;
	struct mmscope_clock *clock = &mmscope_clock;

	clock_is_unknown();
	if (read->clock->vdso_clock_mode != VDSO_CLOCKMODE_TSC)
		return NOTIFY_OK;
	WRITE_ONCE(clock->last, read->cycle_last);
	WRITE_ONCE(clock->mult, read->mult);
	WRITE_ONCE(clock->shift, read->shift);
	WRITE_ONCE(clock->nsec, read->xtime_nsec);
	WRITE_ONCE(clock->base, ktime_to_ns(read->base));
	clock_is_known(read->clock->max_cycles);
	return NOTIFY_OK;
}

static struct notifier_block clock_block = { .notifier_call = clock_changes };

/**
 * mmscope_clock_start() - follow the kernel's clock
 *
 * Registering tells of the numbers as they are.
 *
 * Context: may sleep.
 */
void mmscope_clock_start(void)
{
	pvclock_gtod_register_notifier(&clock_block);
}

/**
 * mmscope_clock_stop() - do so no longer; mmscope_now() asks the kernel from now on
 *
 * Context: may sleep. A watch may look at the clock meanwhile.
 */
void mmscope_clock_stop(void)
{
	pvclock_gtod_unregister_notifier(&clock_block);
	clock_is_unknown();
}
#endif

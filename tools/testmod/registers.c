// SPDX-License-Identifier: GPL-2.0-only
/*
 * registers.c - somebody else who uses the debug registers
 *
 * Write how many to take on each CPU, all or none; "off" gives them back.
 */
#include "mmscope_test.h"

#include <linux/err.h>
#include <linux/hw_breakpoint.h>
#include <linux/kernel.h>
#include <linux/perf_event.h>

#define MOST 16

static struct perf_event *__percpu *taken[MOST];
static u32 words[MOST];
static unsigned int number;

/* Nobody writes to the words. */
static void unexpected(struct perf_event *event, struct perf_sample_data *data,
		       struct pt_regs *regs)
{
}

static void registers_stop(void)
{
	while (number)
		unregister_wide_hw_breakpoint(taken[--number]);
}

static int registers_write(const char *text)
{
	struct perf_event_attr attr;
	unsigned int wanted;
	long error;

	if (number)
		return -EBUSY;
	if (kstrtouint(text, 10, &wanted) || wanted > MOST)
		return -EINVAL;
	while (number < wanted) {
		hw_breakpoint_init(&attr);
		attr.bp_addr = (unsigned long)&words[number];
		attr.bp_len = HW_BREAKPOINT_LEN_4;
		attr.bp_type = HW_BREAKPOINT_W;
		taken[number] =
			register_wide_hw_breakpoint(&attr, unexpected, NULL);
		/* No pointer of the ordinary address space, so no IS_ERR(). */
		error = (unsigned long __force)taken[number];
		if (IS_ERR_VALUE((unsigned long __force)taken[number])) {
			registers_stop();
			return error;
		}
		number++;
	}
	return 0;
}

static void registers_show(struct seq_file *file)
{
	seq_printf(file, "what=registers taken=%u\n", number);
}

const struct test_file test_registers = {
	.name = "registers",
	.write = registers_write,
	.show = registers_show,
	.stop = registers_stop,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace.c - the tracepoints themselves, and who uses them holds the module
 */
#include <linux/errno.h>
#include <linux/module.h>

#include "base/live.h"

#define CREATE_TRACE_POINTS
#include "emit/trace.h"

/**
 * mmscope_trace_reg() - the first probe is about to be put on a tracepoint
 *
 * Not while the module is being loaded: see mmscope_is_live().
 *
 * Context: may sleep; under the kernel's lock for tracepoints.
 * Return: 0, -EAGAIN, or -ENODEV if the module is being unloaded.
 */
int mmscope_trace_reg(void)
{
	if (!mmscope_is_live())
		return -EAGAIN;
	return try_module_get(THIS_MODULE) ? 0 : -ENODEV;
}

/**
 * mmscope_trace_unreg() - the last probe has been taken off a tracepoint
 *
 * One that still runs does so in a handler of this module, which unloading waits for.
 *
 * Context: may sleep; under the kernel's lock for tracepoints.
 */
void mmscope_trace_unreg(void)
{
	module_put(THIS_MODULE);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * point.c - the points of the kernel where mmscope looks, and what has become of each
 */
#include <linux/string.h>

#include "attach/point.h"
#include "base/compat.h"

struct mmscope_point mmscope_points[MMSCOPE_POINT_END];
DEFINE_PER_CPU(unsigned long[MMSCOPE_POINT_END], mmscope_hits);

/**
 * mmscope_point_missed() - hits that the kernel could not deliver
 * @point: attached or not; the numbers of the last time stay
 */
unsigned long mmscope_point_missed(const struct mmscope_point *point)
{
	return point->probe.nmissed + point->retprobe.kp.nmissed +
	       point->retprobe.nmissed;
}

/**
 * mmscope_point_disarmed() - whether a point's probe is there and does not work
 * @id: which point
 *
 * Somebody may switch all kprobes off (kprobes/enabled in debugfs), and nobody is told:
 * the text of the function shows it.
 *
 * Context: any. It reads the kernel's text, so not on a path that is often taken.
 */
bool mmscope_point_disarmed(enum mmscope_point_id id)
{
	const struct mmscope_point *point = &mmscope_points[id];
	const struct kprobe *probe;

	if (!point->attached || point->hooked)
		return false;
	if (point->way->method == MMSCOPE_METHOD_ENTRY)
		probe = &point->probe;
	else if (point->way->method == MMSCOPE_METHOD_RETURN)
		probe = &point->retprobe.kp;
	else
		return false;
	return !strcmp(mmscope_probe_kind(probe), MMSCOPE_DISARMED);
}

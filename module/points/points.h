/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * points.h - table of all points: for each the tracepoint, function entry or stand-in
 * that shows it, the best first
 */
#ifndef MMSCOPE_POINTS_H
#define MMSCOPE_POINTS_H

#include "attach/point.h"

/* By the ids of the points; for mmscope_points_resolve(). */
extern const struct mmscope_want mmscope_wanted[MMSCOPE_POINT_END];

#endif /* MMSCOPE_POINTS_H */

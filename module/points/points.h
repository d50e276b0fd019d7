/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * points.h - what is wanted, and every way to have it
 */
#ifndef MMSCOPE_POINTS_H
#define MMSCOPE_POINTS_H

#include "attach/point.h"

/* By the ids of the points; for mmscope_points_resolve(). */
extern const struct mmscope_want mmscope_wanted[MMSCOPE_POINT_END];

#endif /* MMSCOPE_POINTS_H */

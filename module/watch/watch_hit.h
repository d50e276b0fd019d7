/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * watch_hit.h - the hardware's watchpoints of one watch
 */
#ifndef MMSCOPE_WATCH_HIT_H
#define MMSCOPE_WATCH_HIT_H

#include "watch/watch_log.h"

struct perf_event;

const char *mmscope_watch_refusal(void);
struct perf_event *mmscope_watch_event_create(struct mmscope_watch *watch,
					      enum mmscope_counter counter,
					      unsigned int cpu);
int mmscope_watch_hits_attach(struct mmscope_watch *watch);
void mmscope_watch_hits_detach(struct mmscope_watch *watch);

#endif /* MMSCOPE_WATCH_HIT_H */
